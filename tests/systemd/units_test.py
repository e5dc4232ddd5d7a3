"""The files of systemd/ as they are installed, read by systemd's own tools."""
import pathlib
import re
import subprocess

import pytest

UNITS = pathlib.Path(__file__).resolve().parents[2] / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
MOST_EXPOSED = 15  # tenths


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def lines_of(service):
    return [line for line in service.read_text().splitlines() if line and not line.startswith("#")]


def test_systemd_understands_every_line():
    units = [UNITS / "postern@1.service" if unit.name == "postern@.service" else unit
             for unit in UNITS.iterdir() if unit.suffix in (".service", ".socket", ".target", ".timer")]
    _, said = run("systemd-analyze", "verify", "--man=no", *units)
    # On a machine where Postern is not installed there is nothing to start.
    findings = [line for line in said.splitlines()
                if "/usr/bin/postern is not executable" not in line]
    assert findings == []


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_the_sandbox_is_as_tight_as_promised(service):
    code, said = run("systemd-analyze", "security", "--offline=yes", "--no-pager",
                     f"--threshold={MOST_EXPOSED}", service)
    assert code == 0, said


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_no_core_and_no_file_for_others(service):
    lines = lines_of(service)
    assert "LimitCORE=0" in lines and "UMask=0077" in lines and "User=postern" in lines


def test_what_stays_open_is_explained_beside_it():
    _, said = run("systemd-analyze", "security", "--offline=yes", "--no-pager",
                  UNITS / "postern@.service")
    open_holes = re.findall(r"^✗ (\w+)=.*?(?:0\.[2-9]|[1-9]\.\d)\s*$", said, re.MULTILINE)
    text = "".join(line for line in (UNITS / "postern@.service").read_text().splitlines(True)
                   if line.startswith("#"))
    assert open_holes
    for hole in open_holes:
        assert hole in text, f"{hole} is open, and nothing in the unit says why"


def test_the_doctor_knows_the_sandbox_as_it_is_shipped():
    """cli/doctor_units.cpp has each setting that systemctl shows as the file says it."""
    source = (UNITS.parent / "fcgi_app/cli/doctor_units.cpp").read_text()
    table = source[source.index("sandbox{"):source.index("}}};")]
    known = {f"{name}={value}" for name, value in re.findall(r'\{"(\w+)",\s*"([^"]*)"', table)}
    lines = lines_of(UNITS / "postern@.service")
    assert known <= set(lines)
    shown_otherwise = ("RestrictAddressFamilies", "SystemCallFilter", "SystemCallErrorNumber", "ReadWritePaths")
    start = lines.index("NoNewPrivileges=yes")
    confining = {line for line in lines[start:lines.index("[Install]")] if not line.startswith(shown_otherwise)}
    assert confining <= known


def test_a_unit_runs_what_every_machine_has():
    """A reload needed /bin/kill, which is of procps: on a small machine it failed."""
    essential = {"/usr/bin/postern", "/usr/bin/env", "/bin/sh"}
    for service in SERVICES:
        for line in lines_of(service):
            if line.startswith("Exec"):
                assert line.split("=", 1)[1].split()[0] in essential, line


def test_no_restart_of_workers_reaches_the_socket():
    """A socket that is restarted refuses connections meanwhile: a burst of 502."""
    lines = lines_of(UNITS / "postern.socket")
    assert not [line for line in lines if line.startswith(("PartOf=", "BindsTo=", "Requires="))]
    assert "Backlog=4096" in lines and "SocketMode=0660" in lines


def test_a_hanging_worker_is_replaced_within_half_a_minute():
    """Watchdog::patience and WatchdogSec= come one after the other."""
    header = (UNITS.parent / "fcgi_app/cli/watchdog.h").read_text()
    patience = int(re.search(r"seconds patience\{(\d+)\}", header)[1])
    lines = lines_of(UNITS / "postern@.service")
    silence = next(int(line[12:-1]) for line in lines if line.startswith("WatchdogSec="))
    assert 10 < patience and patience + silence < 30


def test_a_reload_has_room_for_the_threads_of_two_configurations():
    """TasksMax= was 256: a reload of a worker with the most threads that lanes.* may have was refused."""
    keys, worker = ((UNITS.parent / "fcgi_app" / name).read_text() for name in ("config/keys.cpp", "cli/worker.cpp"))
    lanes = [int(most) for most in re.findall(r"W::lanes_\w+_threads, 1, (\d+)\}", keys)]
    changing = int(re.search(r"changing_threads = (\d+);", worker)[1])
    background = re.findall(r'watchdog\.watch\("(\w+)"', worker)
    resolving = 2  # libcurl's, one of them perhaps left behind by the mail before
    assert len(lanes) == 2 and background == ["notifier", "writer", "keeper"]
    configuration = sum(lanes) + changing + len(background) + resolving
    others = 1 + 1  # the main thread, and the command that asks for the reload
    tasks = next(int(line[9:]) for line in lines_of(UNITS / "postern@.service") if line.startswith("TasksMax="))
    assert 2 * configuration + others <= tasks
