#!/usr/bin/python3
"""The session check beside what a site would use instead: script/bench runs it.

Every peer does the equivalent work, from a cookie to a session or account in SQLite to a small JSON
answer, behind an nginx with the same settings; 100,000 sessions of 10,000 accounts, asked for in
turn. A row with a failed connection, another status or a wrong body is invalid. Writes the table and
a plot to docs/.
"""
import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import time

import stage

ACCOUNTS, SESSIONS = 10_000, 100_000
ROUNDS = 3
RESTING, REST_MS = 128, 3  # clients, and what each waits between an answer and its next request
SETTLED = 2.2  # seconds: until nginx has renewed its connections to the workers (keepalive_time)
PEERS = stage.ROOT / "bench" / "peers"
BUILT = stage.ROOT / "build" / "bench"


class Peer:
    """One row: how to start it (words may hold SOCKET), what nginx does with it, who asks."""

    def __init__(self, name, command, location, cookies="postern", **environment):
        self.name = name
        self.command = command
        self.location = location
        self.cookies = cookies
        self.environment = environment
        self.slug = "".join(letter for letter in name.lower() if letter.isalnum())

    def lines_of(self, state):
        return state / ("sessions" if self.cookies == "postern" else f"{self.cookies}-cookies")

    def asks(self, state):
        name = {"postern": "postern", "django": "sessionid"}.get(self.cookies, "session")
        expect = "" if self.command is None or "constant" in self.name else '{2}"'
        return {"lines": self.lines_of(state), "header": [f"Cookie: {name}={{1}}"], "expect": expect}


# What the session check's location has.
FASTCGI = ("fastcgi_pass_request_headers off; fastcgi_keep_conn on; fastcgi_buffer_size 16k; fastcgi_buffers 8 16k;"
           "include snippets/postern-quick.conf; fastcgi_pass SLUG;")
PROXY = ("proxy_pass http://SLUG/session; proxy_http_version 1.1; proxy_set_header Connection '';"
         "proxy_set_header Host localhost;")


def gunicorn(application):
    return ["gunicorn", "--workers", "2", "--bind", "unix:SOCKET", "--log-level", "critical",
            "--chdir", PEERS / application.split("/")[0], application.split("/")[1]]


def ceilings():
    """What nothing behind this nginx can reach, and what nothing behind our acceptor."""
    return (Peer("nginx, return 200", None, "return 200 '{}';"),
            Peer("our acceptor, constant", [BUILT / "bench_constant", "SOCKET", "2"], FASTCGI))


def peers(state):
    own_file = {"BENCH_DATABASE": str(state / "postern.db")}
    php = php_fpm()
    uwsgi = ["uwsgi", "--plugin", "python3", "--master", "--processes", "2", "--disable-logging",
             "--socket", "SOCKET", "--chdir", PEERS / "flask", "--module", "plain:app"]
    return [
        Peer("nginx, static file", None, f"alias {state}/static.json;"),
        Peer("libfcgi loop, constant", [BUILT / "bench_loop", "SOCKET", "8"],
             "include /etc/nginx/fastcgi_params; fastcgi_pass SLUG;"),
        Peer("Node, Fastify", ["node", PEERS / "fastify" / "session.mjs", "SOCKET",
                               state / "postern.db"], PROXY),
        Peer("PHP-FPM", [php, "--nodaemonize", "--fpm-config", state / "php-fpm.conf"],
             "include /etc/nginx/fastcgi_params; fastcgi_param SCRIPT_FILENAME "
             f"{PEERS}/php/session.php; fastcgi_param BENCH_DATABASE {state}/postern.db; "
             "fastcgi_pass SLUG;"),
        Peer("uWSGI, Flask", uwsgi, "include /etc/nginx/uwsgi_params; uwsgi_param PATH_INFO /session;"
             "uwsgi_pass SLUG;", **own_file),
        Peer("gunicorn, Flask", gunicorn("flask/plain:app"), PROXY, **own_file),
        Peer("gunicorn, Flask-Login", gunicorn("flask/login:app"), PROXY, "login", **own_file),
        Peer("gunicorn, Django", gunicorn("django/bench_site:application"), PROXY, "django",
             BENCH_PEER_DATABASE=str(state / "django.db")),
        Peer("gunicorn, Flask-Security", gunicorn("flask/security:app"), PROXY, "security",
             BENCH_PEER_DATABASE=str(state / "security.db")),
    ]


