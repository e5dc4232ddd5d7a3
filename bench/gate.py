"""How long the write gate is held, and by whom: bench/gate.cpp in the processes of a server."""
import collections
import os

import stage

WATCH = stage.ROOT / "build" / "bench" / "bench_gate.so"


def watching(state):
    """Environment of processes that tell."""
    return {"LD_PRELOAD": str(WATCH), "BENCH_GATE": f"{state}/postern.db-gate", "BENCH_GATE_LOG": f"{state}/gate-log"}


def forget(state):
    (state / "gate-log").write_text("")


def turns(state):
    """Milliseconds of each turn, by process."""
    found = collections.defaultdict(list)
    for line in (state / "gate-log").read_text(encoding="ascii").splitlines():
        pid, micros = line.split()
        found[int(pid)].append(int(micros) / 1000)
    return found


def percentile(values, share):
    return sorted(values)[int(share * (len(values) - 1))] if values else 0.0


def command(state, *words):
    """A subcommand of postern that tells too: its arguments for subprocess."""
    return {"args": [stage.ROOT / "build" / "postern", *words, "--config", state / "postern.toml"],
            "env": {**os.environ, **watching(state)}}
