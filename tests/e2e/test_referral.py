"""A bed, a doctor and a visit, from the asking to the confirmation, as people at four terminals see it;
and what happens when everybody accepts at once, or daemons die in between."""
import datetime
import json
import time

import pytest

from broker import wait_for
from care import register
from system import System, body_of
from tsunagi.v1 import envelope_pb2 as envelope, record_pb2 as record, referral_pb2 as referral

STATIONS = [f"station{n:02}" for n in range(1, 15)]


@pytest.fixture(scope="module")
def system(tmp_path_factory):
	with System(tmp_path_factory.mktemp("referral") / "run") as running:
		yield running


def iso(seconds):
	"""A time so many seconds from now, as one types it."""
	zone = datetime.timezone(datetime.timedelta(hours=9))
	return (datetime.datetime.now(zone) + datetime.timedelta(seconds=seconds)).isoformat(
		timespec="milliseconds")


def new_patient(system, user, *members):
	"""Of the user's organisation, with consent to sharing within the team."""
	patient = system.cli_id(user, "patient", "register", "--name", "田所 ハル", "--kana", "タドコロ ハル",
		"--born", "1942-03-04", "--sex", "female", "--area", "north", "--district", "若葉町",
		"--consent-given-on", "2026-04-01")
	for organisation, role in members:
		system.cli(user, "patient", "team-add", patient, organisation, "--as", role)
	return patient


def ask(system, user, kind, patient, *arguments):
	"""Until what record tells of the patient has reached referral."""
	def asked():
		done = system.run(user, "--json", "referral", "ask", kind, "--patient", patient, *arguments)
		return done.returncode == 0 and json.loads(done.stdout.splitlines()[-1])["id"]
	return wait_for(asked, f"{user} to ask")


def show(system, user, request):
	return system.cli_json(user, "referral", "show", request)[-1]


def asked_users(system, asker, request, job):
	return [f"{offer['organisation']}-{job}" for offer in show(system, asker, request)["offers"]]


def wait_state(system, user, request, state):
	wait_for(lambda: show(system, user, request)["state"] == state, f"{request} to be {state}")


def matters(system, user, subject):
	return [item["matter"] for item in system.cli_json(user, "inbox", "list")
		if item.get("subject") == subject]


def wait_matter(system, user, subject, matter):
	wait_for(lambda: matter in matters(system, user, subject), f"{user} to be told {matter}")


def assert_knows_no_patient(system, user, request, patient):
	"""Neither from referral nor from record, and in the words for what does not exist."""
	assert patient not in system.cli(user, "--json", "referral", "show", request)
	assert patient not in system.cli(user, "--json", "referral", "list", "--all")
	unknown = patient[:-4] + "0000"
	assert system.cli(user, "patient", "show", patient, status=77) == \
		system.cli(user, "patient", "show", unknown, status=77)


def test_a_bed(system):
	"""Broken: the home doctor phones hospital after hospital, or a hospital that declined sees the
	patient."""
	patient = new_patient(system, "station01-nurse", ("clinic01", "attending"))
	request = ask(system, "clinic01-doctor", "backup-bed", patient, "--urgent", "--needs", "oxygen")
	shown = show(system, "clinic01-doctor", request)
	assert shown["state"] == "OFFERED" and len(shown["offers"]) == 3 and shown["patient"] == patient
	first, second, third = asked_users(system, "clinic01-doctor", request, "liaison")

	for user in (first, second, third):
		wait_matter(system, user, request, "REFERRAL_ASKED")
		seen = show(system, user, request)
		assert seen["ageFrom"] == 80 and seen["district"] == "若葉町" and seen["needs"] == ["OXYGEN"]
		assert not {"patient", "asker", "askedBy", "taker", "wave"} & set(seen)
		assert [offer["organisation"] for offer in seen["offers"]] == [user.split("-")[0]]
		assert_knows_no_patient(system, user, request, patient)

	assert system.cli_json(first, "referral", "accept", request)[-1]["holding"] is True
	assert system.cli_json(second, "referral", "accept", request)[-1]["standby"] == 1
	system.cli(third, "referral", "decline", request, "--reason", "no-capacity")
	assert set(show(system, third, request)) <= {"id", "kind", "state", "position", "offers"}
	wait_matter(system, "clinic01-doctor", request, "REFERRAL_ACCEPTED")

	system.cli("clinic01-doctor", "referral", "confirm", request)
	wait_state(system, first, request, "CONFIRMED")
	assert show(system, first, request)["patient"] == patient
	assert system.cli_json(first, "patient", "show", patient)[0]["id"] == patient
	wait_matter(system, first, request, "REFERRAL_CONFIRMED")
	wait_matter(system, second, request, "REFERRAL_OVER")
	for user in (second, third):
		assert_knows_no_patient(system, user, request, patient)
	audit = system.cli_json("clinic01-doctor", "audit", "show", "--patient", patient)
	assert any(event.get("right") == "REFERRAL" for event in audit), "the placement is in no journal"


