"""Nothing that opens an account lies about: not in the database, its log, a copy, a log file or a temporary file."""
import base64
import os
import re
import resource
import signal
import urllib.parse

import pytest

from harness import OTHER_PASSWORD, PASSWORD, Relay, Server, wait_until
from moved_clock import MovedClock

MINUTE, HOUR = 60, 3600
NEW_KEY = base64.urlsafe_b64encode(os.urandom(32)).rstrip(b"=").decode()


@pytest.fixture
def relay():
    with Relay() as relay:
        yield relay


@pytest.fixture
def server(relay, tmp_path):
    with Server(tmp_path / "state", RELAY=relay.url) as server:
        yield server


def session_cookie(visitor):
    return visitor.session.cookies["postern"]


def use(server, relay):
    """A day of visitors; gives what was secret and still opens something."""
    ann = server.account(relay, "ann@example.net")
    ann.post_json("password", current_password=PASSWORD, password=OTHER_PASSWORD)
    bob = server.visitor()
    page = bob.get("register")
    bob.submit(page, "/account/register", email="bob@example.net", name="Bob")
    bob.submit(bob.get("verify"), "/account/verify", code=relay.wait_for("bob@example.net").code, password=PASSWORD)
    assert bob.is_signed_in()
    bob.post_json("login", email=PASSWORD, password=PASSWORD)  # in the wrong field
    bob.post_json("login", email="bob@example.net", password=PASSWORD[:-1])
    bob.post_json("password", current_password=PASSWORD, password=PASSWORD[:10])
    asker = server.visitor()
    asker.post_json("register", email="carl@example.net")
    server.visitor().post_json("reset-password", email="ann@example.net")
    token = relay.wait_for("ann@example.net", count=3).token  # after registration and change of password
    assert server.visitor().get("reset-password/confirm?token=" + token).status_code == 200
    claim = relay.wait_for("carl@example.net").token
    assert server.visitor().get("verify?token=" + claim).status_code == 200
    cookies = [session_cookie(ann), session_cookie(bob), asker.session.cookies["postern-claim"]]
    return [PASSWORD, PASSWORD[:-1], OTHER_PASSWORD, token, claim, *cookies]


def forms_of(secret):
    """The ways in which it may have been written down."""
    forms = [secret.encode(), urllib.parse.quote_plus(secret).encode(), urllib.parse.quote(secret).encode()]
    if re.fullmatch("[A-Za-z0-9_-]{32,}", secret):  # what it is base64url of
        forms.append(base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4)))
        forms.append(forms[-1].hex().encode())
    return forms


def files_with(server, secrets):
    found = []
    for directory, _, names in os.walk(server.state):
        for name in names:
            path = os.path.join(directory, name)
            if not os.path.isfile(path) or name == "key":
                continue
            with open(path, "rb") as file:
                content = file.read()
            found += [(path, secret) for secret in secrets for form in forms_of(secret) if form in content]
    return found


def test_no_live_secret_lies_about_after_a_days_use(server, relay):
    secrets = use(server, relay)
    key = (server.state / "key").read_text().strip()
    server.command("backup", "create")
    names = {path.name for path in server.state.rglob("*")}
    assert {"postern.db", "postern.db-wal", "nginx-access.log", "postern.log"} <= names
    assert any(name.startswith("postern-") and name.endswith(".db") for name in names)  # the copy
    assert files_with(server, ["ann@example.net"])  # the search finds what is there
    assert not files_with(server, [*secrets, key])
    server.stop()
    assert not files_with(server, [*secrets, key])


