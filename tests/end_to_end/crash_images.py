"""What a disk may hold after a power cut, from a record of what the workers wrote to it.

A write that was not followed by a sync of its file may be there, or not, or in part, in any order; what was synced
is there. Names of files do not change while the record is made.
"""
import collections
import os
import random
import re

SECTOR = 512
CALLS = "pwrite64,ftruncate,fdatasync,fsync"
BEGIN = re.compile(rb'^(\d+) +(\d+\.\d+) (pwrite64|ftruncate|fdatasync|fsync)\(\d+<([^>]*)>(?:, ("[^"]*"), \d+)?(?:, (\d+))?')

# kind: write, cut or sync; at: when it began, so that what came before is certain to have come before.
Step = collections.namedtuple("Step", "at kind file offset data")


def options(processes, files):
    """strace's, for traced()."""
    words = ["-f", "-ttt", "-y", "-xx", "-s", "70000", "-e", f"trace={CALLS}", "-e", "signal=none"]
    for file in files:
        words += ["-P", file]
    for process in processes:
        words += ["-p", process]
    return words


def read_record(file):
    steps = []
    with open(file, "rb") as record:
        for line in record:
            if b" = -1 " in line or not (found := BEGIN.match(line)):
                continue
            _, at, call, path, data, number = found.groups()
            kind = {b"pwrite64": "write", b"ftruncate": "cut"}.get(call, "sync")
            bytes_written = bytes.fromhex(data[1:-1].replace(b"\\x", b"").decode()) if data else b""
            steps.append(Step(float(at), kind, os.path.basename(hex_decoded(path)), int(number or 0), bytes_written))
    return steps


def hex_decoded(path):
    """With -xx a path is written in hexadecimal too."""
    return bytes.fromhex(path.replace(b"\\x", b"").decode()).decode() if path.startswith(b"\\x") else path.decode()


class Disk:
    """The files as they are certain to be, and the steps that may or may not have reached them."""

    def __init__(self, files):
        self.certain = {name: bytearray(content) for name, content in files.items()}
        self.open = []

    def take(self, step):
        if step.kind != "sync":
            self.open.append(step)
            return
        for done in self.open:
            if done.file == step.file:
                apply(self.certain, done)
        self.open = [other for other in self.open if other.file != step.file]

    def image(self, chance):
        """Each open step is kept with that chance, and a kept write is torn with the same."""
        files = {name: bytearray(content) for name, content in self.certain.items()}
        for step in self.open:
            if random.random() < chance:
                torn = step.kind == "write" and chance < 1 and random.random() < chance
                apply(files, tear(step) if torn else step)
        return files


def apply(files, step):
    content = files[step.file]
    if step.kind == "cut":
        del content[step.offset:]
        return
    content.extend(bytes(max(0, step.offset - len(content))))
    content[step.offset:step.offset + len(step.data)] = step.data


def tear(step):
    """Some of its sectors only: from one on, or up to one."""
    at = random.randrange(0, len(step.data) + 1, SECTOR) if len(step.data) > SECTOR else 0
    if random.random() < 0.5:
        return step._replace(data=step.data[:at])
    return step._replace(data=step.data[at:], offset=step.offset + at)
