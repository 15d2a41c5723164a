"""The broker alone, with plain MQTT clients and valid certificates: what it must not let happen."""
import re
import socket
import ssl
import subprocess

import pytest

import paho.mqtt.client as mqtt

from broker import ROOT, Broker, wait_for

REQ = "tsunagi/v1/record/req"
RES = "tsunagi/v1/record/res"


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
	with Broker(tmp_path_factory.mktemp("broker")) as running:
		yield running


@pytest.fixture
def own_broker(tmp_path):
	"""For tests that revoke."""
	with Broker(tmp_path) as running:
		yield running


@pytest.fixture
def record(broker):
	client = broker.connect(broker.instance("record"))
	client.subscribe(REQ + "/+/+", "tsunagi/v1/+/notice/record")
	yield client
	client.close()


@pytest.fixture
def nurse(broker):
	client = broker.connect(broker.person("station01-nurse"))
	yield client
	client.close()


@pytest.fixture
def doctor(broker):
	client = broker.connect(broker.person("clinic01-doctor"))
	yield client
	client.close()


def only(messages):
	assert len(messages) == 1, messages
	return messages[0]


def test_request_and_reply_travel(record, nurse):
	"""Broken: nobody could work at all."""
	assert nurse.subscribe(RES + "/station01-nurse/d1") == [True]
	nurse.publish(REQ + "/station01-nurse/d1", b"ask")
	assert only(record.received(b"ask")) == (REQ + "/station01-nurse/d1", b"ask")
	record.publish(RES + "/station01-nurse/d1", b"answer")
	assert only(nurse.received(b"answer")) == (RES + "/station01-nurse/d1", b"answer")


def test_mqtt_311_serves_as_well(broker, record):
	"""Broken: off-the-shelf clients without version 5 could not take part."""
	nurse = broker.connect(broker.person("station02-nurse"), protocol=mqtt.MQTTv311)
	nurse.publish(REQ + "/station02-nurse/d1", b"old")
	record.received(b"old")


def test_payload_of_256_kib_passes_and_more_does_not(broker, record):
	"""Broken: a page the contract allows would be lost, or hostile sizes would reach the daemons."""
	nurse = broker.connect(broker.person("station03-nurse"), protocol=mqtt.MQTTv311)
	nurse.publish(REQ + "/station03-nurse/d1", b"x" * 262144)
	record.received(b"x" * 262144)
	nurse.publish(REQ + "/station03-nurse/d1", b"y" * 300000)
	other = broker.connect(broker.person("station03-nurse"))
	other.publish(REQ + "/station03-nurse/d1", b"after")
	assert [len(payload) for _, payload in record.received(b"after")] == [262144, 5]


def test_publishing_under_another_name_fails(record, nurse, doctor):
	"""Broken: a nurse could write notes as the doctor."""
	nurse.publish(REQ + "/clinic01-doctor/d1", b"forged")
	doctor.publish(REQ + "/clinic01-doctor/d1", b"true")
	assert only(record.received(b"true"))[1] == b"true"


def test_answering_in_place_of_an_instance_fails(record, nurse, doctor):
	"""Broken: a person could hand another a forged chart, inbox item or board state."""
	topics = [
		RES + "/clinic01-doctor/d1", "tsunagi/v1/record/inbox/clinic01-doctor",
		"tsunagi/v1/board/state/station01"]
	doctor.subscribe(RES + "/clinic01-doctor/d1", "tsunagi/v1/record/inbox/clinic01-doctor",
		"tsunagi/v1/+/state/+")
	for topic in topics:
		nurse.publish(topic, b"forged")
	record.publish(RES + "/clinic01-doctor/d1", b"true")
	assert only(doctor.received(b"true"))[1] == b"true"


@pytest.mark.parametrize("listening", [
	RES + "/clinic01-doctor/d1", RES + "/#", "tsunagi/v1/+/res/+/+", "#", "tsunagi/v1/#"])
def test_reading_anothers_replies_fails(record, nurse, doctor, listening):
	"""Broken: a chart sent to the doctor would be read by whoever listens."""
	assert nurse.subscribe(listening) == [False]
	nurse.subscribe(RES + "/station01-nurse/+")
	doctor.subscribe(RES + "/clinic01-doctor/d1")
	record.publish(RES + "/clinic01-doctor/d1", b"chart")
	doctor.received(b"chart")
	record.publish(RES + "/station01-nurse/d1", b"own")
	assert only(nurse.received(b"own"))[1] == b"own"


