"""More sign-ins at once than the hashing threads can take: nobody waits for ever, and nobody else waits at all."""
import asyncio
import collections
import concurrent.futures
import http.client
import json
import multiprocessing
import os
import pathlib
import resource
import time

import pytest

from harness import PASSWORD, Server, wait_until
from report import report

CLIENTS = 500
SECONDS = int(os.environ.get("POSTERN_TORTURE_SECONDS", "1"))  # of storms; one comes in any case
HASH_KIB = 65536  # dear enough that they cannot all be served within the deadline
THREADS = 1


@pytest.fixture(scope="module")
def server(relay, tmp_path_factory):
    state = tmp_path_factory.mktemp("state")
    (state / "postern.toml.d").mkdir(parents=True)
    (state / "postern.toml.d" / "overload.toml").write_text(
        f"[password]\nmemory_kib = {HASH_KIB}\n[lanes]\nhashing_threads = {THREADS}\nhashing_patience = \"1s\"\n")
    with Server(state, RELAY=relay.url, WORKERS="1") as server:
        yield server


async def answer_of(server, request):
    """Status and headers of one answer, on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(request)
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)).decode().lower()
    writer.close()
    return int(head.split()[1]), head


def login_request(server, address):
    body = json.dumps({"email": address, "password": "wrong " + PASSWORD}).encode()
    return (f"POST /account/login HTTP/1.1\r\nHost: localhost:{server.port}\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body


def largest_memory(pid):
    """In KiB, since the process began."""
    status = open(f"/proc/{pid}/status", encoding="ascii").read()
    return int(status.split("VmHWM:")[1].split()[0])


def niceness_of_threads(pid):
    stats = [file.read_text() for file in pathlib.Path(f"/proc/{pid}/task").glob("*/stat")]
    return [int(stat.rsplit(")", 1)[1].split()[16]) for stat in stats]


def check_all_the_time(port, cookie, stop, found):
    """On one connection, in a process of its own, so that the storm's own work does not slow it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    checks = []
    while not stop.is_set():
        start = time.monotonic()
        connection.request("GET", "/account/session", headers={"Host": f"localhost:{port}", "Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        checks.append((answer.status, time.monotonic() - start))
        time.sleep(0.005)
    found.put(checks)


class Checks:
    """Session checks beside what happens in the `with` block; `made` has status and seconds of each afterwards."""

    def __init__(self, server, member):
        self.stop, self.found = multiprocessing.Event(), multiprocessing.Queue()
        cookie = f"postern={member.session.cookies['postern']}"
        self.process = multiprocessing.Process(target=check_all_the_time,
                                               args=(server.port, cookie, self.stop, self.found))

    def __enter__(self):
        self.process.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.made = self.found.get(timeout=60)
        self.process.join()

    def milliseconds(self, share):
        times = sorted(seconds for _, seconds in self.made)
        return round(times[int(len(times) * share)] * 1000, 1)


def seconds_until_everybody_is_back(server, member):
    """Every hashing thread hashes and sixteen session checks at once are answered."""
    start = time.monotonic()
    wait_until(lambda: server.visitor().post_json("login", email="member@example.net",
                                                  password=PASSWORD).status_code == 200)
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert set(pool.map(lambda _: member.get("session").status_code, range(16))) == {200}
    return time.monotonic() - start


async def storm(server):
    return await asyncio.gather(*(answer_of(server, login_request(server, f"user-{n}@example.net"))
                                  for n in range(CLIENTS)))


def test_a_storm_of_sign_ins_is_refused_in_time_and_slows_nobody_else(server, relay):
    member = server.account(relay, "member@example.net")
    pid, = server.workers()
    answers, back = [], []
    end = time.monotonic() + SECONDS
    with Checks(server, member) as checks:
        while not back or time.monotonic() < end:
            answers += asyncio.run(storm(server))
            back.append(seconds_until_everybody_is_back(server, member))
    statuses = collections.Counter(status for status, _ in answers)
    report(f"{CLIENTS} sign-ins at once, {len(back)} times", hashed=statuses[401], told_to_come_again=statuses[503],
           hashing_threads=niceness_of_threads(pid).count(10), worker_mib=largest_memory(pid) // 1024,
           allowed_mib=THREADS * HASH_KIB // 1024 + 64, checks_meanwhile=len(checks.made),
           check_p50_ms=checks.milliseconds(0.5), check_p99_ms=checks.milliseconds(0.99),
           all_back_within_s=round(max(back), 2))
    assert set(statuses) == {401, 503}, statuses
    assert all("\r\nretry-after: " in head for status, head in answers if status == 503)
    assert {status for status, _ in checks.made} == {200}
    assert checks.milliseconds(0.5) < 500  # bench/overload.py has the real figure
    assert niceness_of_threads(pid).count(10) == THREADS
    assert largest_memory(pid) < THREADS * HASH_KIB + 64 * 1024  # one hash more would not fit in
    assert max(back) < 5


def test_clients_that_send_a_byte_now_and_then_keep_nobody_waiting(server):
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))

    async def drip():
        slow = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(500)]
        request = login_request(server, "slow@example.net")
        for _, writer in slow:
            writer.write(request[:-10])
        statuses = []
        for byte in request[-10:-2]:
            for _, writer in slow:
                writer.write(bytes([byte]))
            statuses.append((await answer_of(server, login_request(server, "quick@example.net")))[0])
        for _, writer in slow:
            writer.close()
        return statuses

    start = time.monotonic()
    assert set(asyncio.run(drip())) == {401}
    assert time.monotonic() - start < 20
