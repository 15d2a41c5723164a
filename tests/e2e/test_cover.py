"""The clinic on duty at night, with the real rota: what its doctor may open, from when until when, and
what stands in the audit."""
import datetime
import time

import pytest

from broker import wait_for
from system import System, body_of
from tsunagi.v1 import record_pb2 as record, rota_pb2 as rota

JAPAN = datetime.timezone(datetime.timedelta(hours=9))
DAY_MINUTES = 24 * 60


@pytest.fixture
def system(tmp_path):
	with System(tmp_path / "run") as running:
		yield running


def clock(begins, minutes):
	return rota.Clock(
		from_minute=(begins.hour * 60 + begins.minute) % DAY_MINUTES,
		until_minute=(begins.hour * 60 + begins.minute + minutes) % DAY_MINUTES)


def shift_from(system, begins):
	"""Of a rota whose shifts begin at that time of the day and last 22 hours, whatever day it is: the id
	of the one that begins then."""
	admin = system.person("admin")
	evening = begins + datetime.timedelta(hours=11)
	admin.ok("rota", rota.SetRotaSettings(settings=rota.RotaSettings(
		weekday_night=clock(begins, 22 * 60), saturday_afternoon=clock(begins, 22 * 60),
		holiday_day=clock(begins, 11 * 60), holiday_night=clock(evening, 11 * 60),
		rest_hours=48, most_a_month=4, enhanced_weight=2, year_begins_month=4)))
	# One of these days: what that day is called, the calendar of the rota knows.
	for kind in ("weekday-night", "saturday-afternoon", "holiday-day"):
		shift = f"{begins:%Y-%m-%d}-{kind}"
		reply = admin.call("rota", rota.SetShift(shift=shift, organisation="clinic32", reason="試験"))
		if reply.code == 0:
			admin.ok("rota", rota.SetShift(shift=shift, organisation="", reason="試験"))
			return shift
	raise AssertionError(f"no shift begins at {begins}")


def give(system, shift, organisation, second=False):
	system.people[0].ok("rota", rota.SetShift(
		shift=shift, second=second, organisation=organisation, reason="当番の変更"))


def new_patient(system, doctor, unstable=False, cover=True):
	patient = system.cli_id(doctor, "patient", "register", "--name", "田所 ハル", "--kana", "タドコロ ハル",
		"--born", "1942-03-04", "--sex", "female", "--consent-given-on", "2026-04-01")
	if cover:
		system.cli(doctor, "patient", "consent", patient, "given", "--on", "2026-04-01", "--scope", "cover")
	if unstable:
		system.cli(doctor, "patient", "unstable", patient, "on")
	return patient


def opens(system, user, patient):
	status = system.run(user, "patient", "show", patient).returncode
	assert status in (0, 77)
	return status == 0


def wait_open(system, user, patient):
	wait_for(lambda: opens(system, user, patient), f"{user} to be let in")


def begun(system, user, shift):
	return [item for item in system.cli_json(user, "inbox", "list")
		if item.get("subject") == shift and item.get("matter") == "DUTY_BEGINS"]


