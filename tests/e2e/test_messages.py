"""If this fails, a message type was added by fewer than its four edits (.proto, route, rule, test):
it would be answered UNIMPLEMENTED, or nobody would notice when it breaks."""
import pathlib
import re

from google.protobuf import symbol_database
from tsunagi.v1 import alert_pb2, board_pb2, envelope_pb2, network_pb2, record_pb2, referral_pb2, rota_pb2

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The frame handles these by name, outside all tables.
ENVELOPE = {"Request", "Reply", "Push", "Notices", "Notice", "JournalEntry", "JournalHead",
	"StoredReply", "StoredRefusal"}
# The bytes of a Push with a Capacity or DutyState, under names of their own for other people's tools
# (test_board.py, test_rota.py).
ALIASES = {"CapacityState", "RotaState"}


def messages():
	files = [envelope_pb2, network_pb2, record_pb2, alert_pb2, board_pb2, referral_pb2, rota_pb2]
	return {name: descriptor for file in files
		for name, descriptor in file.DESCRIPTOR.message_types_by_name.items()}


def tables():
	"""The text of every table of routes and facts, and of what stores messages in views."""
	paths = list(ROOT.glob("services/*/*.c"))
	return {path: path.read_text() for path in paths}


def routed():
	"""Requests, notices and due work that have a row in a routes table."""
	rows = re.compile(r"\b(?:WRITE|READ|DUE|SIGN_IN)\(\s*(\w+)|\bNOTICE\(\s*\"\w+\",\s*(\w+)"
		r"|ROUTE_OPERATION, \.message = &(\w+)_descriptor")
	found = set()
	for text in tables().values():
		for match in rows.finditer(text):
			found.add(next(group for group in match.groups() if group))
	return found & set(messages())


def test_every_message_has_its_place():
	"""A message is in a routes or facts table, or stored in a view, or part of one that is."""
	text = "\n".join(tables().values())
	used = {name for name in messages() if re.search(rf"\b{name}(_INIT|_descriptor|\b)", text)}
	nested = {field.message_type.name for descriptor in messages().values()
		for field in descriptor.fields if field.message_type}
	assert set(messages()) - used - nested - ENVELOPE - ALIASES == set()


def test_every_routed_message_is_named_in_a_test():
	named = "\n".join(path.read_text(errors="replace") for pattern in ("*.c", "*.py", "*.h")
		for path in ROOT.glob("tests/*/" + pattern) if path.name != pathlib.Path(__file__).name)
	assert routed(), "no routes found: the tables have another shape now"
	assert {name for name in routed() if not re.search(rf"\b{name}\b", named)} == set()


def test_the_pool_knows_them():
	"""The generated modules are those of these .proto files."""
	for name in messages():
		assert symbol_database.Default().GetSymbol("tsunagi.v1." + name)
