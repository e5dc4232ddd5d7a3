"""The power fails at any moment: what was acknowledged is there, and the file is whole."""
import base64
import collections
import contextlib
import hashlib
import multiprocessing
import os
import random
import shutil
import sqlite3
import tempfile
import threading
import time

from crash_images import Disk, options, read_record
from harness import PASSWORD, Server
from report import report
from smtp_sink import Sink
from tracing import traced

IMAGES = int(os.environ.get("POSTERN_TORTURE_IMAGES", 1_100))
RECORDED_SECONDS = 8
FILES = ("postern.db", "postern.db-wal")

# Something that must be in the database in every image of a moment between since and until.
Fact = collections.namedtuple("Fact", "since until question value present")
MAIL = "SELECT 1 FROM outbox WHERE recipient = ?"
ACCOUNT = "SELECT 1 FROM account WHERE email = ?"
USED = "SELECT 1 FROM claim WHERE email = ? AND used_at IS NOT NULL"
SESSION = "SELECT 1 FROM session WHERE key = ?"


def key_of(visitor):
    cookie = base64.urlsafe_b64decode(visitor.session.cookies["postern"] + "=")
    return hashlib.sha256(cookie).digest()


class Lives:
    """Visitors who register, prove their mailbox, sign out and in; and what they were told."""

    def __init__(self, server, sink):
        self.server = server
        self.sink = sink
        self.facts = []

    def note(self, question, value, present=True):
        fact = Fact(time.time(), float("inf"), question, value, present)
        self.facts.append(fact)
        return fact

    def end(self, fact, at):
        self.facts[self.facts.index(fact)] = fact._replace(until=at)

    def live(self, address):
        visitor = self.server.visitor()
        assert visitor.post_json("register", email=address).status_code == 202
        self.note(MAIL, address)
        token = self.sink.token_for(address)
        assert visitor.post_json("verify", token=token, password=PASSWORD).status_code == 201
        signed_in = self.note(SESSION, key_of(visitor))
        self.note(ACCOUNT, address)
        self.note(USED, address)
        asked_at = time.time()
        gone = key_of(visitor)
        assert visitor.post_json("logout").status_code == 204
        self.note(SESSION, gone, present=False)
        self.end(signed_in, asked_at)
        assert visitor.post_json("login", email=address, password=PASSWORD).status_code == 200
        self.note(SESSION, key_of(visitor))

    def lead(self, number, until):
        count = 0
        while time.monotonic() < until:
            count += 1
            self.live(f"person-{number}-{count}@example.net")


def record(state, output):
    """Runs the pool under load; gives the files as they were at first, and the facts."""
    with Sink() as sink, Server(state, RELAY=sink.url) as server:
        lives = Lives(server, sink)
        lives.live("first@example.net")  # the files are there, and nothing is going on
        time.sleep(1.5)
        with traced(*options(server.workers(), [state / name for name in FILES]), output=output):
            files = {name: (state / name).read_bytes() for name in FILES}
            until = time.monotonic() + RECORDED_SECONDS
            threads = [threading.Thread(target=lives.lead, args=(number, until)) for number in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    return files, lives.facts


def chosen_moments(count):
    """Which of the steps the power fails after: IMAGES of them, of each kind of image about a third."""
    return sorted(random.choices(range(count - 1), k=IMAGES))


def images(files, steps):
    """(after this step, before that one, the files)"""
    disk = Disk(files)
    wanted = collections.Counter(chosen_moments(len(steps)))
    for number, step in enumerate(steps[:-1]):
        disk.take(step)
        for _ in range(wanted[number]):
            chance = random.choice((0, 0.5, 1))
            yield step.at, steps[number + 1].at, {name: bytes(data) for name, data in disk.image(chance).items()}


def flaws_of(image):
    """In words."""
    after, before, files = image
    directory = tempfile.mkdtemp(dir="/dev/shm")
    try:
        for name, content in files.items():
            with open(os.path.join(directory, name), "wb") as file:
                file.write(content)
        with contextlib.closing(sqlite3.connect(os.path.join(directory, FILES[0]))) as database:
            found = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                return [found]
            return [f"{fact.question} {fact.value!r}: {'lost' if fact.present else 'came back'}"
                    for fact in FACTS if fact.since < before and after < fact.until
                    and bool(database.execute(fact.question, [fact.value]).fetchone()) != fact.present]
    except sqlite3.Error as error:
        return [str(error)]
    finally:
        shutil.rmtree(directory)


def test_after_a_power_cut_everything_acknowledged_is_there(tmp_path):
    global FACTS  # the children inherit it
    files, FACTS = record(tmp_path / "state", tmp_path / "record")
    steps = read_record(tmp_path / "record")
    kinds = collections.Counter((step.kind, step.file) for step in steps)
    assert kinds["sync", "postern.db-wal"] > 100 and kinds["sync", "postern.db"] > 0, kinds
    with multiprocessing.Pool(2) as checkers:
        flaws = [flaw for found in checkers.imap_unordered(flaws_of, images(files, steps), 8) for flaw in found]
    report("power cut", steps=len(steps), acknowledged=len(FACTS), images=IMAGES, lost=len(flaws))
    assert not flaws
