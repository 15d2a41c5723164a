"""Who is on duty, from the plan to the calendar on a doctor's phone, as people at their terminals see it:
a month is planned, days are blocked, a duty changes hands and comes back, and nobody is told wrong."""
import datetime
import json
import shutil
import urllib.error
import urllib.request

import icalendar
import pytest

from broker import Client, wait_for
from system import System, body_of
from tsunagi.v1 import envelope_pb2 as envelope, rota_pb2 as rota

ZONE = datetime.timezone(datetime.timedelta(hours=9))
CLINICS = [f"clinic{n:02}" for n in range(1, 34)]
STATE = "tsunagi/v1/rota/state/city"


@pytest.fixture(scope="module")
def system(tmp_path_factory):
	with System(tmp_path_factory.mktemp("rota") / "run") as running:
		wait_for(lambda: running.run("admin", "rota", "gaps").returncode == 0, "rota to answer")
		yield running


def day(ahead):
	return (datetime.datetime.now(ZONE) + datetime.timedelta(days=ahead)).date()


def next_month():
	first = day(0).replace(day=1)
	return (first + datetime.timedelta(days=32)).strftime("%Y-%m")


@pytest.fixture(scope="module")
def month(system):
	"""The next month, planned, with a clinic that has blocked a week of it."""
	name = next_month()
	system.cli("clinic05-doctor", "rota", "block", f"{name}-10..{name}-16")
	wait_for(lambda: system.run("centre-staff", "rota", "generate", "--month", name).returncode == 0,
		"directory's clinics to be known to rota")
	return name


def shifts(system, month, *arguments):
	return system.cli_json("pharmacy01-pharmacist", "rota", "show", "--month", month, *arguments)


def holders(shift):
	return {shift.get("first"), shift.get("second")} - {None}


def a_night(system, month, at_least=4):
	"""A weekday night whose first can be asked about it: the nth of the month."""
	return [shift for shift in shifts(system, month) if shift["kind"] == "WEEKDAY_NIGHT"][at_least]


def accept(system, swap, asker):
	"""The first clinic that can: others are resting, or have the other place. Who it was."""
	for clinic in CLINICS:
		if clinic != asker and system.run(f"{clinic}-doctor", "rota", "swap-accept",
				swap).returncode == 0:
			return clinic
	raise AssertionError("nobody could take it")


def wait_told(system, user, subject, matter):
	"""That in the end this word about the subject, and no other, stands in the inbox."""
	def told():
		return [item["matter"] for item in system.cli_json(user, "inbox", "list", "--all")
			if item.get("subject") == subject and item.get("state") != "WITHDRAWN"] == [matter]
	wait_for(told, f"{user} to be told {matter}")


# ---- a month -----------------------------------------------------------------------------------


def test_a_month_is_planned(system, month):
	"""Broken: a shift of the month has nobody, or somebody who has blocked the day or has no rest."""
	planned = shifts(system, month)
	assert len(planned) >= 30
	duties = {}
	for shift in planned:
		assert len(holders(shift)) == 2, shift
		for clinic in holders(shift):
			duties.setdefault(clinic, []).append((int(shift["fromMs"]), int(shift["untilMs"])))
	assert set(duties) == set(CLINICS)
	for clinic, own in duties.items():
		own.sort()
		assert all(later[0] - earlier[1] >= 48 * 3600 * 1000 for earlier, later in zip(own, own[1:]))
		assert len(own) <= (8 if clinic in CLINICS[:4] else 4)
	blocked = {f"{month}-{n}" for n in range(10, 17)}
	assert not [shift for shift in planned if "clinic05" in holders(shift) and shift["date"] in blocked]
	assert [item["date"] for item in system.cli_json("admin", "rota", "blocks", "--month", month)] == \
		sorted(blocked)


def test_each_clinic_hears_of_its_duties(system, month):
	"""Broken: somebody is on duty and does not know."""
	for clinic in CLINICS[::8]:
		wait_told(system, f"{clinic}-doctor", month, "DUTIES_PLANNED")


def test_the_same_seed_gives_the_same_plan(system, month):
	before = shifts(system, month)
	system.cli("admin", "rota", "generate", "--month", month)
	assert shifts(system, month) == before


def test_gaps_name_what_is_not_planned(system, month):
	gaps = system.cli_json("admin", "rota", "gaps", "--days", "100")
	assert gaps and {gap["reason"] for gap in gaps} == {"NOT_PLANNED"}
	assert not [gap for gap in gaps if gap["date"].startswith(month)]
	assert "generate --month" in system.cli("admin", "rota", "gaps", "--days", "100")


