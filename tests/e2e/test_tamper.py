"""Somebody with the disk in hand changes what was written. They do not have the data key."""
import hashlib
import itertools
import json
import shutil

import lmdb
import pytest

import care
from broker import wait_for
from system import DAEMONS, System, body_of
from tsunagi.v1 import envelope_pb2 as envelope

HASH = 32
NOTES = 30


@pytest.fixture(scope="module")
def written(tmp_path_factory):
	"""The state of a network that has worked a little and then stopped, to be copied."""
	state = tmp_path_factory.mktemp("tamper") / "run"
	with System(state, WITNESS_S=1) as system:
		nurse = system.person("station01-nurse")
		patient = care.register(nurse)
		for i in range(NOTES):
			nurse.ok("record", care.note(patient, f"記録 {i}"))
		wait_for(lambda: len(care.inbox(system.person("clinic01-doctor"))) == NOTES, "notifications")
		admin = system.person("admin")
		late = head_of(admin, "record") - NOTES // 3  # one of the notes, whatever came after them
		wait_for(lambda: any(seen.instance == "record" and seen.position >= late
			for name in ("directory", "alert") for seen in witnessed_by(admin, name)), "a witness")
		for name in DAEMONS:  # each has something to be tampered with: what it followed of directory
			wait_for(lambda: head_of(admin, name) > 100, f"{name} to have followed directory")
	return state


@pytest.fixture
def system(written, tmp_path):
	"""Not started: a test changes its stores first."""
	shutil.copytree(written, tmp_path / "run", ignore=lambda _, names: [
		name for name in names if name in ("services", "pids", "lock")])
	system = System(tmp_path / "run", WITNESS_S=1)
	yield system
	system.stop()


class Store:
	"""The store of a daemon that is stopped."""

	def __init__(self, system, name):
		folder = system.state / "store" / name
		self.env = lmdb.open(str(folder), max_dbs=64, map_size=1 << 30)
		self.journal = self.env.open_db(b"journal")

	def __enter__(self):
		self.txn = self.env.begin(self.journal, write=True)
		return self

	def __exit__(self, error, *_):
		self.txn.abort() if error else self.txn.commit()
		self.env.close()

	def last(self):
		cursor = self.txn.cursor()
		assert cursor.last()
		return int.from_bytes(cursor.key(), "big")

	def get(self, position):
		return self.txn.get(position.to_bytes(8, "big"))

	def put(self, position, value):
		assert self.txn.put(position.to_bytes(8, "big"), value)

	def remove(self, position):
		assert self.txn.delete(position.to_bytes(8, "big"))


def verify(system):
	"""What `audit verify` says: exit status and the faults, (service, position, what)."""
	done = system.run("admin", "--json", "audit", "verify")
	said = [json.loads(line) for line in done.stdout.splitlines()]
	assert said, "nothing said: is it whole, or was it not looked at?"
	faults = [line for line in said if "fault" in line]
	plain = system.run("admin", "audit", "verify")
	assert plain.returncode == done.returncode, (done, plain)
	for fault in faults:
		assert fault["instance"] in plain.stdout and fault["position"] in plain.stdout, plain.stdout
	return done.returncode, [(f["instance"], int(f["position"]), f["fault"]) for f in faults]


def flip(store, position, at):
	changed = bytearray(store.get(position))
	changed[at] ^= 1
	store.put(position, bytes(changed))


# Each does one thing to a store and returns where the first fault must be found, and as what.

