"""Who is who, and when they may be called."""
import pytest

import care
from broker import wait_for
from system import System, body_of
from tsunagi.v1 import envelope_pb2 as envelope, network_pb2 as network, record_pb2 as record

MONDAY_0930_MS = 1767573000000  # 2026-01-05T09:30+09:00
MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS


@pytest.fixture(scope="module")
def system(tmp_path_factory):
	with System(tmp_path_factory.mktemp("directory") / "run") as running:
		yield running


@pytest.fixture
def admin(system):
	return system.person("admin")


@pytest.fixture
def doctor(system):
	return system.person("clinic01-doctor")


def organisation(id="newcomer", **fields):
	return network.Organisation(**{**dict(id=id, name="新しい訪問看護", name_kana="アタラシイ",
		kind=network.NURSE_STATION, area=network.WEST, phone="000-0000-0000"), **fields})


def test_the_city_of_the_contract_is_there(system, doctor):
	"""Broken: the accounts and organisations that everybody relies on are not there."""
	items = care.pages(doctor, "directory", network.ListOrganisations())
	kinds = [item.kind for item in items]
	assert (kinds.count(network.CLINIC), kinds.count(network.NURSE_STATION), kinds.count(network.HOSPITAL),
		kinds.count(network.SUPPORT_CENTRE), kinds.count(network.CITY_OFFICE)) == (44, 14, 20, 1, 1)
	by_id = {item.id: item for item in items}
	round_the_clock = {id for id, item in by_id.items() if network.ROUND_THE_CLOCK in item.networks}
	enhanced = {id for id, item in by_id.items() if network.ENHANCED in item.networks}
	assert round_the_clock == {f"clinic{i:02}" for i in range(1, 34)}
	assert enhanced == {f"clinic{i:02}" for i in range(1, 5)}
	for user in ("clinic44-doctor", "station14-nurse", "hospital20-liaison", "pharmacy01-pharmacist",
			"dental01-dentist", "cm01-caremanager", "helper01-helper", "centre-staff", "city-officer", "admin"):
		assert system.cli_json(user, "whoami")[0]["person"]["id"] == user
	west = system.cli_json("clinic01-doctor", "directory", "list", "--kind", "nurse-station", "--area", "west")
	assert west and {(o["kind"], o["area"]) for o in west} == {("NURSE_STATION", "WEST")}


def test_an_organisation_joins_changes_and_leaves(system, admin, doctor):
	"""Broken: the directory shows yesterday's phone number, or somebody who has gone."""
	admin.ok("directory", network.SetOrganisation(organisation=organisation()))
	assert doctor.call("directory", network.SetOrganisation(organisation=organisation())).code \
		== envelope.PERMISSION_DENIED
	admin.ok("directory", network.SetOrganisation(organisation=organisation(phone="000-1111-2222")))
	shown = body_of(doctor.ok("directory", network.ShowOrganisation(id="newcomer"))).organisation
	assert shown.phone == "000-1111-2222" and shown.name == "新しい訪問看護"
	system.cli("admin", "admin", "organisation", "newcomer", "--name", "新しい訪問看護", "--kind",
		"nurse-station", "--left", "yes")
	after = body_of(doctor.ok("directory", network.ShowOrganisation(id="newcomer"))).organisation
	assert after.left and after.phone == "000-1111-2222"
	assert doctor.call("directory", network.ShowOrganisation(id="nowhere")).code == envelope.NOT_FOUND


@pytest.mark.parametrize("wrong", [dict(id="Bad Id"), dict(id="x" * 33), dict(name=""), dict(name="a\nb"),
	dict(kind=0), dict(kind=77), dict(area=0), dict(phone="call me"), dict(networks=[network.BBN] * 2),
	dict(hours=[network.ContactHours(weekday=9, to_minute=1, means=network.PHONE)])])
def test_nonsense_about_an_organisation_is_refused(admin, wrong):
	"""Broken: what nobody can call or find stands in the directory."""
	reply = admin.call("directory", network.SetOrganisation(organisation=organisation(**wrong)))
	assert reply.code == envelope.INVALID_ARGUMENT, wrong
	assert next(iter(wrong)).split("_")[0] in reply.field, reply


def hours(weekday, start, end, means=network.PHONE, whom="管理者"):
	return network.ContactHours(weekday=weekday, from_minute=start, to_minute=end, means=means, whom=whom)


def found(person, at_ms, **fields):
	items = care.pages(person, "directory", network.SearchContacts(at_ms=at_ms, **fields))
	return {item.organisation.id: item.hours for item in items}


