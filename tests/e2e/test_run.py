"""`make run` as a person at a keyboard uses it: again, side by side, Ctrl-C, and when something dies."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

import pytest

import care
from broker import BUILD, ROOT, free_port, wait_for
from system import DAEMONS, System, body_of
from tsunagi.v1 import record_pb2 as record

BACK_S = 5  # two seconds is the contract; the machine of a test may be busy with others
EVERYTHING = [*DAEMONS, "mosquitto", "websockets", "nginx"]


def processes_of(state):
	"""Whatever runs for this state: by command line or working folder."""
	found = []
	for folder in pathlib.Path("/proc").glob("[0-9]*"):
		try:
			words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
			place = os.readlink(folder / "cwd")
		except OSError:
			continue
		if str(state) in words or place.startswith(str(state)):
			found.append((folder.name, words))
	return found


def test_the_next_run_continues(tmp_path):
	"""Broken: who stops it in the evening has lost the patients in the morning, or the accounts."""
	with System(tmp_path / "run") as system:
		nurse = system.person("station01-nurse")
		patient = care.register(nurse)
		entry = nurse.ok("record", care.note(patient, "夜間良眠")).id
		certificate = (nurse.account / "cert.pem").read_bytes()
		kept = system.ports()
	with System(tmp_path / "run") as system:
		doctor = system.person("clinic01-doctor")
		assert [item.id for item in care.timeline(doctor, patient)] == [entry]
		wait_for(lambda: [item.entry for item in care.inbox(doctor)] == [entry], "the notification")
		assert (system.state / "accounts" / "station01-nurse" / "cert.pem").read_bytes() == certificate
		ports = system.ports()
		assert (ports["mqtt"], ports["web"]) == (system.port, system.web_port)
		for name in set(kept) - {"mqtt", "web"}:
			assert ports[name] == kept[name]
		system.cli("admin", "audit", "verify")


def test_two_run_side_by_side(tmp_path):
	"""Broken: two people cannot try it on one machine, or they see each other's patients."""
	with System(tmp_path / "one") as one, System(tmp_path / "two") as two:
		patients = []
		for system in (one, two):
			patients.append(care.register(system.person("station01-nurse")))
			assert [p.id for p in body_of(system.person("clinic01-doctor").ok(
				"record", record.ListPatients())).items] == patients[-1:]
		assert patients[0] != patients[1]
		# An account of the one is nothing in the other.
		stranger = two.state / "accounts" / "stranger"
		shutil.copytree(one.state / "accounts" / "clinic01-doctor", stranger)
		profile = (stranger / "profile").read_text().replace(str(one.port), str(two.port))
		(stranger / "profile").write_text(profile)
		assert two.run("stranger", "--timeout", "2", "whoami").returncode == 69


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_leaves_nothing_running(tmp_path, how):
	"""Broken: ports stay taken and files open after it was stopped."""
	system = System(tmp_path / "run").start()
	assert len(processes_of(system.state)) >= len(EVERYTHING)
	# A terminal sends Ctrl-C to the whole foreground group.
	os.killpg(system.process.pid, how)
	assert system.process.wait(60) == 0
	system.process = None
	assert processes_of(system.state) == []
	assert not (system.state / "ready").exists()
	assert list((system.state / "pids").iterdir()) == []
	assert system.said().rstrip().splitlines()[-1] == "ready"


def test_a_killed_supervisor_takes_all_with_it(tmp_path):
	"""Broken: after a kill -9 of `make run` daemons go on without supervision, and the next run fails."""
	system = System(tmp_path / "run").start()
	system.process.kill()
	system.process.wait(60)
	try:
		wait_for(lambda: processes_of(system.state) == [], "everything to end", 60)
	except AssertionError as error:
		raise AssertionError(processes_of(system.state)) from error
	system.start()
	assert system.run("admin", "whoami").returncode == 0
	system.stop()


