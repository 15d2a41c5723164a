"""FHIR R4 comes in once, whole, under the right names, and what is wrong with it is said. The people are
invented; tests on data that nobody here made up are skipped where ../shared/data is missing."""
import gzip
import json
import lzma
import os
import random
import re
import subprocess
import sys
import tarfile
import time

import pytest

import care
from broker import ROOT
from system import System, body_of
from tsunagi.v1 import record_pb2 as record

DATA = ROOT / ".." / "shared" / "data"
DOCTOR = "clinic01-doctor"
IDE = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"
MEMORY_MB = 200


@pytest.fixture(scope="module")
def system(tmp_path_factory):
	with System(tmp_path_factory.mktemp("import") / "run") as running:
		yield running


# ---- examples --------------------------------------------------------------------------------

def patient(id, name="早瀬　ミドリ", kana="ハヤセ　ミドリ", system="urn:oid:1.2.3", born="1941-02-03", **more):
	def script(text, code):
		return dict(use="official", text=text, extension=[dict(url=IDE, valueCode=code)])
	made = dict(resourceType="Patient", id=id, name=[script(name, "IDE"), script(kana, "SYL")],
		gender="female", birthDate=born)
	if system:
		made["identifier"] = [dict(system=system, value=id)]
	return made | more


def of(type, id, whom, **more):
	member = "patient" if type == "AllergyIntolerance" else "subject"
	return {"resourceType": type, "id": id, member: {"reference": f"Patient/{whom}"}} | more


def pulse(id, whom, value=72, when="2024-05-06T09:00:00+09:00"):
	return of("Observation", id, whom, status="final", effectiveDateTime=when,
		code=dict(coding=[dict(system="http://loinc.org", code="8867-4")]),
		valueQuantity=dict(value=value, unit="/min"))


def medicine(id, whom, name, status):
	return of("MedicationRequest", id, whom, status=status, intent="order", authoredOn="2024-05-06",
		medicationCodeableConcept=dict(text=name), dosageInstruction=[dict(text="1日1回")])


def condition(id, whom, name="腰痛症"):
	return of("Condition", id, whom, code=dict(text=name), recordedDate="2024-05-06")


def allergy(id, whom, name="ペニシリン"):
	return of("AllergyIntolerance", id, whom, code=dict(text=name), recordedDate="2024-05-06")


def ndjson(*resources):
	return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in resources).encode()


def bundle(*resources, type="transaction"):
	entries = [dict(fullUrl="urn:uuid:" + item["id"], resource=item, request=dict(method="POST"))
		for item in resources]
	return json.dumps(dict(resourceType="Bundle", type=type, entry=entries), indent=1).encode()


def rows(system, *arguments, status=0, user=DOCTOR, timeout_s=120):
	"""What `patient import --json` counts, by type; what it says on stderr."""
	done = system.run(user, "--json", "patient", "import", *arguments, timeout_s=timeout_s)
	assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
	return {row["type"]: row for row in map(json.loads, done.stdout.splitlines())}, done.stderr


def counts(row):
	return tuple(row[name] for name in ("read", "new", "alreadyThere", "skipped", "wrong"))


def total(found, name):
	return sum(row[name] for row in found.values())


def find(system, text, user=DOCTOR):
	return [item for page in system.cli_json(user, "patient", "find", text)
		for item in page.get("items", [page])]


# ---- one folder, all the shapes --------------------------------------------------------------

