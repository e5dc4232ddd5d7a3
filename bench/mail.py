#!/usr/bin/python3
"""The queue of mail: how fast it drains, what a long one costs, what an outage of the relay does to visitors.

script/bench mail runs it.
"""
import argparse
import contextlib
import os
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

import stage

SINK = stage.ROOT / "build" / "bench" / "bench_sink"
LONGEST_DRAIN = 900  # seconds


@contextlib.contextmanager
def sink(port):
    process = subprocess.Popen([SINK, str(port)])
    stage.wait_until(lambda: stage.answers(port))
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def url_of(port):
    return f"smtp://127.0.0.1:{port}"


def fill(state, mails):
    """Due mails in the stopped server's queue, as registrations would have left them."""
    now = int(time.time())
    with contextlib.closing(sqlite3.connect(state / "postern.db")) as database, database:
        database.executemany(
            "INSERT INTO outbox (kind, recipient, subject_id, message_id, next_attempt_at, created_at, expires_at)"
            " VALUES ('verify', ?, ?, ?, ?, ?, ?)",
            ((f"visitor-{number}@example.net", number + 1, os.urandom(16).hex(), now, now, now + 86_400)
             for number in range(mails)))


def due(state):
    with contextlib.closing(sqlite3.connect(f"file:{state}/postern.db?mode=ro", uri=True)) as database:
        return database.execute("SELECT count(*) FROM outbox WHERE state = 'due'").fetchone()[0]


def drain(state):
    """Mails a second, and seconds, until the queue is empty."""
    first, start = due(state), time.monotonic()
    stage.wait_until(lambda: time.sleep(0.2) or due(state) == 0, LONGEST_DRAIN)
    seconds = time.monotonic() - start
    return first / seconds, seconds


def rate(state, workers, mails):
    port = stage.free_port()
    with sink(port):
        fill(state, mails)
        with stage.Server(state, RELAY=url_of(port), WORKERS=str(workers)):
            return drain(state)[0]


def memory(server):
    return stage.pss_kib(server.workers()) / 1024


def backlog(state, mails):
    """Memory of two workers without and with a backlog, and how long that takes to drain afterwards."""
    port = stage.free_port()
    with stage.Server(state, RELAY=url_of(port)) as server:
        time.sleep(5)
        empty = memory(server)
    fill(state, mails)
    with stage.Server(state, RELAY=url_of(port)) as server:
        time.sleep(10)
        full = memory(server)
        with sink(port):
            a_second, seconds = drain(state)
            after = memory(server)
    return empty, full, after, a_second, seconds


def outage(directory, rounds, seconds):
    """p50 and p99 of visitors' answers while the relay works and while it is down, by turns: medians of the rounds."""
    port = stage.free_port()
    found = {}
    with sink(port), stage.Server(directory / "up", RELAY=url_of(port)) as up, \
            stage.Server(directory / "down", RELAY=url_of(stage.free_port())) as down:
        for _ in range(rounds):
            for name, server in (("up", up), ("down", down)):
                load = {"connections": 8, "pause": 20, "seconds": seconds}
                register = stage.load(server.origin + "/account/register", status=202, **load,
                                      **stage.json_post(email="{run}-{n}@example.net"))
                login = stage.load(server.origin + "/account/login", **load)
                for route, result in (("register", register), ("login page", login)):
                    if not result["valid"]:
                        raise SystemExit(f"{route}: {result['first_fault']}")
                    found.setdefault((route, name), []).append((result["p50_ms"], result["p99_ms"]))
    return {key: [statistics.median(column) for column in zip(*runs)] for key, runs in found.items()}


def report(machine, rates, mails, waited, outages):
    empty, full, after, a_second, seconds = waited
    lines = [f"{machine}, after it {os.getloadavg()[0]:.1f}.", "", "| to a relay on the same machine | |", "|---|--:|"]
    lines += [f"| {workers} worker{'s' * (workers > 1)} | {value:,.0f} mails/s |" for workers, value in rates.items()]
    lines += [f"| backlog of {mails:,} drained by 2 workers in | {seconds:,.0f} s ({a_second:,.0f} mails/s) |",
              f"| memory of 2 workers, queue empty | {empty:.1f} MiB |",
              f"| the same, {mails:,} mails due and the relay down | {full:.1f} MiB |",
              f"| the same, drained | {after:.1f} MiB |", "",
              "| visitors' answers, ms | p50, relay up | p50, down | p99, relay up | p99, down | p99 changed by |",
              "|---|--:|--:|--:|--:|--:|"]
    for route in ("register", "login page"):
        (up50, up99), (down50, down99) = outages[route, "up"], outages[route, "down"]
        lines.append(f"| {route} | {up50:.1f} | {down50:.1f} | {up99:.1f} | {down99:.1f} | {down99 / up99 - 1:+.0%} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the mails, fewer rounds")
    quick = parser.parse_args().quick
    mails = 10_000 if quick else 100_000
    machine = stage.machine()
    with tempfile.TemporaryDirectory(prefix="postern-bench-") as name:
        directory = pathlib.Path(name)
        state = directory / "queue"
        with stage.Server(state):
            pass
        rates = {workers: rate(state, workers, mails // 10) for workers in (1, 2)}
        waited = backlog(state, mails)
        outages = outage(directory, 3 if quick else 7, 3)
    text = report(machine, rates, mails, waited, outages)
    print(text)
    stage.write_report("mail", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
