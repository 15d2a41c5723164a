"""The whole system for a test: what `make run` starts, in a folder of its own, on free ports; and
foreign clients for it, made of paho-mqtt and Google's protobuf, which share no code with ours.

	with System(tmp_path) as system:
		nurse = system.person("station01-nurse")
		reply = nurse.call("record", pb.AddEntry(...))
		system.kill("record")
		out = system.cli("clinic01-doctor", "patient", "list")
"""
import json
import os
import pathlib
import secrets
import signal
import subprocess
import threading
import time

from broker import BUILD, ROOT, Client, free_port, wait_for
from google.protobuf import symbol_database
from tsunagi.v1 import (  # noqa: F401 (body_of)
	alert_pb2, board_pb2, envelope_pb2, network_pb2, record_pb2, referral_pb2, rota_pb2)

DAEMONS = sorted(path.parent.name for path in ROOT.glob("services/*/main.c"))
START_S = 120
REPEAT_S = 2
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id():
	"""UUIDv7 as 26 characters of Crockford base32."""
	number = (int(time.time() * 1000) << 80) | (7 << 76) | (secrets.randbits(12) << 64)
	number |= (2 << 62) | secrets.randbits(62)
	return "".join(DIGITS[(number >> (5 * (25 - i))) & 31] for i in range(26))


def body_of(reply):
	"""The message in a Reply, Push or Notice."""
	message = symbol_database.Default().GetSymbol("tsunagi.v1." + reply.type)()
	message.ParseFromString(reply.body)
	return message


class Person:
	"""An enrolled user at a device, as a foreign client. Requests are repeated, the same bytes, until
	they are answered, over reconnections. Thread-safe."""

	def __init__(self, system, user, device=None):
		self.system, self.user = system, user
		self.account = system.state / "accounts" / user
		self.device = device or "t" + secrets.token_hex(4)
		self.replies = {}  # request id: all replies to it, in order
		self.pushes = []
		self.instances = []
		self._lock = threading.RLock()
		self._client, self._taken = None, 0

	def _connected(self):
		with self._lock:
			if self._client and not self._client.lost:
				return self._client
			client = Client(self.account, self.system.port)
			try:
				if client.lost or not client.accepted():
					return None
				for instance in self.instances:
					self._subscribe(client, instance)
			except AssertionError:
				return None
			self._client, self._taken = client, 0
			return client

	def _subscribe(self, client, instance):
		client.subscribe(
			f"tsunagi/v1/{instance}/res/{self.user}/{self.device}",
			f"tsunagi/v1/{instance}/inbox/{self.user}")

	def _use(self, instance):
		with self._lock:
			if instance not in self.instances:
				self.instances.append(instance)
				if self._client and not self._client.lost:
					self._subscribe(self._client, instance)

	def take(self):
		"""Sorts what has arrived into replies and pushes."""
		with self._lock:
			client = self._client
			if not client:
				return
			messages, self._taken = client.messages[self._taken:], len(client.messages)
			for topic, payload in messages:
				if "/res/" in topic:
					reply = envelope_pb2.Reply.FromString(payload)
					self.replies.setdefault(reply.request_id, []).append(reply)
				else:
					self.pushes.append((topic.split("/")[2], envelope_pb2.Push.FromString(payload)))

	def send(self, instance, request):
		"""Once. False when there is no connection."""
		self._use(instance)
		client = self._connected()
		if not client:
			return False
		client.mqtt.publish(
			f"tsunagi/v1/{instance}/req/{self.user}/{self.device}", request.SerializeToString(), qos=1)
		return True

	def request(self, message, **fields):
		return envelope_pb2.Request(**{**dict(
			id=new_id(), type=message.DESCRIPTOR.name, body=message.SerializeToString()), **fields})

	def answer(self, request, instance, patience_s=60):
		"""The first reply that is not UNAVAILABLE. None when there is none in time."""
		deadline, again = time.monotonic() + patience_s, 0
		while time.monotonic() < deadline:
			if time.monotonic() >= again:
				self.send(instance, request)
				again = time.monotonic() + REPEAT_S
			self.take()
			for reply in self.replies.get(request.id, []):
				if reply.code != envelope_pb2.UNAVAILABLE:
					return reply
			client = self._client
			if client and not client.lost:
				with client._changed:
					client._changed.wait_for(lambda: len(client.messages) > self._taken, 0.05)
			else:
				again = 0
				threading.Event().wait(0.05)
		return None

	def call(self, instance, message, patience_s=60, **fields):
		reply = self.answer(self.request(message, **fields), instance, patience_s)
		assert reply is not None, f"{instance} did not answer {message.DESCRIPTOR.name}"
		return reply

	def ok(self, instance, message, **fields):
		reply = self.call(instance, message, **fields)
		assert reply.code == envelope_pb2.OK, reply
		return reply

	def close(self):
		if self._client:
			self._client.close()


