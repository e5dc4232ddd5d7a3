#!/usr/bin/python3
"""How long a worker takes from exec to READY=1 with 100,000 sessions in its database, and its first answer.

script/bench start runs it. It stands in for systemd: opens the sockets, starts one worker after the other, and asks
each at once for a session, as nginx would. "Cold file": the database was dropped from the system's page cache before.
"""
import fcntl
import os
import pathlib
import select
import signal
import socket
import sys
import tempfile
import time

import stage
from fastcgi import ask  # noqa: E402  the tests' own: stage has named their directory

POSTERN = stage.ROOT / "build" / "postern"


class Place:
    """What systemd gives to a worker: two listening sockets, and one to say READY=1 to."""

    def __init__(self, directory):
        self.directory = directory
        self.listeners = [self.bind(socket.SOCK_STREAM, name) for name in ("quick.sock", "hashing.sock")]
        for listener in self.listeners:
            listener.listen(64)
        self.notify = self.bind(socket.SOCK_DGRAM, "notify")

    def bind(self, kind, name):
        made = socket.socket(socket.AF_UNIX, kind)
        made.bind(str(self.directory / name))
        return made

    def environment(self):
        return {**os.environ, "LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "2", "LISTEN_FDNAMES": "quick:hashing",
                "NOTIFY_SOCKET": str(self.directory / "notify")}

    def start(self, config):
        """Its process id, and the moment of its exec."""
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            self.become_worker(config, writer)
        os.close(writer)
        moment = float(os.read(reader, 64))
        os.close(reader)
        return pid, moment

    def become_worker(self, config, writer):
        try:
            writer, *high = (fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)  # out of the way of 3 and 4
                             for descriptor in (writer, *(listener.fileno() for listener in self.listeners)))
            for descriptor, wanted in zip((*high, os.open(os.devnull, os.O_WRONLY)), (3, 4, 2)):
                os.dup2(descriptor, wanted, inheritable=True)
            environment = self.environment()
            os.write(writer, repr(time.monotonic()).encode())
            os.execve(POSTERN, [str(POSTERN), "serve", "--config", str(config)], environment)
        finally:
            os._exit(126)

    def wait_for_ready(self, pid):
        while True:
            if not select.select([self.notify], [], [], 30)[0]:
                raise SystemExit(f"worker {pid} did not become ready")
            if b"READY=1" in self.notify.recv(4096).split(b"\n"):
                return time.monotonic()


def drop_from_memory(file):
    descriptor = os.open(file, os.O_RDONLY)
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def session_parameters(cookie):
    return {"REQUEST_METHOD": "GET", "POSTERN_PATH": "/account/session", "QUERY_STRING": "", "CONTENT_TYPE": "",
            "CONTENT_LENGTH": "", "HTTP_ACCEPT": "*/*", "HTTP_COOKIE": f"postern={cookie}", "HTTP_ORIGIN": "",
            "HTTP_SEC_FETCH_SITE": "", "HTTP_USER_AGENT": "bench", "REMOTE_ADDR": "127.0.0.1",
            "POSTERN_REQUEST_ID": "0" * 32}


def one_start(place, state, line):
    """Milliseconds to READY=1, those of the first answer, and what its whole short life took of a core."""
    cookie, address = line.split()
    pid, begin = place.start(state / "postern.toml")
    try:
        ready = place.wait_for_ready(pid)
        asked = time.monotonic()
        answer = ask(str(place.directory / "quick.sock"), session_parameters(cookie))
        answered = time.monotonic()
    finally:
        os.kill(pid, signal.SIGTERM)
        used = os.wait4(pid, 0)[2]
    if answer.status != 200 or address.encode() not in answer.body:
        raise SystemExit(f"the first answer is wrong: {answer.status} {answer.body}")
    return (ready - begin) * 1000, (answered - asked) * 1000, (used.ru_utime + used.ru_stime) * 1000


def measure(state, rounds, cold):
    with tempfile.TemporaryDirectory(prefix="postern-", dir="/tmp") as directory:  # a socket's path is short
        place = Place(pathlib.Path(directory))
        lines = (state / "sessions").read_text().splitlines()
        found = []
        for line in lines[::len(lines) // rounds][:rounds]:
            if cold:
                drop_from_memory(state / "postern.db")
            found.append(one_start(place, state, line))
    return [sorted(column) for column in zip(*found)]


def main():
    rounds = 10 if stage.options(__doc__, "ten starts instead of fifty").quick else 50
    machine = stage.machine()
    figures = []
    with stage.filled() as state:
        for name, cold in (("", False), (", cold file", True)):
            ready, answered, used = measure(state, rounds, cold)
            figures += [
                stage.milliseconds(f"exec to READY{name}, slowest", ready[-1], at_most=None if cold else 50),
                stage.milliseconds("… median", ready[rounds // 2]),
                stage.milliseconds(f"first answer{name}, slowest", answered[-1], at_most=None if cold else 20),
                stage.milliseconds("… median", answered[rounds // 2]),
                stage.milliseconds("a core's time for both and the end, median", used[rounds // 2])]
    text = f"{machine}; {rounds} starts each, 100,000 sessions.\n\n" + stage.figures_table("start of a worker", figures)
    return stage.conclude("start", text, figures)


if __name__ == "__main__":
    sys.exit(main())
