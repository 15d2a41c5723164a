"""Who has room, over the real broker with foreign clients: what is set reaches everybody, nothing is
missed between the first page and the changes, and what is old is never taken for fresh."""
import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
import threading
import time

import pytest

import care
from broker import Client, wait_for
from system import System, body_of
from tsunagi.v1 import board_pb2 as board, envelope_pb2 as envelope, network_pb2 as network
from tsunagi.v1 import record_pb2 as record

HOUR_MS = 3600 * 1000
STATE = "tsunagi/v1/board/state/"


def now_ms():
	return int(time.time() * 1000)


@pytest.fixture(scope="module")
def system(tmp_path_factory):
	with System(tmp_path_factory.mktemp("board") / "run") as running:
		yield running


@pytest.fixture
def nurse(system):
	return system.person("station01-nurse")


@pytest.fixture
def onlooker(system):
	return system.person("cm01-caremanager")


def set_capacity(person, holds_ms=HOUR_MS, **fields):
	fields = {**dict(level=board.LIMITED, valid_until_ms=now_ms() + holds_ms), **fields}
	return person.ok("board", board.SetCapacity(capacity=board.Capacity(**fields)))


def rows(person, **fields):
	return {row.id: row for row in care.pages(person, "board", board.ListBoard(**fields))}


class Reader:
	"""A foreign reader of the public state: pages first, then what comes; counts the gaps."""

	def __init__(self, system, user):
		self.person = system.person(user)
		self.client = Client(self.person.account, system.port)
		assert self.client.accepted()
		assert self.client.subscribe(STATE + "+") == [True]
		self.rows, self.position, self.gaps, self._taken = {}, 0, 0, 0
		while True:
			reply = self.person.ok("board", board.ListBoard(), after=self.position)
			for row in body_of(reply).items:
				self._take(row)
			self.position = reply.position
			if not reply.more:
				break

	def _take(self, row):
		if row.id not in self.rows or row.position >= self.rows[row.id].position:
			self.rows[row.id] = row

	def read(self):
		messages = self.client.messages[self._taken:]
		self._taken += len(messages)
		for topic, payload in messages:
			push = envelope.Push.FromString(payload)
			if not push.type:
				continue  # the daemon's hello
			row = body_of(push)
			assert topic == STATE + row.id
			self.gaps += getattr(push, "from") > self.position
			self.position = max(self.position, push.to)
			self._take(row)
		return self


# ---- reaching everybody ------------------------------------------------------------------------


def test_what_is_set_is_kept_for_dashboards(system, nurse):
	"""Broken: an off-the-shelf tool sees nothing, or something that no type of ours can read."""
	reply = set_capacity(nurse, remark="午後のみ", accepts=[board.VENTILATOR],
		free_visits=board.FreeVisits(today=2, week=7))
	late = Client(nurse.account, system.port)
	assert late.accepted() and late.subscribe(STATE + "station01") == [True]
	late.wait(lambda: late.messages, "the retained state")
	topic, payload = late.messages[0]
	assert topic == STATE + "station01"
	push, state = envelope.Push.FromString(payload), board.CapacityState.FromString(payload)
	assert push.type == state.type == "Capacity" and not push.watch
	assert state.to == push.to >= reply.position and getattr(state, "from") == getattr(push, "from")
	assert state.capacity == body_of(push)
	assert state.capacity.id == "station01" and state.capacity.level == board.LIMITED
	assert state.capacity.remark == "午後のみ" and state.capacity.free_visits.week == 7
	assert state.capacity.author == "station01-nurse" and state.capacity.kind == network.NURSE_STATION
	assert state.capacity == rows(nurse)["station01"]
	late.close()


def test_everybody_enrolled_reads_all_of_it(system):
	"""Broken: who phones around still has to phone around."""
	for user in ("station02-nurse", "city-officer", "pharmacy01-pharmacist", "admin"):
		assert len(rows(system.person(user))) == 44 + 14 + 20
	north = rows(system.person("admin"), area=network.NORTH, kind=network.HOSPITAL)
	assert north and all(row.area == network.NORTH and row.kind == network.HOSPITAL
		for row in north.values())


