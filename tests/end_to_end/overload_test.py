"""More sign-ins at once than the hashing threads can take: nobody waits for ever, and nobody else waits at all."""
import asyncio
import collections
import json
import resource
import time

import pytest

from harness import PASSWORD, Server

CLIENTS = 200
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


def test_a_flood_of_sign_ins_is_refused_in_time_and_slows_nobody_else(server, relay):
    member = server.account(relay, "member@example.net")

    async def flood():
        requests = [answer_of(server, login_request(server, f"user-{n}@example.net")) for n in range(CLIENTS)]
        flooding = asyncio.ensure_future(asyncio.gather(*requests))
        checks = []
        while not flooding.done():
            start = time.monotonic()
            status = (await asyncio.to_thread(member.get, "session")).status_code
            checks.append((status, time.monotonic() - start))
        return await flooding, checks

    answers, checks = asyncio.run(flood())
    statuses = collections.Counter(status for status, _ in answers)
    assert set(statuses) == {401, 503}, statuses
    assert all("\r\nretry-after: " in head for status, head in answers if status == 503)
    assert checks and {status for status, _ in checks} == {200}
    assert sorted(wait for _, wait in checks)[len(checks) // 2] < 0.5  # bench/overload.py has the real figure
    pid, = server.workers()
    assert largest_memory(pid) < THREADS * HASH_KIB + 64 * 1024
    assert member.post_json("login", email="member@example.net", password=PASSWORD).status_code == 200


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