def flipped_bit(store):
	"""One changed dose, or reader."""
	position = store.last() // 2
	flip(store, position, HASH + len(store.get(position)[HASH:]) // 2)
	return position, "altered"


def flipped_bit_in_a_hash(store):
	"""The chain itself, loosened."""
	position = store.last() // 2
	flip(store, position, 0)
	return position, "altered"


def flipped_bit_at_the_end(store):
	"""What was written last, and is perhaps regretted."""
	flip(store, store.last(), HASH + 20)
	return store.last(), "altered"


def entry_from_elsewhere(store):
	"""An older entry in the place of a newer one, and all hashes made anew: SHA-256 needs no key."""
	position = store.last() - 5
	previous = store.get(position - 1)[:HASH]
	for number in range(position, store.last() + 1):
		sealed = store.get(position - 3 if number == position else number)[HASH:]
		previous = hashlib.sha256(previous + sealed).digest()
		store.put(number, previous + sealed)
	return position, "altered"


def removed_entry(store):
	"""Something that was written, or somebody who looked."""
	position = store.last() // 2
	store.remove(position)
	return position, "missing"


def truncated_tail(store):
	"""The last of it, cut off; the sealed head, left alone, still says how far it went. What is written
	afterwards leaves a gap."""
	last = store.last()
	for position in range(last - 2, last + 1):
		store.remove(position)
	return last - 2, "truncated or missing"


@pytest.mark.parametrize("tampers", [
	(flipped_bit, removed_entry, truncated_tail),
	(removed_entry, truncated_tail, flipped_bit),
	(truncated_tail, flipped_bit, removed_entry),
	(flipped_bit_in_a_hash, flipped_bit_at_the_end, entry_from_elsewhere)],
	ids=lambda tampers: "-".join(tamper.__name__ for tamper in tampers))
def test_what_was_changed_is_named(system, tampers):
	"""Broken: a changed, removed or cut off entry passes as written, or nobody can tell which it is."""
	expected = {}
	for name, tamper in zip(DAEMONS, itertools.cycle(tampers)):
		with Store(system, name) as store:
			expected[name] = tamper(store)
	system.start()
	status, faults = verify(system)
	assert status == 65
	for name, (position, kinds) in expected.items():
		found = [fault for fault in faults if fault[0] == name]
		assert found and found[0][1] == position and found[0][2] in kinds, (name, position, kinds, found)


def test_a_truncated_tail_without_its_head(system):
	"""Broken: with the sealed head removed as well, nobody would know how long the journal was."""
	with Store(system, "record") as store:
		last = store.last()
		# What was written after the last look of a witness can be cut off unseen; the notes were seen.
		for position in range(last - NOTES // 2, last + 1):
			store.remove(position)
		meta = store.env.open_db(b"meta", store.txn, create=False)
		assert store.txn.delete(b"head\0", db=meta)
	system.start()
	status, faults = verify(system)
	assert status == 65 and {fault[0] for fault in faults} == {"record"}, faults


def witnessed_by(admin, name):
	"""What it has seen of the others' chains."""
	start, seen = 1, []
	while True:
		stretch = body_of(admin.ok(name, envelope.VerifyJournal(**{"from": start})))
		seen += stretch.witnessed
		if stretch.to < start or stretch.to >= stretch.head:
			return seen
		start = stretch.to + 1


def head_of(admin, name):
	return body_of(admin.ok(name, envelope.VerifyJournal(**{"from": 1}))).head


def witnessed(admin, witness, name):
	"""How far one service has seen another's journal."""
	seen, start = 0, 1
	while True:
		stretch = body_of(admin.ok(witness, envelope.VerifyJournal(**{"from": start})))
		seen = max([seen] + [item.position for item in stretch.witnessed if item.instance == name])
		if stretch.to >= stretch.head:
			return seen
		start = stretch.to + 1


@pytest.mark.parametrize("name", ["record", "alert"])
def test_a_store_swapped_for_an_older_copy(system, name):
	"""Broken: a whole store, which is sound in itself, could be put back to before the mistake."""
	folder = system.state / "store" / name
	older = system.state / "older"
	shutil.copytree(folder, older)
	with Store(system, name) as store:
		last = store.last()
	system.start()
	nurse, admin = system.person("station01-nurse"), system.person("admin")
	patient = care.register(nurse)
	nurse.ok("record", care.note(patient, "後で消したくなる記録"))
	others = [other for other in ("alert", "directory", "record") if other != name]  # they follow each other
	wait_for(lambda: all(witnessed(admin, other, name) > last + 2 for other in others),
		"the others to witness it")
	assert verify(system) == (0, []), "the alarm must not ring when all is well"

	system.down(name)
	shutil.rmtree(folder)
	shutil.copytree(older, folder)
	system.up(name)
	status, faults = verify(system)
	assert status == 65 and faults, faults
	assert {fault[0] for fault in faults} == {name} and min(fault[1] for fault in faults) > last, faults
	assert {fault[2] for fault in faults} <= {"truncated", "replaced"}

	# Written over with other entries, the places of the old ones do not hide it.
	patient = care.register(nurse)
	for i in range(10):
		nurse.ok("record", care.note(patient, f"後から {i}"))
	wait_for(lambda: head_of(admin, name) > last + 12, "the journal to be as long again")
	status, faults = verify(system)
	assert status == 65 and "replaced" in {fault[2] for fault in faults if fault[0] == name}, faults
	system.cli("clinic01-doctor", "audit", "verify", status=77)