def test_pages_and_changes_leave_no_gap(system, onlooker):
	"""Broken: what was set while the first page was on its way is on nobody's board."""
	users = [f"station{i:02}-nurse" for i in range(1, 7)]
	people = [system.person(user) for user in users]
	enough = threading.Event()
	last, failed = {}, []

	def write(person):
		try:
			for number in range(10000):
				remark = f"{person.user} {number}"
				set_capacity(person, remark=remark, level=[board.AVAILABLE, board.FULL][number % 2])
				last[person.user.split("-")[0]] = remark
				if enough.is_set():
					return
		except BaseException as error:
			failed.append(error)

	writers = [threading.Thread(target=write, args=(person,)) for person in people]
	for writer in writers:
		writer.start()
	readers = []
	for _ in range(5):  # each comes in the middle of it
		before = dict(last)
		wait_for(lambda: len(last) == len(users) and last != before or failed, "writing")
		readers.append(Reader(system, "cm01-caremanager"))
	enough.set()
	for writer in writers:
		writer.join(60)
	assert not failed
	there = rows(onlooker)
	for reader in readers:
		wait_for(lambda: all(reader.read().rows[id].remark == remark for id, remark in last.items()),
			"the last state")
		assert reader.gaps == 0
		assert {id: row.position for id, row in reader.rows.items()} \
			== {id: row.position for id, row in there.items()}
		reader.client.close()


def test_a_watching_terminal_misses_nothing_over_a_restart(system, nurse):
	"""Broken: the board on the wall goes on showing what was true before the service restarted."""
	terminal = system.terminal("hospital01-liaison", "--json", "board", "show", "--watch")
	terminal.wait(lambda row: row["id"] == "station01", "the first page")
	for number in range(3):
		remark = f"restart {number}"
		pid = system.kill("board")
		set_capacity(nurse, remark=remark)
		terminal.wait(lambda row: row["id"] == "station01" and row.get("remark") == remark, remark, 15)
		if pid:
			system.restarted("board", pid)
	status, _ = terminal.stop()
	assert status == 0


# ---- who is there ------------------------------------------------------------------------------


def test_a_terminal_is_online_while_it_watches(system, onlooker):
	"""Broken: nobody knows whether a station looks at its board. (That it is offline two minutes after
	it vanished, and its room left alone, is in test_board_daemon.c, whose clock can wait.)"""
	set_capacity(system.person("station03-nurse"), level=board.AVAILABLE, remark="いる")
	assert not rows(onlooker)["station03"].online
	seen = system.terminal("hospital01-liaison", "--json", "board", "show", "--watch")
	seen.wait(lambda row: row["id"] == "station03" and not row.get("online"), "it to be offline")
	other = system.terminal("station03-nurse", "--json", "board", "show", "--watch")
	seen.wait(lambda row: row["id"] == "station03" and row.get("online"), "it to be online")
	other.process.send_signal(signal.SIGKILL)
	other.process.wait()
	row = rows(onlooker)["station03"]  # the watch lapses later; what was said is untouched
	assert row.online and row.level == board.AVAILABLE and row.remark == "いる"
	seen.stop()


# ---- what is old -------------------------------------------------------------------------------


def test_what_lapsed_while_the_board_was_down_is_unknown(system, onlooker):
	"""Broken: the board was down over night, and in the morning yesterday's free bed is sold."""
	person = system.person("hospital02-liaison")
	set_capacity(person, level=board.AVAILABLE, holds_ms=2500, remark="昨日の空床",
		beds=[board.FreeBeds(kind=board.ACUTE, sex=record.Patient.FEMALE, count=2)],
		accepts=[board.DIALYSIS])
	until_ms = rows(onlooker)["hospital02"].valid_until_ms
	terminal = system.terminal("cm02-caremanager", "--json", "board", "show", "--watch")
	terminal.wait(lambda row: row["id"] == "hospital02" and row["level"] == "AVAILABLE", "fresh")
	system.down("board")
	try:
		# The reader's own clock: nobody tells it.
		stale, _ = terminal.wait(lambda row: row["id"] == "hospital02" and row["level"] == "UNKNOWN",
			"it to be unknown")
		assert "beds" not in stale and "remark" not in stale and "accepts" not in stale
		assert now_ms() >= until_ms
	finally:
		system.up("board")
	row = rows(onlooker)["hospital02"]
	assert row.level == board.UNKNOWN and not row.beds and not row.accepts and not row.remark
	assert row.author == "hospital02-liaison" and row.valid_until_ms == until_ms and row.set_ms
	late = Client(onlooker.account, system.port)
	assert late.accepted() and late.subscribe(STATE + "hospital02") == [True]
	late.wait(lambda: late.messages and body_of(envelope.Push.FromString(
		late.messages[-1][1])).level == board.UNKNOWN, "the retained state to be unknown, too")
	late.close()
	terminal.stop()


# ---- hostile values ----------------------------------------------------------------------------

