"""What every benchmark needs: sessions in the database, the load, the report."""
import argparse
import base64
import contextlib
import hashlib
import json
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tests" / "end_to_end"))
sys.dont_write_bytecode = True
from harness import PASSWORD, Relay, Server, free_port, wait_until  # noqa: E402  the tests' own: a server as an operator has

LOAD = ROOT / "build" / "bench" / "bench_load"
REPORT = ROOT / "docs" / "performance.md"
ASKED = 100_000  # sessions at most, by their cookies
SESSION = {"header": ["Cookie: postern={1}"], "expect": '{2}"'}  # load() options of a check


def fill(state, sessions, dead=0):
    """Fills the stopped server's database: ten sessions an account, and `dead` more that were not used for a day.

    Straight into the tables, millions in a minute: rows come in order of key and indexes last, so that the
    file is written once, from left to right. Only sessions that are asked for have a cookie, which is made
    from their number; the keys of the others are as random. Gives a file of lines "cookie TAB e-mail address".
    """
    asked, accounts, now = sample(sessions, ASKED), max(1, sessions // 10), int(time.time())
    nobodies = sessions - len(asked) + dead
    with contextlib.closing(sqlite3.connect(state / "postern.db")) as database:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000"):
            database.execute("PRAGMA " + pragma)
        with database:
            index, = database.execute("SELECT sql FROM sqlite_schema WHERE name = 'session_account_id'").fetchone()
            database.execute("DROP INDEX session_account_id")
            database.execute(f"""{first_numbers(accounts)}
                INSERT OR IGNORE INTO account SELECT n + 1, 'visitor-' || n || '@example.net', 'Visitor ' || n, 'none',
                       'user', 'active', {now} FROM number""")
            database.execute("CREATE TEMP TABLE asked (key BLOB, account_id INTEGER)")
            database.executemany("INSERT INTO asked VALUES (?, ?)",
                                 ((key_of(number), number % accounts + 1) for number in asked))
            database.execute(f"""{first_numbers(nobodies)}
                INSERT INTO session
                SELECT key, account_id, {now}, seen_at, 43200, {now + 7776000}, 0, '192.0.2.1', 'bench'
                FROM (SELECT key, account_id, {now} AS seen_at FROM asked
                      UNION ALL SELECT randomblob(32), n % {accounts} + 1, iif(n < {dead}, {now - 86400}, {now})
                      FROM number)
                ORDER BY key""")
            database.execute(index)
        database.execute("PRAGMA journal_mode = WAL")
    os.sync()  # now, and not beside what is measured
    return write_lines(state, sessions, accounts)


@contextlib.contextmanager
def filled(sessions=100_000, dead=0, address=None):
    """The directory of a stopped server, filled; with somebody of that address who can sign in."""
    with tempfile.TemporaryDirectory(prefix="postern-bench-") as directory:
        state = pathlib.Path(directory)
        with Server(state) as server:
            if address:
                account(server, address, PASSWORD)
        fill(state, sessions, dead)
        yield state


def first_numbers(count):
    """SQL: a table number of n = 0, 1, 2, …"""
    return f"""WITH RECURSIVE number (n) AS (
        SELECT 0 WHERE {count} > 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < {count})"""


def write_lines(state, sessions, accounts):
    """The cookies that are asked for in turn, enough of them to defeat any small cache."""
    lines = state / "sessions"
    with lines.open("w", encoding="ascii") as file:
        for number in sample(sessions, ASKED):
            file.write(f"{cookie_of(number)}\t{address_of(number % accounts)}\n")
    return lines


def need_room(state, gigabytes):
    free = shutil.disk_usage(state).free / 1e9
    if free < gigabytes:
        raise SystemExit(f"{state}: {free:.1f} GB free, {gigabytes} are needed (TMPDIR says where)")


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


class Figure:
    """A row of a table: what was found, what is wanted of it, and whether that is met."""

    def __init__(self, name, value, text, at_most=None, at_least=None, valid=True, unit="", wanted=None):
        self.name = name
        self.text = text if valid else "INVALID"
        bounds = [f"{sign} {bound:g}{unit}" for sign, bound in (("≤", at_most), ("≥", at_least)) if bound is not None]
        self.wanted = wanted or ", ".join(bounds)
        self.met = valid and (at_most is None or value <= at_most) and (at_least is None or value >= at_least)

    @property
    def line(self):
        verdict = ("met" if self.met else "MISSED") if self.wanted else ""
        return f"| {self.name} | {self.text} | {self.wanted} | {verdict} |"


def milliseconds(name, value, **wanted):
    return Figure(name, value, f"{value:,.1f} ms", unit=" ms", **wanted)


def figures_table(title, figures):
    return "\n".join([f"| {title} | | wanted | |", "|---|--:|--:|---|", *(figure.line for figure in figures)])


def options(description, quick_help):
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help=quick_help)
    return parser.parse_args()


def conclude(name, text, figures):
    """Prints and writes the report; the exit code."""
    print(text)
    write_report(name, text)
    return 0 if all(figure.met for figure in figures) else 1


def machine():
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    load_average = os.getloadavg()[0]
    return (f"{time.strftime('%Y-%m-%d', time.gmtime())}, {os.cpu_count()} cores ({cpu[1] if cpu else 'unknown'}), Linux {os.uname().release}, "
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
