#!/usr/bin/python3
"""The figures that `postern bench` shows beside an operator's own: its own, here, with 100,000 sessions.

script/bench release runs it; the build takes the table from docs/performance.md.
"""
import json
import sys

import stage


def main():
    seconds = 2 if stage.options(__doc__, "two seconds each instead of ten").quick else 10
    machine = stage.machine()
    with stage.filled() as state:
        with stage.Server(state, WORKERS="2") as server:
            found = json.loads(server.command("bench", "--seconds", str(seconds), "--json"))
    rows = [f"| {name} | {row['a_second']:,.0f} | {row['p50_ms']:.2f} | {row['p99_ms']:.2f} |"
            for name, row in (("session checks", found["session_checks"]), ("logins", found["logins"]))]
    text = "\n".join([f"{machine}; 2 workers, 100,000 sessions.", "", "| | a second | p50 ms | p99 ms |",
                      "|---|--:|--:|--:|", *rows,
                      f"| memory of a worker, MiB | {found['memory_of_a_worker_mib']:.1f} | | |"])
    return stage.conclude("release", text, [])


if __name__ == "__main__":
    sys.exit(main())