def test_a_night_with_a_swap(system):
	"""Broken: who is on duty stands before a closed record, or who is not sees it."""
	shift = shift_from(system, datetime.datetime.now(JAPAN) - datetime.timedelta(minutes=30))
	patient = new_patient(system, "clinic01-doctor", unstable=True)
	closed = new_patient(system, "clinic01-doctor", cover=False)
	assert not opens(system, "clinic02-doctor", patient)
	give(system, shift, "clinic02")
	wait_open(system, "clinic02-doctor", patient)
	assert not opens(system, "clinic02-doctor", closed)
	assert not opens(system, "clinic03-doctor", patient)

	# told at the beginning, with how many to look at first; each opens to its summary
	told = wait_for(lambda: begun(system, "clinic02-doctor", shift), "clinic02 to be told")
	assert told[0]["unstable"] == 1 and told[0]["service"] == "record"
	listed = system.cli_json("clinic02-doctor", "patient", "covered", "--unstable")
	assert [item["id"] for item in listed] == [patient]
	system.cli("clinic02-doctor", "patient", "summary", patient)
	system.cli("clinic02-doctor", "entry", "note", patient, "--text", "往診しました")
	system.cli("clinic02-doctor", "patient", "consent", patient, "withdrawn", "--on", "2026-04-01", status=77)
	system.cli("clinic03-doctor", "patient", "covered", status=75)

	# a swap in the night: the taker opens at once, the giver writes down what was done
	give(system, shift, "clinic03")
	wait_open(system, "clinic03-doctor", patient)
	wait_for(lambda: begun(system, "clinic03-doctor", shift), "clinic03 to be told")
	assert opens(system, "clinic02-doctor", patient)

	# record dies, and knows it all again
	system.restarted("record", system.kill("record"))
	wait_open(system, "clinic03-doctor", patient)
	system.cli("admin", "admin", "rebuild-views", "record")
	assert opens(system, "clinic02-doctor", patient)

	# as cover it stands in the audit, and with the consent it ends at once
	audit = system.cli_json("clinic01-doctor", "audit", "show", "--patient", patient)
	for user in ("clinic02-doctor", "clinic03-doctor"):
		assert {item["right"] for item in audit if item["user"] == user} == {"COVER"}
	assert "当番対応" in system.cli(
		"clinic01-doctor", "audit", "show", "--patient", patient, language="ja_JP.UTF-8")
	system.cli("clinic01-doctor", "patient", "consent", patient, "withdrawn", "--on", "2026-04-01",
		"--scope", "cover")
	assert not opens(system, "clinic02-doctor", patient)
	assert not opens(system, "clinic03-doctor", patient)


def test_it_opens_when_the_shift_begins(system):
	"""Broken: the record opens before the night begins, or late."""
	begins = (datetime.datetime.now(JAPAN) + datetime.timedelta(seconds=80)).replace(second=0, microsecond=0)
	shift = shift_from(system, begins)
	patient = new_patient(system, "clinic01-doctor")
	give(system, shift, "clinic02")
	give(system, shift, "clinic03", second=True)
	doctor = system.person("clinic02-doctor")
	killed, refused = False, 0
	while doctor.call("record", record.ShowPatient(id=patient)).code != 0:
		asked = datetime.datetime.now(JAPAN)
		assert asked < begins + datetime.timedelta(seconds=10), "it does not open"
		refused += 1
		if not killed and asked > begins - datetime.timedelta(seconds=5):
			killed = bool(system.kill("record"))
		time.sleep(0.1)
	assert datetime.datetime.now(JAPAN) >= begins and refused > 0
	for user in ("clinic02-doctor", "clinic03-doctor"):
		wait_for(lambda: begun(system, user, shift), f"{user} to be told")
	assert body_of(doctor.ok("record", record.ListCovered())).items[0].id == patient


def test_the_pair(system):
	"""Broken: the deputy does not know whom they stand in for."""
	patient = new_patient(system, "clinic01-doctor")
	for organisation, role in (("clinic01", "attending"), ("clinic02", "deputy")):
		system.cli("clinic01-doctor", "patient", "team-add", patient, organisation, "--as", role)
	for user in ("clinic01-doctor", "clinic02-doctor"):
		pair = system.cli_json(user, "patient", "deputies")
		assert [(item["attending"]["organisation"], item["deputy"]["organisation"]) for item in pair] == \
			[("clinic01", "clinic02")]
		assert "⇄" in system.cli(user, "patient", "show", patient)
	system.cli("clinic02-doctor", "patient", "team-add", patient, "clinic02", "--as", "attending")
	for user in ("clinic01-doctor", "clinic02-doctor"):
		pair = system.cli_json(user, "patient", "deputies")
		assert [(item["attending"]["organisation"], item["deputy"]["organisation"]) for item in pair] == \
			[("clinic02", "clinic01")]
	system.cli("clinic01-doctor", "patient", "team-add", patient, "clinic02", "--as", "deputy", status=65)