class Terminal:
	"""A command that goes on running, such as `inbox follow --json`: what it prints, line by line, with
	the monotonic time at which each line came."""

	def __init__(self, system, user, *arguments, **environment):
		self.lines, self.times = [], []
		self._changed = threading.Condition()
		self.process = subprocess.Popen(
			system.command(user, *arguments), env=system.locale(**environment), text=True,
			stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
		self._thread = threading.Thread(target=self._read, daemon=True)
		self._thread.start()

	def _read(self):
		for line in self.process.stdout:
			with self._changed:
				self.lines.append(line.rstrip("\n"))
				self.times.append(time.monotonic())
				self._changed.notify_all()

	def items(self):
		with self._changed:
			return [json.loads(line) for line in self.lines]

	def wait(self, condition, what="a line", patience_s=30):
		"""The first item (of --json) for which condition holds, and when it came."""
		def first():
			for line, at in zip(self.lines, self.times):
				if condition(json.loads(line)):
					return json.loads(line), at
		with self._changed:
			if not self._changed.wait_for(first, patience_s):
				raise AssertionError(f"waited {patience_s} s in vain for {what}: {self.lines}")
			return first()

	def ended(self, patience_s=30):
		"""Waits until it ends by itself; exit status and what it said on stderr."""
		status = self.process.wait(patience_s)
		self._thread.join(patience_s)
		return status, self.process.stderr.read()

	def stop(self):
		"""As Ctrl-C does."""
		if self.process.poll() is None:
			self.process.send_signal(signal.SIGINT)
		return self.ended()


class System:
	def __init__(self, state, demo="none", **environment):
		self.state = pathlib.Path(state).resolve()
		self.environment = dict(
			os.environ, BUILD=str(BUILD), STATE=str(self.state), DEMO=demo, DAEMONS=" ".join(DAEMONS),
			**{name: str(value) for name, value in environment.items()})
		# A leak check at exit stops its own process, which hangs where a second TERM comes meanwhile.
		self.environment.setdefault("ASAN_OPTIONS", "detect_leaks=0")
		self.process = None
		self.people = []
		self.terminals = []

	def start(self, until=None):
		"""Returns when it is ready, or when the condition holds."""
		self.port = free_port()
		self.web_port = free_port()
		self.environment.update(MQTT_PORT=str(self.port), WEB_PORT=str(self.web_port))
		(self.state / "ready").unlink(missing_ok=True)  # of a run that was killed
		self.output = open(self.state.parent / (self.state.name + ".out"), "ab")
		# Also where the tests themselves are to outlive a hangup, which a process is born deaf to then.
		self.process = subprocess.Popen(
			["env", "--default-signal=HUP", ROOT / "services" / "run" / "run"], env=self.environment, stdin=subprocess.DEVNULL,
			stdout=self.output, stderr=self.output, start_new_session=True)
		wait_for(lambda: self._alive() and (until or self._ready)(), "ready", START_S)
		return self

	def _alive(self):
		if self.process.poll() is not None:
			raise AssertionError("make run ended:\n" + self.said())
		return True

	def _ready(self):
		return (self.state / "ready").exists()

	def said(self):
		return pathlib.Path(self.output.name).read_text(errors="replace")

	def log(self, name):
		return (self.state / "log" / name / "current").read_text(errors="replace")

	def ports(self):
		"""Name: number."""
		lines = (self.state / "ports").read_text().splitlines()
		return {name: int(number) for name, number in map(str.split, lines)}

	@property
	def web_http(self):
		"""The port of plain http, which the demonstration alone has, on loopback."""
		return self.ports().get("web-http")

	@property
	def web_address(self):
		return f"http://localhost:{self.web_http}"

	def stop(self):
		for terminal in self.terminals:
			if terminal.process.poll() is None:
				terminal.process.kill()
				terminal.process.wait()
		self.terminals.clear()
		for person in self.people:
			person.close()
		self.people.clear()
		if self.process:
			self.process.send_signal(signal.SIGTERM)
			self.process.wait(60)
			self.process = None

	def __enter__(self):
		return self.start()

	def __exit__(self, *_):
		self.stop()

	def pid(self, name):
		try:
			return int((self.state / "pids" / name).read_text())
		except (OSError, ValueError):
			return None

	def kill(self, name, how=signal.SIGKILL):
		"""Returns the pid that was killed, or None when there was none at this moment."""
		pid = self.pid(name)
		try:
			# The number may be another's by now, if the process has just ended by itself.
			if not pid or name not in pathlib.Path(f"/proc/{pid}/cmdline").read_text():
				return None
			os.kill(pid, how)
			return pid
		except (FileNotFoundError, ProcessLookupError):
			return None

	def down(self, name):
		"""Stops one service, and waits until it has ended."""
		subprocess.run(["sv", "-w", "30", "down", self.state / "services" / name], check=True,
			stdout=subprocess.DEVNULL)

	def up(self, name):
		subprocess.run(["sv", "-w", "30", "up", self.state / "services" / name], check=True,
			stdout=subprocess.DEVNULL)

	def restarted(self, name, old_pid, patience_s=10):
		return wait_for(
			lambda: self.pid(name) if self.pid(name) not in (None, old_pid) else None,
			f"{name} to be started again", patience_s)

	def person(self, user, device=None):
		person = Person(self, user, device)
		self.people.append(person)
		return person

	def command(self, user, *arguments):
		return [BUILD / "bin" / "tsunagi", "-p", self.state / "accounts" / user, *map(str, arguments)]

	@staticmethod
	def locale(language="C.UTF-8"):
		return dict(os.environ, LC_ALL=language)

	def run(self, user, *arguments, timeout_s=120, language="C.UTF-8"):
		"""The command line, as a user types it; the finished process."""
		return subprocess.run(
			self.command(user, *arguments), capture_output=True, text=True, timeout=timeout_s,
			stdin=subprocess.DEVNULL, env=self.locale(language))

	def cli(self, user, *arguments, status=0, **more):
		"""Its output; where it is to fail with a status, what it says on stderr."""
		done = self.run(user, *arguments, **more)
		assert done.returncode == status, (arguments, done.returncode, done.stdout, done.stderr)
		return done.stdout if status == 0 else done.stderr

	def cli_json(self, user, *arguments, **more):
		"""The objects that a command prints with --json."""
		return [json.loads(line) for line in self.cli(user, "--json", *arguments, **more).splitlines()]

	def cli_id(self, user, *arguments, **more):
		"""The id of what a command made."""
		return self.cli_json(user, *arguments, **more)[-1]["id"]

	def terminal(self, user, *arguments, **environment):
		terminal = Terminal(self, user, *arguments, **environment)
		self.terminals.append(terminal)
		return terminal
