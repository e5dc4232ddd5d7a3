"""Disk, clock, processes and surroundings fail: never a 2xx for what was not stored, never in without a session.

And when the cause is gone it goes on by itself; only a corrupt file needs somebody.
"""
import contextlib
import fcntl
import json
import os
import pathlib
import resource
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time

import pytest

import fastcgi
from harness import PASSWORD, POSTERN, ROOT, Server, free_port, wait_until
from moved_clock import MovedClock
from report import report
from smtp_sink import Sink
from tracing import traced

YEARS = 10 * 365 * 86_400


@pytest.fixture(scope="module")
def sink():
    with Sink() as sink:
        yield sink


class Site:
    """A server with its database in a directory of its own, and somebody who is signed in."""

    def __init__(self, directory, sink, disk=None, **environment):
        state = directory / "state"
        (state / "postern.toml.d").mkdir(parents=True)
        self.disk = disk or state
        self.database = self.disk / "postern.db"
        (state / "postern.toml.d" / "disk.toml").write_text(f'database = "{self.database}"\n')
        self.sink = sink
        self.server = Server(state, RELAY=sink.url, **environment)
        self.server.start()
        self.name = f"{directory.name}-{time.monotonic_ns()}".lower().replace("_", "-")[-50:]
        self.count = 0
        self.acknowledged = []
        self.owner = f"owner-{self.name}@example.net"
        self.visitor = self.new_account(self.owner)

    def new_account(self, address):
        visitor = self.server.visitor()
        assert visitor.post_json("register", email=address).status_code == 202
        token = self.sink.token_for(address)
        assert visitor.post_json("verify", token=token, password=PASSWORD).status_code == 201
        return visitor

    def register(self):
        """A registration; its status. An acknowledged one is remembered."""
        self.count += 1
        address = f"{self.count}-{self.name}@example.net"
        status = self.server.visitor().post_json("register", email=address).status_code
        if status == 202:
            self.acknowledged.append(address)
        return status

    def sign_in(self, password=PASSWORD):
        return self.server.visitor().post_json("login", email=self.owner, password=password).status_code

    def rejects_strangers(self):
        stranger = self.server.visitor()
        stranger.session.cookies.set("postern", "A" * 43)
        return stranger.get("session").status_code in (401, 503) and stranger.get("check").status_code in (401, 503) \
            and self.sign_in("not the password of anybody") in (401, 503)

    def must_refuse_to_write(self, seconds=10):
        """Within seconds at the latest; and nothing else may come but 503 or what was really stored."""
        def refused():
            status = self.register()
            assert status in (202, 503)
            return status == 503
        wait_until(refused, seconds)
        assert self.visitor.post_json("profile", name="x" * 50).status_code == 503
        assert self.sign_in() in (200, 503)
        assert self.rejects_strangers()

    def must_read(self):
        assert self.visitor.get("session").status_code == 200
        assert self.visitor.get("check").status_code == 204

    def must_recover(self, seconds=10):
        wait_until(lambda: self.register() == 202 and self.sign_in() == 200 and self.register() == 202, seconds)
        self.must_read()
        assert self.rejects_strangers()
        self.everything_acknowledged_is_there()

    def everything_acknowledged_is_there(self):
        mails = json.loads(self.server.command("mail", "list", "--json", "--limit", "100000"))["mails"]
        assert set(self.acknowledged) <= {mail["recipient"] for mail in mails}
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.fixture
def site(tmp_path, sink):
    site = Site(tmp_path, sink)
    yield site
    site.server.stop()


@pytest.fixture
def small_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m,mode=0700", "postern-test", disk],
                                           check=False).returncode != 0:
        pytest.skip("a file system of one's own needs the right to mount")
    yield disk
    wait_until(lambda: subprocess.run(["umount", disk], check=False).returncode == 0)


@pytest.fixture
def site_on_small_disk(tmp_path, sink, small_disk):
    site = Site(tmp_path, sink, small_disk)
    yield site
    site.server.stop()


def fill_up(file):
    with contextlib.suppress(OSError), open(file, "wb", buffering=0) as ballast:
        while True:
            ballast.write(b"x" * 512)


def kill_all(server):
    for worker in server.workers():
        os.kill(worker, signal.SIGKILL)


def test_a_full_disk(site_on_small_disk):
    site = site_on_small_disk
    assert site.register() == 202
    fill_up(site.disk / "ballast")
    site.must_refuse_to_write()
    site.must_read()
    kill_all(site.server)  # a worker also starts on a full disk
    wait_until(lambda: site.visitor.get("session").status_code == 200)
    site.must_refuse_to_write()
    (site.disk / "ballast").unlink()
    site.must_recover()