def test_what_dies_is_back_at_once(tmp_path):
	"""Broken: a crash at night lasts until somebody looks."""
	with System(tmp_path / "run") as system:
		nurse = system.person("station01-nurse")
		patient = care.register(nurse)
		for name in EVERYTHING:
			begun = time.monotonic()
			old = system.kill(name)
			assert old, name
			system.restarted(name, old)
			entry = nurse.ok("record", care.note(patient, f"{name}が止まった後")).id
			doctor = system.person("clinic01-doctor")
			wait_for(lambda: entry in [item.entry for item in care.inbox(doctor)], "the doctor to know")
			took_s = time.monotonic() - begun
			print(f"{name}: all works again after {took_s:.2f} s")
			assert took_s < BACK_S, name
		assert (system.state / "ready").exists()
		assert system.process.poll() is None
		# Nor do those of nginx outlive it that a killed one leaves behind, when all is stopped just then.
		system.kill("nginx")
	assert processes_of(system.state) == []


def run_once(state, **environment):
	return subprocess.run([ROOT / "services" / "run" / "run"], capture_output=True, text=True, timeout=120,
		stdin=subprocess.DEVNULL, env=dict(os.environ, BUILD=str(BUILD), STATE=str(state), DEMO="none",
			DAEMONS=" ".join(DAEMONS), **{"MQTT_PORT": str(free_port()), "WEB_PORT": str(free_port()),
			**environment}))


@pytest.mark.parametrize("name, example", [("MQTT_PORT", 8884), ("WEB_PORT", 8444)])
def test_a_taken_port_is_said_clearly(tmp_path, name, example):
	"""Broken: who has another broker running finds out by reading logs."""
	with socket.socket() as other:
		other.bind(("127.0.0.1", 0))
		other.listen()
		port = other.getsockname()[1]
		done = run_once(tmp_path / "run", **{name: str(port)})
	assert done.returncode != 0 and "ready" not in done.stdout
	assert done.stderr.splitlines() == [
		f"tsunagi: port {port} is taken; choose another: make run {name}={example}"]
	assert processes_of(tmp_path / "run") == []


def test_a_state_in_use_is_said_clearly(tmp_path):
	"""Broken: two supervisors on one folder write over each other."""
	with System(tmp_path / "run") as system:
		done = run_once(system.state)
		assert done.returncode != 0 and len(done.stderr.splitlines()) == 1
		assert "another make run uses" in done.stderr
		assert system.run("admin", "whoami").returncode == 0


def test_nothing_of_it_is_for_others(tmp_path):
	"""Broken: anybody with a login on the machine reads keys and charts."""
	with System(tmp_path / "run") as system:
		for path in system.state.rglob("*"):
			if not path.is_symlink():
				assert path.stat().st_mode & 0o077 == 0 or path.parent.stat().st_mode & 0o077 == 0, path
		nurse = system.person("station01-nurse")
		patient = care.register(nurse)
		nurse.ok("record", care.note(patient, "夜間良眠"))
		for name in DAEMONS:
			key = system.state / "keys" / name
			assert key.stat().st_mode & 0o777 == 0o600
			store = (system.state / "store" / name / "data.mdb").read_bytes()
			assert key.read_bytes() not in store
			for secret in ("田所", "タドコロ", "1942-03-04", "夜間良眠", "柊星クリニック"):
				assert secret.encode() not in store, (name, secret)
		record_store = (system.state / "store" / "record" / "data.mdb").read_bytes()
		assert patient.encode() in record_store, "keys are in clear: this is the store that was looked at"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make a folder that only root can read")
def test_below_a_folder_that_only_root_can_read(tmp_path):
	"""Broken: in root's home the broker, having given up its rights, finds no configuration."""
	private = tmp_path / "private"
	private.mkdir(mode=0o700)
	with System(private / "run") as system:
		assert system.run("clinic01-doctor", "whoami").returncode == 0