HOSTILE = [
	(dict(level=board.UNKNOWN), "capacity.level"),
	(dict(level=0), "capacity.level"),
	(dict(valid_until_ms=1), "capacity.valid_until_ms"),
	(dict(valid_until_ms=2**63 - 1), "capacity.valid_until_ms"),
	(dict(valid_until_ms=-2**63), "capacity.valid_until_ms"),
	(dict(free_visits=board.FreeVisits(today=1001)), "capacity.free_visits.today"),
	(dict(free_visits=board.FreeVisits(week=2**32 - 1)), "capacity.free_visits.week"),
	(dict(beds=[board.FreeBeds(count=1)]), "capacity.beds"),
	(dict(new_patients=board.WELCOME), "capacity.new_patients"),
	(dict(accepts=[board.OXYGEN, board.OXYGEN]), "capacity.accepts[1]"),
	(dict(accepts=[0]), "capacity.accepts[0]"),
	(dict(remark="x" * 301), "capacity.remark"),
	(dict(remark="\x1b[2J"), "capacity.remark"),
]


@pytest.mark.parametrize("fields, field", HOSTILE, ids=lambda value: str(value)[:40])
def test_what_makes_no_sense_is_refused(nurse, fields, field):
	"""Broken: one station's typing error is on everybody's board."""
	fields = {**dict(level=board.FULL, valid_until_ms=now_ms() + HOUR_MS), **fields}
	reply = nurse.call("board", board.SetCapacity(capacity=board.Capacity(**fields)))
	assert (reply.code, reply.field) == (envelope.INVALID_ARGUMENT, field)
	assert reply.message_ja and reply.message_en


def test_only_own_staff_says_it(system, nurse):
	"""Broken: a rival fills up the station next door."""
	other = board.Capacity(id="station02", level=board.FULL, valid_until_ms=now_ms() + HOUR_MS)
	reply = nurse.call("board", board.SetCapacity(capacity=other))
	assert (reply.code, reply.field) == (envelope.PERMISSION_DENIED, "capacity.id")
	reply = system.person("pharmacy01-pharmacist").call("board", board.SetCapacity(
		capacity=board.Capacity(level=board.FULL, valid_until_ms=now_ms() + HOUR_MS)))
	assert reply.code == envelope.FAILED_PRECONDITION
	assert nurse.call("board", board.SetCapacity()).field == "capacity"


def test_a_name_does_not_steer_the_terminal(system):
	"""Broken: what somebody wrote as a remark moves the cursor of who reads it."""
	system.cli("station04-nurse", "board", "set", "--level", "limited", "--until", "23:59", "--remark",
		"\x1b[31mred", status=65)
	assert "\x1b" not in system.cli("station05-nurse", "board", "show")


# ---- by command line ---------------------------------------------------------------------------


def test_board_by_command_line(system):
	"""Broken: the nurse cannot say it, or sees it by colour alone, or not where to send the next one."""
	system.cli("station11-nurse", "board", "set", "--level", "full", "--until", "23:59", "--slots-today",
		"0", "--slots-week", "1", "--accepts", "ventilator,night-visit", "--remark", "手一杯")
	system.cli("station14-nurse", "board", "set", "--level", "limited", "--until", "23:59",
		"--accepts", "ventilator,night-visit,oxygen")  # the same area (west)
	system.cli("hospital03-liaison", "board", "set", "--level", "available", "--until", "2099-01-01",
		status=65)
	system.cli("hospital03-liaison", "board", "set", "--level", "available", "--until", "23:59",
		"--beds", "acute:2,palliative:1:female")
	system.cli("clinic09-doctor", "board", "set", "--level", "limited", "--until", "23:59",
		"--new-patients", "no")
	shown = system.cli("cm01-caremanager", "board", "show")
	lines = shown.splitlines()
	at = next(i for i, line in enumerate(lines) if "(station11)" in line)
	assert "■ full" in lines[at] and "night visits" in lines[at] and "手一杯" in lines[at]
	assert "▲ limited" in lines[at + 1] and "(station14), west" in lines[at + 1]
	assert "beds 3 (acute 2, palliative care (women) 1)" in shown
	assert "no new patients now" in shown
	japanese = system.cli("cm01-caremanager", "board", "show", "--area", "west", language="ja_JP.UTF-8")
	assert "■ 受入不可" in japanese and "? 不明（更新なし）" in japanese and "北部" not in japanese
	row = next(row for row in system.cli_json("cm01-caremanager", "board", "show")
		if row["id"] == "hospital03")
	assert row["beds"] == [{"kind": "ACUTE", "count": 2}, {"kind": "PALLIATIVE", "sex": "FEMALE", "count": 1}]
	system.cli("station11-nurse", "board", "set", "--level", "full", "--until", "soon", status=64)
	system.cli("station11-nurse", "board", "set", "--level", "full", "--until", "23:59", "--beds", "x",
		status=64)
	system.cli("admin", "board", "set", "--level", "full", "--until", "23:59", status=77)


