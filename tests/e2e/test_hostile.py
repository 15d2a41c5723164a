"""An enrolled user whose software is broken, or who means harm. Nobody else may notice."""
import os
import random
import threading
import time

import pytest

import care
from broker import BUILD, wait_for
from system import DAEMONS, DIGITS, System, body_of, new_id
from tsunagi.v1 import alert_pb2 as alert, envelope_pb2 as envelope, network_pb2 as network
from tsunagi.v1 import record_pb2 as record

SEED = int(os.environ.get("SEED", random.randrange(1 << 32)))
MEMORY_KIB = 64 * 1024  # of each daemon, whatever is thrown at it
SANITIZED = b"__asan_init" in (BUILD / "bin" / "record").read_bytes()  # its shadow is larger than that
ANSWER_S = 10  # for everybody else, on a busy machine
USER = "clinic44-doctor"
SECRET = "SECRET-田所ハル"


@pytest.fixture(scope="module")
def system(tmp_path_factory):
	with System(tmp_path_factory.mktemp("hostile") / "run") as running:
		yield running


@pytest.fixture(scope="module")
def bystander(system):
	"""A nurse at work all the while."""
	bystander = Bystander(system)
	yield bystander
	bystander.finish()


class Bystander(threading.Thread):
	def __init__(self, system):
		super().__init__(daemon=True)
		self.nurse = system.person("station01-nurse")
		self.patient = care.register(self.nurse)
		self.slowest_s, self.n, self.error = 0.0, 0, None
		self._enough = threading.Event()
		self.start()

	def run(self):
		try:
			while not self._enough.wait(0.05):
				begun = time.monotonic()
				self.nurse.ok("record", care.note(self.patient, f"観察 {self.n}"), patience_s=ANSWER_S)
				self.nurse.ok("record", record.ListTimeline(patient=self.patient), patience_s=ANSWER_S)
				self.slowest_s = max(self.slowest_s, time.monotonic() - begun)
				self.n += 1
		except AssertionError as error:
			self.error = error

	def finish(self):
		self._enough.set()
		self.join()


@pytest.fixture
def hostile(system, bystander):
	"""Who attacks; when the test is over, everything must be as if nothing had been."""
	pids = {name: system.pid(name) for name in DAEMONS}
	person = system.person(USER, "t1")
	before = bystander.n
	yield person
	for name in DAEMONS:
		assert person.answer(person.request(network.WhoAmI()), "directory") is not None
		assert system.pid(name) == pids[name], f"{name} died"
		os.kill(pids[name], 0)
		assert SANITIZED or care.memory_kib(pids[name]) < MEMORY_KIB, name
		assert SECRET not in system.log(name), "what people write stands in the log"
	wait_for(lambda: bystander.n > before + 1 or bystander.error, "the nurse to be answered")
	assert bystander.error is None, bystander.error
	print(f"the nurse waited {bystander.slowest_s:.2f} s at most")


def client_of(person, instance="record"):
	"""The connection beneath, for what is no request at all."""
	person._use(instance)
	return wait_for(person._connected, "a connection")


def field(number, wire, payload):
	"""One field as it travels. wire 2: bytes; 0: a number."""
	def varint(value):
		out = b""
		while value > 127:
			out, value = out + bytes([value & 127 | 128]), value >> 7
		return out + bytes([value])
	if wire == 0:
		return varint(number << 3) + varint(payload)
	return varint(number << 3 | 2) + varint(len(payload)) + payload


def ask(person, instance, type, body, patience_s=60, **fields):
	"""A well-formed envelope around anything; it must be answered."""
	request = envelope.Request(**{**dict(id=new_id(), type=type, body=body), **fields})
	reply = person.answer(request, instance, patience_s)
	assert reply is not None, f"{instance} did not answer {type}"
	return reply


def unreadable(person, instance, request):
	"""Where not even the envelope can be read, the answer bears no id."""
	def answers():
		person.take()
		return len(person.replies.get("", []))
	before = answers()
	assert person.send(instance, request)
	wait_for(lambda: answers() > before, "an answer without id")
	assert person.replies[""][-1].code == envelope.INVALID_ARGUMENT


def refused(person, instance, type, body, *codes, **fields):
	reply = ask(person, instance, type, body, **fields)
	assert reply.code in (codes or (envelope.INVALID_ARGUMENT,)), (type, reply)
	assert reply.message_ja and reply.message_en
	return reply


