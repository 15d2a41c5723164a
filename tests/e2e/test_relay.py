"""Silent devices: whoever has no device that confirms something urgent gets a mail, from a real mail
server (aiosmtpd), once; and nothing of what it is about."""
import asyncio
import collections
import email
import email.policy
import functools
import socket
import ssl
import subprocess
import threading
import time

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

import care
from broker import BUILD, free_port, wait_for
from system import System, body_of
from tsunagi.v1 import alert_pb2 as alert, envelope_pb2 as envelope, network_pb2 as network

SILENT_S = 2
FROM = "tsunagi@example.jp"
LOOK = "https://tsunagi.example.jp/ の受信箱"
NURSE, DOCTOR = "station01-nurse", "clinic01-doctor"
Mail = collections.namedtuple("Mail", "to message at")


class Sink:
	"""A mail server on a port of its own, which can be down, say no to an address, or hang."""

	def __init__(self):
		self.port, self.mails, self.refused, self.tried = free_port(), [], {}, collections.Counter()
		self.controller, self.slow_s, self.taking = None, 0, False

	async def handle_RCPT(self, server, session, envelope_, address, options):
		self.tried[address] += 1
		if address in self.refused:
			return self.refused[address]
		envelope_.rcpt_tos.append(address)
		return "250 OK"

	async def handle_DATA(self, server, session, envelope_):
		self.taking = True
		await asyncio.sleep(self.slow_s)
		self.taking = False
		message = email.message_from_bytes(envelope_.content, policy=email.policy.default)
		assert envelope_.mail_from == FROM
		self.mails.append(Mail(tuple(envelope_.rcpt_tos), message, time.monotonic()))
		return "250 Message accepted for delivery"

	def up(self, **options):
		self.controller = Controller(self, hostname="127.0.0.1", port=self.port, **options)
		self.controller.start()

	def down(self):
		if self.controller:
			self.controller.stop()
		self.controller = None

	def to(self, address):
		return [mail for mail in self.mails if mail.to == (address,)]


class Hanging:
	"""Listens and says no word; or, with answers, just these, and none to the farewell."""

	def __init__(self, port, answers=()):
		self.answers, self.asked = answers, []
		self.listener = socket.create_server(("127.0.0.1", port))
		self.connections = []
		threading.Thread(target=self._accept, daemon=True).start()

	def _accept(self):
		try:
			while True:
				self.connections.append(self.listener.accept()[0])
				self._talk(self.connections[-1])
		except OSError:
			pass

	def _talk(self, connection):
		lines = connection.makefile("rb")
		for answer in self.answers:
			connection.sendall(answer.encode() + b"\r\n")
			line = lines.readline()
			while answer.startswith("354") and line.rstrip() != b".":
				line = lines.readline()
			self.asked.append(line)

	def close(self):
		self.listener.shutdown(socket.SHUT_RDWR)
		self.listener.close()
		for connection in self.connections:
			connection.close()


@pytest.fixture(scope="module")
def sink():
	sink = Sink()
	sink.up()
	yield sink
	sink.down()


@pytest.fixture(scope="module")
def system(tmp_path_factory, sink):
	with System(tmp_path_factory.mktemp("relay") / "run", SMTP=f"smtp://127.0.0.1:{sink.port}",
			MAIL_FROM=FROM, MAIL_LOOK=LOOK, SILENT_S=SILENT_S) as running:
		yield running


@pytest.fixture(scope="module")
def patient(system):
	"""Told of everything: the doctor, who writes, and the nurse."""
	return care.register(person(system, NURSE), members=("clinic01",))


@functools.cache
def person(system, user):
	return system.person(user)


def set_mail(system, user, address):
	person(system, "admin").ok("directory", network.SetMail(user=user, mail=address))


def ring(system, patient, text="至急"):
	"""Something urgent; the id of the nurse's notification."""
	entry = person(system, DOCTOR).ok("record", care.note(patient, text, urgent=True)).id
	nurse = person(system, NURSE)
	return entry, wait_for(lambda: {n.entry: n for n in care.inbox(nurse)}.get(entry), "the notification")


def reports(system, word):
	return [line for line in system.log("relay").splitlines() if f"event={word} " in line]


def attempts(system, id):
	"""What the relay logged of those that failed."""
	return [line for line in reports(system, "failed") if id in line]


def steps(system, entry, user=NURSE):
	"""What its author sees of the mails to a person."""
	shown = body_of(person(system, DOCTOR).ok("alert", alert.ShowEscalation(event=entry)))
	what = alert.EscalationStep.What
	return [(what.Name(step.what), step.detail) for step in shown.steps if user in step.users
		and step.what in (what.Value("MAILED"), what.Value("MAIL_FAILED"), what.Value("NO_ADDRESS"))]


def mailed(system, entry):
	return wait_for(lambda: ("MAILED", "") in steps(system, entry) and steps(system, entry), "the step")