def test_watch_prints_a_line_a_change_in_a_pipe(system):
	"""Broken: the station's own script sees escape codes, or nothing."""
	terminal = system.terminal("cm01-caremanager", "board", "show", "--watch", "--kind", "nurse-station")
	wait_for(lambda: any("(station09)" in line for line in terminal.lines), "the table", 30)
	system.cli("station09-nurse", "board", "set", "--level", "available", "--until", "23:59")
	system.cli("clinic02-doctor", "board", "set", "--level", "available", "--until", "23:59")
	wait_for(lambda: "● available" in terminal.lines[-1] and "(station09)" in terminal.lines[-1], "the line")
	assert "\x1b" not in "".join(terminal.lines)
	status, said = terminal.stop()
	assert status == 0 and "(clinic02)" not in terminal.lines[-1]


class Screen:
	"""A command on a terminal of its own."""

	def __init__(self, system, user, *arguments):
		self.end, other = pty.openpty()
		fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
		self.process = subprocess.Popen(system.command(user, *arguments), stdin=other, stdout=other,
			stderr=other, env=system.locale())
		os.close(other)
		os.set_blocking(self.end, False)
		self.said = b""

	def read(self):
		try:
			self.said += os.read(self.end, 1 << 20)
		except (BlockingIOError, OSError):
			pass
		return self.said.decode(errors="replace")

	def frames(self):
		return self.read().split("\x1b[H")[1:]


def test_watch_draws_on_a_terminal_and_gives_the_cursor_back(system):
	"""Broken: the board on the wall scrolls away or flickers; or Ctrl-C leaves a terminal without cursor."""
	system.cli("station13-nurse", "board", "set", "--level", "full", "--until", "23:59")
	screen = Screen(system, "cm01-caremanager", "board", "show", "--watch", "--kind", "nurse-station")
	row = lambda: [line for line in screen.frames()[-1].splitlines() if "(station13)" in line]
	wait_for(lambda: screen.frames() and row(), "the first drawing", 30)
	assert "■ full" in row()[0] and "\x1b[1m" in row()[0]  # sign, word and colour
	assert "\x1b[?25l" in screen.read() and "\x1b[?1049h" in screen.read()
	set_capacity(system.person("station13-nurse"), level=board.AVAILABLE)
	wait_for(lambda: row() and "● available" in row()[0], "the change")
	assert screen.read().count("\x1b[2J") == 1  # at the beginning; then each frame goes over the last
	assert all(frame.count("\n") < 30 for frame in screen.frames())
	screen.process.send_signal(signal.SIGINT)
	assert screen.process.wait(10) == 0
	wait_for(lambda: screen.read().endswith("\x1b[?25h\x1b[?1049l"), "the cursor")
	os.close(screen.end)


def test_history_by_command_line(system):
	"""Broken: "which weekdays is north full?" has no answer."""
	for level in ("available", "full"):
		system.cli("station07-nurse", "board", "set", "--level", level, "--until", "23:59")
	one = system.cli("cm01-caremanager", "board", "history", "station07")
	assert "full" in one and "station07-nurse" in one and "Mon" in one
	everyone = system.cli("cm01-caremanager", "board", "history", "--area", "north", "--kind",
		"nurse-station")
	assert "station07" in everyone and "hospital" not in everyone
	lines = system.cli_json("cm01-caremanager", "board", "history", "station07")
	assert [line["level"] for line in lines if "level" in line] == ["AVAILABLE", "FULL"]
	assert all(line["organisation"] == "station07" for line in lines if "weekday" in line)
	system.cli("cm01-caremanager", "board", "history", "pharmacy01", status=66)
	system.cli("cm01-caremanager", "board", "history", "station07", "--area", "north", status=64)
	reply = system.person("cm01-caremanager").call("board", board.ShowBoardHistory(from_ms=9, to_ms=1))
	assert (reply.code, reply.field) == (envelope.INVALID_ARGUMENT, "to_ms")


def test_who_leaves_is_taken_off(system, onlooker):
	"""Broken: people phone a station that closed last month."""
	set_capacity(system.person("station12-nurse"), level=board.AVAILABLE)
	reader = Reader(system, "cm01-caremanager")
	system.cli("admin", "admin", "revoke", "station12-nurse")
	system.cli("admin", "admin", "organisation", "station12", "--name", "閉じた", "--kind", "nurse-station",
		"--left", "yes")
	wait_for(lambda: reader.read().rows["station12"].left, "it to leave")
	assert reader.rows["station12"].level == board.UNKNOWN and reader.gaps == 0
	assert "station12" not in rows(onlooker)
	reader.client.close()
