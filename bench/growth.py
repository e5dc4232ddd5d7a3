#!/usr/bin/python3
"""What a hundred times as many sessions cost: the session check and the memory of two workers at both sizes.

script/bench growth runs it. Both pools run by turns, each round with processes of its own, and the
figures are medians of the rounds, so that a busy moment of the machine does not count for one size alone.
"""
import pathlib
import statistics
import sys
import tempfile
import time

import stage

FEW = 100_000
CONNECTIONS = 32


def prepare(state, sessions):
    """Gives how long filling took, and what the database then weighs."""
    with stage.Server(state):
        pass
    start = time.monotonic()
    stage.fill(state, sessions)
    return time.monotonic() - start, (state / "postern.db").stat().st_size


def look(state, seconds):
    """Session checks a second, p99 and the pool's memory afterwards."""
    with stage.Server(state, WORKERS="2") as server:
        result = stage.load(server.origin + "/account/session", connections=CONNECTIONS, seconds=seconds,
                            lines=state / "sessions", **stage.SESSION)
        return result["valid"], result["rate"], result["p99_ms"], stage.pss_kib(server.workers()) * 1024 / 1e6


def measure(states, rounds, seconds):
    """Of each size: whether all was right, and the medians."""
    found = {size: [] for size in states}
    for _ in range(rounds):
        for size, state in states.items():
            found[size].append(look(state, seconds))
            print(f"  {size:>12,} sessions: {found[size][-1][1]:8,.0f}/s", flush=True)
    return {size: [all(row[0] for row in rows)] + [statistics.median(row[part] for row in rows) for part in (1, 2, 3)]
            for size, rows in found.items()}


def report(found, prepared):
    few, many = sorted(found)
    lines = ["| sessions | checks a second | p99 ms | memory of 2 workers, MB | database, MB | filled in, s |",
             "|--:|--:|--:|--:|--:|--:|"]
    for size in (few, many):
        _, rate, p99, memory = found[size]
        seconds, weight = prepared[size]
        lines.append(f"| {size:,} | {rate:,.0f} | {p99:.2f} | {memory:.1f} | {weight / 1e6:,.0f} | {seconds:.0f} |")
    valid = found[few][0] and found[many][0]
    share, more = found[many][1] / found[few][1], found[many][3] / found[few][3]
    return lines, [
        stage.Figure("checks a second with many, of those with few", share, f"{share:.2f}", at_least=0.8, valid=valid),
        stage.Figure("memory of the pool with many", found[many][3], f"{found[many][3]:.1f} MB", at_most=40,
                     unit=" MB", valid=valid),
        stage.Figure("memory with many, of that with few", more, f"{more:.2f}", at_most=1.05, valid=valid)]


def main():
    quick = stage.options(__doc__, "a million sessions instead of ten").quick
    many, rounds, seconds = (1_000_000, 3, 2) if quick else (10_000_000, 5, 5)
    machine = stage.machine()
    with tempfile.TemporaryDirectory(prefix="postern-bench-") as directory:
        stage.need_room(directory, many * 600 / 1e9)
        states = {size: pathlib.Path(directory) / str(size) for size in (FEW, many)}
        prepared = {size: prepare(state, size) for size, state in states.items()}
        lines, figures = report(measure(states, rounds, seconds), prepared)
    text = "\n".join([f"{machine}; {CONNECTIONS} connections, 2 workers, medians of {rounds} rounds by turns.", "",
                      *lines, "", stage.figures_table("growth", figures)])
    return stage.conclude("growth", text, figures)


if __name__ == "__main__":
    sys.exit(main())