def test_a_folder_of_all_shapes_is_loaded_once(system, tmp_path):
	"""Broken: something of a file is missing, or a second run doubles it."""
	folder = tmp_path / "hospital"
	(folder / "more").mkdir(parents=True)
	# The patients come last by name, and two folders deep: the order of files does not matter.
	(folder / "a.ndjson.gz").write_bytes(gzip.compress(ndjson(
		allergy("a1", "f1"), condition("c1", "f1"), condition("c2", "f2"), pulse("o1", "f2"))))
	(folder / "b.xz").write_bytes(lzma.compress(ndjson(
		medicine("m1", "f1", "ワルファリン", "active"), medicine("m2", "f1", "アスピリン", "stopped"))))
	inside = condition("c3", "f3")
	inside["subject"]["reference"] = "urn:uuid:f3"
	(folder / "bundle.json").write_bytes(bundle(inside, patient("f3", "戸田 直", "トダ ナオ")))
	(folder / "more" / "z.ndjson").write_bytes(ndjson(patient("f1"), patient("f2", "小森 昭", "コモリ アキラ")))
	(folder / "README.txt").write_text("no FHIR")
	(folder / "manifest.json").write_text('{\n "output": []\n}\n')
	found, said = rows(system, folder)
	assert said == ""
	assert counts(found["Patient"]) == (3, 3, 0, 0, 0)
	assert counts(found["AllergyIntolerance"]) == (1, 1, 0, 0, 0)
	assert counts(found["Condition"]) == (3, 3, 0, 0, 0)
	assert counts(found["MedicationRequest"]) == (2, 2, 0, 0, 0)
	assert counts(found["Observation"]) == (1, 1, 0, 0, 0)
	assert {reason["reason"] for reason in found["?"]["why"]} == {"NOT_FHIR"}
	again, _ = rows(system, folder)
	assert total(again, "new") == 0 and total(again, "alreadyThere") == 10
	# the same files named one by one, the bundle through a pipe
	files = [folder / "a.ndjson.gz", folder / "b.xz", folder / "more" / "z.ndjson"]
	again, _ = rows(system, *files, status=65)  # not in one folder: nothing says that they belong together
	assert total(again, "new") == 0 and again["Patient"]["alreadyThere"] == 2
	piped = subprocess.run(system.command(DOCTOR, "--json", "patient", "import", "-"), check=True,
		env=system.locale(), input=(folder / "bundle.json").read_bytes(), capture_output=True)
	assert sum(json.loads(line)["new"] for line in piped.stdout.splitlines()) == 0


def test_names_and_medicines_arrive_as_they_were_meant(system, tmp_path):
	"""Broken: U+3000 in a name is lost, or a medicine that was stopped is shown as taken."""
	file = tmp_path / "one.ndjson"
	file.write_bytes(ndjson(patient("u1", "早坂　みどり", "ハヤサカ　ミドリ"),
		medicine("m1", "u1", "エドキサバン", "active"), medicine("m2", "u1", "アムロジピン", "completed")))
	rows(system, file, "--consent-given-on", "2026-04-01")
	[found] = find(system, "早坂 みどり")
	assert (found["name"], found["kana"]) == ("早坂　みどり", "ハヤサカ　ミドリ")
	[shown] = system.cli_json(DOCTOR, "patient", "show", found["id"])
	assert shown["patient"]["name"] == "早坂　みどり" and shown["patient"]["teamConsent"]
	assert shown["patient"]["identifiers"] == [dict(system="urn:oid:1.2.3", value="u1")]
	doctor = system.person(DOCTOR)
	summary = body_of(doctor.ok("record", record.ShowSummary(patient=found["id"])))
	assert [item.medication.name for item in summary.medications] == ["エドキサバン"]
	stops = [item for item in care.timeline(doctor, found["id"]) if item.medication.action == record.STOP]
	assert len(stops) == 1 and stops[0].source.value == "MedicationRequest/m2#stop"


def test_equal_ids_of_two_sources_are_two_people(system, tmp_path):
	"""Broken: two hospitals' patient number 2 share one chart."""
	def both(name, **more):
		return ndjson(patient("POP-2", f"{name} 花", "ハナ", **more), condition("c", "POP-2", name))

	for case, first, second, options in (
			("systems", dict(system="urn:oid:1"), dict(system="urn:oid:2"), ([], [])),
			("files", dict(system=None), dict(system=None), ([], [])),
			("named", {}, dict(born="1950-01-01"), (["--source", "east"], ["--source", "west"]))):
		folder = tmp_path / case
		folder.mkdir()
		(folder / "a.ndjson").write_bytes(both(case + "壱", **first))
		(folder / "b.ndjson").write_bytes(both(case + "弐", **second))
		for file, option in zip("ab", options):
			found, _ = rows(system, folder / (file + ".ndjson"), *option)
			assert counts(found["Patient"]) == (1, 1, 0, 0, 0), case
			assert counts(found["Condition"]) == (1, 1, 0, 0, 0), case
		doctor = system.person(DOCTOR)
		for name in (case + "壱", case + "弐"):
			[one] = find(system, name)
			assert [item.condition.name for item in care.timeline(doctor, one["id"])] == [name]