def php_fpm():
    found = sorted(pathlib.Path("/usr/sbin").glob("php-fpm*"))
    return found[-1] if found else pathlib.Path("php-fpm")


def prepare(state):
    """The peers' own databases and cookies, and the files that they are started with."""
    python = ["/usr/bin/python3", "-B"]
    for name, cookies in (("login", "login-cookies"), ("security", "security-cookies")):
        with open(state / cookies, "wb") as file:
            subprocess.run([*python, "cookies.py", name, str(ACCOUNTS)], cwd=PEERS / "flask",
                           stdout=file, check=True,
                           env={**os.environ, "BENCH_PEER_DATABASE": f"{state}/security.db"})
    subprocess.run([*python, "bench_site.py", str(ACCOUNTS), str(SESSIONS)], cwd=PEERS / "django",
                   check=True, env={**os.environ, "BENCH_PEER_DATABASE": f"{state}/django.db"})
    with open(state / "django-cookies", "w", encoding="ascii") as file:
        file.writelines(f"session{number}\t{stage.address_of(number % ACCOUNTS)}\n"
                        for number in range(SESSIONS))
    (state / "static.json").write_text("{}")
    (state / "members").mkdir(exist_ok=True)
    (state / "members" / "page.html").write_text("<p>For members.</p>")
    owner = "user = root\ngroup = root\n" if os.getuid() == 0 else ""
    (state / "php-fpm.conf").write_text(
        f"[global]\nerror_log = {state}/php.log\n[www]\nlisten = {state}/phpfpm.sock\n{owner}"
        "listen.mode = 0666\npm = static\npm.max_children = 4\n")


def nginx_conf(state, rows, port):
    """The settings of script/server's nginx, and a location for each peer."""
    user = "user root root;" if os.getuid() == 0 else ""
    upstreams = "".join(f"upstream {row.slug} {{ server unix:{state}/{row.slug}.sock; keepalive 256; }}\n"
                        for row in rows if row.command)
    locations = "".join(f"location = /{row.slug} {{ {row.location.replace('SLUG', row.slug)} }}\n"
                        for row in rows)
    return f"""{user}
worker_processes 2; daemon off; pid {state}/run/bench-nginx.pid;
error_log {state}/log/bench-error.log;
events {{ worker_connections 4096; }}
http {{
    sendfile on; keepalive_requests 100000000;
    include conf.d/postern.conf;
    access_log {state}/log/bench-access.log postern;
    {upstreams}
    server {{
        listen 127.0.0.1:{port};
        include snippets/postern-accounts.conf;
        location /open/ {{ alias {state}/members/; }}
        location /members/ {{ include snippets/postern-protect.conf; root {state}; }}
        {locations}
    }}
}}
"""


