"""The demonstration city, as the first `make run` loads it."""
import collections
import re
import signal

import care
from system import System, body_of
from tsunagi.v1 import network_pb2 as network, record_pb2 as record

PATIENTS = 300


def announced(system):
	"""What the loading said it made."""
	found = re.findall(r"(\d+) patients, (\d+) entries", system.said())
	assert found, system.said()
	return tuple(map(int, found[-1]))


def charts(system):
	"""All patients, as those see them who registered them, with their entries."""
	found = {}
	for folder in sorted((system.state / "accounts").iterdir()):
		person = system.person(folder.name)
		me = body_of(person.ok("directory", network.WhoAmI())).person
		patients = [patient for patient in care.pages(person, "record", record.ListPatients())
			if patient.registered_by == me.organisation]
		for patient in patients:
			if patient.id not in found:
				found[patient.id] = (patient, care.timeline(person, patient.id))
		person.close()
	return found


def assert_once(system):
	"""Everything that was announced is there, and nothing twice."""
	there = charts(system)
	n_entries = sum(len(entries) for _, entries in there.values())
	assert (len(there), n_entries) == announced(system)
	assert len(there) == PATIENTS
	names = collections.Counter((p.name, p.kana, p.born) for p, _ in there.values())
	assert set(names.values()) == {1}, names.most_common(3)
	for _, entries in there.values():
		content = collections.Counter()
		for entry in entries:
			entry.ClearField("id")
			for field in ("position", "recorded_ms", "unread", "readers"):
				entry.ClearField(field)
			content[entry.SerializeToString(deterministic=True)] += 1
		assert set(content.values()) <= {1}, content.most_common(1)


def test_the_city_is_loaded_once(tmp_path):
	"""Broken: the newcomer finds an empty city; or each run adds the same patients again."""
	with System(tmp_path / "run", demo="city") as system:
		assert_once(system)
		before = {id: len(entries) for id, (_, entries) in charts(system).items()}
		doctor = system.cli_json("clinic01-doctor", "patient", "list")
		assert doctor, "the account that the README signs in with sees somebody"
		assert system.cli("station01-nurse", "inbox", "list").strip()
		system.cli("admin", "audit", "verify")
	with System(tmp_path / "run", demo="city") as system:
		assert {id: len(entries) for id, (_, entries) in charts(system).items()} == before


def test_an_interrupted_loading_goes_on(tmp_path):
	"""Broken: Ctrl-C during the first run leaves half a city for ever, or doubles what was there."""
	system = System(tmp_path / "run", demo="city")
	entries = tmp_path / "run" / "store" / "record" / "data.mdb"
	system.start(until=lambda: entries.exists() and entries.stat().st_size > 2_000_000)
	assert not (tmp_path / "run" / "ready").exists(), "it was too fast to be interrupted"
	system.process.send_signal(signal.SIGINT)
	system.process.wait(60)
	system.start()
	try:
		assert_once(system)
	finally:
		system.stop()