def test_noise_on_every_topic(system, hostile):
	"""Broken: a daemon falls over bytes that are no message."""
	dice = random.Random(SEED)
	print(f"SEED={SEED}")
	whole = hostile.request(care.note(new_id(), SECRET)).SerializeToString()
	payloads = [dice.randbytes(dice.choice([0, 1, 7, 100, 5000])) for _ in range(200)]
	for _ in range(200):
		changed = bytearray(whole)
		for _ in range(dice.randint(1, 6)):
			changed[dice.randrange(len(changed))] = dice.randrange(256)
		payloads.append(bytes(changed[:dice.randint(1, len(changed))]))
	client = client_of(hostile)
	for name in DAEMONS:
		for payload in payloads:
			client.mqtt.publish(f"tsunagi/v1/{name}/req/{USER}/t1", payload)
	for topic in ("record/req/alert/alert", "record/req/station01-nurse/t1", "record/notice/alert",
			"directory/notice/record", "record/res/alert/alert", "alert/inbox/station01-nurse",
			f"record/res/{USER}/t1", "record/state/clinic01", f"record/req/{USER}", f"record/req/{USER}/a/b",
			f"record/req/{USER}/UPPER", f"record/req/{USER}/" + "x" * 65, f"record/req/{USER}/-", ""):
		for payload in payloads[:20]:
			client.mqtt.publish(f"tsunagi/v1/{topic}".rstrip("/"), payload)
	for name in DAEMONS:
		refused(hostile, name, "Nonsense", b"", envelope.UNIMPLEMENTED)


def test_the_largest_payloads(system, hostile):
	"""Broken: a few large messages take the memory, or the time, of all."""
	client = client_of(hostile)
	for size in (262144, 262000, 200000):
		for _ in range(20):
			client.mqtt.publish(f"tsunagi/v1/record/req/{USER}/t1", b"\x12" + b"x" * (size - 1))
	refused(hostile, "record", "AddEntry", b"x" * 33000)
	refused(hostile, "record", "AddEntry", care.note(new_id(), "あ" * 80000).SerializeToString())
	# Beyond what the broker takes: it ends the connection, and nothing else.
	client.publish(f"tsunagi/v1/record/req/{USER}/t1", b"x" * 300000)
	wait_for(lambda: client.lost, "the broker to end the connection")
	refused(hostile, "record", "AddEntry", b"x")


def test_nested_to_the_limit(system, hostile):
	"""Broken: recursion in the decoder ends the process."""
	groups = b"\x0b" * 32700  # 32,700 groups that begin in each other
	nested = b""
	while len(nested) < 32000:
		nested = field(1, 2, nested)
	for bomb in (groups, nested, groups[:17000] + nested[:15000]):
		for type in ("AddEntry", "RegisterPatient", "MarkRead", "ListTimeline"):
			ask(hostile, "record", type, bomb)
		ask(hostile, "directory", "SetOrganisation", bomb)
		ask(hostile, "alert", "ConfirmDelivery", bomb)
	client = client_of(hostile)
	for bomb in (groups, nested, b"\x0b" * 250000):
		client.mqtt.publish(f"tsunagi/v1/record/req/{USER}/t1", bomb)


def test_small_bodies_that_grow(system, hostile):
	"""Broken: 32 KB on the wire become megabytes, and a thousand of them the machine's memory."""
	hours = field(9, 2, b"") * 16000  # 16,000 windows of nothing
	organisation = field(1, 2, hours)
	ids = field(1, 2, b"") * 16000
	entries = field(2, 2, b"") * 16000
	corrected = field(1, 2, field(41, 2, b"") * 10000)
	concerns = field(1, 2, field(12, 2, b"\1" * 32000))
	members = field(1, 2, field(11, 2, b"") * 16000 + field(12, 2, b"") * 10)
	requests = [("directory", "SetOrganisation", organisation), ("alert", "ConfirmDelivery", ids),
		("record", "MarkRead", entries), ("record", "AddEntry", corrected), ("record", "AddEntry", concerns),
		("record", "RegisterPatient", members)]
	for _ in range(20):
		for instance, type, body in requests:
			assert ask(hostile, instance, type, body[:32000]).code != envelope.OK, type


