"""A broker of our own for tests: the certificates, acl and gate of broker-config, on free ports.

	with Broker(tmp_path) as broker:
		nurse = broker.connect(broker.person("station01-nurse"))
		nurse.subscribe("tsunagi/v1/record/res/station01-nurse/+")

The folder is laid out like the state of `make run` (pki/, broker/, instances/, accounts/, pids/), so
that daemons can be started on it.
"""
import errno
import os
import pathlib
import random
import secrets
import signal
import socket
import ssl
import subprocess
import threading
import time

import paho.mqtt.client as mqtt

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("BUILD", "build")
PATIENCE_S = 15


def wait_for(condition, what="it", patience_s=PATIENCE_S):
	"""Returns the condition's first true value; fails after patience_s."""
	deadline = time.monotonic() + patience_s
	while True:
		value = condition()
		if value:
			return value
		if time.monotonic() > deadline:
			raise AssertionError(f"waited {patience_s} s in vain for {what}")
		time.sleep(0.01)


def free_port():
	"""A port nobody listens on, which stays the test's while its server is down: it is below those that
	the kernel gives to whoever connects or has no wish (net.ipv4.ip_local_port_range, from 32768), and
	none of the services' own."""
	while True:
		port = random.randrange(20000, 32768)
		try:
			socket.create_server(("127.0.0.1", port)).close()
			return port
		except OSError as error:
			if error.errno != errno.EADDRINUSE:
				raise


class Client:
	"""An MQTT 5 client by paho, with waiting calls. `messages` are those received, (topic, payload)."""

	def __init__(self, account, port, client_id=None, protocol=mqtt.MQTTv5):
		self._make(mqtt.Client(client_id or "c-" + secrets.token_hex(8), protocol=protocol))
		self.mqtt.tls_set(
			str(account / "ca.pem"), str(account / "cert.pem"), str(account / "key.pem"),
			tls_version=ssl.PROTOCOL_TLS_CLIENT)
		self._begin(port)

	def _make(self, client):
		self.messages = []
		self.connack = None  # reason code of the broker's answer
		self.lost = False  # the connection ended, or was refused by TLS
		self._changed = threading.Condition()
		self._acknowledged = {}
		self.mqtt = client
		self.mqtt.on_connect = self._on_connect
		self.mqtt.on_disconnect = lambda *_: self._set(lost=True)
		self.mqtt.on_message = self._on_message
		self.mqtt.on_subscribe = lambda _c, _u, mid, codes, *_: self._acknowledge(mid, codes)
		self.mqtt.on_publish = lambda _c, _u, mid: self._acknowledge(mid, None)

	def _begin(self, port):
		# TLS 1.3 lets the client finish before the broker has judged its certificate: a refusal
		# shows at the first read. Where no websocket is opened, paho says a ValueError.
		try:
			self.mqtt.connect("127.0.0.1", port, keepalive=60)
		except (OSError, ssl.SSLError, ValueError):
			self.lost = True
			return
		self._thread = threading.Thread(target=self._run, daemon=True)
		self.mqtt._thread = self._thread  # so that paho leaves all writing to that thread
		self._thread.start()

	def _run(self):
		while not self.lost:
			try:
				going = self.mqtt.loop(timeout=1.0) == mqtt.MQTT_ERR_SUCCESS
			except OSError:  # ssl.SSLError is one
				going = False
			if not going:
				self._set(lost=True)

	def _set(self, **values):
		with self._changed:
			self.__dict__.update(values)
			self._changed.notify_all()

	def _on_connect(self, _client, _userdata, _flags, code, *_):
		self._set(connack=code)

	def _on_message(self, _client, _userdata, message):
		with self._changed:
			self.messages.append((message.topic, message.payload))
			self._changed.notify_all()

	def _acknowledge(self, mid, codes):
		with self._changed:
			self._acknowledged[mid] = codes
			self._changed.notify_all()

	def wait(self, condition, what, patience_s=PATIENCE_S):
		with self._changed:
			if not self._changed.wait_for(condition, patience_s):
				raise AssertionError(f"waited {patience_s} s in vain for {what}")

	def accepted(self):
		"""Whether the broker let this client in."""
		self.wait(lambda: self.lost or self.connack is not None, "an answer to the connection")
		return self.connack == 0

	def subscribe(self, *filters, qos=1):
		"""The broker's answers, one a filter: True if granted (which says little: see acl)."""
		_, mid = self.mqtt.subscribe([(name, qos) for name in filters])
		self.wait(lambda: mid in self._acknowledged or self.lost, f"SUBACK for {filters}")
		return [getattr(code, "value", code) <= 2 for code in self._acknowledged.get(mid, [])]

	def publish(self, topic, payload=b"", retain=False):
		"""At QoS 1; returns when acknowledged, which the broker also does for what it drops."""
		mid = self.mqtt.publish(topic, payload, qos=1, retain=retain).mid
		self.wait(lambda: mid in self._acknowledged or self.lost, f"PUBACK on {topic}")

	def received(self, payload, patience_s=PATIENCE_S):
		"""Waits until a message with this payload is here; returns all topics and payloads so far."""
		self.wait(lambda: any(p == payload for _, p in self.messages), f"message {payload}", patience_s)
		return list(self.messages)

	def close(self):
		if not self.lost:
			self.mqtt.disconnect()
			self._thread.join(PATIENCE_S)
			self._set(lost=True)