def test_the_same_number_of_somebody_else_is_refused(system, tmp_path):
	"""Broken: what belongs to one person is written into another's chart."""
	(tmp_path / "a.ndjson").write_bytes(ndjson(patient("dup", "高木 一", "タカギ ハジメ")))
	(tmp_path / "b.ndjson").write_bytes(ndjson(
		patient("dup", "南 二郎", "ミナミ ジロウ", born="1960-01-01"), condition("c", "dup")))
	rows(system, tmp_path / "a.ndjson")
	found, said = rows(system, tmp_path / "b.ndjson", status=65)
	assert found["Patient"]["wrong"] == found["Condition"]["wrong"] == 1
	assert re.search(r"b\.ndjson: line 1: Patient/dup: .*identifier", said), said
	assert "--source" in said


# ---- what is wrong ---------------------------------------------------------------------------

def test_what_is_wrong_is_named_and_the_rest_loaded(system, tmp_path):
	"""Broken: one bad line costs the file, or nobody can find it."""
	file = tmp_path / "mixed.ndjson"
	lines = ndjson(patient("w1", "今井 和", "イマイ カズ"), pulse("o1", "w1", 900), pulse("o2", "w1", 80),
		condition("c1", "nobody"), dict(resourceType="Patient", id="w2"))
	file.write_bytes(lines + b'{"resourceType":"Condition","id":"cut\n' + ndjson(pulse("o3", "w1")))
	found, said = rows(system, file, status=65)
	assert counts(found["Patient"]) == (2, 1, 0, 0, 1)
	assert counts(found["Observation"]) == (3, 2, 0, 0, 1)
	for line in (r"mixed\.ndjson: line 2: Observation/o1: refused: entry\.vital_signs\.pulse_bpm: ",
			r"mixed\.ndjson: line 4: Condition/c1: .*not imported.*: Patient/nobody",
			r"mixed\.ndjson: line 5: Patient/w2: the patient has no name",
			r"mixed\.ndjson: line 6: Condition: ends in the middle"):
		assert re.search(line, said), (line, said)
	table = system.run(DOCTOR, "patient", "import", file)
	assert "Already there" in table.stdout and "ends in the middle" in table.stdout
	japanese = system.run(DOCTOR, "patient", "import", file, language="ja_JP.UTF-8")
	assert "登録済み" in japanese.stdout and "2行目" in japanese.stderr


def test_strict_ends_at_the_first_mistake(system, tmp_path):
	"""Broken: --strict loads on."""
	file = tmp_path / "strict.ndjson"
	file.write_bytes(ndjson(dict(resourceType="Patient", id="s1"), patient("s2", "堀 真", "ホリ マコト")))
	found, said = rows(system, file, "--strict", status=65)
	assert total(found, "new") == 0 and "strict" in said
	found, _ = rows(system, file, status=65)
	assert counts(found["Patient"]) == (2, 1, 0, 0, 1)