def test_replies_are_withheld_even_if_the_subscription_stands(broker, record, nurse):
	"""Broken: the acl file alone, without the gate's word on subscriptions, would let replies out."""
	assert nurse.subscribe("tsunagi/v1/+/res/station01-nurse/#") == [True]
	record.publish(RES + "/station01-nurse/a/b", b"no such level")
	record.publish(RES + "/station01-nurse/a", b"own")
	assert only(nurse.received(b"own"))[1] == b"own"


def test_reading_anothers_inbox_fails(broker, nurse, doctor):
	"""Broken: notifications about a patient would reach people outside the care team."""
	alert = broker.connect(broker.instance("alert"))
	assert nurse.subscribe("tsunagi/v1/alert/inbox/clinic01-doctor") == [False]
	assert nurse.subscribe("tsunagi/v1/alert/inbox/+") == [False]
	nurse.subscribe("tsunagi/v1/alert/inbox/station01-nurse")
	doctor.subscribe("tsunagi/v1/alert/inbox/clinic01-doctor")
	alert.publish("tsunagi/v1/alert/inbox/clinic01-doctor", b"urgent")
	doctor.received(b"urgent")
	alert.publish("tsunagi/v1/alert/inbox/station01-nurse", b"own")
	assert only(nurse.received(b"own"))[1] == b"own"


def test_a_name_that_begins_like_mine_is_not_mine(nurse):
	"""Broken: station01-nurse could listen to station01-nurse2."""
	assert nurse.subscribe("tsunagi/v1/alert/inbox/station01-nurse2") == [False]


def test_reading_requests_and_notices_fails(broker, record, nurse):
	"""Broken: what people ask, and what the daemons tell each other, would be public."""
	alert = broker.connect(broker.instance("alert"))
	alert.subscribe("tsunagi/v1/+/notice/alert")
	assert nurse.subscribe("tsunagi/v1/record/notice/alert") == [False]
	assert nurse.subscribe("tsunagi/v1/record/notice/station01-nurse") == [False]
	assert nurse.subscribe(REQ + "/+/+") == [False]
	nurse.subscribe(RES + "/station01-nurse/+")
	record.publish("tsunagi/v1/record/notice/alert", b"notice")
	alert.received(b"notice")
	record.publish("tsunagi/v1/record/notice/station01-nurse", b"stray")
	record.publish(RES + "/station01-nurse/d1", b"own")
	assert only(nurse.received(b"own"))[1] == b"own"


def test_an_instance_hears_and_speaks_only_for_itself(broker, record, doctor):
	"""Broken: one daemon in wrong hands would be all daemons."""
	alert = broker.connect(broker.instance("alert"))
	alert.subscribe(REQ + "/+/+", "tsunagi/v1/record/notice/board", RES + "/alert/alert", "#")
	doctor.subscribe(RES + "/clinic01-doctor/d1")
	alert.publish(RES + "/clinic01-doctor/d1", b"forged")
	doctor.publish(REQ + "/clinic01-doctor/d1", b"ask")
	record.received(b"ask")
	record.publish("tsunagi/v1/record/notice/board", b"not for alert")
	record.publish(RES + "/clinic01-doctor/d1", b"true")
	assert only(doctor.received(b"true"))[1] == b"true"
	alert.publish(REQ + "/alert/alert", b"from alert")
	record.received(b"from alert")
	record.publish(RES + "/alert/alert", b"to alert")
	assert {payload for _, payload in alert.received(b"to alert")} == {b"to alert"}


def test_retained_messages_only_as_state(broker, nurse):
	"""Broken: a retained request would be done again at each start of its daemon."""
	nurse.publish(REQ + "/station01-nurse/d1", b"kept", retain=True)
	nurse.publish("tsunagi/v1/board/state/station01", b"kept", retain=True)
	nurse.publish("anything/else", b"kept", retain=True)
	board = broker.connect(broker.instance("board"))
	board.publish("tsunagi/v1/board/state/station01", b"busy", retain=True)
	board.publish("tsunagi/v1/board/res/station01-nurse/d1", b"kept", retain=True)
	late = broker.connect(broker.person("station04-nurse"))
	late.subscribe("tsunagi/v1/+/state/+")
	assert only(late.received(b"busy"))[0] == "tsunagi/v1/board/state/station01"
	record = broker.connect(broker.instance("record"))
	record.subscribe(REQ + "/+/+")
	nurse.publish(REQ + "/station01-nurse/d1", b"now")
	assert only(record.received(b"now"))[1] == b"now"
	record.close()