def test_workers_that_started_on_a_read_only_disk_write_when_they_may(site_on_small_disk):
    site = site_on_small_disk
    assert site.server.stop() == 0
    subprocess.run(["mount", "-o", "remount,ro", site.disk], check=True)
    site.server.start()
    site.must_read()
    site.must_refuse_to_write()
    subprocess.run(["mount", "-o", "remount,rw", site.disk], check=True)
    site.must_recover()


@pytest.mark.parametrize("failing, workers_die", [
    ("fdatasync:error=EIO", False), ("fdatasync:error=EIO", True), ("pwrite64:error=EIO", False),
    ("pwrite64:error=EROFS", False)])
def test_an_input_output_error(site, tmp_path, failing, workers_die):
    with failing_calls(site.server, failing, tmp_path):
        site.must_refuse_to_write()
        for _ in range(10):
            assert site.register() in (202, 503)
        site.must_read()
        if workers_die:
            kill_all(site.server)  # nothing that was acknowledged was in their memory alone
    site.must_recover()


def test_a_disk_that_fails_now_and_then(site, tmp_path):
    with failing_calls(site.server, "fdatasync:error=EIO:when=1+2", tmp_path):
        statuses = [site.register() for _ in range(40)]
        site.must_read()
    assert set(statuses) == {202, 503}
    site.must_recover()


@contextlib.contextmanager
def failing_calls(server, failing, directory):
    call = failing.split(":")[0]
    with contextlib.ExitStack() as stack:
        for worker in server.workers():
            stack.enter_context(traced("-f", "-p", worker, "-e", f"trace={call}", "-e", f"inject={failing}",
                                       output=directory / f"strace-{worker}"))
        yield


def test_a_lock_that_another_process_holds(site):
    seconds = 30 if "POSTERN_TORTURE_SECONDS" in os.environ else 5
    for lock in (gate_of, lock_of_sqlite):
        with lock(site.database):
            end = time.monotonic() + seconds
            site.must_refuse_to_write(30)
            site.must_read()
            wait_until(lambda: time.monotonic() > end, seconds + 1)
        site.must_recover()


@contextlib.contextmanager
def gate_of(database):
    with open(f"{database}-gate", "rb") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def lock_of_sqlite(database):
    with contextlib.closing(sqlite3.connect(database, isolation_level=None, timeout=20)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


def spoil(file, *tables):
    """Overwrites the first page of each."""
    with gate_of(file), contextlib.closing(sqlite3.connect(file)) as database:
        assert database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        size = database.execute("PRAGMA page_size").fetchone()[0]
        pages = [database.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [table]).fetchone()[0]
                 for table in tables]
        with open(file, "r+b", buffering=0) as bytes_of_file:
            for page in pages:
                bytes_of_file.seek((page - 1) * size)
                bytes_of_file.write(os.urandom(size))


def test_a_corrupt_file_is_503_until_a_backup_is_put_back(site):
    server = site.server
    copy = json.loads(server.command("backup", "create", "--json"))["file"]
    spoil(site.database, "account", "session", "outbox")
    kill_all(server)
    wait_until(lambda: server.visitor().get("health").status_code == 503)
    assert site.visitor.get("session").status_code == 503
    assert site.visitor.get("check").status_code == 503
    assert site.register() == 503 and site.sign_in() == 503
    assert site.rejects_strangers()
    assert server.stop() == 0
    server.command("backup", "restore", copy, "--yes")
    server.start()
    assert site.visitor.get("session").status_code == 401  # everybody has to sign in again
    assert site.sign_in() == 200 and site.register() == 202


def test_a_clock_that_jumps(tmp_path, sink):
    clock = MovedClock(tmp_path)
    site = Site(tmp_path, sink, **clock.environment)
    try:
        for turn, jump in enumerate((YEARS, -YEARS, -YEARS, YEARS)):
            clock.move(jump)
            assert site.rejects_strangers()
            status = site.visitor.get("session").status_code
            assert status == 401 or (status == 200 and turn > 0)
            visitor = site.new_account(f"after-{turn}-{site.name}@example.net")
            assert visitor.is_signed_in()
            assert site.sign_in() == 200
        site.must_recover()
    finally:
        site.server.stop()


@pytest.mark.parametrize("lane", ["quick", "hashing"])
def test_descriptors_run_out_and_come_back(site, lane):
    server = site.server
    path = server.socket_path(lane)
    for worker in server.workers():
        used = len(os.listdir(f"/proc/{worker}/fd"))
        resource.prlimit(worker, resource.RLIMIT_NOFILE, (used + 5, 1_000))
    with contextlib.ExitStack() as stack:
        for _ in range(100):
            connection = stack.enter_context(socket.socket(socket.AF_UNIX))
            connection.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                connection.connect(path)
        time.sleep(0.5)  # let them run into it
        with contextlib.suppress(OSError):
            assert site.register() in (202, 502, 503, 504)
    started = time.monotonic()
    site.must_recover(5)
    every_thread_answers(site)
    seconds = time.monotonic() - started
    report(f"descriptors run out, {lane} lane", all_back_within_s=round(seconds, 2))
    assert seconds < 5