def test_one_mail_to_a_silent_device(system, sink, patient):
	"""Broken: the doctor whose telephone is off sleeps on; or the mail tells her neighbour who is ill."""
	set_mail(system, NURSE, "nurse@example.jp")
	entry, item = ring(system, patient, "血糖値が低い 田所ハル")
	begun = time.monotonic()
	wait_for(lambda: sink.to("nurse@example.jp"), "the mail")
	mail = sink.to("nurse@example.jp")[0]
	assert mail.at - begun > SILENT_S - 1.5, "not before the devices had their time"
	message = mail.message
	assert message["Message-ID"] == f"<{item.id}@example.jp>"
	assert message["From"].addresses[0].addr_spec == FROM
	assert message["From"].addresses[0].display_name == "つなぎ"
	assert message["To"].addresses[0].addr_spec == "nurse@example.jp"
	assert "至急" in message["Subject"] and "Urgent" in message["Subject"]
	assert abs(message["Date"].datetime.timestamp() - time.time()) < 60
	text = message.get_content()
	assert LOOK in text and text.index("至急") < text.index("urgent")
	assert message.get_content_charset() == "utf-8" and message["MIME-Version"] == "1.0"
	whole = str(message) + text
	for secret in ("田所", "ハル", "血糖", patient, entry, NURSE, DOCTOR, "clinic01", "station01"):
		assert secret not in whole, secret
	# It goes on being silent: nothing more is sent.
	entry, item = ring(system, patient)
	wait_for(lambda: len(sink.to("nurse@example.jp")) == 2, "the mail about the next one")
	assert mailed(system, entry) == [("MAILED", "")]
	assert [mail.message["Message-ID"] for mail in sink.to("nurse@example.jp")].count(
		f"<{item.id}@example.jp>") == 1
	assert "nurse@example.jp" not in system.log("relay")


def test_no_address_is_a_step(system, patient):
	"""Broken: the sender thinks that a mail is on its way to somebody who has no address."""
	set_mail(system, NURSE, "")
	entry, _ = ring(system, patient)
	assert wait_for(lambda: steps(system, entry), "the step") == [("NO_ADDRESS", "")]
	set_mail(system, NURSE, "nurse@example.jp")


def test_none_where_a_device_confirmed(system, sink, patient):
	"""Broken: everybody gets a mail for each notification, and nobody reads them any more."""
	before = len(sink.mails)
	terminal = system.terminal(NURSE, "--json", "inbox", "follow")
	entry, item = ring(system, patient)
	terminal.wait(lambda shown: shown.get("entry") == entry, "the notification")
	nurse = person(system, NURSE)
	wait_for(lambda: {n.entry: n.state for n in care.inbox(nurse)}[entry] == alert.Notification.DELIVERED,
		"the receipt")
	terminal.stop()
	# One that comes later and is silent: its mail is the next one.
	_, later = ring(system, patient)
	wait_for(lambda: len(sink.mails) > before, "the mail")
	assert [mail.message["Message-ID"] for mail in sink.mails[before:]] == [f"<{later.id}@example.jp>"]


def test_a_dead_server_is_tried_again(system, sink, patient):
	"""Broken: the mail server is started again, and what waited is lost, or comes five times."""
	sink.down()
	entry, item = ring(system, patient)
	failed = wait_for(lambda: len(attempts(system, item.id)) >= 3
		and attempts(system, item.id), "three attempts")
	assert [f"tries={n} wait_ms={1000 * 2 ** (n - 1)} " in failed[n - 1] for n in (1, 2, 3)] == [True] * 3
	what, detail = steps(system, entry)[0]
	assert what == "MAIL_FAILED" and detail.startswith("Failed to connect")
	before = len(sink.mails)
	sink.up()
	assert [what for what, _ in mailed(system, entry)] == ["MAIL_FAILED", "MAILED"]
	_, later = ring(system, patient)
	wait_for(lambda: len(sink.mails) > before + 1, "the next mail")
	assert [mail.message["Message-ID"] for mail in sink.mails[before:]] == [
		f"<{item.id}@example.jp>", f"<{later.id}@example.jp>"]


def test_no_for_one_address_stops_no_other(system, sink, patient):
	"""Broken: one wrong address, and nobody is written to."""
	sink.refused["gone@example.jp"] = "550 5.1.1 <gone@example.jp> unknown"
	set_mail(system, NURSE, "gone@example.jp")
	entry, first = ring(system, patient)
	wait_for(lambda: sink.tried["gone@example.jp"] >= 2, "another attempt")
	set_mail(system, NURSE, "nurse@example.jp")
	before = len(sink.mails)
	_, second = ring(system, patient)
	wait_for(lambda: len(sink.mails) > before, "the mail")
	assert sink.mails[before].message["Message-ID"] == f"<{second.id}@example.jp>"
	assert steps(system, entry) == [("MAIL_FAILED", "550 5.1.1 <***> unknown")]
	assert "gone@" not in system.log("relay")
	# Read at last: it is tried no more.
	person(system, NURSE).ok("alert", alert.OpenNotification(id=first.id))