def test_wrong_types(system, hostile, bystander):
	"""Broken: what is meant for the daemons' own ears is obeyed when a person says it, or a body of
	another message is taken for one."""
	patient = bystander.patient
	for name in DAEMONS:
		for type in ("EntryNotice", "TeamNotice", "PersonChanged", "OrganisationChanged", "ReminderDue",
				"HandOverDue", "CrlDue", "Witnessed", "EntryAdded", "JournalEntry", "Request", "", "tsunagi.v1.AddEntry",
				"x" * 3000):
			refused(hostile, name, type, b"", envelope.UNIMPLEMENTED, envelope.INVALID_ARGUMENT)
		for message in (envelope.ReadNotices(), envelope.VerifyJournal(), envelope.ReadHashes(positions=[1]),
				envelope.RebuildViews(), envelope.Backup(folder="/tmp")):
			refused(hostile, name, message.DESCRIPTOR.name, message.SerializeToString(),
				envelope.PERMISSION_DENIED)
		unreadable(hostile, name, hostile.request(care.note(patient, "x"), type="AddEntry\0"))
	# Every field as every other kind of field.
	for number in (1, 2, 3, 20, 21, 22, 33, 999, 536870911):
		for wrong in (field(number, 0, 1 << 63), field(number, 2, b"\x08\x01"), bytes([number << 3 & 127 | 5]),
				bytes([number << 3 & 127 | 6]), field(number, 2, b"")[:-1] + b"\xff\xff\xff\xff\x0f"):
			assert ask(hostile, "record", "AddEntry", field(1, 2, wrong)).code != envelope.OK
			assert ask(hostile, "record", "AddEntry", wrong).code != envelope.OK
	body = care.note(patient, "x").SerializeToString()
	for type in ("BreakGlass", "RecordConsent", "AddTeamMember", "SetThresholds"):
		assert ask(hostile, "record", type, body).code != envelope.OK, type


def test_unknown_fields_are_no_reason_to_refuse(system, hostile, bystander):
	"""Broken: next year's client cannot talk to this year's service."""
	newer = field(999, 2, b"something new") + field(1000, 0, 7)
	person = system.person("station01-nurse")
	assert ask(person, "directory", "WhoAmI", newer).code == envelope.OK
	body = care.note(bystander.patient, "来年の端末から").SerializeToString()
	assert ask(person, "record", "AddEntry", body + newer).code == envelope.OK


def test_text_that_is_none(system, hostile, bystander):
	"""Broken: bytes that no screen can show are stored for ever, and break every reader."""
	person = system.person("station01-nurse")

	def note_of(text):
		return field(1, 2, field(2, 2, bystander.patient.encode()) + field(20, 2, field(1, 2, text)))
	assert ask(person, "record", "AddEntry", note_of("正しい".encode())).code == envelope.OK
	for text in (b"\xff\xfe", SECRET.encode() + b"\xe5", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80",
			b"a\0b", b"x" * 20481, b""):
		assert refused(person, "record", "AddEntry", note_of(text)).field
	for name_or_kana in (2, 3):
		refused(person, "record", "RegisterPatient", field(1, 2, field(name_or_kana, 2, b"\xff")))


def crockford(number):
	return "".join(DIGITS[(number >> (5 * (25 - i))) & 31] for i in range(26))


def id_at(time_ms):
	return crockford((int(time_ms) << 80) | (7 << 76) | (random.getrandbits(12) << 64) | (2 << 62)
		| random.getrandbits(62))


def test_ids_from_nowhere(system, hostile, bystander):
	"""Broken: a device whose clock is wrong fills the table of requests with ids that never age, or an
	old request that was kept somewhere takes effect once more."""
	person = system.person("station01-nurse")
	body = care.note(bystander.patient, "x").SerializeToString()
	now_ms, day_ms = time.time() * 1000, 24 * 3600 * 1000
	for id in (id_at(now_ms + 2 * day_ms), id_at(now_ms - 91 * day_ms), id_at((1 << 48) - 1), id_at(0),
			new_id().lower(), new_id()[:25], new_id() + "0", "", "x" * 26, "Z" * 26,
			"00000000000000000000000000", "x" * 20000):
		assert refused(person, "record", "AddEntry", body, id=id).field == "id", id
	for id in (new_id() + "\0", "x" * 21000):
		unreadable(person, "record", envelope.Request(id=id, type="AddEntry", body=body))
	reply = ask(person, "record", "AddEntry", body, id=id_at(now_ms - 80 * day_ms))
	assert reply.code == envelope.OK, "a phone that was off for weeks"


def test_an_id_is_good_for_one_request(system, hostile, bystander):
	"""Broken: the answer to one request is given to another, or a repeated note stands there twice."""
	person = system.person("station01-nurse")
	request = person.request(care.note(bystander.patient, "一度だけ"))
	first = person.answer(request, "record")
	assert first.code == envelope.OK
	other = envelope.Request(id=request.id, type="AddEntry",
		body=care.note(bystander.patient, "別の内容").SerializeToString())
	person.replies.clear()
	reply = person.answer(other, "record")
	assert reply.code == envelope.INVALID_ARGUMENT and reply.field == "id"
	person.replies.clear()
	again = person.answer(request, "record")
	assert (again.code, again.id, again.position) == (first.code, first.id, first.position)
	# Another user may have the same id without learning anything.
	stranger = system.person("clinic43-doctor")
	assert stranger.answer(request, "record").code == envelope.PERMISSION_DENIED