@pytest.mark.parametrize("client_id", ["record", "station02-nurse", ""])
def test_another_client_id_is_refused(broker, record, client_id):
	"""Broken: a person with the client id `record` throws that daemon off."""
	account = broker.person("station05-nurse")
	intruder = mqtt.Client("x", protocol=mqtt.MQTTv5)
	intruder.tls_set(
		str(account / "ca.pem"), str(account / "cert.pem"), str(account / "key.pem"),
		tls_version=ssl.PROTOCOL_TLS_CLIENT)
	intruder._client_id = client_id.encode()
	answers = []
	intruder.on_connect = lambda *arguments: answers.append(arguments[3])
	intruder.connect("127.0.0.1", broker.port)
	wait_for(lambda: intruder.loop(0.1) or answers, "the broker's answer")
	assert not answers or str(answers[0]) != "Success"
	assert not record.lost


def test_a_persons_certificate_is_no_use_on_the_instances_port(broker, record):
	"""Broken: a person takes a daemon's place, or escapes the rules of the people's port."""
	account = broker.person("station06-nurse")
	intruder = broker.connect(account, client_id="c-record", port=broker.instances_port)
	assert intruder.subscribe(RES + "/station06-nurse/d1", REQ + "/+/+") == [False, False]
	intruder.publish(REQ + "/station06-nurse/d1", b"from the wrong door")
	nurse = broker.connect(account)
	nurse.publish(REQ + "/station06-nurse/d1", b"from the right one")
	assert only(record.received(b"from the right one"))[1] == b"from the right one"
	assert not record.lost


def test_an_instances_certificate_is_no_use_on_the_peoples_port(broker, record, doctor):
	"""Broken: a second `record` answers beside the first, unnoticed by it."""
	account = broker.instance("record")
	second = broker.connect(account, port=broker.port)
	assert second.subscribe(REQ + "/+/+") == [False]
	doctor.subscribe(RES + "/clinic01-doctor/d1")
	second.publish(RES + "/clinic01-doctor/d1", b"from the second")
	record.publish(RES + "/clinic01-doctor/d1", b"from the first")
	assert only(doctor.received(b"from the first"))[1] == b"from the first"


def test_a_person_with_an_instances_name_can_do_nothing(broker, record, doctor):
	"""Broken: a person enrolled as `record` would be the record."""
	with pytest.raises(subprocess.CalledProcessError):
		broker.person("record")
	with pytest.raises(subprocess.CalledProcessError):
		broker.person("record-3")
	doctor.subscribe(RES + "/clinic01-doctor/d1")
	forged = broker.connect(broker.forge("record", "person", "forged-person"))
	assert forged.subscribe(REQ + "/+/+") == [False]
	forged.publish(RES + "/clinic01-doctor/d1", b"forged")
	record.publish(RES + "/clinic01-doctor/d1", b"true")
	assert only(doctor.received(b"true"))[1] == b"true"


@pytest.mark.parametrize("name,unit", [
	("clinic01-doctor", "instance"), ("clinic01-doctor", "broker"), ("UPPER", "person"),
	("board", "other"), ("recorder-9", "instance")])
def test_a_certificate_of_the_wrong_kind_can_do_nothing(broker, record, name, unit):
	"""Broken: whatever the CA signed for another purpose would open the network."""
	account = broker.forge(name, unit, f"odd-{name}-{unit}")
	for port in (broker.port, broker.instances_port):
		odd = broker.connect(account, port=port)
		assert odd.subscribe(RES + f"/{name}/d1", "tsunagi/v1/board/state/+") == [False, False]
		odd.publish(REQ + f"/{name}/d1", b"odd")
		odd.close()
	alert = broker.connect(broker.instance("alert"))
	alert.publish(REQ + "/alert/alert", b"true")
	assert only(record.received(b"true"))[1] == b"true"


def test_only_directory_speaks_to_the_gate(broker, record, nurse, doctor):
	"""Broken: anyone could cut anyone off."""
	nurse.publish("$CONTROL/tsunagi/v1", b"revoke clinic01-doctor\n")
	record.publish("$CONTROL/tsunagi/v1", b"revoke clinic01-doctor\n")
	doctor.publish(REQ + "/clinic01-doctor/d1", b"still here")
	record.received(b"still here")
	assert not doctor.lost
	assert "event=cut user=clinic01-doctor" not in broker.log()


def test_nonsense_from_directory_is_refused(broker, doctor):
	"""Broken: one bad message would end the broker."""
	directory = broker.connect(broker.instance("directory"))
	for text in (b"", b"revoke", b"revoke ", b"revoke a/b", b"x" * 4096, b"\0", b"revoke " + b"a" * 65):
		directory.publish("$CONTROL/tsunagi/v1", text)
	assert not directory.lost and not doctor.lost
	doctor.subscribe(RES + "/clinic01-doctor/d1")


