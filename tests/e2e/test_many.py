"""A doctor comes back from a long absence: 10,000 notifications wait, and the services die meanwhile."""
import collections
import os
import random
import threading

import pytest

import care
from broker import wait_for
from system import System, body_of
from tsunagi.v1 import alert_pb2 as alert, envelope_pb2 as envelope

MANY = 10_000
SEED = int(os.environ.get("SEED", random.randrange(1 << 32)))


@pytest.fixture(scope="module")
def system(tmp_path_factory):
	with System(tmp_path_factory.mktemp("many") / "run") as running:
		yield running


def kill_both(system):
	for name in ("alert", "record"):
		old = system.kill(name)
		if old:
			system.restarted(name, old)


def pages_with_receipts(system, doctor, dice):
	"""As a device does: a page, a receipt for it, the next page. The services die between pages."""
	items, after = [], 0
	while True:
		reply = doctor.ok("alert", alert.ListInbox(), after=after)
		page = body_of(reply).items
		items += page
		request = doctor.request(alert.ConfirmDelivery(ids=[item.id for item in page]))
		if page and dice.random() < 0.2:
			doctor.send("alert", request)
			kill_both(system)
		assert doctor.answer(request, "alert").code == envelope.OK
		if not reply.more:
			return items
		after = reply.position


def test_10000_wait_for_one_person(system):
	"""Broken: who was away for months misses what was written meanwhile, or reads it twice."""
	nurse, doctor = system.person("station01-nurse"), system.person("clinic01-doctor")
	dice = random.Random(SEED)
	print(f"SEED={SEED}")
	patient = care.register(nurse)
	requests = [nurse.request(care.note(patient, f"記録 {i}")) for i in range(MANY)]
	writing = threading.Event()

	def kill_meanwhile():
		while not writing.wait(dice.uniform(1, 3)):
			kill_both(system)
	killer = threading.Thread(target=kill_meanwhile)
	killer.start()
	try:
		replies = care.answer_all(nurse, "record", requests)
	finally:
		writing.set()
		killer.join()
	assert {reply.code for reply in replies} == {envelope.OK}
	written = {reply.id for reply in replies}
	assert len(written) == MANY

	wait_for(lambda: len(care.inbox(doctor)) >= MANY, "the last of them to be stored", 60)
	kill_both(system)
	items = pages_with_receipts(system, doctor, dice)
	assert collections.Counter(item.entry for item in items) == collections.Counter(written)
	assert len({item.id for item in items}) == MANY
	assert {item.state for item in care.inbox(doctor)} == {alert.Notification.DELIVERED}
	# The command line shows them as well.
	assert len(system.cli_json("clinic01-doctor", "inbox", "list")) == MANY
