#!/usr/bin/python3
"""Logins against what the cores can hash, and session checks while logins keep every hashing thread busy.

script/bench login runs it. The raw rate is that of as many threads as the pool has hashing threads, with nothing beside
them (bench/hashes.cpp); both are measured by turns, and the figures are medians of the rounds.
"""
import statistics
import subprocess
import sys

import stage

ADDRESS = "signs-in@example.net"
WORKERS = 2  # with one hashing thread each, the default
CLIENTS = 16
CHECKING = 32


def raw_rate(seconds):
    done = subprocess.run([stage.ROOT / "build" / "bench" / "bench_hashes", str(WORKERS), str(seconds)],
                          stdout=subprocess.PIPE, check=True)
    return float(done.stdout)


def start_logins(server, seconds):
    return stage.start_load(server.origin + "/account/login", connections=CLIENTS, seconds=seconds, expect=ADDRESS,
                            **stage.json_post(email=ADDRESS, password=stage.PASSWORD))


def check_sessions(server, state, seconds):
    return stage.load(server.origin + "/account/session", connections=CHECKING, seconds=seconds,
                      lines=state / "sessions", **stage.SESSION)


def check_beside_logins(server, state, seconds):
    """The figures of the checks, and of the logins meanwhile."""
    logins = start_logins(server, 600)
    try:
        checks = check_sessions(server, state, seconds)
    finally:
        logins.terminate()
    return checks, stage.finish_load(logins)


def medians(results):
    """Of several runs of one load."""
    return {"valid": all(result["valid"] for result in results),
            **{name: statistics.median(result[name] for result in results) for name in ("rate", "p50_ms", "p99_ms")}}


def main():
    quick = stage.options(__doc__, "two short rounds instead of five").quick
    rounds, seconds = (2, 2) if quick else (5, 5)
    machine = stage.machine()
    raw, logins, alone, beside, meanwhile = [], [], [], [], []
    with stage.filled(address=ADDRESS) as state:
        with stage.Server(state, WORKERS=str(WORKERS)) as server:
            for _ in range(rounds):
                raw.append(raw_rate(seconds))
                logins.append(stage.finish_load(start_logins(server, seconds)))
                alone.append(check_sessions(server, state, seconds))
                checks, logged_in = check_beside_logins(server, state, seconds)
                beside.append(checks)
                meanwhile.append(logged_in)
    hashes, logins, alone, beside, meanwhile = statistics.median(raw), *map(medians, (logins, alone, beside, meanwhile))
    share, left = logins["rate"] / hashes, beside["rate"] / alone["rate"]
    figures = [
        stage.Figure(f"Argon2id alone, {WORKERS} threads", hashes, f"{hashes:.1f}/s"),
        stage.Figure(f"logins, {CLIENTS} clients", logins["rate"], f"{logins['rate']:.1f}/s", valid=logins["valid"]),
        stage.Figure("… of Argon2id alone", share, f"{share:.2f}", at_least=0.9, valid=logins["valid"]),
        stage.milliseconds("… p99", logins["p99_ms"], valid=logins["valid"]),
        stage.Figure(f"session checks alone, {CHECKING} clients", 0, f"{alone['rate']:,.0f}/s", valid=alone["valid"]),
        stage.milliseconds("… p99", alone["p99_ms"], valid=alone["valid"]),
        stage.Figure("session checks beside those logins", 0, f"{beside['rate']:,.0f}/s", valid=beside["valid"]),
        stage.Figure("… of those alone", left, f"{left:.2f}", at_least=0.33, valid=beside["valid"] and alone["valid"]),
        stage.milliseconds("… p99", beside["p99_ms"], at_most=10, valid=beside["valid"]),
        stage.Figure("logins beside those checks", 0, f"{meanwhile['rate']:.1f}/s", valid=meanwhile["valid"])]
    text = (f"{machine}; {WORKERS} workers with one hashing thread each, 100,000 sessions, medians of {rounds} rounds of "
            f"{seconds} s.\n\n" + stage.figures_table("logins", figures))
    return stage.conclude("login", text, figures)


if __name__ == "__main__":
    sys.exit(main())