def test_revoked_certificate_is_cut_and_stays_out(own_broker):
	"""Broken: a lost phone reads on; or everyone is thrown off because of one."""
	thief = own_broker.connect(own_broker.person("station01-nurse"))
	others = [own_broker.connect(own_broker.person(f"station0{i}-nurse")) for i in range(2, 6)]
	directory = own_broker.connect(own_broker.instance("directory"))
	record = own_broker.connect(own_broker.instance("record"))
	record.subscribe(REQ + "/+/+")
	own_broker.write_crl(own_broker.state / "accounts" / "station01-nurse")
	directory.publish("$CONTROL/tsunagi/v1", b"revoke station01-nurse\n")
	thief.wait(lambda: thief.lost, "the thief to be cut", 5)
	assert not own_broker.attempt(own_broker.state / "accounts" / "station01-nurse").accepted()
	for client in others:
		client.publish(REQ + f"/{client_name(own_broker, client)}/d1", b"here")
	record.wait(lambda: len(record.messages) == len(others), "those who stay")
	assert not any(client.lost for client in (*others, directory, record))


def client_name(broker, client):
	return f"station0{broker.clients.index(client) + 1}-nurse"


def test_revoked_stays_out_after_the_broker_starts_anew(own_broker):
	"""Broken: a restart forgets who was revoked."""
	account = own_broker.person("station01-nurse")
	own_broker.write_crl(account)
	own_broker.stop()
	own_broker.start()
	assert not own_broker.attempt(account).accepted()
	assert own_broker.attempt(own_broker.person("station02-nurse")).accepted()


def test_a_revocation_the_gate_never_heard_of_works_at_the_next_word(own_broker):
	"""Broken: a word lost while the broker was down leaves a revoked session alive."""
	thief = own_broker.connect(own_broker.person("station01-nurse"))
	directory = own_broker.connect(own_broker.instance("directory"))
	own_broker.write_crl(own_broker.state / "accounts" / "station01-nurse")
	directory.publish("$CONTROL/tsunagi/v1", b"reload\n")
	thief.wait(lambda: thief.lost, "the thief to be cut", 5)


def test_a_renewed_list_is_taken_without_cutting_anyone(own_broker):
	"""Broken: the daily renewal disconnects the city, or the old list runs out after 7 days."""
	nurse = own_broker.connect(own_broker.person("station01-nurse"))
	directory = own_broker.connect(own_broker.instance("directory"))
	gone = own_broker.person("station02-nurse")
	own_broker.write_crl(gone)
	(own_broker.state / "broker" / "revoked").write_text("")
	directory.publish("$CONTROL/tsunagi/v1", b"reload\n")
	wait_for(lambda: not own_broker.attempt(gone).accepted(), "the new list to be in force")
	assert not nurse.lost and not directory.lost
	# … and both the acl file and the gate still stand.
	assert nurse.subscribe("#", RES + "/station01-nurse/d1") == [False, True]
	record = own_broker.connect(own_broker.instance("record"))
	record.subscribe(REQ + "/+/+")
	nurse.publish(REQ + "/station02-nurse/d1", b"forged")
	nurse.publish(REQ + "/station01-nurse/d1", b"kept", retain=True)
	nurse.publish(REQ + "/station01-nurse/d1", b"true")
	assert only(record.received(b"true"))[1] == b"true"


def test_a_certificate_of_another_ca_is_refused(broker, tmp_path):
	"""Broken: anyone who can make a certificate is in."""
	subprocess.run([ROOT / "broker-config" / "pki", "init", tmp_path / "pki"], check=True)
	subprocess.run(
		[ROOT / "broker-config" / "pki", "person", tmp_path / "pki", "admin", tmp_path / "admin"],
		check=True)
	(tmp_path / "admin" / "ca.pem").write_bytes((broker.state / "pki" / "ca.pem").read_bytes())
	assert not broker.attempt(tmp_path / "admin").accepted()


def test_no_certificate_or_old_tls_is_refused(broker):
	"""Broken: the wire is open to those without a certificate, or to weak TLS."""
	for version, account in ((ssl.TLSVersion.TLSv1_3, None),
			(ssl.TLSVersion.TLSv1_2, broker.person("station07-nurse"))):
		context = ssl.create_default_context(cafile=broker.state / "pki" / "ca.pem")
		context.maximum_version = version
		if account:
			context.load_cert_chain(account / "cert.pem", account / "key.pem")
		with pytest.raises((ssl.SSLError, ConnectionError)):
			with socket.create_connection(("127.0.0.1", broker.port), 5) as plain:
				with context.wrap_socket(plain, server_hostname="localhost") as secured:
					secured.settimeout(5)
					if not secured.recv(1):
						raise ConnectionError("closed by the broker")