def test_it_survives_restarts(system, sink, patient):
	"""Broken: whoever restarts alert or the relay in the night loses mails."""
	before = len(sink.mails)
	system.down("relay")
	entry, item = ring(system, patient)
	system.kill("alert")
	threading.Event().wait(SILENT_S)
	system.up("relay")
	mailed(system, entry)
	old = system.kill("relay")
	system.restarted("relay", old)
	entry, later = ring(system, patient)
	mailed(system, entry)
	assert [mail.message["Message-ID"] for mail in sink.mails[before:]] == [
		f"<{item.id}@example.jp>", f"<{later.id}@example.jp>"]


def test_term_reports_what_was_sent(system, sink, patient):
	"""Broken: each restart of the relay sends some mails twice."""
	sink.slow_s, before = 1, len(sink.mails)
	entry, item = ring(system, patient)
	wait_for(lambda: sink.taking, "the mail to be under way")
	system.down("relay")
	sink.slow_s = 0
	assert steps(system, entry) == [("MAILED", "")]
	system.up("relay")
	entry, later = ring(system, patient)
	mailed(system, entry)
	assert [mail.message["Message-ID"] for mail in sink.mails[before:]] == [
		f"<{item.id}@example.jp>", f"<{later.id}@example.jp>"]


def test_a_hanging_server_delays_nothing_else(system, sink, patient):
	"""Broken: a mail server that does not answer holds the relay, or alert with it."""
	sink.down()
	hanging = Hanging(sink.port)
	try:
		ring(system, patient)
		wait_for(lambda: hanging.connections, "the relay to connect")
		# It still hears alert, and TERM ends it at once.
		ring(system, patient)
		wait_for(lambda: len(hanging.connections) > 1, "it to try with the next mail")
		begun = time.monotonic()
		system.down("relay")
		assert time.monotonic() - begun < 5
		assert "event=stop status=0" in system.log("relay")
	finally:
		hanging.close()
		sink.up()
		system.up("relay")


def test_no_farewell(system, sink, patient):
	"""Broken: a mail that the server took is sent again and again, for it does not say good-bye."""
	sink.down()
	hanging = Hanging(sink.port, ("220 here", "250 hello", "250 from", "250 to", "354 go on", "250 taken"))
	try:
		_, item = ring(system, patient)
		wait_for(lambda: [line for line in reports(system, "sent") if item.id in line], "the log")
		assert hanging.asked[-1].startswith(b"QUIT")
		assert not attempts(system, item.id)
	finally:
		hanging.close()
		sink.up()


def test_who_else_may_ask(system):
	"""Broken: anybody reads everybody's addresses; or the relay reads inboxes."""
	nurse = person(system, NURSE)
	assert nurse.call("alert", alert.ListSilent()).code == envelope.PERMISSION_DENIED
	assert nurse.call("alert", alert.ReportMail()).code == envelope.PERMISSION_DENIED
	assert person(system, "admin").call("alert", alert.ListSilent()).code == envelope.PERMISSION_DENIED


def test_over_tls_with_a_password(tmp_path):
	"""Broken: the provider's mail server, which wants both, takes nothing; or the password goes out in
	the clear, or to whoever answers."""
	secret = tmp_path / "password"
	secret.write_text("ひみつ-123\n")
	sink, asked = Sink(), []

	def check(server, session, envelope_, mechanism, data):
		asked.append((session.ssl is not None, data.login, data.password))
		return AuthResult(success=data.password == secret.read_text().strip().encode())

	sink.up()  # without TLS: it gets nothing
	with System(tmp_path / "run", SMTP=f"smtp://localhost:{sink.port}", MAIL_FROM=FROM, SILENT_S=1,
			SMTP_STARTTLS=1, SMTP_USER="tsunagi", SMTP_PASSWORD_FILE=secret,
			SMTP_CA=tmp_path / "run" / "pki" / "ca.pem") as system:
		set_mail(system, NURSE, "nurse@example.jp")
		entry, item = ring(system, care.register(person(system, NURSE), members=("clinic01",)))
		wait_for(lambda: attempts(system, item.id), "an attempt")
		assert not sink.tried and not asked
		sink.down()
		broker = system.state / "broker"
		context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
		context.load_cert_chain(broker / "cert.pem", broker / "key.pem")
		sink.up(tls_context=context, require_starttls=True, authenticator=check, auth_required=True)
		mailed(system, entry)
		assert sink.to("nurse@example.jp")
		assert asked == [(True, b"tsunagi", secret.read_text().strip().encode())]
		assert "ひみつ" not in system.log("relay")
	sink.down()


@pytest.mark.parametrize("wrong", [
	["--smtp", "http://127.0.0.1:1"], ["--from", "x"], ["--from", "a@b\nBcc: c@d"], ["--look", "a\nb"],
	["--look", ""], ["--user", "x"], ["--user", "x", "--password-file", "/dev/null"],
	["--smtp", "smtp://name:secret@127.0.0.1:1"], ["--unknown"], ["more"]])
def test_options(wrong, tmp_path):
	"""Broken: a mistake in the options is found in the night, by nobody being written to."""
	done = subprocess.run([BUILD / "bin" / "relay", "--account", tmp_path, "--smtp", "smtp://127.0.0.1:1",
		"--from", FROM, "--look", LOOK, *wrong], capture_output=True, text=True, timeout=30)
	assert done.returncode == 64 and done.stderr
	assert "secret" not in done.stderr
