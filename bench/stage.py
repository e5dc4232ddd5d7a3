"""What every benchmark needs: sessions in the database, the load, the report."""
import base64
import hashlib
import json
import os
import pathlib
import re
import socket
import sqlite3
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tests" / "end_to_end"))
sys.dont_write_bytecode = True
from harness import PASSWORD, Relay, Server, free_port, wait_until  # noqa: E402  the tests' own: a server as an operator has

LOAD = ROOT / "build" / "bench" / "bench_load"
REPORT = ROOT / "docs" / "performance.md"


def seed(state, accounts, sessions):
    """Fills the stopped server's database. Gives a file of lines "cookie TAB e-mail address".

    Straight into the tables: what a site of that size has, in seconds. Cookies are made from their
    number, so that nothing but the file has to be kept.
    """
    database = sqlite3.connect(state / "postern.db")
    now = int(time.time())
    have = database.execute("SELECT count(*) FROM session").fetchone()[0]
    with database:
        database.executemany(
            "INSERT OR IGNORE INTO account VALUES (?, ?, ?, 'none', 'user', 'active', ?)",
            ((number + 1, address_of(number), f"Visitor {number}", now) for number in range(accounts)))
        database.executemany(
            "INSERT INTO session VALUES (?, ?, ?, ?, 43200, ?, 0, '192.0.2.1', 'bench')",
            ((key_of(number), number % accounts + 1, now, now, now + 7776000)
             for number in range(have, sessions)))
        database.execute("UPDATE session SET last_seen_at = ?", (now,))
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    lines = state / "sessions"
    with lines.open("w", encoding="ascii") as file:  # enough of them to defeat any small cache
        for number in sample(sessions, 100_000):
            file.write(f"{cookie_of(number)}\t{address_of(number % accounts)}\n")
    return lines


def sample(total, most):
    step = max(1, total // most)
    return range(0, total, step)


def address_of(number):
    return f"visitor-{number}@example.net"


def cookie_bytes(number):
    return hashlib.sha256(b"bench %d" % number).digest()


def cookie_of(number):
    return base64.urlsafe_b64encode(cookie_bytes(number)).rstrip(b"=").decode()


def key_of(number):
    return hashlib.sha256(cookie_bytes(number)).digest()


def account(server, address, password):
    """Of a visitor who can sign in."""
    server.command("user", "add", address, stdin=password + "\n")


def start_load(url, *words, **options):
    command = [LOAD, *words]
    for name, value in options.items():
        for one in value if isinstance(value, list) else [value]:
            command += ["--" + name.replace("_", "-"), str(one)]
    return subprocess.Popen([*command, url], stdout=subprocess.PIPE)


def finish_load(process):
    result = json.loads(process.communicate()[0])
    result["valid"] = process.returncode == 0
    if not result["valid"]:
        print("  invalid:", result["first_fault"])
    return result


def load(url, *words, **options):
    return finish_load(start_load(url, *words, **options))


def json_post(**fields):
    """Options of load() for a POST of JSON."""
    return {"method": "POST", "body": json.dumps(fields),
            "header": ["Content-Type: application/json"]}


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def tree(pid):
    """That process and its descendants."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid] + [one for child in children for one in tree(int(child))]


def pss_kib(pids):
    """Memory of these processes; what several share is counted once."""
    total = 0
    for pid in pids:
        try:
            text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        except ProcessLookupError:  # ended, and waits to be reaped
            continue
        total += int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)[1])
    return total


def machine():
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    load_average = os.getloadavg()[0]
    return (f"{os.cpu_count()} cores ({cpu[1] if cpu else 'unknown'}), Linux {os.uname().release}, "
            f"load average before the run {load_average:.1f}")


def write_report(name, text):
    """Puts the text between the markers of that name in docs/performance.md."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    report = REPORT.read_text(encoding="utf-8")
    if begin not in report:
        raise SystemExit(f"{REPORT} has no {begin}")
    before, rest = report.split(begin)
    after = rest.split(end)[1]
    REPORT.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}", encoding="utf-8")