def test_who_may_be_called_now(system, doctor):
	"""Broken: the doctor is called in the middle of a consultation, the night nurse not at all."""
	nurse = system.person("station02-nurse")
	nurse.ok("directory", network.SetContactHours(organisation="station02", hours=[
		hours(1, 9 * 60, 10 * 60), hours(1, 22 * 60, 6 * 60, network.PAGE, "当番")]))
	assert nurse.call("directory", network.SetContactHours(organisation="station03")).code \
		== envelope.PERMISSION_DENIED
	asked = dict(kind=network.NURSE_STATION)
	assert found(doctor, MONDAY_0930_MS, **asked)["station02"].whom == "管理者"
	assert "station02" not in found(doctor, MONDAY_0930_MS + 30 * MINUTE_MS, **asked), "the end is not in it"
	night = found(doctor, MONDAY_0930_MS + DAY_MS - 4 * 60 * MINUTE_MS, **asked)
	assert night["station02"].means == network.PAGE, "Tuesday 5:30 is Monday's night"
	assert "station02" not in found(doctor, MONDAY_0930_MS + DAY_MS, **asked)
	assert found(doctor, MONDAY_0930_MS, kind=network.NURSE_STATION, area=network.NORTH).keys() \
		<= {o["id"] for o in system.cli_json("admin", "directory", "list", "--area", "north")}


def test_contact_hours_by_command_line(system):
	"""Broken: care-manager time cannot be entered by those whose time it is."""
	system.cli("clinic02-doctor", "directory", "set-hours", "clinic02", "mon-fri 13:00-14:00 phone 医師")
	said = system.cli("cm01-caremanager", "directory", "hours", "clinic02")
	assert "13:00" in said and "医師" in said
	there = system.cli("cm01-caremanager", "directory", "search", "--at", "2026-01-05 13:30", "--kind", "clinic")
	assert "clinic02" in there
	there = system.cli("cm01-caremanager", "directory", "search", "--at", "2026-01-05 14:00", "--kind", "clinic")
	assert "clinic02" not in there
	system.cli("clinic01-doctor", "directory", "set-hours", "clinic02", "mon 1:00-2:00 phone", status=77)
	system.cli("clinic02-doctor", "directory", "set-hours", "clinic02", "someday 1:00-2:00 phone", status=64)
	# Administration does not lose them.
	system.cli("admin", "admin", "organisation", "clinic02", "--kind", "clinic", "--name", "楓星内科医院",
		"--phone", "000-0000-9999")
	assert "13:00" in system.cli("cm01-caremanager", "directory", "hours", "clinic02")


def test_who_moves_takes_their_rights_along(system, admin):
	"""Broken: a nurse who changed employers goes on reading her old station's patients."""
	system.cli("admin", "admin", "enrol", "mover", "--org", "station01", "--profession", "nurse",
		"--name", "引越 花子")
	mover, nurse = system.person("mover"), system.person("station01-nurse")
	patient = care.register(nurse)
	doctor = system.person("clinic01-doctor")
	entry = doctor.ok("record", care.note(patient, "前の職場")).id
	wait_for(lambda: entry in [item.entry for item in care.inbox(mover)], "the notification")
	mover.ok("record", record.ShowPatient(id=patient))
	person = network.Person(id="mover", name="引越 花子", organisation="station05", profession=network.NURSE)
	assert nurse.call("directory", network.SetPerson(person=person)).code == envelope.PERMISSION_DENIED
	admin.ok("directory", network.SetPerson(person=person))
	wait_for(lambda: mover.call("record", record.ShowPatient(id=patient)).code
		== envelope.PERMISSION_DENIED, "record to know")
	wait_for(lambda: not [item for item in care.inbox(mover) if item.patient], "the inbox to forget")
	people = body_of(nurse.ok("directory", network.ShowOrganisation(id="station05"))).people
	assert "mover" in [each.id for each in people]


def test_changes_come_to_who_watches(system, admin, doctor):
	"""Broken: an open directory goes stale."""
	watch = doctor.request(network.ListOrganisations(), watch=True)
	reply = doctor.answer(watch, "directory")
	while reply.more:  # the same watch, from where the page ended
		watch.after = reply.position
		doctor.replies.clear()
		reply = doctor.answer(watch, "directory")
	admin.ok("directory", network.SetOrganisation(organisation=organisation("another")))

	def pushed():
		doctor.take()
		return [push for instance, push in doctor.pushes if instance == "directory" and push.watch == watch.id]
	push = wait_for(pushed, "the change")[0]
	assert [item.id for item in body_of(push).items] == ["another"]
	assert push.to > reply.position >= 0 and getattr(push, "from") == reply.position
