"""Guessing is slow, and locking somebody out by guessing is not possible: all workers count together."""
import http.client
import json
import re

import pytest

from harness import OTHER_PASSWORD, PASSWORD, Server

FAILURES = 10  # what an account bears in an hour


@pytest.fixture(scope="module")
def server(relay, tmp_path_factory):
    """With limits; two workers."""
    with Server(tmp_path_factory.mktemp("state"), RELAY=relay.url, LIMITS="on", WORKERS="2") as server:
        yield server


def post(server, route, client, **fields):
    """From an address of one's own: all of 127.0.0.0/8 is this machine."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60, source_address=(client, 0))
    connection.request("POST", f"/account/{route}", json.dumps(fields),
                       {"Host": f"localhost:{server.port}", "Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


def log_in(server, address, password, client):
    return post(server, "login", client, email=address, password=password)[0].status


def hammer(server, address, network, times=FAILURES):
    for attempt in range(times):
        assert log_in(server, address, f"guess number {attempt}", f"127.{network}.{attempt}.1") == 401


def throttled(server, address, password):
    answer, text = post(server, "login", "127.9.9.9", email=address, password=password)
    assert answer.status == 429
    headers = {name: value for name, value in answer.getheaders() if name not in ("Date", "Retry-After")}
    return int(answer.headers["Retry-After"]), headers, re.sub("[0-9a-f]{32}", "ID", text)


def test_a_throttled_answer_tells_neither_the_password_nor_whether_there_is_an_account(server, relay):
    known, unknown = "hammered@example.net", "nobody-1@example.net"
    server.account(relay, known)
    hammer(server, known, network=1)
    hammer(server, unknown, network=2)
    answers = [throttled(server, who, word) for who in (known, unknown) for word in (PASSWORD, "wrong " + PASSWORD)]
    assert all(wait in (300, 360) for wait, *_ in answers)
    assert all(answer[1:] == answers[0][1:] for answer in answers)


def test_the_owner_gets_in_from_where_he_always_did(server, relay):
    address = "owner@example.net"
    server.account(relay, address)
    assert log_in(server, address, PASSWORD, "127.50.0.5") == 200
    hammer(server, address, network=4)
    assert log_in(server, address, PASSWORD, "127.51.0.5") == 429
    assert log_in(server, address, PASSWORD, "127.50.0.77") == 200


def test_the_owner_gets_in_from_somewhere_new_by_his_mailbox(server, relay):
    address, hotel = "traveller@example.net", "127.60.0.9"
    server.account(relay, address)
    hammer(server, address, network=5)
    assert log_in(server, address, PASSWORD, hotel) == 429
    assert post(server, "reset-password", hotel, email=address)[0].status == 202
    token = relay.wait_for(address, count=2).token
    assert post(server, "reset-password/confirm", hotel, token=token, password=OTHER_PASSWORD)[0].status == 204
    assert log_in(server, address, OTHER_PASSWORD, hotel) == 200


def test_what_is_turned_away_stands_in_the_audit_trail_once(server, relay):
    address = "trailed@example.net"
    account = server.account(relay, address).get("session").json()["account"]["id"]
    hammer(server, address, network=8)
    for _ in range(2):
        for attempt in range(20):  # by both workers, from twenty networks
            assert log_in(server, address, PASSWORD, f"127.80.{attempt}.1") == 429
        server.stop()  # each worker writes what it still has
        rows = json.loads(server.command("audit", "export", "--json"))["events"]
        row, = [row for row in rows if row["event"] == "throttled" and row["account"] == account]
        assert row["outcome"] == "refused" and row["client"].startswith("127.80.")
        server.start()
    server.command("audit", "verify")


def test_a_restart_forgets_no_failure(server):
    address = "patient@example.net"
    hammer(server, address, network=6)
    server.stop()
    server.start()
    assert log_in(server, address, PASSWORD, "127.7.0.1") == 429
