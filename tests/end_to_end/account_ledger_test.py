"""Workers die at any moment while people sign in and out: what was acknowledged holds, and nobody is let in without."""
import collections
import os
import random
import signal
import threading
import time

import pytest
import requests

from harness import OTHER_PASSWORD, PASSWORD, Server, wait_until
from report import report

LOAD_SECONDS = int(os.environ.get("POSTERN_TORTURE_SECONDS", 10))
PEOPLE = 4


@pytest.fixture(scope="module")
def pool(relay, tmp_path_factory):
    with Server(tmp_path_factory.mktemp("state"), RELAY=relay.url, WORKERS="4") as server:
        yield server


class Person:
    """One account, used by one thread; knows what must hold after each answer. Nothing is known after none."""

    def __init__(self, server, visitor, address):
        self.server = server
        self.visitor = visitor
        self.address = address
        self.passwords = {PASSWORD}  # those that may be right
        self.ended = []  # cookies that must never be let in again
        self.counts = collections.Counter()

    def ask(self, visitor, route, **fields):
        """The status, or nothing when there was none: then nobody knows what the session has become."""
        self.counts["sent"] += 1
        try:
            status = visitor.post_json(route, **fields).status_code
        except requests.RequestException:
            status = 503
        if status in (502, 503):
            self.visitor = self.server.visitor()
            return None
        self.counts["acknowledged"] += 1
        return status

    def sign_out_and_in(self):
        cookie = self.visitor.session.cookies.get("postern")
        if self.ask(self.visitor, "logout") == 204 and cookie:
            self.ended.append(cookie)
        visitor = self.server.visitor()
        password = next(iter(self.passwords))
        status = self.ask(visitor, "login", email=self.address, password=password)
        if status == 401 and len(self.passwords) == 1:
            self.counts["lost"] += 1
        if status == 401:
            self.passwords.discard(password)
        if status == 200:
            self.passwords = {password}
            self.visitor = visitor

    def change_password(self):
        if len(self.passwords) != 1:
            return
        old = next(iter(self.passwords))
        new = OTHER_PASSWORD if old == PASSWORD else PASSWORD
        status = self.ask(self.visitor, "password", current_password=old, password=new)
        if status == 204:
            self.passwords = {new}
        elif status is None:
            self.passwords = {old, new}

    def look(self):
        """A session that was acknowledged is there; what was ended is not."""
        if self.ended:
            ghost = self.server.visitor()
            ghost.session.cookies.set("postern", random.choice(self.ended))
            status = self.status_of(ghost)
            self.counts["asked in vain"] += 1
            self.counts["let in"] += status is not None and 200 <= status < 300
        if self.visitor.session.cookies.get("postern") not in [None, *self.ended]:
            self.counts["lost"] += self.status_of(self.visitor) == 401

    @staticmethod
    def status_of(visitor):
        try:
            return visitor.get("check").status_code
        except requests.RequestException:
            return None

    def live(self, until):
        while time.monotonic() < until:
            random.choice([self.sign_out_and_in, self.change_password, self.look, self.look])()


def test_what_was_acknowledged_holds_whoever_dies(pool, relay):
    people = [Person(pool, pool.account(relay, f"person-{number}@example.net"), f"person-{number}@example.net")
              for number in range(PEOPLE)]
    until = time.monotonic() + LOAD_SECONDS
    threads = [threading.Thread(target=person.live, args=(until,)) for person in people]
    for thread in threads:
        thread.start()
    kills = 0
    while time.monotonic() < until:
        time.sleep(random.uniform(0.05, 0.4))
        os.kill(random.choice(pool.workers()), signal.SIGKILL)
        kills += 1
    for thread in threads:
        thread.join()
    wait_until(lambda: pool.visitor().get("health").status_code == 200)
    for person in people:
        person.look()
    total = sum((person.counts for person in people), collections.Counter())
    figures = {name: total[name] for name in ("sent", "acknowledged", "lost", "asked in vain", "let in")}
    report("accounts while workers die", kills=kills, **figures)
    assert figures["lost"] == 0 and figures["let in"] == 0
    assert figures["acknowledged"] > LOAD_SECONDS and figures["asked in vain"] > 0