def test_cut_off_archives_keep_what_came_before(system, tmp_path):
	"""Broken: a download that broke off imports nothing, or says nothing."""
	plain = ndjson(*(patient(f"t{i}", f"森 {i}", "モリ", note=os.urandom(200).hex()) for i in range(200)))
	for name, packed in ("x.gz", gzip.compress(plain)), ("x.xz", lzma.compress(plain)):
		file = tmp_path / name
		file.write_bytes(packed[:len(packed) // 2])
		found, said = rows(system, file, status=65)
		assert found["Patient"]["read"] > 50 and "ends in the middle" in said


def test_what_was_typed_is_checked(system, tmp_path):
	"""Broken: a typing mistake looks like an empty import."""
	assert "nothing.json" in system.cli(DOCTOR, "patient", "import", tmp_path / "nothing.json", status=66)
	system.cli(DOCTOR, "patient", "import", status=64)
	system.cli(DOCTOR, "patient", "import", tmp_path, "--consent-given-on", "yesterday", status=64)
	system.cli(DOCTOR, "patient", "import", tmp_path, status=66)  # an empty folder
	(tmp_path / "x.ndjson").write_bytes(ndjson(patient("x")))
	system.cli("city-officer", "patient", "import", tmp_path, status=77)


# ---- others ----------------------------------------------------------------------------------

def test_a_team_by_its_identifiers_here(system, tmp_path):
	"""Broken: a care team that names our own people is lost, or a mere name opens a record."""
	def team(id, *members):
		return of("CareTeam", id, "k1", status="active", participant=[dict(member=member) for member in members])
	file = tmp_path / "team.ndjson"
	ours = dict(identifier=dict(system="urn:tsunagi:user", value="pharmacy01-pharmacist"))
	file.write_bytes(ndjson(patient("k1", "辻 京", "ツジ ケイ"), team("t1", ours),
		team("t2", dict(display="pharmacy02-pharmacist")),
		team("t3", dict(identifier=dict(system="urn:tsunagi:user", value="nobody-here")))))
	found, _ = rows(system, file, "--consent-given-on", "2026-04-01")
	assert counts(found["CareTeam"]) == (3, 1, 0, 2, 0)
	found, _ = rows(system, file)
	assert counts(found["CareTeam"]) == (3, 0, 1, 2, 0)
	assert find(system, "辻 京", user="pharmacy01-pharmacist")


def test_the_past_rings_nobody(system, tmp_path):
	"""Broken: an import of old records wakes the whole team."""
	file = tmp_path / "team.ndjson"
	members = dict(identifier=dict(system="urn:tsunagi:user", value="station02-nurse"))
	everything = [patient("r1", "岡 静", "オカ シズカ"),
		of("CareTeam", "t", "r1", status="active", participant=[dict(member=members)])]
	file.write_bytes(ndjson(*everything))
	rows(system, file, "--consent-given-on", "2026-04-01")
	now = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() - 60))
	file.write_bytes(ndjson(*everything, pulse("old", "r1", 180), allergy("a", "r1"), pulse("new", "r1", 180, now)))
	rows(system, file)
	nurse = system.person("station02-nurse")
	deadline = time.monotonic() + 30
	while not care.inbox(nurse) and time.monotonic() < deadline:
		time.sleep(0.1)
	told = [item.kind for item in care.inbox(nurse) if item.kind == record.VITAL_SIGNS]
	assert len(told) == 1 and len(care.inbox(nurse)) - len(told) <= 1  # and that they joined the team


