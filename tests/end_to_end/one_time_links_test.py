"""A link works once, for its purpose, its account and its time."""
import concurrent.futures
import sqlite3

import pytest

from harness import OTHER_PASSWORD, PASSWORD, forms_of


def refused(answer):
    return 400 <= answer.status_code < 500


def at_once(count, act):
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: act(), range(count)))


def test_fifty_at_once_make_one_account(server, relay, address):
    server.visitor().post_json("register", email=address)
    token = relay.wait_for(address).token
    answers = at_once(50, lambda: server.visitor().post_json("verify", token=token, password=PASSWORD))
    assert sorted(answer.status_code == 201 for answer in answers) == [False] * 49 + [True]
    assert all(answer.status_code == 201 or refused(answer) for answer in answers)


def test_fifty_at_once_set_one_password(server, relay, address):
    server.account(relay, address)
    server.visitor().post_json("reset-password", email=address)
    token = relay.wait_for(address, 2).token
    answers = at_once(50, lambda: server.visitor().post_json(
        "reset-password/confirm", token=token, password=OTHER_PASSWORD))
    assert sorted(answer.status_code == 204 for answer in answers) == [False] * 49 + [True]
    assert all(answer.status_code == 204 or refused(answer) for answer in answers)


def test_used_again_it_is_dead(server, relay, address):
    server.visitor().post_json("register", email=address)
    token = relay.wait_for(address).token
    assert server.visitor().post_json("verify", token=token, password=PASSWORD).status_code == 201
    assert refused(server.visitor().post_json("verify", token=token, password=OTHER_PASSWORD))
    assert refused(server.visitor().post_json("login", email=address, password=OTHER_PASSWORD))


def test_a_later_reset_link_kills_the_earlier(server, relay, address):
    server.account(relay, address)
    for _ in range(2):
        server.visitor().post_json("reset-password", email=address)
    first, second = relay.wait_for(address, 2).token, relay.wait_for(address, 3).token
    post = server.visitor().post_json
    assert refused(post("reset-password/confirm", token=first, password=OTHER_PASSWORD))
    answer = post("reset-password/confirm", token=second, password=OTHER_PASSWORD)
    assert answer.status_code == 204


def test_a_password_change_kills_a_reset_link(server, relay, address):
    visitor = server.account(relay, address)
    server.visitor().post_json("reset-password", email=address)
    token = relay.wait_for(address, 2).token
    visitor.post_json("password", current_password=PASSWORD, password=OTHER_PASSWORD)
    assert refused(server.visitor().post_json("reset-password/confirm", token=token, password=PASSWORD))


def test_of_another_purpose(server, relay, address):
    server.account(relay, address)
    server.visitor().post_json("reset-password", email=address)
    reset = relay.wait_for(address, 2).token
    server.visitor().post_json("register", email="new-" + address)
    verify = relay.wait_for("new-" + address).token
    post = server.visitor().post_json
    assert refused(post("verify", token=reset, password=PASSWORD))
    assert refused(post("reset-password/confirm", token=verify, password=PASSWORD))
    assert post("verify", token=verify, password=PASSWORD).status_code == 201


@pytest.mark.parametrize("table, route", [("claim", "verify"), ("token", "reset-password/confirm")])
def test_expired(server, relay, address, table, route):
    if table == "token":
        server.account(relay, address)
        server.visitor().post_json("reset-password", email=address)
    else:
        server.visitor().post_json("register", email=address)
    token = relay.wait_for(address, 2 if table == "token" else 1).token
    mine = {"claim": "email = ?", "token": "account_id = (SELECT id FROM account WHERE email = ?)"}
    database = sqlite3.connect(server.state / "postern.db", timeout=10)
    with database:  # as if its time had passed
        database.execute(f"UPDATE {table} SET expires_at = created_at - 1 WHERE {mine[table]}", [address])
    database.close()
    assert refused(server.visitor().post_json(route, token=token, password=OTHER_PASSWORD))
    page = server.visitor().get(f"{route}?token={token}")
    assert not any("password" in form.fields for form in forms_of(page.text))


@pytest.mark.parametrize("change", [
    lambda token: "", lambda token: "x", lambda token: token[:-1],
    lambda token: token[:-1] + ("A" if token[-1] != "A" else "Q"), lambda token: token + "=",
    lambda token: ("A" if token[0] != "A" else "B") + token[1:], lambda token: token.swapcase(), lambda token: token + "A",
    lambda token: token + "\n", lambda token: "A" * 4000])
def test_anything_but_the_token_is_refused(server, relay, address, change):
    server.visitor().post_json("register", email=address)
    token = relay.wait_for(address).token
    visitor = server.visitor()
    assert refused(visitor.post_json("verify", token=change(token), password=PASSWORD))
    assert visitor.post_json("verify", token=token, password=PASSWORD).status_code == 201


def test_wrong_codes_use_up_the_tries(server, relay, address):
    visitor = server.visitor()
    visitor.post_json("register", email=address)
    code = relay.wait_for(address).code
    for step in range(1, 30):
        wrong = f"{(int(code) + step) % 1000000:06}"
        assert refused(visitor.post_json("verify", code=wrong, password=PASSWORD))
    assert refused(visitor.post_json("verify", code=code, password=PASSWORD))
