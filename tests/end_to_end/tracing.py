"""strace as a tool of tests: the thread that is meant, killed or failed at the step that is meant."""
import contextlib
import os
import pathlib
import re
import signal
import subprocess

import pytest

from harness import wait_until


def thread_named(pid, name):
    """Its id; nothing when there is none (yet)."""
    with contextlib.suppress(OSError):
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            if (task / "comm").read_text().strip() == name:
                return int(task.name)
    return None


def state_of(task):
    """Its letter, as proc(5) has it; X when it is gone."""
    try:
        return (task / "stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return "X"


def is_alive(pid):
    return state_of(pathlib.Path(f"/proc/{pid}")) not in "ZX"


@contextlib.contextmanager
def frozen(pid):
    """All of its threads really stand still when the block begins; a signal takes its time."""
    os.kill(pid, signal.SIGSTOP)
    try:
        tasks = list(pathlib.Path(f"/proc/{pid}/task").iterdir())
        wait_until(lambda: all(state_of(task) == "T" for task in tasks))
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextlib.contextmanager
def traced(*arguments, output):
    """Runs `strace ARGUMENTS` (with -p) as long as the block does; it is attached to all when the block begins."""
    command = ["strace", "-o", str(output), *map(str, arguments)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as strace:
        for _ in range(sum(word.startswith("-p") for word in command)):
            said = strace.stderr.readline()
            if b"Operation not permitted" in said:
                pytest.skip("this machine lets nobody trace")
            assert b"attached" in said, said
        try:
            yield strace
        finally:
            strace.terminate()
            try:
                strace.communicate(timeout=3)
            except subprocess.TimeoutExpired:  # it may wait for ever for a thread that was killed
                strace.kill()


def children_of(pid):
    return set(pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


def sockets_of(pid):
    with contextlib.suppress(OSError):  # it has just ended
        for descriptor in pathlib.Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                yield os.readlink(descriptor)


def owner_of_port(server, port):
    """Which worker has a connection whose local end is this TCP port.

    A new one may connect before the pool has named it, and others may have the same port towards another server.
    """
    table = pathlib.Path("/proc/net/tcp").read_text()
    ends = {f"socket:[{inode}]" for inode in
            re.findall(rf"^ *\d+: \w+:{port:04X} \S+ \S+ \S+ \S+ \S+ +\d+ +\d+ (\d+)", table, re.MULTILINE)}
    return wait_until(lambda: next((pid for pid in server.workers() if ends & set(sockets_of(pid))), None))