def test_no_answer_loses_and_doubles_nothing(system, tmp_path):
	"""Broken: an import that broke off leaves gaps or doubles when it is repeated."""
	file = tmp_path / "many.ndjson"
	file.write_bytes(ndjson(patient("n1", "谷 円", "タニ マドカ"), *(pulse(f"o{i}", "n1") for i in range(500))))
	system.down("record")
	try:
		done = system.run(DOCTOR, "--timeout", "2", "patient", "import", file)
	finally:
		system.up("record")
	assert done.returncode == 69 and "again" in done.stderr
	process = subprocess.Popen(system.command(DOCTOR, "--json", "patient", "import", file),
		env=system.locale(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
	system.kill("record")
	process.communicate(timeout=120)
	assert process.returncode == 0  # repeated by itself until it was answered
	found, _ = rows(system, file)
	assert total(found, "new") == 0 and total(found, "alreadyThere") == 501
	[one] = find(system, "谷 円")
	assert len(care.timeline(system.person(DOCTOR), one["id"])) == 500


STARTER = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)
"""


def test_memory_does_not_grow_with_the_file(system, tmp_path):
	"""Broken: a large file fills the machine."""
	filler = json.dumps(dict(resourceType="Encounter", id="e", text="x" * 2000))
	large = json.dumps(dict(resourceType="Binary", id="big", data="x" * 30_000_000))
	deep = '{"resourceType":"Basic","id":"deep","x":' + "[" * 1_000_000 + "]" * 1_000_000 + "}"
	many = '{"resourceType":"Patient","id":"many","x":[' + ",".join(["{}"] * 1_000_000) + "]}"
	file = tmp_path / "large.xz"
	with lzma.open(file, "wt", preset=0) as out:
		out.write('{"resourceType":"Bundle","type":"collection","entry":[')
		for i in range(100_000):
			out.write(f'{{"resource":{filler}}},')
		out.write(",".join(f'{{"resource":{item}}}' for item in (large, deep, many)) + "]}")
	# Started by a small process: what a child is said to have used at most counts its parent's memory in.
	starter = [sys.executable, "-c", STARTER, *map(str, system.command(DOCTOR, "patient", "import", file))]
	run = subprocess.run(starter, env=system.locale(), capture_output=True, text=True, check=False)
	assert run.returncode == 65, run
	for reason in ("Binary/big: too large", "Basic/deep: nested too deeply", "Patient/many: has too many"):
		assert reason in run.stderr
	used_kib = int(run.stdout)
	assert used_kib < MEMORY_MB * 1024, f"{used_kib} KiB"


# ---- data that nobody here made up -----------------------------------------------------------

def unpack(name, folder):
	archive = DATA / name
	if not archive.exists():
		pytest.skip(f"{archive} is not here")
	with tarfile.open(archive) as archive:
		archive.extractall(folder)


PLACE = re.compile(r"^tsunagi: /.+: (line \d+|entry \d+|line \d+: entry \d+)(: [^:]*)?: .+$")


def test_hl7_examples_and_damaged_copies(system, tmp_path):
	"""Broken: somebody's file crashes the import, or is refused without file, entry and reason."""
	unpack("fhir-r4-examples-hl7/package.tar.xz", tmp_path)
	files = sorted((tmp_path / "package").glob("*.json"))
	assert len(files) >= 713
	found, said = rows(system, tmp_path / "package", status=65)
	assert found["Patient"]["new"] > 30 and all(PLACE.match(line) for line in said.splitlines()), said
	dice = random.Random(20261122)
	copies = tmp_path / "copies"
	copies.mkdir()
	for i in range(1000):
		data = bytearray(files[i % len(files)].read_bytes())
		for _ in range(dice.randint(1, 8)):
			at = dice.randrange(len(data) or 1)
			what = dice.randrange(4)
			if what == 0 and data:
				data[at] = dice.randrange(256)
			elif what == 1:
				del data[at:at + dice.randint(1, 40)]
			elif what == 2:
				data[at:at] = dice.choice([b'"', b"{", b"]", b"\xff", b"null,", b"1e999", b"\\u0000", b"[[[["])
			elif dice.randrange(8) == 0:
				del data[at:]
		(copies / f"{i:04}.json").write_bytes(data)
	found, said = rows(system, copies, status=65, timeout_s=300)
	lines = [line for line in said.splitlines() if "--source" not in line]
	assert len(lines) == total(found, "wrong") > 100
	assert all(PLACE.match(line) for line in lines), [line for line in lines if not PLACE.match(line)][:5]


def test_the_japanese_patients(system, tmp_path):
	"""Broken: 637 people of a Japanese hospital do not come in whole, or come in twice."""
	unpack("jp-synthetic-637/fhir_r4.tar.xz", tmp_path)
	[folder] = {file.parent for file in tmp_path.rglob("Patient.ndjson")}
	for file in folder.glob("*.ndjson"):
		if file.name.startswith(("Observation", "MedicationAdministration", "ServiceRequest", "Specimen")):
			file.unlink()  # the bulk of it, and of the time: by hand
	found, said = rows(system, folder, timeout_s=300)
	assert said == ""
	assert counts(found["Patient"]) == (637, 637, 0, 0, 0)
	assert counts(found["AllergyIntolerance"]) == (87, 85, 0, 2, 0)
	assert counts(found["Condition"]) == (3047, 3047, 0, 0, 0)
	assert counts(found["MedicationRequest"]) == (9553, 9553, 0, 0, 0)
	assert counts(found["CareTeam"]) == (2980, 0, 0, 2980, 0)
	again, _ = rows(system, folder, timeout_s=300)
	assert total(again, "new") == 0 and total(again, "alreadyThere") == 637 + 85 + 3047 + 9553
