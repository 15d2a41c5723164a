"""A store that is nearly full."""
import pytest

import care
from broker import wait_for
from system import DAEMONS, System, body_of
from tsunagi.v1 import envelope_pb2 as envelope, record_pb2 as record

MAP_MB = 3
TEXT = "全身状態に変わりなし。" * 400  # some 13 KB


@pytest.fixture
def system(tmp_path):
	with System(tmp_path / "run", MAP_MB=MAP_MB) as running:
		yield running


def test_a_full_store_refuses_and_lives(system):
	"""Broken: the disk's budget is used up and the service dies, or loses what it had replied, or the
	charts can no longer be read when they are needed."""
	nurse, doctor = system.person("station01-nurse"), system.person("clinic01-doctor")
	patient = care.register(nurse)
	pids = {name: system.pid(name) for name in DAEMONS}
	written, refusal = [], None
	while not refusal:
		assert len(written) < MAP_MB * 100, "it never fills"
		reply = nurse.call("record", care.note(patient, f"{len(written)} {TEXT}"))
		if reply.code == envelope.OK:
			written.append(reply.id)
		else:
			refusal = reply
	assert refusal.code == envelope.RESOURCE_EXHAUSTED and refusal.message_ja and refusal.message_en, refusal
	print(f"{len(written)} notes; then: {refusal.message_en}")
	assert len(written) > 20
	said = system.cli("station01-nurse", "entry", "note", patient, "--text", TEXT, status=75)
	assert refusal.message_en in said

	# Charts stay readable, although reading is journalled; what was replied is there.
	assert [entry.id for entry in reversed(care.timeline(doctor, patient))] == written
	assert body_of(doctor.ok("record", record.ShowSummary(patient=patient))).recent
	readers = body_of(nurse.ok("record", record.ListReaders(entry=written[-1]))).items
	assert [reader.id for reader in readers] == ["clinic01-doctor"]
	wait_for(lambda: {item.entry for item in care.inbox(doctor)} == set(written), "the notifications")
	assert {name: system.pid(name) for name in DAEMONS} == pids, "they live"

	# The same after a restart.
	system.restarted("record", system.kill("record"))
	assert nurse.call("record", care.note(patient, "もう一つ " + TEXT)).code == envelope.RESOURCE_EXHAUSTED
	assert [entry.id for entry in reversed(care.timeline(nurse, patient))] == written
	system.cli("admin", "audit", "verify")

	# More room, as the log advises.
	assert "--map-mb" in system.log("record")
	system.stop()
	system.environment["MAP_MB"] = str(10 * MAP_MB)
	system.start()
	nurse = system.person("station01-nurse")
	written.append(nurse.ok("record", care.note(patient, TEXT)).id)
	assert [entry.id for entry in reversed(care.timeline(nurse, patient))] == written
