#!/usr/bin/python3
"""Four who write as fast as they can: the slowest write, and whether each gets its share.

script/bench fairness runs it. Once four processes at the store, a sign-in a transaction (bench/writers.cpp), with the
write gate and, for comparison, with nothing but SQLite's own busy wait; once visitors who register at a pool of four
workers, where those who come at the same time share a transaction.
"""
import json
import multiprocessing
import os
import sqlite3
import subprocess
import sys
import time

import gate
import stage

WRITERS = 4
CLIENTS = 64
ACCOUNT = 1  # one of stage.fill()


def at_the_store(state, seconds):
    """Writes of each process, p99 of the worst and the slowest of all in ms."""
    done = subprocess.run([stage.ROOT / "build" / "bench" / "bench_writers", state / "postern.db", str(ACCOUNT),
                           str(WRITERS), str(seconds)], stdout=subprocess.PIPE, check=True)
    writers = json.loads(done.stdout)["writers"]
    return ([writer["writes"] for writer in writers], max(writer["p99_ms"] for writer in writers),
            max(writer["max_ms"] for writer in writers))


def write_without_gate(database, begins, seconds, found):
    connection = sqlite3.connect(database, timeout=seconds + 60, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    time.sleep(max(0, begins - time.monotonic()))
    writes, slowest = 0, 0
    while (start := time.monotonic()) < begins + seconds:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO session VALUES (?, ?, 0, 0, 43200, 0, 0, '', 'bench')",
                           (os.urandom(32), ACCOUNT))
        connection.execute("COMMIT")
        writes, slowest = writes + 1, max(slowest, time.monotonic() - start)
    found.put((writes, slowest * 1000))


def with_sqlite_alone(state, seconds):
    found = multiprocessing.Queue()
    begins = time.monotonic() + 0.5
    writers = [multiprocessing.Process(target=write_without_gate, args=(state / "postern.db", begins, seconds, found))
               for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    results = [found.get() for _ in writers]
    for writer in writers:
        writer.join()
    return [writes for writes, _ in results], max(slowest for _, slowest in results)


def through_the_pool(state, seconds):
    """The load's figures, and how often each worker had the gate."""
    with stage.Server(state, WORKERS=str(WRITERS), **gate.watching(state)) as server:
        load = stage.start_load(server.origin + "/account/register", connections=CLIENTS, seconds=seconds + 1,
                                status=202, **stage.json_post(email="{run}-{n}@example.net"))
        time.sleep(1)
        gate.forget(state)
        time.sleep(seconds - 1)
        turns = gate.turns(state)
        return stage.finish_load(load), [len(turns[pid]) for pid in server.workers()]


def least_share(counts):
    """Of a fair part, of the one who got least."""
    return min(counts) * len(counts) / sum(counts)


def main():
    quick = stage.options(__doc__, "three seconds each instead of ten").quick
    seconds = 3 if quick else 10
    machine = stage.machine()
    with stage.filled() as state:
        writes, p99, slowest = at_the_store(state, seconds)
        loose_writes, loose_slowest = with_sqlite_alone(state, seconds)
        load, turns = through_the_pool(state, seconds)
    share = least_share(writes)
    figures = [
        stage.milliseconds(f"{WRITERS} processes at the store: slowest write", slowest, at_most=150),
        stage.milliseconds("… p99 of the worst off", p99),
        stage.Figure("… least share, of a fair part", share, f"{share:.2f}", at_least=0.8),
        stage.Figure("… writes a second of all", sum(writes), f"{sum(writes) / seconds / 0.9:,.0f}"),
        stage.milliseconds("the same with SQLite's busy wait alone: slowest write", loose_slowest),
        stage.Figure("… least share, of a fair part", 0, f"{least_share(loose_writes):.2f}"),
        stage.milliseconds(f"{CLIENTS} clients register at {WRITERS} workers: slowest answer", load["max_ms"], at_most=150,
                           valid=load["valid"]),
        stage.milliseconds("… p99", load["p99_ms"], valid=load["valid"]),
        stage.Figure("… answers a second", load["rate"], f"{load['rate']:,.0f}", valid=load["valid"]),
        stage.Figure("… least share of the gate's turns", 0, f"{least_share(turns):.2f}")]
    text = f"{machine}; {seconds} s each.\n\n" + stage.figures_table("four writers", figures)
    return stage.conclude("fairness", text, figures)


if __name__ == "__main__":
    sys.exit(main())