class Browser(Client):
	"""The same over websockets, as a browser connects behind nginx: with a token as its user, or as nobody,
	who may sign in."""

	def __init__(self, port, user=None, token=None, client_id=None, protocol=mqtt.MQTTv5):
		self.id = client_id or "c-" + secrets.token_hex(16)
		self._make(mqtt.Client(self.id, protocol=protocol, transport="websockets"))
		self.mqtt.ws_set_options(path="/mqtt")
		if user is not None:
			self.mqtt.username_pw_set(user, token)
		self._begin(port)

	@property
	def signin(self):
		return f"tsunagi/v1/directory/signin/{self.id}"

	@property
	def signed(self):
		return f"tsunagi/v1/directory/signed/{self.id}"


class Broker:
	def __init__(self, state, build=BUILD):
		self.state = pathlib.Path(state).resolve()
		self.build = pathlib.Path(build)
		self.gate = self.build / "lib" / "gate.so"
		self.port = free_port()
		self.instances_port = free_port()
		self.web_listener_port = free_port()
		self.websockets_port = free_port()
		self.process = self.websockets = None
		self.clients = []
		self.revoked = []
		self.make_pki()

	def pki(self, *arguments):
		subprocess.run([ROOT / "broker-config" / "pki", *map(str, arguments)], check=True)

	def make_pki(self):
		for folder in ("broker", "pids", "log", "accounts", "instances"):
			(self.state / folder).mkdir(parents=True, exist_ok=True)
		self.pki("init", self.state / "pki")
		(self.state / "ports").write_text(
			f"mqtt {self.port}\nmqtt-instances {self.instances_port}\nmqtt-web {self.web_listener_port}\n"
			f"websockets {self.websockets_port}\n")

	def _profile(self, folder, port, user, device):
		(folder / "profile").write_text(
			f"host 127.0.0.1\nport {port}\nuser {user}\ndevice {device}\n")
		return folder

	def person(self, name):
		"""The account folder of a person, made by the script (which refuses instances' names)."""
		folder = self.state / "accounts" / name
		self.pki("person", self.state / "pki", name, folder)
		return self._profile(folder, self.port, name, "test")

	def instance(self, name):
		folder = self.state / "instances" / name
		self.pki("instance", self.state / "pki", name, folder)
		return self._profile(folder, self.instances_port, name, name)

	def forge(self, name, unit, folder="forged"):
		"""A certificate as the script would never sign it: any name, any unit, by the right CA."""
		folder = self.state / folder
		folder.mkdir(exist_ok=True)
		pki = self.state / "pki"
		request = subprocess.run(
			["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
			 "-noenc", "-keyout", folder / "key.pem", "-subj", f"/O=Tsunagi/OU={unit}/CN={name}"],
			check=True, capture_output=True).stdout
		certificate = subprocess.run(
			["openssl", "x509", "-req", "-CA", pki / "issuing.pem", "-CAkey", pki / "issuing-key.pem",
			 "-days", "1"], input=request, check=True, capture_output=True).stdout
		(folder / "cert.pem").write_bytes(certificate + (pki / "issuing.pem").read_bytes())
		(folder / "ca.pem").write_bytes((pki / "ca.pem").read_bytes())
		return folder

	def write_crl(self, *accounts):
		"""What directory does at a revocation: a new list, and the users' names beside it."""
		pki, broker = self.state / "pki", self.state / "broker"
		for account in accounts:
			serial = subprocess.run(
				["openssl", "x509", "-in", account / "cert.pem", "-noout", "-serial"],
				check=True, capture_output=True, text=True).stdout.strip().split("=")[1]
			self.revoked.append((serial, account.name))
		(pki / "index").write_text("".join(
			f"R\t401231235959Z\t260101000000Z\t{serial}\tunknown\t/CN={name}\n"
			for serial, name in self.revoked))
		(pki / "number").write_text("10\n")
		(pki / "ca.conf").write_text(
			f"[ca]\ndefault_ca=x\n[x]\ndatabase={pki}/index\ncrlnumber={pki}/number\ndefault_md=sha256\n")
		issuing = subprocess.run(
			["openssl", "ca", "-gencrl", "-config", pki / "ca.conf", "-cert", pki / "issuing.pem",
			 "-keyfile", pki / "issuing-key.pem", "-crldays", "7"],
			check=True, capture_output=True).stdout
		(broker / "crl.new").write_bytes(issuing + (pki / "root-crl.pem").read_bytes())
		(broker / "crl.new").rename(broker / "crl.pem")
		(broker / "revoked").write_text("".join(f"{name}\n" for _, name in self.revoked))

	def start(self):
		subprocess.run([ROOT / "broker-config" / "configure", self.state, self.gate], check=True)
		with open(self.state / "log" / "mosquitto", "ab") as log:
			self.process = subprocess.Popen(
				["/usr/sbin/mosquitto", "-c", self.state / "broker" / "mosquitto.conf"],
				stdout=log, stderr=log)
		for port in (self.port, self.instances_port, self.web_listener_port):
			wait_for(lambda: self._listens(port), "the broker to listen\n" + self.log())
		return self.start_websockets()

	def start_websockets(self):
		with open(self.state / "log" / "websockets", "ab") as log:
			self.websockets = subprocess.Popen(
				[self.build / "bin" / "websockets", "--port", str(self.websockets_port),
				 "--broker", str(self.web_listener_port)], stdout=log, stderr=log)
		wait_for(lambda: self._listens(self.websockets_port), "websockets to listen")
		return self

	def _listens(self, port):
		if self.process.poll() is not None:
			raise AssertionError("the broker ended:\n" + self.log())
		with socket.socket() as probe:
			return probe.connect_ex(("127.0.0.1", port)) == 0

	def log(self):
		return (self.state / "log" / "mosquitto").read_text(errors="replace")

	def stop(self, how=signal.SIGTERM):
		for client in self.clients:
			client.close()
		self.clients.clear()
		if self.websockets:
			self.websockets.terminate()
			self.websockets.wait(PATIENCE_S)
			self.websockets = None
		if self.process:
			self.process.send_signal(how)
			self.process.wait(PATIENCE_S)
			self.process = None

	def connect(self, account, client_id=None, port=None, protocol=mqtt.MQTTv5):
		"""A client that is in; for one that should be refused, use attempt()."""
		client = self.attempt(account, client_id, port, protocol)
		assert client.accepted(), f"{account.name} is not let in: {client.connack}\n{self.log()}"
		return client

	def attempt(self, account, client_id=None, port=None, protocol=mqtt.MQTTv5):
		if port is None:
			port = self.instances_port if account.parent.name == "instances" else self.port
		client = Client(account, port, client_id, protocol)
		self.clients.append(client)
		return client

	def __enter__(self):
		return self.start()

	def __exit__(self, *_):
		self.stop()