@contextlib.contextmanager
def running(command, socket_path=None, **environment):
    """A process for as long as the block lasts; ready when its socket is."""
    words = [str(word).replace("SOCKET", str(socket_path)) for word in command]
    if "php-fpm" in words[0] and os.getuid() == 0:
        words.append("--allow-to-run-as-root")
    with subprocess.Popen(words, env={**os.environ, **environment}, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            stage.wait_until(lambda: not socket_path or pathlib.Path(socket_path).exists(), 20)
            yield process
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            with contextlib.suppress(ProcessLookupError):  # libfcgi's loop ignores SIGTERM
                os.killpg(process.pid, signal.SIGKILL)


class Row:
    """What is asked for, and what was found."""

    def __init__(self, name, url, asks, connections=32, pids=()):
        self.name, self.url, self.asks, self.connections, self.pids = name, url, asks, connections, pids
        self.found = None
        self.share = 0  # of nginx's own answer

    def measure(self, seconds):
        """After a moment in which caches fill and, in Postern's rows, the workers share out the connections."""
        before = min(seconds, SETTLED) if "Postern" in self.name else 0.3
        stage.load(self.url, seconds=before, connections=self.connections, **self.asks)
        found = stage.load(self.url, seconds=seconds, connections=self.connections, threads=2, **self.asks)
        found["pss_mib"] = stage.pss_kib(self.pids) / 1024
        print(f"  {self.name:48} {found['rate']:8.0f}/s", flush=True)
        return found


def measure_by_turns(base, rows, seconds):
    """Each row several times, and nginx's own answer before each time: the machine's neighbours change its speed from one
    minute to the next. Of each row the run with the middle share counts."""
    runs = {row: [] for row in (base, *rows)}
    for _ in range(ROUNDS):
        for row, found in runs.items():
            found.append(row.measure(seconds / ROUNDS))
    for row, found in runs.items():
        shares = [run["rate"] / max(1, before["rate"]) for run, before in zip(found, runs[base])]
        middle = sorted(range(ROUNDS), key=shares.__getitem__)[ROUNDS // 2]
        row.share = shares[middle]
        row.found = next((run for run in found if not run["valid"]), found[middle])


def row_of(peer, state, port, connections=32, pids=()):
    name = peer.name if connections == 32 else f"{peer.name}, {connections} conn."
    return Row(name, f"http://127.0.0.1:{port}/{peer.slug}", peer.asks(state), connections, pids)


def rows_of_postern(server, workers, connections):
    lines, header = server.state / "sessions", stage.SESSION["header"]
    many = "1 worker" if workers == 1 else f"{workers} workers"
    return [Row(f"**Postern** {route}, {many}, {connections} conn.", f"{server.origin}/account/{route}",
                {"lines": lines, "header": header, **expected}, connections, server.workers())
            for route, expected in (("session", {"expect": stage.SESSION["expect"]}), ("check", {"status": 204}))]


def measure_postern(server, workers, port, seconds):
    """Beside nginx's own answer and, with two workers, what our acceptor makes of a constant: all that is left above
    that is the work for a session."""
    nothing, constant = ceilings()
    shown = []
    with peer_running(constant, server.state) as pids:
        for connections in (32, 128):
            base = row_of(nothing, server.state, port, connections)
            rows = rows_of_postern(server, workers, connections)
            if workers == 2:
                rows.insert(0, row_of(constant, server.state, port, connections, pids))
                shown.append(base)
            measure_by_turns(base, rows, seconds)
            shown += rows
    return shown


@contextlib.contextmanager
def peer_running(peer, state):
    """Its processes; none where nginx answers by itself."""
    if peer.command is None:
        yield []
        return
    socket_path = state / f"{peer.slug}.sock"
    with running(peer.command, socket_path, **peer.environment) as process:
        time.sleep(0.5)
        yield stage.tree(process.pid)
    socket_path.unlink(missing_ok=True)


def measure_peers(state, port, seconds, base):
    rows = []
    for peer in peers(state):
        with peer_running(peer, state) as pids:
            row = row_of(peer, state, port, pids=pids)
            row.found = row.measure(seconds)
            row.share = row.found["rate"] / base.found["rate"]
            rows.append(row)
    return rows


def measure_protection(state, port, seconds):
    asks = {"lines": state / "sessions", "header": stage.SESSION["header"], "expect": "members"}
    static, protected = (Row(f"static page, {name}", f"http://127.0.0.1:{port}/{path}/page.html", asks)
                         for name, path in (("open", "open"), ("protected", "members")))
    measure_by_turns(static, [protected], seconds)
    return protected


def measure_resting(server, port, seconds):
    """As many clients as in the rows of 128, but not as fast as they can: what one waits for where the machine is not full.

    Where it is, Little's law has the last word: 128 clients wait for 128 divided by the rate, in the mean.
    """
    figures = []
    for row in [row_of(ceilings()[0], server.state, port, RESTING), *rows_of_postern(server, 2, RESTING)]:
        row.asks["pause"] = REST_MS
        found = sorted((row.measure(seconds / ROUNDS) for _ in range(ROUNDS)), key=lambda run: run["p99_ms"])
        middle, ours = found[ROUNDS // 2], "Postern" in row.name
        figures.append(stage.milliseconds(f"{row.name}, p99 ({middle['rate']:,.0f} a second)", middle["p99_ms"],
                                          at_most=3 if ours else None, valid=all(run["valid"] for run in found)))
    return figures


def table(rows):
    own = next(row for row in rows if "Postern** session, 2 workers, 32" in row.name)
    lines = ["| | requests/s | p50 ms | p99 ms | memory MiB | errors | of `return 200` | Postern is faster by |",
             "|---|--:|--:|--:|--:|--:|--:|--:|"]
    for row in rows:
        found = row.found
        errors = found["errors"] + found["wrong_status"] + found["wrong_body"]
        if not found["valid"]:
            lines.append(f"| {row.name} | invalid: {found['first_fault'][:60]} | | | | {errors:,} | | |")
            continue
        lines.append(f"| {row.name} | {found['rate']:,.0f} | {found['p50_ms']:.2f} | {found['p99_ms']:.2f} | "
                     f"{found['pss_mib']:.0f} | {errors} | {row.share:.2f} | {own.share / row.share:.1f} |")
    return "\n".join(lines)


def plot(rows):
    """Bars of requests a second, as SVG."""
    shown = [row for row in rows if row.found["valid"] and row.connections == 32]
    most = max(row.found["rate"] for row in shown)
    bars = []
    for place, row in enumerate(shown):
        top, width = 24 * place + 8, max(1, round(380 * row.found["rate"] / most))
        ours = "Postern" in row.name
        bars.append(f'<text x="250" y="{top + 13}" text-anchor="end">{row.name.replace("*", "")}</text>'
                    f'<rect x="258" y="{top}" width="{width}" height="17" '
                    f'fill="{"#2a6f4e" if ours else "#9aa5b1"}"/>'
                    f'<text x="{264 + width}" y="{top + 13}">{row.found["rate"]:,.0f}</text>')
    height = 24 * len(shown) + 12
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 {height}" font-family="sans-serif" '
            f'font-size="12"><title>Requests a second</title><rect width="720" height="{height}" '
            f'fill="#fff"/>{"".join(bars)}</svg>\n')


def main():
    seconds = 2 if stage.options(__doc__, "two seconds a row instead of nine").quick else 9
    machine = stage.machine()
    with stage.filled(SESSIONS) as state, contextlib.ExitStack() as front:
        prepare(state)
        port = stage.free_port()
        with stage.Server(state) as server:
            (state / "bench-nginx.conf").write_text(nginx_conf(state, [*ceilings(), *peers(state)], port))
            front.enter_context(running(["/usr/sbin/nginx", "-c", state / "bench-nginx.conf"]))
            stage.wait_until(lambda: stage.answers(port))
            rows = measure_postern(server, 2, port, seconds)
            others = measure_peers(state, port, seconds, rows[0])
            protected = measure_protection(state, port, seconds)
            resting = measure_resting(server, port, seconds)
        for workers in (1, 4):
            with stage.Server(state, WORKERS=str(workers)) as server:
                rows += measure_postern(server, workers, port, seconds)
        rows += others
    constant, session, check = rows[1:4]
    text = (f"{machine}; 32 connections where nothing else stands.\n\n{table(rows)}\n\n"
            f"Of what our acceptor makes of a constant: session {session.share / constant.share:.2f}, check "
            f"{check.share / constant.share:.2f}. "
            f"A static page behind `auth_request`: {protected.share:.2f} of the same page unprotected "
            f"({protected.found['rate']:,.0f} a second).\n\n"
            f"{stage.figures_table(f'{RESTING} clients that rest {REST_MS} ms after each answer', resting)}\n\n"
            "![Requests a second](performance.svg)")
    print(text)
    (stage.ROOT / "docs" / "performance.svg").write_text(plot(rows), encoding="utf-8")
    stage.write_report("peers", text)
    valid = all(row.found["valid"] for row in [*rows, protected])
    return 0 if valid and all(figure.met for figure in resting) else 1


if __name__ == "__main__":
    sys.exit(main())
