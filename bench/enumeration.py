#!/usr/bin/python3
"""Can the time of an answer tell whether an address has an account?

Asks a server of its own, in random order, for addresses that have an account (with a hash of a cost that was raised
since), have none, have a registration that is not proven, are locked, are throttled; and prints for every two of
them how well one time tells which of them it was: the area under the curve (0.5: by chance, 1: always). More than
0.55 is a failure.

    bench/enumeration.py [--samples 2000] [--routes login,register,reset-password,resend]
"""
import argparse
import bisect
import http.client
import itertools
import json
import random
import sqlite3
import sys
import tempfile
import time

from stage import PASSWORD, Server

WORST = 0.55
TRIES = 30  # of one address, so that the throttle keeps out of it
OLD_COST = "memory_kib = 8192\npasses = 1"
LIMITS = f"failures_per_account = {TRIES + 10}\nfailures_per_network = 100000\nfailures_in_all = 10000000\nwindow = \"1d\""
KINDS = ["existing", "unknown", "unproven", "locked", "throttled"]
ROUTES = ["login", "register", "reset-password", "resend"]


def configure(server, text):
    (server.state / "postern.toml.d").mkdir(parents=True, exist_ok=True)
    (server.state / "postern.toml.d" / "enumeration.toml").write_text(text)


def addresses_of(kind, samples):
    return [f"{kind[:3]}-{number:05}@example.net" for number in range(samples // TRIES + 1)]


def fill(server, samples):
    """Accounts with hashes of the old cost, straight into the tables of the stopped server."""
    server.command("user", "add", "model@example.net", stdin=PASSWORD + "\n")
    database = sqlite3.connect(server.state / "postern.db")
    with database:
        (password_hash,) = database.execute("SELECT password_hash FROM account").fetchone()
        for kind, state in (("existing", "active"), ("locked", "locked"), ("throttled", "active")):
            database.executemany(
                "INSERT INTO account (id, email, password_hash, state, created_at) VALUES (?, ?, ?, ?, 0)",
                ((random.getrandbits(60), address, password_hash, state)
                 for address in addresses_of(kind, samples)))
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


class Client:
    """One kept connection, so that nothing but the answer is in its time."""

    def __init__(self, server):
        self.host = f"localhost:{server.port}"
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    def post(self, route, fields, cookie=None):
        headers = {"Host": self.host, "Content-Type": "application/json", **({"Cookie": cookie} if cookie else {})}
        body = json.dumps(fields)
        start = time.perf_counter()
        self.connection.request("POST", "/account/" + route, body, headers)
        answer = self.connection.getresponse()
        answer.read()
        return time.perf_counter() - start, answer


def measure(kinds, samples, ask):
    """Seconds of `samples` answers of each kind, in random order in every round."""
    times = {kind: [] for kind in kinds}
    for number in range(samples):
        for kind in random.sample(kinds, len(kinds)):
            times[kind].append(ask(kind, number))
    return times


def area(first, second):
    first = sorted(first)
    wins = sum(bisect.bisect_left(first, time) + bisect.bisect_right(first, time) for time in second) / 2
    share = wins / (len(first) * len(second))
    return max(share, 1 - share)


def report(route, times):
    worst = 0
    for one, other in itertools.combinations(times, 2):
        found = area(times[one], times[other])
        worst = max(worst, found)
        medians = [sorted(times[kind])[len(times[kind]) // 2] * 1000 for kind in (one, other)]
        print(f"{route:15} {one:10} {other:10} {found:.3f}   {medians[0]:7.2f} ms {medians[1]:7.2f} ms", flush=True)
    return worst


def measure_login(server, samples):
    client = Client(server)
    addresses = {kind: addresses_of(kind, samples) for kind in KINDS}
    for address in addresses["unproven"]:
        client.post("register", {"email": address})
    for _ in range(TRIES + 10):
        client.post("login", {"email": addresses["throttled"][0], "password": "x"})

    def ask(kind, number):
        address = addresses[kind][0 if kind == "throttled" else number // TRIES]
        seconds, answer = client.post("login", {"email": address, "password": f"wrong password {number}"})
        assert answer.status == (429 if kind == "throttled" else 401), (kind, answer.status)
        return seconds

    return measure(KINDS, samples, ask)


def measure_asking(server, samples, route, cookies):
    client = Client(server)

    def ask(kind, number):
        address = addresses_of(kind, samples)[number // TRIES]
        if kind == "unknown":
            address = f"fresh-{route[:3]}-{number}@example.net"
        seconds, answer = client.post(route, {"email": address})
        assert answer.status == 202, answer.status
        if route == "register":
            cookies[kind].append(answer.headers["Set-Cookie"].split(";")[0])
        return seconds

    return measure(KINDS[:4], samples, ask)


def measure_resend(server, samples, cookies):
    """By the browsers that registered; after the cool-down."""
    client = Client(server)
    time.sleep(61)

    def ask(kind, number):
        seconds, answer = client.post("verify/resend", {}, cookies[kind][number])
        assert answer.status == 202, answer.status
        return seconds

    return measure(KINDS[:4], samples, ask)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--routes", default=",".join(ROUTES))
    options = parser.parse_args()
    routes = options.routes.split(",")
    if not set(routes) <= set(ROUTES):
        parser.error(f"--routes takes some of {','.join(ROUTES)}")
    worst = 0
    with tempfile.TemporaryDirectory() as directory:
        server = Server(directory + "/state", LIMITS="on", WORKERS="2")
        configure(server, f"[password]\n{OLD_COST}\n")
        server.start()
        server.stop()
        fill(server, options.samples)
        configure(server, f"[limits]\n{LIMITS}\n")  # and the cost is raised to the default
        print("route           one        other       area   medians")
        if "login" in routes:
            with server:
                worst = max(worst, report("login", measure_login(server, options.samples)))
        server.environment["LIMITS"] = "off"
        cookies = {kind: [] for kind in KINDS}
        with server:
            for route in ("register", "reset-password"):
                if route in routes or (route == "register" and "resend" in routes):
                    worst = max(worst, report(route, measure_asking(server, options.samples, route, cookies)))
            if "resend" in routes:
                worst = max(worst, report("resend", measure_resend(server, options.samples, cookies)))
    print(f"worst: {worst:.3f}, allowed: {WORST}")
    sys.exit(worst > WORST)


if __name__ == "__main__":
    main()