def test_only_who_may_makes_the_rota(system, month):
	system.cli("clinic01-doctor", "rota", "generate", "--month", month, status=77)
	system.cli("admin", "rota", "generate", "--month", "2026-13", status=65)
	system.cli("clinic40-doctor", "rota", "block", f"{month}-20", status=75)  # not of this network
	system.cli("station01-nurse", "rota", "block", f"{month}-20", "--org", "clinic01", status=77)


# ---- by hand -----------------------------------------------------------------------------------


def test_a_shift_set_by_hand_stays_and_a_hole_is_named(system, month):
	shift = a_night(system, month, 8)
	system.cli("admin", "rota", "set", shift["date"], "weekday-night", "none", "--second",
		"--reason", "休診のため")
	gap = [gap for gap in system.cli_json("admin", "rota", "gaps", "--days", "100")
		if gap["shift"] == shift["id"]][0]
	assert gap["reason"] == "REMOVED_BY_HAND" and gap["second"] and gap["detailJa"] == "休診のため"
	wait_told(system, "centre-staff", shift["id"], "SHIFT_GAP")
	wait_told(system, f"{shift['second']}-doctor", shift["id"], "DUTY_NOT_YOURS")
	system.cli("admin", "rota", "generate", "--month", month, "--seed", "7")
	assert "second" not in [s for s in shifts(system, month) if s["id"] == shift["id"]][0]
	system.cli("clinic01-doctor", "rota", "set", shift["date"], "weekday-night", "clinic01",
		"--reason", "x", status=77)
	system.cli("admin", "rota", "set", shift["date"], "weekday-night", shift["second"], "--second",
		"--reason", "見つかりました")
	assert not [gap for gap in system.cli_json("admin", "rota", "gaps", "--days", "100")
		if gap["shift"] == shift["id"]]


def test_who_watches_sees_the_change(system, month):
	"""A terminal that stays open; the change comes by itself."""
	shift = a_night(system, month, 9)
	terminal = system.terminal("station01-nurse", "--json", "rota", "show", "--month", month, "--watch")
	terminal.wait(lambda item: item["id"] == shift["id"], "the first page")
	clinic = next(clinic for clinic in CLINICS if clinic not in holders(shift))
	system.cli("admin", "rota", "set", shift["date"], "weekday-night", clinic, "--reason", "希望のため")
	terminal.wait(lambda item: item["id"] == shift["id"] and item["first"] == clinic, "the change")
	assert terminal.stop()[0] == 0
	system.cli("admin", "rota", "set", shift["date"], "weekday-night", shift["first"],
		"--reason", "元に戻す")


# ---- swaps -------------------------------------------------------------------------------------


def test_a_duty_changes_hands_and_comes_back(system, month):
	"""Two accounts, and the support centre."""
	shift = a_night(system, month, 3)
	asker = shift["first"]
	user = f"{asker}-doctor"
	swap = system.cli_id(user, "rota", "swap-ask", shift["date"], "--text", "学会のため")
	assert system.run(user, "rota", "swap-ask", shift["date"]).returncode == 75, "asked already"
	wait_told(system, "clinic20-doctor" if asker != "clinic20" else "clinic21-doctor", swap, "SWAP_ASKED")
	taker = accept(system, swap, asker)
	for told in (user, f"{taker}-doctor", "centre-staff"):
		wait_told(system, told, swap, "SWAP_TAKEN")
	moved = [s for s in shifts(system, month) if s["id"] == shift["id"]][0]
	assert moved["first"] == taker and moved["second"] == shift["second"]
	assert moved["givenAwayFirst"][-1] == asker
	assert [s["id"] for s in shifts(system, month, "--org", asker) if s["id"] == shift["id"]]
	listed = system.cli_json(user, "rota", "swaps")
	assert [(item["state"], item["taker"]) for item in listed if item["id"] == swap] == [("TAKEN", taker)]
	system.cli(f"{taker}-doctor", "rota", "undo", swap)
	for told in (user, f"{taker}-doctor", "centre-staff"):
		wait_told(system, told, swap, "SWAP_UNDONE")
	back = [s for s in shifts(system, month) if s["id"] == shift["id"]][0]
	assert back["first"] == asker and back["sequence"] == shift.get("sequence", 0) + 2
	system.cli(user, "rota", "undo", swap, status=75)
	assert [item["state"] for item in system.cli_json(user, "rota", "swaps", "--all")
		if item["id"] == swap] == ["UNDONE"]


