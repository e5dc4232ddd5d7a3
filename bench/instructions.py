#!/usr/bin/python3
"""Instructions of a session check and of an account page, counted by callgrind on a fixed load: no clock, no noise.

Compares with the figures that are kept in bench/instructions.txt; more than a twentieth above one is a failure, as is so
much below that the figure says nothing any more. --write keeps new figures: with the change that made them, and its
reason in that change's message.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = HERE.parent / "build" / "bench" / "bench_hot_path"
KEPT = HERE / "instructions.txt"  # a line for each load: its name and the count
FEW, MANY = 200, 1200  # the difference is without the start
TOLERANCE = 0.05


def collected(load, requests, scratch):
    done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={scratch}/out", PROGRAM, load,
                           str(requests)], capture_output=True, text=True, check=False, timeout=300)
    found = re.search(r"Collected\s*:\s*(\d+)", done.stderr)
    if done.returncode != 0 or f"{requests} requests" not in done.stdout or not found:
        sys.exit(f"{PROGRAM}: {done.returncode}: {done.stdout}{done.stderr[-2000:]}")
    return int(found[1])


def counted(load):
    with tempfile.TemporaryDirectory() as scratch:
        return round((collected(load, MANY, scratch) - collected(load, FEW, scratch)) / (MANY - FEW))


def kept():
    lines = KEPT.read_text(encoding="ascii").splitlines()
    return {load: int(count) for load, count in (line.split() for line in lines)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="keep what is counted now")
    write = parser.parse_args().write
    now = {load: counted(load) for load in kept()}
    if write:
        KEPT.write_text("".join(f"{load} {count}\n" for load, count in now.items()), encoding="ascii")
    changes = {load: now[load] / count - 1 for load, count in kept().items()}
    for load, change in changes.items():
        print(f"{load}: {now[load]} instructions a request, {kept()[load]} are kept: {change:+.1%}")
    return 0 if all(abs(change) <= TOLERANCE for change in changes.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