def test_no_password_stays_in_the_memory_of_a_worker(server, relay):
    """Libraries keep no copy either."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    use(server, relay)
    for pid in server.workers():
        memory = memory_of(pid)
        assert b"Postern demo" in memory  # the search finds what is there
        assert not [form for secret in (PASSWORD, OTHER_PASSWORD) for form in forms_of(secret)
                    if form in memory]


def memory_of(pid):
    content = b""
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            area, rights = line.split()[:2]
            start, end = (int(number, 16) for number in area.split("-"))
            if not rights.startswith("rw"):
                continue
            memory.seek(start)
            try:
                content += memory.read(end - start)
            except OSError:
                continue
    return content


def test_no_core_file_can_be_written(server):
    for pid in server.workers():
        limits = open(f"/proc/{pid}/limits", encoding="ascii").read()
        assert limits.split("Max core file size")[1].split()[:2] == ["0", "0"]
    assert resource.getrlimit(resource.RLIMIT_CORE)[1] != 0, "or this shows nothing"


def reload(server):
    """Every worker; each says so when the new configuration serves."""
    before = server.log().count("worker_reloaded")
    for pid in server.workers():
        os.kill(pid, signal.SIGHUP)
    wait_until(lambda: server.log().count("worker_reloaded") == before + len(server.workers()), 20)


def test_a_new_key_signs_and_the_old_one_verifies_until_it_is_taken_away(server, relay):
    key = server.state / "key"
    old_key = key.read_text()
    server.account(relay, "ann@example.net")
    server.visitor().post_json("register", email="before@example.net")
    before = relay.wait_for("before@example.net").token
    key.write_text(NEW_KEY + "\n" + old_key)
    reload(server)
    server.visitor().post_json("register", email="after@example.net")
    after = relay.wait_for("after@example.net").token
    assert server.visitor().get("verify?token=" + before).status_code == 200
    assert server.visitor().get("verify?token=" + after).status_code == 200
    key.write_text(NEW_KEY + "\n")
    reload(server)
    assert server.visitor().get("verify?token=" + before).status_code == 422
    assert server.visitor().get("verify?token=" + after).status_code == 200


@pytest.fixture
def clock(tmp_path):
    return MovedClock(tmp_path)


@pytest.fixture
def moved(relay, tmp_path, clock):
    """A server whose time of day the test moves."""
    with Server(tmp_path / "state", RELAY=relay.url, **clock.environment) as server:
        yield server


class Day:
    """Everything that was secret during one day, dead or alive."""

    def __init__(self, server, relay):
        self.server, self.relay = server, relay
        self.secrets = [PASSWORD, OTHER_PASSWORD]
        self.temporary = {path: path.stat().st_mtime_ns for path in (server.state / "tmp").iterdir()}

    def keep(self, secret):
        self.secrets.append(secret)
        return secret

    def register(self, address):
        asker = self.server.visitor()
        assert asker.post_json("register", email=address).status_code == 202
        self.keep(asker.session.cookies["postern-claim"])
        return self.keep(self.relay.wait_for(address).token)

    def ask_for_reset(self, address):
        count = len(self.relay.sent_to(address)) + 1
        assert self.server.visitor().post_json("reset-password", email=address).status_code == 202
        return self.keep(self.relay.wait_for(address, count).token)

    def sign_in(self, visitor, address, password, **fields):
        assert visitor.post_json("login", email=address, password=password, **fields).status_code == 200
        return self.keep(session_cookie(visitor))

    def opens(self, link, route="verify"):
        status = self.server.visitor().get(f"{route}?token={link}").status_code
        assert status in (200, 422)
        return status == 200

    def is_live(self, cookie):
        visitor = self.server.visitor()
        visitor.session.cookies.set("postern", cookie)
        return visitor.is_signed_in()

    def nothing_lies_about(self):
        assert files_with(self.server, ["ann@example.net"])  # the search finds what is there
        assert not files_with(self.server, self.secrets)
        # nginx never made a temporary file, which would have been gone by now.
        assert {path: path.stat().st_mtime_ns for path in self.temporary} == self.temporary


def test_what_expires_is_used_replaced_or_rotated_in_a_day_leaves_nothing(moved, relay, clock):
    day = Day(moved, relay)
    key = moved.state / "key"
    old_key = day.keep(key.read_text().strip())
    ann = moved.account(relay, "ann@example.net")
    day.keep(relay.wait_for("ann@example.net").token)
    replaced = day.keep(session_cookie(ann))
    ended = day.sign_in(ann, "ann@example.net", PASSWORD, remember=True)
    assert day.is_live(ended) and not day.is_live(replaced)
    left_alone = day.sign_in(moved.visitor(), "ann@example.net", PASSWORD)
    long_body = moved.visitor().post_json("login", email="bob@example.net", password=PASSWORD, padding="x" * 50_000)
    assert long_body.status_code in (401, 413, 422)
    late = day.register("late@example.net")
    replaced_link = day.ask_for_reset("ann@example.net")
    used_link = day.ask_for_reset("ann@example.net")
    assert not day.opens(replaced_link, "reset-password/confirm")
    day.nothing_lies_about()

    clock.move(30 * MINUTE)
    for status in (204, 422):
        assert moved.visitor().post_json("reset-password/confirm", token=used_link,
                                         password=OTHER_PASSWORD).status_code == status
    assert not day.is_live(ended) and not day.is_live(left_alone)
    remembered = day.sign_in(moved.visitor(), "ann@example.net", OTHER_PASSWORD, remember=True)
    idle = day.sign_in(moved.visitor(), "ann@example.net", OTHER_PASSWORD)
    wait_until(lambda: len(relay.sent_to("ann@example.net")) == 4)  # the last tells of the new password
    expired_link = day.ask_for_reset("ann@example.net")
    clock.move(HOUR)
    assert not day.opens(expired_link, "reset-password/confirm")
    day.nothing_lies_about()

    clock.move(10 * HOUR)
    key.write_text(day.keep(NEW_KEY) + "\n" + old_key + "\n")
    reload(moved)
    fresh = day.register("fresh@example.net")
    assert day.opens(late) and day.opens(fresh)
    day.nothing_lies_about()

    clock.move(12 * HOUR)
    assert not day.is_live(idle) and day.is_live(remembered)
    clock.move(HOUR)
    assert not day.opens(late) and day.opens(fresh)
    key.write_text(NEW_KEY + "\n")
    reload(moved)
    assert day.opens(fresh)
    moved.command("expire")
    moved.command("backup", "create")
    day.nothing_lies_about()
    moved.stop()
    day.nothing_lies_about()
