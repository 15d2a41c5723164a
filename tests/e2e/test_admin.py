"""What an administrator does to the services while people work: copies, repairs, checks."""
import json
import os
import shutil

import lmdb
import pytest

import care
from broker import wait_for
from system import DAEMONS, System, body_of
from tsunagi.v1 import envelope_pb2 as envelope, record_pb2 as record


@pytest.fixture(scope="module")
def system(tmp_path_factory):
	with System(tmp_path_factory.mktemp("admin") / "run") as running:
		yield running


@pytest.fixture
def admin(system):
	return system.person("admin")


@pytest.fixture
def nurse(system):
	return system.person("station01-nurse")


def test_a_backup_made_under_way_is_whole(system, nurse, tmp_path):
	"""Broken: the copy that was to save everybody cannot be opened, or lacks what was replied."""
	patient = care.register(nurse)
	writer = care.Writer(nurse, patient, 50)
	writer.start()
	try:
		wait_for(lambda: len(writer.written) > 20, "some notes")
		before = dict(writer.written)
		folder = tmp_path / "backup"  # made by whoever writes there first
		said = system.cli("admin", "admin", "backup", folder)
		assert all(name in said for name in DAEMONS) and "keys" in said
	finally:
		writer.finish()
	for name in DAEMONS:
		assert (folder / name / "data.mdb").stat().st_size > 0
		assert (folder / name).stat().st_mode & 0o077 == 0
		with lmdb.open(str(folder / name), max_dbs=64, readonly=True, lock=False) as env:
			with env.begin(env.open_db(b"journal", create=False)) as txn:
				assert txn.stat(env.open_db(b"journal", txn, create=False))["entries"] > 0
	assert system.run("admin", "admin", "backup", folder).returncode == 75, "nothing is written over"
	assert system.run("admin", "admin", "backup", tmp_path / "not" / "there").returncode == 75
	assert system.run("station01-nurse", "admin", "backup", tmp_path).returncode == 77

	# The whole network goes on from the copy, with its keys.
	state = tmp_path / "run"
	shutil.copytree(system.state, state, ignore=lambda _, names: [
		name for name in names if name in ("store", "services", "pids", "lock", "ready")])
	for name in DAEMONS:
		shutil.copytree(folder / name, state / "store" / name)
	with System(state) as restored:
		doctor = restored.person("clinic01-doctor")
		there = {entry.note.text: entry.id for entry in care.timeline(doctor, patient)}
		assert before.items() <= there.items()
		restored.cli("admin", "audit", "verify")


@pytest.mark.parametrize("name", DAEMONS)
def test_views_are_made_anew_from_the_journal(system, nurse, name):
	"""Broken: the one repair tool there is makes it worse, or a view holds what the journal does not."""
	patient = care.register(nurse, name="再建 太郎")
	entry = nurse.ok("record", care.note(patient, "再建の前")).id
	doctor = system.person("clinic01-doctor")
	wait_for(lambda: entry in [item.entry for item in care.inbox(doctor)], "the notification")
	rebuilt = json.loads(system.cli("admin", "--json", "admin", "rebuild-views", name))
	assert int(rebuilt["entries"]) > 50 and "differing" not in rebuilt, rebuilt
	assert [item.id for item in care.timeline(doctor, patient)] == [entry]
	assert entry in [item.entry for item in care.inbox(doctor)]
	assert system.cli_json("clinic01-doctor", "whoami")
	found = body_of(doctor.ok("record", record.FindPatients(text="再建"))).items
	assert patient in [item.id for item in found]
	assert system.run("station01-nurse", "admin", "rebuild-views", name).returncode == 77
	assert system.run("admin", "admin", "rebuild-views", "nothing").returncode == 64


def test_damaged_views_are_repaired(system, nurse):
	"""Broken: after a damage to a view the chart stays wrong, although the journal is whole."""
	patient = care.register(nurse)
	entries = [nurse.ok("record", care.note(patient, f"{i}")).id for i in range(5)]
	system.down("record")
	folder = system.state / "store" / "record"
	with lmdb.open(str(folder), max_dbs=64, map_size=1 << 30) as env:
		with env.begin(write=True) as txn:
			tables = [key for key, _ in txn.cursor() if key not in (b"journal", b"refusals", b"meta", b"people",
				b"organisations", b"staff")]
			for table in tables:
				txn.drop(env.open_db(table, txn, create=False), delete=False)
	system.up("record")
	wait_for(lambda: nurse.call("record", record.ListPatients()).code == envelope.OK, "record")
	assert nurse.call("record", record.ShowPatient(id=patient)).code == envelope.PERMISSION_DENIED
	rebuilt = json.loads(system.cli("admin", "--json", "admin", "rebuild-views", "record"))
	assert int(rebuilt["differing"]) > 10
	assert [item.id for item in reversed(care.timeline(nurse, patient))] == entries
	again = json.loads(system.cli("admin", "--json", "admin", "rebuild-views", "record"))
	assert "differing" not in again
	system.cli("admin", "audit", "verify")


def test_people_go_on_while_views_are_made_anew(system, admin, nurse):
	"""Broken: a request that came during the repair is lost, or two repairs at once break each other."""
	patient = care.register(nurse)
	writer = care.Writer(nurse, patient, 50)
	writer.start()
	try:
		replies = care.answer_all(admin, "record", [admin.request(envelope.RebuildViews()) for _ in range(5)])
		assert {reply.code for reply in replies} == {envelope.OK}
		assert all(body_of(reply).differing == 0 for reply in replies)
	finally:
		writer.finish()
	care.assert_written_once(nurse, patient, [writer])


def test_the_journal_can_be_read_by_administrators_only(system, admin, nurse):
	"""Broken: who looked at whom, or the hashes that prove it, are open to everybody."""
	for name in DAEMONS:
		verified = body_of(admin.ok(name, envelope.VerifyJournal(**{"from": 1})))
		assert verified.head > 0 and not verified.faults
		hashes = body_of(admin.ok(name, envelope.ReadHashes(positions=[1, verified.head, 1 << 50])))
		assert [item.position for item in hashes.items] == [1, verified.head]
		assert all(len(item.hash) == 32 for item in hashes.items)
		for message in (envelope.VerifyJournal(), envelope.ReadHashes(positions=[1]), envelope.ReadNotices()):
			assert nurse.call(name, message).code == envelope.PERMISSION_DENIED
	assert admin.call("record", envelope.ReadNotices()).code == envelope.PERMISSION_DENIED
	assert admin.call("record", record.ListPatients()).code in (envelope.OK, envelope.PERMISSION_DENIED)
	assert not body_of(admin.ok("record", record.ListPatients())).items, "administrators see no patients"
	assert os.path.exists(system.state / "ready")
