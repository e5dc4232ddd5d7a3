"""Workers come and go; what was asked is answered."""
import contextlib
import http.client
import os
import pathlib
import signal
import subprocess
import tempfile
import threading

import pytest

from harness import PASSWORD, ROOT, wait_until
from tracing import children_of, frozen

# As a worker does it: until it is ready, a signal has to wait. Says in files named after it how far it is.
SLOW_WORKER = """#!/usr/bin/python3
import os, pathlib, signal, socket, time
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
place = pathlib.Path(__file__).parent
(place / f"{os.getpid()}-waits").touch()
while not (place / "go").exists():
    time.sleep(0.02)
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])
(place / f"{os.getpid()}-is-ready").touch()
signal.sigwait({signal.SIGTERM})
"""


@pytest.fixture(scope="module")
def member(server, relay):
    return server.account(relay, "member@example.net")


def wait_for_others(server, old, seconds=10):
    wait_until(lambda: set(server.workers()).isdisjoint(old) and len(server.workers()) == 2, seconds)


def test_kept_connections_of_a_killed_worker_cost_nothing(server, member):
    """Bug: whoever asked before nginx knew of a worker's end got a 503, both tries having met connections kept to it.

    The first of this file: what nginx had to try again within the last two seconds is kept, too.
    """
    nginx = children_of(int((server.state / "run" / "nginx.pid").read_text()))
    clients = [http.client.HTTPConnection("localhost", server.port, timeout=20) for _ in range(48)]

    def ask():
        for client in clients:
            client.request("GET", "/members/", headers={"Cookie": f"postern={member.session.cookies['postern']}"})

    with contextlib.ExitStack() as all_stand:
        for worker in server.workers():
            all_stand.enter_context(frozen(worker))
        ask()  # none is answered yet, so each needs a connection of its own to a worker
        wait_until(lambda: sockets_named(server.socket_path("quick")) >= len(clients))
    assert {read(client) for client in clients} == {200}
    with contextlib.ExitStack() as nginx_stands:
        for process in nginx:
            nginx_stands.enter_context(frozen(int(process)))
        ask()
        for worker in server.workers():
            os.kill(worker, signal.SIGKILL)
    assert {read(client) for client in clients} == {200}
    wait_until(lambda: sockets_named(server.socket_path("quick")) == 1)  # two kills within its two seconds are not promised


def sockets_named(path):
    """How many there are with that name, the listening one and those of connections nobody has accepted yet included."""
    return sum(line.endswith(f" {path}\n") for line in pathlib.Path("/proc/net/unix").open())


def read(client):
    answer = client.getresponse()
    answer.read()
    return answer.status


def test_a_killed_worker_is_back_at_once_however_often(server, relay, address):
    visitor = server.account(relay, address)
    for _ in range(10):
        old = server.workers()
        assert len(old) == 2
        for pid in old:
            os.kill(pid, signal.SIGKILL)
        assert visitor.is_signed_in()  # it waits in the backlog for the next worker
        wait_for_others(server, old)


def test_one_of_two_killed_again_and_again_costs_no_reader_anything(server, relay, address):
    visitor = server.account(relay, address)
    stop = threading.Event()
    statuses = []

    def read():
        reader = server.visitor()
        reader.session.cookies.update(visitor.session.cookies)
        while not stop.is_set():
            statuses.append(reader.get("session").status_code)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        victim = server.workers()[0]
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: victim not in server.workers() and len(server.workers()) == 2)
    stop.set()
    for thread in threads:
        thread.join()
    assert len(statuses) > 50 and set(statuses) <= {200, 503}
    assert statuses.count(503) <= 20  # both tries of one request may meet a dying worker


def test_a_rolling_restart_loses_nothing(server, relay, address):
    server.account(relay, address)
    stop = threading.Event()
    statuses = []

    def write():
        visitor = server.visitor()
        while not stop.is_set():
            statuses.append(visitor.post_json("settings", theme="dark").status_code)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        old = server.workers()
        os.kill(int((server.state / "run" / "pool").read_text()), signal.SIGHUP)
        wait_for_others(server, old, 60)
    stop.set()
    for thread in threads:
        thread.join()
    assert len(statuses) > 50 and set(statuses) == {204}


class SlowPool:
    """script/pool in the middle of a rolling restart: `old` serves, `new` is not ready before go()."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        worker = self.directory / "worker"
        worker.write_text(SLOW_WORKER)
        worker.chmod(0o755)
        self.go()
        self.process = subprocess.Popen(
            [ROOT / "script" / "pool", "--postern", worker, "--config", "none", "--sockets", directory, "--run",
             directory, "--workers", "1"], stdout=subprocess.PIPE)
        assert self.process.stdout.readline() == b"ready\n"
        self.old, = self.workers()
        (self.directory / "go").unlink()
        self.process.send_signal(signal.SIGHUP)
        self.new, = wait_until(lambda: set(self.workers()) - {self.old})
        wait_until((self.directory / f"{self.new}-waits").exists)

    def go(self):
        (self.directory / "go").touch()

    def workers(self):
        return [int(line) for line in (self.directory / "workers").read_text().split()]

    def end(self):
        """Its status."""
        self.process.terminate()
        return self.process.wait(30)


@pytest.fixture
def slow_pool():
    with tempfile.TemporaryDirectory(prefix="postern-", dir="/tmp") as directory:
        pool = SlowPool(directory)
        yield pool
        with contextlib.suppress(ProcessLookupError):
            pool.process.kill()
        pool.process.stdout.close()
        pool.process.wait()


def test_a_rolling_restart_outlives_the_worker_that_it_was_to_replace(slow_pool):
    """The pool ended with an IndexError when the old worker died by itself before the new one was ready."""
    os.kill(slow_pool.old, signal.SIGKILL)
    wait_until(lambda: slow_pool.workers() == [slow_pool.new])
    slow_pool.go()
    wait_until((slow_pool.directory / f"{slow_pool.new}-is-ready").exists)
    assert slow_pool.end() == 0


def test_a_pool_that_is_stopped_amid_a_rolling_restart_drains_both(slow_pool):
    """It ended with an IndexError, and its workers were killed, when the new one was ready after the stop."""
    slow_pool.process.terminate()
    wait_until(lambda: slow_pool.workers() == [slow_pool.new])
    slow_pool.go()
    assert slow_pool.process.wait(30) == 0


def test_a_worker_drains_on_sigterm(server):
    victim = server.workers()[0]
    os.kill(victim, signal.SIGTERM)
    wait_until(lambda: victim not in server.workers(), 20)
    wait_until(lambda: len(server.workers()) == 2)
    assert f"worker {victim} ended: status 0" in server.log()


def test_logins_cannot_slow_a_look_at_the_session(server, relay, address):
    visitor = server.account(relay, address)
    stop = threading.Event()

    def login():
        other = server.visitor()
        while not stop.is_set():
            other.post_json("login", email=address, password="wrong " + PASSWORD)

    threads = [threading.Thread(target=login) for _ in range(48)]
    for thread in threads:
        thread.start()
    times = sorted(visitor.get("session").elapsed.total_seconds() for _ in range(200))
    stop.set()
    for thread in threads:
        thread.join()
    assert times[180] < 0.5, times[-20:]  # far more than it takes, far less than waiting in their queue


@pytest.mark.parametrize("lane", ["quick", "hashing"])
def test_the_sockets_are_closed_to_others(server, lane):
    assert os.stat(server.socket_path(lane)).st_mode & 0o777 == 0o660