def every_thread_answers(site, at_once=16):
    statuses = []
    threads = [threading.Thread(target=lambda: statuses.append(site.visitor.get("session").status_code))
               for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert statuses == [200] * at_once


# ---- Workers in odd surroundings: script/pool alone, the worker started by a shell that changes them.


class OddPool:
    def __init__(self, directory, relay, change, stderr=subprocess.DEVNULL, **environment):
        self.directory = directory
        self.sockets = pathlib.Path(tempfile.mkdtemp(prefix="postern-"))
        self.config = directory / "postern.toml"
        self.config.write_text(
            f'public_origin = "http://localhost:{free_port()}"\ndatabase = "{directory}/postern.db"\n'
            f'key_file = "{directory}/key"\n[mail]\ntransport = "relay"\nfrom = "accounts@example.org"\n'
            f'relays = ["{relay}"]\n[limits]\nenabled = false\n')
        wrapper = directory / "postern"
        wrapper.write_text(f'#!/bin/sh\n{change}\nexec {POSTERN} "$@"\n')
        wrapper.chmod(0o755)
        self.environment = {**os.environ, **environment}
        subprocess.run([wrapper, "migrate", "--config", self.config], check=True, capture_output=True,
                       env=self.environment)
        self.process = subprocess.Popen(
            [ROOT / "script" / "pool", "--postern", wrapper, "--config", self.config, "--sockets", self.sockets,
             "--run", directory, "--workers", "2"], stdout=subprocess.PIPE, stderr=stderr, env=self.environment)

    def __enter__(self):
        assert select.select([self.process.stdout], [], [], 30)[0]
        assert self.process.stdout.readline() == b"ready\n"
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate(timeout=30)
        shutil.rmtree(self.sockets)

    def post(self, lane, route, **fields):
        body = json.dumps(fields).encode()
        return fastcgi.ask(str(self.sockets / f"{lane}.sock"), {
            "REQUEST_METHOD": "POST", "POSTERN_PATH": f"/account/{route}", "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)), "REMOTE_ADDR": "127.0.0.1"}, body)

    def database(self):
        return contextlib.closing(sqlite3.connect(self.directory / "postern.db"))


def must_serve(pool, sink, address):
    assert pool.post("quick", "register", email=address).status == 202
    wait_until(lambda: sink.sent_to(address), 20)
    assert pool.post("hashing", "login", email=address, password=PASSWORD).status == 401
    with pool.database() as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_closed_standard_descriptors(tmp_path, sink, closed):
    with OddPool(tmp_path, sink.url, f"exec {closed}") as pool:
        must_serve(pool, sink, f"person-{tmp_path.name}@example.net")
    # No log line went into a file that took the number of standard error.
    assert (tmp_path / "postern.db-gate").stat().st_size == 0


def test_a_log_that_nobody_reads(tmp_path, sink):
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writer, b"x" * 4096)
    os.set_blocking(writer, True)
    with OddPool(tmp_path, sink.url, "", stderr=writer) as pool:
        started = time.monotonic()
        for number in range(20):
            must_serve(pool, sink, f"person-{number}-{tmp_path.name}@example.net")
        assert time.monotonic() - started < 20
    os.close(reader)
    os.close(writer)


def test_a_turkish_locale(tmp_path, sink):
    made = subprocess.run(["localedef", "-i", "tr_TR", "-f", "UTF-8", tmp_path / "tr_TR.UTF-8"], check=False)
    if made.returncode != 0:
        pytest.skip("localedef knows no Turkish")
    with OddPool(tmp_path, sink.url, "", LC_ALL="tr_TR.UTF-8", LANG="tr_TR.UTF-8", LOCPATH=tmp_path) as pool:
        must_serve(pool, sink, f"person-{tmp_path.name}@example.net")
        assert pool.post("quick", "register", email="ILIL@MAIL.EXAMPLE.INFO").status == 202
        wait_until(lambda: any(delivery.recipient.endswith("@mail.example.info") for delivery in sink.deliveries))


def test_a_mask_that_hides_nothing(tmp_path, sink):
    with OddPool(tmp_path, sink.url, "umask 000") as pool:
        must_serve(pool, sink, f"person-{tmp_path.name}@example.net")
        files = [file for file in tmp_path.iterdir() if file.name.startswith(("postern.db", "key"))]
        assert len(files) == 5
        assert {oct(file.stat().st_mode & 0o777) for file in files} == {"0o600"}
