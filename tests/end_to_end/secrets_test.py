"""Nothing that opens an account lies about: not in the database, its log, a copy, a log file or a temporary file."""
import base64
import os
import re
import resource
import signal
import urllib.parse

import pytest

from harness import OTHER_PASSWORD, PASSWORD, Relay, Server, wait_until

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