def test_numbers_at_their_ends(system, hostile, bystander):
	"""Broken: an addition overflows, a date lies in the year 292,277,026, a page never ends."""
	person, admin = system.person("station01-nurse"), system.person("admin")
	patient = bystander.patient
	most, least, huge = (1 << 63) - 1, -(1 << 63), (1 << 64) - 1
	vitals = record.VitalSigns
	for signs in (vitals(systolic_mmhg=0xffffffff), vitals(pulse_bpm=0xffffffff),
			vitals(temperature_celsius=float("nan")), vitals(temperature_celsius=float("inf")),
			vitals(temperature_celsius=-1e308), vitals(spo2_percent=101), vitals()):
		entry = record.Entry(patient=patient, vital_signs=signs)
		refused(person, "record", "AddEntry", record.AddEntry(entry=entry).SerializeToString())
	for occurred_ms in (most, least):
		message = care.note(patient, "x", occurred_ms=occurred_ms)
		refused(person, "record", "AddEntry", message.SerializeToString())
	for message in (record.ListTimeline(patient=patient, before=huge),
			record.ListTimeline(patient=patient, since_ms=most),
			record.ListTimeline(patient=patient, since_ms=least), record.ListTimeline(patient=patient, kind=99)):
		for after in (0, 1, huge):
			reply = ask(person, "record", "ListTimeline", message.SerializeToString(), after=after)
			assert not (reply.more and reply.position <= after), reply
	for instance, message in (("alert", alert.ListInbox()), ("record", record.ListPatients()),
			("directory", network.ListOrganisations())):
		reply = ask(person, instance, message.DESCRIPTOR.name, b"", after=huge)
		assert not reply.more
	for at_ms in (most, least, -1):
		ask(person, "directory", "SearchContacts", network.SearchContacts(at_ms=at_ms).SerializeToString())
		ask(person, "alert", "SetSubstitute", alert.SetSubstitute(
			user="station01-nurse", from_ms=at_ms, until_ms=at_ms).SerializeToString())
	for name in DAEMONS:
		for start in (0, 1 << 40, huge):
			body = envelope.VerifyJournal(**{"from": start}).SerializeToString()
			assert not ask(admin, name, "VerifyJournal", body).more or start == 0
		body = envelope.ReadHashes(positions=[huge, 0] * 500).SerializeToString()
		assert list(body_of(ask(admin, name, "ReadHashes", body)).items) == []
		for folder in ("relative", "", "/nonexistent/folder", "/" + "x" * 1001, "/proc/1"):
			body = envelope.Backup(folder=folder).SerializeToString()
			assert ask(admin, name, "Backup", body).code != envelope.OK, folder


def test_2000_requests_at_once(system, hostile, bystander):
	"""Broken: one runaway loop at one device keeps everybody else waiting."""
	requests = [hostile.request(record.ListPatients()) for _ in range(2000)]
	slowest_s, bystander.slowest_s = bystander.slowest_s, 0.0
	for request in requests:
		hostile.send("record", request)

	def answered():
		hostile.take()
		return all(request.id in hostile.replies for request in requests)
	wait_for(answered, "an answer to each", 60)
	codes = {hostile.replies[request.id][0].code for request in requests}
	assert envelope.OK in codes and codes <= {envelope.OK, envelope.RESOURCE_EXHAUSTED}, codes
	seen = bystander.n
	wait_for(lambda: bystander.n > seen or bystander.error, "the nurse")
	print(f"meanwhile the nurse waited {bystander.slowest_s:.2f} s at most")
	bystander.slowest_s = max(slowest_s, bystander.slowest_s)


def test_too_many_watches(system, hostile):
	"""Broken: one user's thousand open screens cost everybody's changes their speed."""
	replies = [hostile.answer(hostile.request(alert.ListInbox(), watch=True), "alert") for _ in range(140)]
	codes = [reply.code for reply in replies]
	assert codes[:128] == [envelope.OK] * 128, codes
	assert set(codes[128:]) == {envelope.RESOURCE_EXHAUSTED}, codes


def test_a_person_is_not_an_instance(system, hostile):
	"""Broken: who may write under an instance's name reads every notice."""
	client = client_of(hostile)
	request = hostile.request(envelope.ReadNotices())
	client.subscribe("tsunagi/v1/record/res/alert/alert", "tsunagi/v1/record/notice/alert")
	client.publish("tsunagi/v1/record/req/alert/alert", request.SerializeToString())
	refused(hostile, "record", "ReadNotices", b"", envelope.PERMISSION_DENIED)
	assert not [topic for topic, _ in client.messages if "/res/alert/" in topic or "/notice/" in topic]
