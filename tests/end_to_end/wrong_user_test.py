"""Many people ask at once for what is their own, and sign out meanwhile: nobody ever gets another's answer."""
import asyncio
import collections
import json
import os
import re
import time

import pytest

from harness import PASSWORD, Server

PEOPLE = 40
CONNECTIONS = 48  # more than people: one's own answer may come beside another's on any of them
SECONDS = int(os.environ.get("POSTERN_TORTURE_SECONDS", 8))
WORKERS = 4


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    state = tmp_path_factory.mktemp("state")
    (state / "postern.toml.d").mkdir(parents=True)
    (state / "postern.toml.d" / "cheap.toml").write_text("[password]\nmemory_kib = 8192\npasses = 1\n")
    with Server(state, WORKERS=str(WORKERS)) as server:
        yield server


class Person:
    def __init__(self, server, number):
        self.address = f"person-{number}@example.net"
        server.command("user", "add", self.address, stdin=PASSWORD + "\n")
        self.is_leaving = False  # has asked to be signed out
        self.is_out = False  # and has the answer
        visitor = server.visitor()
        assert visitor.post_json("login", email=self.address, password=PASSWORD).status_code == 200
        self.cookie = visitor.session.cookies["postern"]


# What each address says of who asks, and where it says it.
ASKED = [
    ("/account/session", lambda head, body: json.loads(body)["account"]["email"]),
    ("/account/check", lambda head, body: head["remote-email"]),
    ("/account/", lambda head, body: the_only_address_in(body)),
    ("/members/whoami", lambda head, body: body.split("Remote-Email: ")[1].split("\n")[0]),
]


def the_only_address_in(page):
    address, = set(re.findall(r"person-\d+@example\.net", page))
    return address


class Connection:
    """To nginx, and kept."""

    def __init__(self, server):
        self.server = server
        self.reader = self.writer = None

    async def ask(self, path, cookie, method="GET"):
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        length = "Content-Length: 0\r\n" if method == "POST" else ""
        self.writer.write(f"{method} {path} HTTP/1.1\r\nHost: localhost:{self.server.port}\r\nAccept: */*\r\n"
                          f"Cookie: postern={cookie}\r\n{length}\r\n".encode())
        lines = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 30)).decode("latin1").split("\r\n")
        head = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:] if line)}
        body = b""
        if head.get("transfer-encoding") == "chunked":
            while size := int(await self.reader.readline(), 16):
                body += await self.reader.readexactly(size)
                await self.reader.readexactly(2)
            await self.reader.readexactly(2)
        elif int(lines[0].split()[1]) not in (204, 304):
            body = await self.reader.readexactly(int(head["content-length"]))
        if head.get("connection") == "close":
            self.writer.close()
            self.writer = None
        return int(lines[0].split()[1]), head, body.decode()


async def look(connection, people, turn, counts):
    """One answer, which must be the asker's own; and none to who was signed out before he asked."""
    person = people[turn % len(people)]
    path, whom = ASKED[turn // len(people) % len(ASKED)]
    is_out = person.is_out
    status, head, body = await connection.ask(path, person.cookie)
    counts[path, status] += 1
    if status in (200, 204):
        assert whom(head, body) == person.address, (path, person.address, head, body)
        assert not is_out, f"{path}: {person.address} was signed out before"
    else:
        assert status in (303, 401) and person.is_leaving, (path, person.address, status, body)
        assert "person-" not in body


async def sign_out(connection, person):
    person.is_leaving = True
    status, _, _ = await connection.ask("/account/logout", person.cookie, "POST")
    assert status in (204, 303)
    person.is_out = True


def cpu_of(pid):
    """Clock ticks that it has used."""
    fields = open(f"/proc/{pid}/stat", encoding="ascii").read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def test_every_answer_is_its_askers_own_and_who_signed_out_is_out_everywhere(pool):
    people = [Person(pool, number) for number in range(PEOPLE)]
    before = {pid: cpu_of(pid) for pid in pool.workers()}
    counts = collections.Counter()
    end = time.monotonic() + SECONDS

    async def ask(place):
        connection, turn = Connection(pool), place * 7
        while time.monotonic() < end:
            await look(connection, people, turn, counts)
            turn += 1

    async def leave():
        connection = Connection(pool)
        for person in people[::2]:
            await asyncio.sleep(SECONDS * 0.8 / PEOPLE * 2)
            await sign_out(connection, person)

    async def everybody():
        await asyncio.gather(leave(), *(ask(place) for place in range(CONNECTIONS)))

    asyncio.run(everybody())
    for path, _ in ASKED:
        good = counts[path, 200] + counts[path, 204]
        refused = counts[path, 401] + counts[path, 303]
        assert good > 100 and refused > 20, counts
    busy = {pid: cpu_of(pid) - ticks for pid, ticks in before.items()}
    assert len(busy) == WORKERS and all(ticks > 0 for ticks in busy.values()), busy