def test_a_home_doctor(system):
	"""Broken: a patient goes home and nobody is their doctor."""
	patient = new_patient(system, "hospital02-liaison")
	request = ask(system, "hospital02-liaison", "home-doctor", patient, "--by", iso(20 * 86400))
	taker = asked_users(system, "hospital02-liaison", request, "doctor")[1]
	clinic = taker.split("-")[0]
	system.cli(taker, "referral", "accept", request)
	system.cli("hospital02-liaison", "referral", "confirm", request)
	wait_state(system, "hospital02-liaison", request, "CONFIRMED")
	team = system.cli_json("hospital02-liaison", "patient", "team", patient)
	assert [member for member in team if member["organisation"] == clinic][0]["role"] == "ATTENDING"
	assert system.cli(taker, "timeline", patient) is not None


def test_a_visit_and_its_report(system):
	"""Broken: the visit that the neighbour makes is not seen by the station whose patient it is."""
	patient = new_patient(system, "station01-nurse", ("clinic01", "attending"))
	soon_s, begun = 3, time.monotonic()
	request = ask(system, "station01-nurse", "visit", patient, "--from", iso(soon_s), "--to", iso(3600))
	shown = show(system, "station01-nurse", request)
	assert shown["state"] == "UNPLACED" and shown["cause"] == "TOO_LATE_FOR_WAVES"
	assert len(shown["offers"]) == len(STATIONS) - 1, "all are asked at once"
	wait_matter(system, "centre-staff", request, "REFERRAL_TOO_LATE")
	assert [item["id"] for item in system.cli_json("centre-staff", "referral", "list", "--unplaced")
		if item["id"] == request]
	assert "patient" not in show(system, "centre-staff", request)

	system.cli("station02-nurse", "referral", "accept", request)
	system.cli("station01-nurse", "referral", "confirm", request)
	wait_state(system, "station02-nurse", request, "CONFIRMED")
	system.cli("station02-nurse", "patient", "summary", patient)
	wait_for(lambda: time.monotonic() > begun + soon_s + 1, "the visit to begin")
	system.cli("station02-nurse", "referral", "report", request, "--text", "膀胱留置カテーテルを交換しました。")
	wait_state(system, "station01-nurse", request, "DONE")

	def reported():
		return [entry for entry in system.cli_json("station01-nurse", "timeline", patient)
			if entry.get("note", {}).get("text") == "膀胱留置カテーテルを交換しました。"]
	entry = wait_for(reported, "the report to be in the record")[0]
	assert (entry["author"], entry["organisation"]) == ("station02-nurse", "station02")

	system.cli("centre-staff", "referral", "close", request, "--outcome", "松木STが訪問した")
	assert not [item for item in system.cli_json("centre-staff", "referral", "list", "--unplaced")
		if item["id"] == request]


def test_access_only_around_the_visit(system):
	"""Broken: a station that helps once sees the patient for weeks."""
	patient = new_patient(system, "station01-nurse")
	request = ask(system, "station01-nurse", "visit", patient,
		"--from", iso(5 * 86400), "--to", iso(5 * 86400 + 3600))
	taker = asked_users(system, "station01-nurse", request, "nurse")[0]
	system.cli(taker, "referral", "accept", request)
	system.cli("station01-nurse", "referral", "confirm", request)
	wait_state(system, "station01-nurse", request, "CONFIRMED")
	assert_knows_no_patient(system, taker, request, patient)
	system.cli(taker, "referral", "withdraw", request)
	assert show(system, "station01-nurse", request)["state"] == "OFFERED"


def test_consent_comes_first_and_its_withdrawal_ends_it(system):
	"""Broken: what a patient does not want is shared all the same."""
	patient = system.cli_id("clinic02-doctor", "patient", "register", "--name", "森下 トメ", "--kana",
		"モリシタ トメ", "--born", "1938-01-02", "--sex", "female")
	wait_for(lambda: system.run("clinic02-doctor", "referral", "ask", "backup-bed", "--patient",
		patient).returncode == 75, "the request to be refused for want of consent")
	system.cli("clinic02-doctor", "patient", "consent", patient, "given", "--on", "2026-04-01")
	request = ask(system, "clinic02-doctor", "backup-bed", patient)
	assert system.run("clinic02-doctor", "referral", "ask", "backup-bed", "--patient",
		patient).returncode == 75, "the same is asked a second time"
	ask(system, "clinic02-doctor", "backup-bed", patient, "--beside", request)
	candidate = asked_users(system, "clinic02-doctor", request, "liaison")[0]
	system.cli("clinic02-doctor", "patient", "consent", patient, "withdrawn", "--on", "2026-11-01")
	wait_state(system, candidate, request, "CANCELLED")
	wait_matter(system, candidate, request, "REFERRAL_CANCELLED")
	system.cli(candidate, "referral", "accept", request, status=75)


