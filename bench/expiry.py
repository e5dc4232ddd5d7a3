#!/usr/bin/python3
"""A day's expiry beside visitors who write: how long the write gate is held, and what they wait for.

script/bench expiry runs it. `postern expire` takes away a million dead sessions among 100,000 living ones while 32
clients register as fast as they can. How long each process holds the gate is told by the processes themselves
(bench/gate.cpp); what the workers hold it for are their visitors' commits and the checkpoints.
"""
import json
import subprocess
import sys
import tempfile
import time

import gate
import stage

LIVING = 100_000
CLIENTS = 32


def register(server, seconds):
    return stage.start_load(server.origin + "/account/register", connections=CLIENTS, seconds=seconds, status=202,
                            **stage.json_post(email="{run}-{n}@example.net"))


def expire_beside(server, state):
    """What `postern expire` took away, its process, its seconds, and the load's figures meanwhile."""
    load = register(server, 600)
    time.sleep(1.5)  # until all clients write
    gate.forget(state)
    start = time.monotonic()
    with subprocess.Popen(**gate.command(state, "expire", "--json"), stdout=subprocess.PIPE) as expire:
        expired = json.loads(expire.communicate()[0])
    seconds = time.monotonic() - start
    turns = gate.turns(state)
    load.terminate()
    return expired["sessions"], turns.pop(expire.pid), [ms for worker in turns.values() for ms in worker], seconds, \
        stage.finish_load(load)


def main():
    quick = stage.options(__doc__, "a tenth of the sessions").quick
    dead = 100_000 if quick else 1_000_000
    machine = stage.machine()
    stage.need_room(tempfile.gettempdir(), 2)
    with stage.filled(LIVING, dead) as state:
        with stage.Server(state, WORKERS="2", **gate.watching(state)) as server:
            alone = stage.finish_load(register(server, 5))
            by_workers_alone = [ms for worker in gate.turns(state).values() for ms in worker]
            expired, held, by_workers, seconds, beside = expire_beside(server, state)
    valid = expired == dead and alone["valid"] and beside["valid"]
    figures = [
        stage.milliseconds("gate held by the expiry, longest", max(held), at_most=50, valid=valid),
        stage.milliseconds("… its 99th percentile", gate.percentile(held, 0.99), valid=valid),
        stage.milliseconds("gate held by workers meanwhile, longest", max(by_workers), at_most=50, valid=valid),
        stage.milliseconds("… without an expiry, longest", max(by_workers_alone), valid=valid),
        stage.milliseconds("register beside it, p99", beside["p99_ms"], valid=valid),
        stage.milliseconds("… slowest", beside["max_ms"], valid=valid),
        stage.milliseconds("register alone, p99", alone["p99_ms"], valid=valid),
        stage.milliseconds("… slowest", alone["max_ms"], valid=valid)]
    text = (f"{machine}; {dead:,} dead among {LIVING:,} living sessions, gone in {seconds:.1f} s of {len(held):,} turns, "
            f"beside {beside['rate']:,.0f} registrations a second (alone {alone['rate']:,.0f}) of {CLIENTS} clients.\n\n"
            + stage.figures_table("expiry", figures))
    return stage.conclude("expiry", text, figures)


if __name__ == "__main__":
    sys.exit(main())
