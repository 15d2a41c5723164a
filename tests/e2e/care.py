"""What tests do with patients through a foreign client: register, write, read whole lists."""
import collections
import itertools
import threading
import time

from system import body_of
from tsunagi.v1 import alert_pb2 as alert, envelope_pb2 as envelope, record_pb2 as record

# Told of every kind of entry (services/alert/rules.c), unless they wrote it.
TOLD_OF_ALL = ("clinic01-doctor", "station01-nurse")


def register(nurse, members=("clinic01", "pharmacy01", "dental01", "cm01", "helper01"), **fields):
	"""A patient of the nurse's station with papers signed; clinic01, or who comes first, attends."""
	patient = record.Patient(**{**dict(name="田所 ハル", kana="タドコロ ハル", born="1942-03-04"), **fields})
	made = nurse.ok("record", record.RegisterPatient(patient=patient, consent_given_on="2026-04-01")).id
	for i, organisation in enumerate(members):
		role = record.MEMBER if i else record.ATTENDING
		nurse.ok("record", record.AddTeamMember(
			patient=made, member=record.TeamMember(organisation=organisation, role=role)))
	return made


def note(patient, text, **fields):
	return record.AddEntry(entry=record.Entry(patient=patient, note=record.Note(text=text), **fields))


def pages(person, instance, message):
	"""All items of a list that is paged by position."""
	items, after = [], 0
	while True:
		reply = person.ok(instance, message, after=after)
		items += body_of(reply).items
		if not reply.more:
			return items
		assert reply.position > after, "a page that leads nowhere"
		after = reply.position


def inbox(person):
	return pages(person, "alert", alert.ListInbox())


def timeline(person, patient):
	"""All entries, the newest first."""
	items, before = [], 0
	while True:
		page = body_of(person.ok("record", record.ListTimeline(patient=patient, before=before)))
		items += page.items
		if not page.before:
			return items
		before = page.before


def answer_all(person, instance, requests, patience_s=120, window=400, again_s=2.0):
	"""Sends them, so many at a time, and repeats what is not answered; replies in their order."""
	deadline, ahead = time.monotonic() + patience_s, iter(requests)
	waiting, answers = {}, {}
	while len(answers) < len(requests) and time.monotonic() < deadline:
		for request in itertools.islice(ahead, window - len(waiting)):
			waiting[request.id] = [request, 0.0]
		for place in waiting.values():
			if time.monotonic() >= place[1]:
				place[1] = time.monotonic() + (again_s if person.send(instance, place[0]) else 0.1)
		person.take()
		for id in list(waiting):
			for reply in person.replies.get(id, []):
				if reply.code != envelope.UNAVAILABLE and waiting.pop(id, None):
					answers[id] = reply
		time.sleep(0.005)
	assert len(answers) == len(requests), f"{len(requests) - len(answers)} were not answered"
	return [answers[request.id] for request in requests]


class Writer(threading.Thread):
	"""Writes numbered notes about a patient, so many a second, until told to stop; then goes on until all
	are answered. `written`: text and the id that was replied."""

	def __init__(self, person, patient, a_second):
		super().__init__(daemon=True)
		self.person, self.patient, self.pause_s = person, patient, 1 / a_second
		self.written = {}
		self.error = None
		self.enough = threading.Event()
		self._waiting = {}  # request id: [request, text, when to send it again]

	def run(self):
		try:
			self._write()
		except BaseException as error:  # told by finish()
			self.error = error

	def _write(self):
		number, due = 0, time.monotonic()
		while self._waiting or not self.enough.is_set():
			now = time.monotonic()
			if now >= due and not self.enough.is_set():
				text = f"{self.person.user} {number}"
				request = self.person.request(note(self.patient, text))
				self._waiting[request.id] = [request, text, 0]
				number, due = number + 1, due + self.pause_s
			for place in self._waiting.values():
				if now >= place[2]:
					sent = self.person.send("record", place[0])
					place[2] = now + (1 if sent else 0.1)
			self.person.take()
			for id in list(self._waiting):
				self._look(id)
			self.enough.wait(0.01) if not self.enough.is_set() else time.sleep(0.01)

	def _look(self, id):
		for reply in self.person.replies.get(id, []):
			if reply.code == envelope.UNAVAILABLE:
				continue  # just started: it does not know us yet
			assert reply.code == envelope.OK, reply
			_, text, _ = self._waiting.pop(id)
			self.written[text] = reply.id
			return

	def finish(self, patience_s=120):
		self.enough.set()
		self.join(patience_s)
		assert self.error is None, self.error
		assert not self.is_alive(), f"{len(self._waiting)} of {self.person.user} were never answered"
		for replies in self.person.replies.values():
			made = {reply.id for reply in replies if reply.code == envelope.OK}
			assert len(made) <= 1, "a request that was repeated had two effects"
		return self.written


def assert_written_once(reader, patient, writers):
	"""Every note that was replied to is in the chart once, under the id of the reply; nothing else is."""
	there = collections.Counter((entry.note.text, entry.id) for entry in timeline(reader, patient))
	replied = collections.Counter(item for writer in writers for item in writer.written.items())
	assert there - replied == replied - there == collections.Counter()


def assert_told_once(items, user, writers):
	"""One notification for each note that somebody else wrote: no more, no less."""
	told = collections.Counter(item.entry for item in items)
	due = collections.Counter(entry for writer in writers if writer.person.user != user
		for entry in writer.written.values())
	lost, doubled = due - told, told - due
	assert lost == doubled == collections.Counter(), (len(lost), len(doubled))
	assert len({item.id for item in items}) == len(items)


def memory_kib(pid):
	"""What a process has taken for itself; the mapped store is not counted, it is the kernel's to drop."""
	with open(f"/proc/{pid}/status") as status:
		return next(int(line.split()[1]) for line in status if line.startswith("RssAnon"))