def test_everybody_accepts_at_once(system):
	"""Broken: two stations are promised the same visit, or one is told nothing."""
	asker = system.person("station01-nurse")
	nurses = {f"{name}-nurse": system.person(f"{name}-nurse") for name in STATIONS[1:]}
	patients = [register(asker, members=(), area="NORTH") for _ in range(4)]
	begin_ms = int(time.time() * 1000) + 600_000
	for n in range(100):
		from_ms = begin_ms + n * 60_000
		question = referral.AskReferral(kind=referral.VISIT, patient=patients[n % 4], from_ms=from_ms,
			to_ms=from_ms + 60_000)
		request = ask_until_known(asker, question)
		accepts = {user: person.request(referral.AcceptReferral(id=request))
			for user, person in nurses.items()}
		for user, accept in accepts.items():
			nurses[user].send("referral", accept)
		replies = {user: nurses[user].answer(accept, "referral") for user, accept in accepts.items()}
		assert {reply.code for reply in replies.values()} == {envelope.OK}
		order = sorted(replies, key=lambda user: replies[user].position)  # the journal's
		answers = {user: body_of(reply) for user, reply in replies.items()}
		assert [user for user in order if answers[user].holding] == order[:1]
		assert [answers[user].standby for user in order] == list(range(len(order)))
		shown = body_of(asker.ok("referral", referral.ShowReferral(id=request)))
		assert shown.taker == order[0].split("-")[0]
		assert sorted((offer.standby, offer.organisation) for offer in shown.offers) == \
			[(i, user.split("-")[0]) for i, user in enumerate(order)]


def ask_until_known(asker, question):
	"""The id of the request; record's word of the patient may still be under way."""
	def made():
		reply = asker.call("referral", question)
		return reply.id if reply.code == envelope.OK else None
	return wait_for(made, "the request to be taken")


def test_it_survives_kills(system):
	"""Broken: a request is forgotten, or confirmed twice, because a daemon died in the middle."""
	patient = new_patient(system, "station03-nurse", ("clinic03", "attending"))
	request = ask(system, "clinic03-doctor", "backup-bed", patient)
	first, second, _ = asked_users(system, "clinic03-doctor", request, "liaison")
	for user in (first, second):
		pid = system.kill("referral")
		system.cli(user, "referral", "accept", request)
		system.restarted("referral", pid)
	system.down("record")
	system.cli("clinic03-doctor", "referral", "confirm", request)
	assert show(system, "clinic03-doctor", request)["state"] == "CONFIRMING"
	pid = system.kill("referral")
	system.restarted("referral", pid)
	system.up("record")
	wait_state(system, "clinic03-doctor", request, "CONFIRMED")
	system.cli(first, "patient", "show", patient)
	system.cli(second, "patient", "show", patient, status=77)
	rows = [member for member in system.cli_json(first, "patient", "team", patient)
		if member["organisation"] == first.split("-")[0]]
	assert len(rows) == 1, rows


def test_hostile_values(system):
	"""Broken: what no form can send takes the daemon down, or tells what it must not."""
	asker, stranger = system.person("station04-nurse"), system.person("pharmacy02-pharmacist")
	patient = register(asker, members=())
	request = ask_until_known(asker, referral.AskReferral(kind=referral.VISIT, patient=patient,
		from_ms=int(time.time() * 1000) + 86_400_000, to_ms=int(time.time() * 1000) + 86_500_000))
	for message in (referral.ShowReferral(id=request), referral.AcceptReferral(id=request),
			referral.CancelReferral(id=request), referral.CloseReferral(id=request, outcome="x")):
		missing = type(message).FromString(message.SerializeToString())
		missing.id = request[:-4] + "0000"
		known, unknown = stranger.call("referral", message), stranger.call("referral", missing)
		assert known.code == unknown.code != envelope.OK
		assert known.message_en == unknown.message_en
	far = 2**62
	for question, field in (
			(referral.AskReferral(kind=referral.VISIT, patient=patient, from_ms=far, to_ms=-far), "from_ms"),
			(referral.AskReferral(kind=referral.VISIT, patient=patient, from_ms=int(time.time() * 1000) + 10**6,
				to_ms=far), "to_ms"),
			(referral.AskReferral(kind=referral.VISIT, patient=patient, needs=[1, 1]), "needs"),
			(referral.AskReferral(patient=patient), "kind"),
			(referral.AskReferral(kind=referral.VISIT, patient="x" * 40), "from_ms")):
		reply = asker.call("referral", question)
		assert (reply.code, reply.field) == (envelope.INVALID_ARGUMENT, field), reply
	reply = asker.call("referral", referral.ListReferrals(patient=patient[:-4] + "0000"))
	assert reply.code == envelope.PERMISSION_DENIED
	assert body_of(asker.ok("referral", referral.ShowReferral(id=request))).id == request


def test_the_patient_is_named_only_to_record_members(system):
	"""Broken: a list of requests tells a patient's id to somebody who may not see them any more."""
	asker, admin = system.person("station05-nurse"), system.person("clinic05-doctor")
	patient = register(asker, members=("clinic05",))
	doctor_request = ask_until_known(admin, referral.AskReferral(
		kind=referral.BACKUP_BED, patient=patient))
	assert body_of(admin.ok("referral", referral.ShowReferral(id=doctor_request))).patient == patient
	asker.ok("record", record.RemoveTeamMember(patient=patient, organisation="clinic05"))
	wait_for(lambda: not body_of(admin.ok("referral", referral.ShowReferral(
		id=doctor_request))).patient, "the patient to be left out")
