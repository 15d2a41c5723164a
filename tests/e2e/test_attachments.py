"""Photos and papers: sent in pieces by a foreign client and by the command line, through kills."""
import hashlib
import os
import random
import signal
import subprocess
import time
import zlib

import pytest

import care
from broker import wait_for
from system import System, body_of
from tsunagi.v1 import envelope_pb2 as envelope, record_pb2 as record

PIECE = 128 * 1024
MOST = 8 * 1024 * 1024
GPS = b"N 35 10 53 E 136 54 23"


@pytest.fixture(scope="module")
def system(tmp_path_factory):
	with System(tmp_path_factory.mktemp("attachments") / "run") as running:
		yield running


@pytest.fixture
def nurse(system):
	return system.person("station01-nurse")


@pytest.fixture
def doctor(system):
	return system.person("clinic01-doctor")


@pytest.fixture
def patient(nurse):
	return care.register(nurse)


# ---- pictures ------------------------------------------------------------------------------------


def segment(marker, body):
	return bytes((0xff, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def jpeg(camera=True):
	"""Not a picture that anybody would know, but of the form of one: 640 × 480, on its side."""
	exif = (b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0" + GPS)
	said = segment(0xe1, exif) + segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0" + GPS) + segment(0xed, GPS)
	return (b"\xff\xd8" + segment(0xe0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0") + (said if camera else b"")
		+ segment(0xdb, bytes(65)) + segment(0xc0, b"\x08\x01\xe0\x02\x80\x01\x01\x11\0")
		+ segment(0xc4, bytes(20)) + segment(0xda, b"\x01\x01\0\0\x3f\0") + random.randbytes(2000).replace(b"\xff", b"\0")
		+ b"\xff\xd9" + (b"\xff\xd8" + GPS if camera else b""))


def png():
	def chunk(kind, data):
		return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
	rows = b"".join(b"\0" + random.randbytes(3 * 40) for _ in range(30))
	return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", (40).to_bytes(4, "big") + (30).to_bytes(4, "big") + b"\x08\x02\0\0\0")
		+ chunk(b"tEXt", b"Comment\0" + GPS) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def pdf(size):
	return b"%PDF-1.7\n" + random.randbytes(size - 9)


# ---- pieces --------------------------------------------------------------------------------------


def piece(patient, whole, offset, **other):
	return record.PutChunk(**{**dict(
		patient=patient, sha256=hashlib.sha256(whole).digest(), bytes=len(whole), offset=offset,
		data=whole[offset:offset + PIECE]), **other})


def upload(person, patient, data, offsets=None):
	"""What the last piece was answered."""
	answer = None
	for offset in offsets if offsets is not None else range(0, len(data), PIECE):
		answer = person.ok("record", piece(patient, data, offset))
	return body_of(answer)


def here(person, patient, data):
	return body_of(person.ok(
		"record", record.ShowUpload(patient=patient, sha256=hashlib.sha256(data).digest())))


def attachment(data, media_type="application/pdf", **fields):
	return record.Attachment(
		sha256=hashlib.sha256(data).digest(), bytes=len(data), media_type=media_type, **fields)


def bearing(patient, *attachments):
	return care.note(patient, "退院時の紹介状", attachments=attachments)


def fetch(person, entry, data):
	got = b""
	while len(got) < len(data):
		got += body_of(person.ok("record", record.FetchAttachment(
			entry=entry, sha256=hashlib.sha256(data).digest(), offset=len(got)))).data
	return got


def refused(reply, code, field):
	assert reply.code == code and reply.field == field, reply
	assert reply.message_ja and reply.message_en


# ---- the foreign client --------------------------------------------------------------------------


def test_eight_megabytes_through_a_kill(system, nurse, doctor, patient):
	"""Broken: the service dies while a letter is sent, and half of it is shown, or all is to be sent
	again."""
	letter = pdf(MOST)
	half = list(range(0, MOST // 2, PIECE))
	upload(nurse, patient, letter, half)
	old = system.kill("record")
	refused_half = nurse.call("record", bearing(patient, attachment(letter)))
	system.restarted("record", old)
	refused(refused_half, envelope.FAILED_PRECONDITION, "entry.attachments[0].sha256")
	shown = here(nurse, patient, letter)
	assert list(shown.offsets) == half and not shown.complete
	rest = [offset for offset in range(0, MOST, PIECE) if offset not in shown.offsets]
	taken = upload(nurse, patient, letter, rest)
	assert taken.complete and not taken.mismatch
	entry = nurse.ok("record", bearing(patient, attachment(letter, name="紹介状"))).id
	assert fetch(doctor, entry, letter) == letter
	page = body_of(doctor.ok("record", record.ListTimeline(patient=patient)))
	assert page.items[0].attachments[0].name == "紹介状"
	assert here(doctor, patient, letter).complete, "it is the patient's now"
	lines = [item for item in system.cli_json("clinic01-doctor", "audit", "show", "--patient", patient)
		if item["what"] in ("PutChunk", "FetchAttachment")]
	assert [line["what"] for line in lines] == ["PutChunk", "FetchAttachment"]
	assert " 0 keys were different" in system.cli("admin", "admin", "rebuild-views", "record")
	assert fetch(doctor, entry, letter) == letter
	system.cli("admin", "audit", "verify")


def test_what_is_refused(nurse, patient):
	"""Broken: what is no picture, or another one than was said, comes into a record."""
	letter, other = pdf(2 * PIECE + 100), pdf(PIECE + 5)
	program = b"MZ" + letter[2:]
	refused(nurse.call("record", piece(patient, program, 0)), envelope.INVALID_ARGUMENT, "data")
	too_large = piece(patient, letter, 0, bytes=MOST + 1)
	refused(nurse.call("record", too_large), envelope.INVALID_ARGUMENT, "bytes")
	upload(nurse, patient, letter, [0, PIECE])
	altered = letter[2 * PIECE:-1] + bytes((letter[-1] ^ 1,))
	taken = body_of(nurse.ok("record", piece(patient, letter, 2 * PIECE, data=altered)))
	assert taken.mismatch and not taken.complete
	assert not here(nurse, patient, letter).offsets, "nothing of it is kept"
	refused(nurse.call("record", bearing(patient, attachment(letter))), envelope.FAILED_PRECONDITION,
		"entry.attachments[0].sha256")
	assert upload(nurse, patient, other).complete
	refused(nurse.call("record", bearing(patient, attachment(other, "image/jpeg"))),
		envelope.INVALID_ARGUMENT, "entry.attachments[0].media_type")
	nurse.ok("record", bearing(patient, attachment(other)))


def test_strangers_learn_nothing(system, nurse, patient):
	"""Broken: somebody gets a piece of a photo, or learns that there is one."""
	photo = jpeg(camera=False)
	upload(nurse, patient, photo)
	entry = nurse.ok("record", bearing(patient, attachment(photo, "image/jpeg"))).id
	stranger = system.person("clinic02-doctor")

	def words(message):
		reply = stranger.call("record", message)
		assert reply.code == envelope.PERMISSION_DENIED and not reply.field and not reply.body
		return reply.message_ja, reply.message_en

	def fetching(of):
		return record.FetchAttachment(entry=of, sha256=hashlib.sha256(photo).digest())

	unknown = entry[:-1] + ("0" if entry[-1] != "0" else "1")
	assert words(fetching(entry)) == words(fetching(unknown))
	assert words(piece(patient, photo, 0)) == words(piece(unknown, photo, 0))
	assert system.cli("clinic02-doctor", "entry", "fetch", entry, status=77) == \
		system.cli("clinic02-doctor", "entry", "fetch", unknown, status=77)


# ---- the command line ----------------------------------------------------------------------------


def test_a_photo_says_nothing_of_where_it_was_taken(system, doctor, patient, tmp_path):
	"""Broken: a team of twelve organisations reads where the patient lives out of a photo of a wound."""
	(tmp_path / "wound.jpg").write_bytes(jpeg())
	(tmp_path / "drawing.png").write_bytes(png())
	done = system.run("station01-nurse", "entry", "note", patient, "--text", "仙骨部", "--attach",
		tmp_path / "wound.jpg", "--attach", tmp_path / "drawing.png")
	assert done.returncode == 0 and "wound.jpg" in done.stderr, done.stderr
	stored = body_of(doctor.ok("record", record.ShowEntry(id=done.stdout.strip()))).entry
	assert [(a.media_type, a.width, a.height, a.name) for a in stored.attachments] == [
		("image/jpeg", 480, 640, "wound.jpg"), ("image/png", 40, 30, "drawing.png")]
	folder = tmp_path / "fetched"
	folder.mkdir()
	for number, bytes_ in enumerate((jpeg, png), 1):
		path = folder / str(number)
		system.cli("clinic01-doctor", "entry", "fetch", stored.id, "--number", number, "--output", path)
		fetched = path.read_bytes()
		assert GPS not in fetched and b"adobe" not in fetched
		assert hashlib.sha256(fetched).digest() == stored.attachments[number - 1].sha256
	listed = system.cli("clinic01-doctor", "timeline", patient)
	assert "attachment 1: wound.jpg (JPEG, 480 × 640, " in listed
	assert "添付2: drawing.png" in system.cli("clinic01-doctor", "entry", "show", stored.id, language="ja_JP.UTF-8") \
		or "attachment 2: drawing.png" in system.cli("clinic01-doctor", "entry", "show", stored.id)
	# A correction keeps them, unless it says otherwise.
	corrected = system.cli_id("clinic01-doctor", "entry", "correct", stored.id, "--text", "左臀部")
	assert len(body_of(doctor.ok("record", record.ShowEntry(id=corrected))).entry.attachments) == 2
	corrected = system.cli_id("clinic01-doctor", "entry", "correct", stored.id, "--text", "x", "--detach")
	assert not body_of(doctor.ok("record", record.ShowEntry(id=corrected))).entry.attachments


def test_a_file_there_and_back(system, patient, tmp_path):
	"""Broken: what was attached is not what is fetched, or a file is written over, or half written."""
	letter = pdf(3 * PIECE + 1)
	(tmp_path / "紹介状.pdf").write_bytes(letter)
	(tmp_path / "notes.txt").write_text("x")
	(tmp_path / "cut.jpg").write_bytes(jpeg(camera=False)[:-2])
	entry = system.cli_id("station01-nurse", "entry", "vitals", patient, "--bp", "128/76", "--attach",
		tmp_path / "紹介状.pdf")
	for name, status in (("notes.txt", 65), ("cut.jpg", 65), ("nothing.jpg", 66)):
		system.cli("station01-nurse", "entry", "note", patient, "--text", "x", "--attach", tmp_path / name,
			status=status)
	out = tmp_path / "out"
	out.mkdir()

	def fetching(*arguments):
		return subprocess.run(system.command("clinic01-doctor", "entry", "fetch", entry, *arguments),
			cwd=out, env=system.locale(), capture_output=True, stdin=subprocess.DEVNULL)

	done = fetching()
	assert done.returncode == 0 and done.stdout.decode().strip() == "紹介状.pdf", done
	assert (out / "紹介状.pdf").read_bytes() == letter
	(out / "紹介状.pdf").write_text("mine")
	assert fetching().returncode == 75 and (out / "紹介状.pdf").read_text() == "mine"
	assert fetching("--output", "紹介状.pdf").returncode == 0
	assert (out / "紹介状.pdf").read_bytes() == letter
	assert fetching("--output", "-").stdout == letter
	assert fetching("--number", "2").returncode == 64
	assert fetching("--output", "no/folder/x").returncode == 74
	assert sorted(os.listdir(out)) == ["紹介状.pdf"]
	plain = system.cli_id("station01-nurse", "entry", "note", patient, "--text", "x")
	system.cli("station01-nurse", "entry", "fetch", plain, status=66)


def test_a_command_that_is_killed_goes_on_where_it_was(system, nurse, patient, tmp_path):
	"""Broken: on a slow line a photo never arrives, because each attempt begins anew."""
	letter = pdf(MOST)
	(tmp_path / "letter.pdf").write_bytes(letter)
	command = system.command("station01-nurse", "entry", "note", patient, "--text", "x", "--attach",
		tmp_path / "letter.pdf")

	def arrived():
		shown = here(nurse, patient, letter)
		return MOST // PIECE if shown.complete else len(shown.offsets)

	for _ in range(20):
		process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
			stderr=subprocess.DEVNULL)
		deadline = time.monotonic() + 30
		while not arrived() and process.poll() is None and time.monotonic() < deadline:
			time.sleep(0.005)
		process.send_signal(signal.SIGKILL)
		process.wait()
		time.sleep(0.3)  # what it had sent arrives, or not
		before = arrived()
		if before:
			break
	assert before > 0
	entry = system.cli_id("station01-nurse", "entry", "note", patient, "--text", "y", "--attach",
		tmp_path / "letter.pdf")
	assert fetch(nurse, entry, letter) == letter
	# Whoever may see it may send the entry once more, urgently, with what it bears.
	urgent = system.cli_id("clinic01-doctor", "entry", "urgent", entry, "--reason", "至急ご確認ください")
	assert fetch(system.person("pharmacy01-pharmacist"), urgent, letter) == letter


# ---- what is new ---------------------------------------------------------------------------------


def test_what_is_new_of_my_patients(system, nurse, doctor, patient):
	"""Broken: the doctor's list does not show that somebody wrote about a patient, or shows it to others."""
	watching = doctor.request(record.ListNews(), watch=True)
	reply = doctor.answer(watching, "record")
	mine = {news.patient.id: news for news in body_of(reply).items}
	assert mine[patient].unread == 0 and not mine[patient].patient.address
	terminal = system.terminal("clinic01-doctor", "--json", "patient", "news", "--watch")
	terminal.wait(lambda item: item["patient"]["id"] == patient)
	nurse.ok("record", care.note(patient, "呼吸が苦しそう", urgent=True, urgent_reason="急変"))

	def pushed():
		doctor.take()
		news = [item for _, push in doctor.pushes if push.watch == watching.id
			for item in body_of(push).items]
		return news and news[-1]

	news = wait_for(pushed, "a push", 30)
	assert (news.patient.id, news.unread, news.urgent) == (patient, 1, 1)
	assert list(news.kinds) == [record.NOTE] and news.last_ms > 0 and news.position > reply.position
	terminal.wait(lambda item: item["patient"]["id"] == patient and item.get("unread") == 1)
	assert terminal.stop()[0] == 0
	doctor.ok("record", record.ListTimeline(patient=patient, keep=True))
	listed = {item["patient"]["id"]: item for item in system.cli_json("clinic01-doctor", "patient", "news")}
	assert listed[patient]["unread"] == 1 and "lookedMs" not in listed[patient]
	doctor.ok("record", record.ListTimeline(patient=patient))
	listed = {item["patient"]["id"]: item for item in system.cli_json("clinic01-doctor", "patient", "news")}
	assert "unread" not in listed[patient] and int(listed[patient]["lookedMs"]) > 0
	assert patient not in system.cli("clinic02-doctor", "--json", "patient", "news")
	assert patient in system.cli("clinic01-doctor", "patient", "news")