def test_one_clinic_is_asked_and_declines(system, month):
	shift = a_night(system, month, 6)
	asker = shift["first"]
	# Who has no rest is refused at once: one of them can.
	for asked in CLINICS:
		done = system.run(f"{asker}-doctor", "--json", "rota", "swap-ask", shift["date"], "--to", asked)
		if done.returncode == 0:
			break
	swap = json.loads(done.stdout)["id"]
	other = next(clinic for clinic in CLINICS if clinic not in (asker, asked))
	system.cli(f"{other}-doctor", "rota", "swap-accept", swap, status=77)
	system.cli(f"{asked}-doctor", "rota", "decline", swap)
	assert [s for s in shifts(system, month) if s["id"] == shift["id"]][0]["first"] == asker


# ---- now ---------------------------------------------------------------------------------------


def test_now_tells_all_in_one_command(system, month):
	"""At the time of a shift that is planned: first and second, phone, people, until when, who is next."""
	shift = a_night(system, month)
	at = f"{shift['date']}T23:00"
	duty = system.cli_json("helper01-helper", "rota", "now", "--at", at)[0]
	assert duty["now"]["id"] == shift["id"]
	assert duty["first"]["id"] == shift["first"] and duty["first"]["phone"]
	assert duty["second"]["id"] == shift["second"] and duty["second"]["phone"]
	assert [person["id"] for person in duty["firstPeople"]] == [shift["first"] + "-doctor"]
	assert int(duty["next"]["fromMs"]) > int(shift["fromMs"]) and duty["nextFirst"]["name"]
	text = system.cli("helper01-helper", "rota", "now", "--at", at, language="ja_JP.UTF-8")
	for part in (duty["first"]["name"], duty["first"]["phone"], duty["second"]["name"], "8:00",
			duty["nextFirst"]["name"]):
		assert part in text


def test_a_telephone_switch_reads_who_is_on_duty(system):
	"""The retained state, whoever is on duty now: set by hand, and gone when it is nobody's."""
	gap = next((gap for gap in system.cli_json("admin", "rota", "gaps", "--days", "3")
		if int(gap["fromMs"]) <= datetime.datetime.now().timestamp() * 1000), None)
	if gap is None:  # in consulting hours nobody is on duty: the next shift is set, the state says so
		gap = system.cli_json("admin", "rota", "gaps", "--days", "10")[0]
	kind = gap["shift"].split("-", 3)[3]
	for place, clinic in (((), "clinic07"), (("--second",), "clinic08")):
		system.cli("admin", "rota", "set", gap["date"], kind, clinic, *place, "--reason", "初日のため")
	person = system.person("cm01-caremanager")

	def state():
		late = Client(person.account, system.port)
		assert late.accepted() and late.subscribe(STATE) == [True]
		late.wait(lambda: late.messages, "the retained state")
		topic, payload = late.messages[0]
		late.close()
		assert topic == STATE
		push, told = envelope.Push.FromString(payload), rota.RotaState.FromString(payload)
		assert push.type == told.type == "DutyState" and told.duty == body_of(push)
		return told.duty
	shown = body_of(person.ok("rota", rota.ShowDuty())).items[0]
	running = shown.HasField("now")
	wait_for(lambda: state().first == ("clinic07" if running else ""), "the state to be told")
	duty = state()
	if running:
		assert duty.first_phone == shown.first.phone and duty.second == "clinic08"
		assert duty.until_ms == shown.now.until_ms
	else:
		assert duty.until_ms == 0


# ---- calendar ----------------------------------------------------------------------------------


def events(text):
	"""As another program reads them: by UID, none twice."""
	calendar = icalendar.Calendar.from_ical(text)
	found = {}
	for event in calendar.walk("VEVENT"):
		assert event["UID"] not in found
		found[str(event["UID"])] = event
	return found


def test_a_swap_updates_the_event_and_adds_none(system, month):
	"""Broken: after a swap a doctor's calendar shows the duty twice, or still shows what was given away."""
	shift = a_night(system, month, 5)
	asker = shift["first"]

	def export(*arguments):
		return events(system.cli(f"{asker}-doctor", "rota", "export", "--ics", "--month", month,
			*arguments))
	own, whole = export("--org", asker), export()
	uid = f"{shift['id']}-first@tsunagi"
	assert own[uid]["STATUS"] == "CONFIRMED" and whole[uid]["STATUS"] == "CONFIRMED"
	assert len(whole) == 2 * len(shifts(system, month))
	start = own[uid]["DTSTART"].dt
	assert start.timestamp() * 1000 == int(shift["fromMs"])
	assert own[uid]["DTEND"].dt.timestamp() * 1000 == int(shift["untilMs"])

	swap = system.cli_id(f"{asker}-doctor", "rota", "swap-ask", shift["date"])
	taker = accept(system, swap, asker)
	after, all_after = export("--org", asker), export()
	assert set(after) == set(own) and set(all_after) == set(whole)
	assert after[uid]["STATUS"] == "CANCELLED"
	assert after[uid]["SEQUENCE"] > own[uid]["SEQUENCE"]
	assert all_after[uid]["STATUS"] == "CONFIRMED"
	assert all_after[uid]["SEQUENCE"] > whole[uid]["SEQUENCE"]
	assert all_after[uid]["SUMMARY"] != whole[uid]["SUMMARY"]
	theirs = export("--org", taker)
	assert theirs[uid]["STATUS"] == "CONFIRMED" and theirs[uid]["DTSTART"].dt == start
	# And what was not touched is as it was, but for when it was written.
	for other in set(whole) - {uid, f"{shift['id']}-second@tsunagi"}:
		assert all_after[other]["SEQUENCE"] == whole[other]["SEQUENCE"]
		assert all_after[other]["SUMMARY"] == whole[other]["SUMMARY"]

	system.cli(f"{asker}-doctor", "rota", "undo", swap)
	back = export("--org", asker)
	assert set(back) == set(own) and back[uid]["STATUS"] == "CONFIRMED"
	assert back[uid]["SEQUENCE"] > after[uid]["SEQUENCE"]


