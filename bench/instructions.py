#!/usr/bin/python3
"""Instructions of a session check, counted by callgrind on a fixed load: no clock, no noise.

Compares with the figure that is kept in bench/instructions.txt; more than a twentieth above it is a
failure, as is so much below that the figure says nothing any more. --write keeps a new figure: with
the change that made it, and its reason in that change's message.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = HERE.parent / "build" / "bench" / "bench_hot_path"
KEPT = HERE / "instructions.txt"
FEW, MANY = 200, 1200  # the difference is without the start
TOLERANCE = 0.05


def counted(requests, scratch):
    done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={scratch}/out", PROGRAM, str(requests)],
                          capture_output=True, text=True, check=False, timeout=300)
    found = re.search(r"Collected\s*:\s*(\d+)", done.stderr)
    if done.returncode != 0 or f"{requests} requests" not in done.stdout or not found:
        sys.exit(f"{PROGRAM}: {done.returncode}: {done.stdout}{done.stderr[-2000:]}")
    return int(found[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="keep what is counted now")
    write = parser.parse_args().write
    with tempfile.TemporaryDirectory() as scratch:
        now = round((counted(MANY, scratch) - counted(FEW, scratch)) / (MANY - FEW))
    if write:
        KEPT.write_text(f"{now}\n")
    kept = int(KEPT.read_text())
    print(f"a session check takes {now} instructions, {kept} are kept: {now / kept - 1:+.1%}")
    return 0 if abs(now / kept - 1) <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