def test_pki_keeps_what_is_there_and_renews_over_the_same_key(tmp_path):
	"""Broken: a second `make run` shuts everybody out with new certificates, or keys are readable."""
	def pki(*arguments):
		subprocess.run([ROOT / "broker-config" / "pki", *arguments], check=True)

	def everything():
		return {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

	def make():
		pki("init", tmp_path / "pki")
		pki("broker", tmp_path / "pki", tmp_path / "broker", "DNS:mqtt.example.jp")
		pki("instance", tmp_path / "pki", "record", tmp_path / "record")
		pki("person", tmp_path / "pki", "admin", tmp_path / "admin")

	make()
	before = everything()
	assert all(path.stat().st_mode & 0o077 == 0 for path in before)
	(tmp_path / "pki" / "root-key.pem").unlink()
	make()
	after = everything()
	assert after == {path: text for path, text in before.items() if path.name != "root-key.pem"}

	key = (tmp_path / "admin" / "key.pem").read_bytes()
	near_end = subprocess.run(
		["openssl", "x509", "-in", tmp_path / "admin" / "cert.pem", "-days", "10",
		 "-signkey", tmp_path / "admin" / "key.pem"], check=True, capture_output=True).stdout
	(tmp_path / "admin" / "cert.pem").write_bytes(near_end)
	make()
	assert (tmp_path / "admin" / "cert.pem").read_bytes() != near_end
	assert (tmp_path / "admin" / "key.pem").read_bytes() == key
	subprocess.run(
		["openssl", "verify", "-CAfile", tmp_path / "pki" / "ca.pem", "-crl_check_all",
		 "-CRLfile", tmp_path / "pki" / "crl.pem", tmp_path / "admin" / "cert.pem"], check=True)


def test_the_names_of_instances_are_the_same_everywhere(tmp_path):
	"""Broken: an instance that one of the four does not know could be a person's name there."""
	config = ROOT / "broker-config"
	in_acl = re.findall(r"^user (.+)$", (config / "acl").read_text(), re.M)
	in_gate = re.search(r"instances\[\] = \{(.*?)\}", (config / "gate.c").read_text(), re.S)[1]
	in_pki = re.search(r"grep -Eqx '\(([a-z|]+)\)", (config / "pki").read_text())[1]
	in_frame = re.search(
		r"bool instance_name\(.*?\{.*?\{(.*?)\}", (ROOT / "services/common/people.c").read_text(), re.S)[1]
	assert in_acl == in_pki.split("|")
	assert in_acl == re.findall(r'"([a-z]+)"', in_gate) == re.findall(r'"([a-z]+)"', in_frame)


def test_the_relay_asks_and_reads_its_answers(broker, record, nurse):
	"""Broken: nobody is written to; or the certificate that lies beside a mail password reads what it
	should not, or speaks for a service."""
	relay = broker.connect(broker.instance("relay"))
	try:
		assert relay.subscribe(RES + "/relay/relay", "tsunagi/v1/record/inbox/relay",
			"tsunagi/v1/record/state/+") == [True] * 3
		assert relay.subscribe("#", "tsunagi/v1/record/notice/+", REQ + "/+/+", RES + "/+/+",
			"tsunagi/v1/+/notice/record") == [False] * 5
		relay.publish(REQ + "/relay/relay", b"relay asks")
		assert only(record.received(b"relay asks")) == (REQ + "/relay/relay", b"relay asks")
		record.publish(RES + "/relay/relay", b"an answer")
		record.publish("tsunagi/v1/record/inbox/relay", b"a push")
		relay.received(b"a push")
		assert nurse.subscribe(RES + "/station01-nurse/d7") == [True]
		for topic in (REQ + "/station01-nurse/d7", RES + "/station01-nurse/d7",
				"tsunagi/v1/record/inbox/station01-nurse", "tsunagi/v1/relay/state/x",
				"tsunagi/v1/record/notice/alert", "$CONTROL/tsunagi/v1"):
			relay.publish(topic, b"forged")
		relay.publish(REQ + "/relay/relay", b"the last")
		record.received(b"the last")
		assert all(payload != b"forged" for _, payload in record.messages + nurse.messages)
		assert relay.messages[0] == (RES + "/relay/relay", b"an answer")
	finally:
		relay.close()
	person = broker.connect(broker.forge("relay", "person"))
	person.publish(REQ + "/relay/relay", b"by a person")
	nurse.publish(REQ + "/station01-nurse/d7", b"after that")
	record.received(b"after that")
	assert b"by a person" not in [payload for _, payload in record.messages]
	person.close()