def fetch(system, path):
	"""As a calendar program does, which has no account; None: there is nothing."""
	try:
		with urllib.request.urlopen(system.web_address + path, timeout=20) as answer:
			assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
			assert answer.headers["Cache-Control"] == "no-cache"
			return events(answer.read().decode())
	except urllib.error.HTTPError as error:
		assert error.code == 404
		return None


def subscribe(system, user, *arguments):
	calendar = system.cli_json(user, "rota", "subscribe", *arguments)[0]
	return calendar["id"], f"/calendar/{calendar['address']}.ics"


def test_a_calendar_program_fetches_the_rota(system, month):
	"""Broken: what the doctor's phone shows is the rota as it was when it was exported; or an address
	that was given up goes on telling it."""
	shift = a_night(system, month, 6)
	asker = shift["first"]
	user = f"{asker}-doctor"
	id, own = subscribe(system, user, "--org", asker)
	other, whole = subscribe(system, user)
	assert subscribe(system, user) == (other, whole)
	uid = f"{shift['id']}-first@tsunagi"
	exported = events(system.cli(user, "rota", "export", "--ics", "--org", asker))
	fetched = fetch(system, own)
	assert set(fetched) == set(exported)
	for name in exported:
		# Why somebody set a shift by hand is for those who sign in.
		assert str(fetched[name]["DESCRIPTION"]) == str(exported[name]["DESCRIPTION"]).split("\n")[0]
		for field in ("SUMMARY", "SEQUENCE", "STATUS", "DTSTART", "DTEND"):
			assert fetched[name][field].to_ical() == exported[name][field].to_ical(), (name, field)
	assert fetched[uid]["STATUS"] == "CONFIRMED"

	# What changes is there as soon as it is answered.
	swap = system.cli_id(user, "rota", "swap-ask", shift["date"])
	taker = accept(system, swap, asker)
	assert fetch(system, own)[uid]["STATUS"] == "CANCELLED"
	assert str(fetch(system, own)[uid]["SUMMARY"]) != str(fetch(system, whole)[uid]["SUMMARY"])
	_, theirs = subscribe(system, f"{taker}-doctor", "--org", taker)
	assert fetch(system, theirs)[uid]["STATUS"] == "CONFIRMED"

	# Nor is it lost with rota, or with what rota wrote.
	pid = system.kill("rota")
	shutil.rmtree(system.state / "web" / "calendar")
	(system.state / "web" / "calendar").mkdir()
	system.restarted("rota", pid)
	wait_for(lambda: fetch(system, own), "the calendars to be written again")
	assert fetch(system, own)[uid]["STATUS"] == "CANCELLED"

	assert [calendar["id"] for calendar in
		system.cli_json(user, "rota", "subscriptions")[0]["items"]] == [id, other]
	system.cli(user, "rota", "unsubscribe", id)
	assert fetch(system, own) is None and fetch(system, whole)
	assert fetch(system, "/calendar/.ja") is None and fetch(system, f"/calendar/{asker}.ja") is None


# ---- what it survives --------------------------------------------------------------------------


def test_a_killed_rota_knows_what_it_knew(system, month):
	before = shifts(system, month)
	pid = system.kill("rota")
	system.cli("clinic09-doctor", "rota", "block", f"{month}-28")
	system.restarted("rota", pid)
	assert shifts(system, month) == before
	assert f"{month}-28" in [item["date"] for item in system.cli_json("admin", "rota", "blocks",
		"--month", month, "--org", "clinic09")]
	system.cli("admin", "admin", "rebuild-views", "rota")
	assert shifts(system, month) == before
	system.cli("admin", "audit", "verify")
