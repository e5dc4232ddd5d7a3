"""Nobody outside learns whether an address has an account."""
import json
import re

import pytest

from harness import PASSWORD, wait_until

VARIES = {"date", "set-cookie"}


def seen(answer):
    """All that is visible: status, headers, bytes; cookies by name and length, without request ids."""
    headers = {name: value for name, value in answer.headers.items() if name.lower() not in VARIES}
    cookies = sorted((cookie.name, len(cookie.value)) for cookie in answer.cookies)
    return answer.status_code, headers, cookies, re.sub("[0-9a-f]{32}", "ID", answer.text)


@pytest.fixture(scope="module")
def addresses(server, relay):
    """One of each kind, of equal length."""
    known = {"known": "ann-1@example.net", "locked": "ann-2@example.net"}
    for address in known.values():
        server.account(relay, address)
    server.command("user", "lock", known["locked"])
    return {**known, "new": "ann-3@example.net"}


@pytest.mark.parametrize("route", ["register", "reset-password"])
@pytest.mark.parametrize("way", ["json", "form"])
def test_register_and_reset_answer_alike(server, addresses, route, way):
    answers = {}
    for kind, address in addresses.items():
        visitor = server.visitor()
        answer = (visitor.post_json if way == "json" else visitor.post_form)(route, email=address)
        if way == "form":
            shown = visitor.get(answer.headers["Location"])
            answers[kind] = seen(answer), shown.status_code, shown.text.replace(address, "ADDRESS")
        else:
            answers[kind] = seen(answer)
    assert answers["new"] == answers["known"] == answers["locked"]


def test_login_refuses_alike(server, addresses):
    answers = [seen(server.visitor().post_json("login", email=address, password="wrong " + PASSWORD))
               for address in addresses.values()]
    assert answers[0][0] == 401 and answers[0] == answers[1] == answers[2]


def test_who_asks_for_a_reset_of_an_unknown_address_mails_nobody(server, relay, address):
    server.visitor().post_json("reset-password", email=address)
    wait_until(lambda: json.loads(server.command("mail", "status", "--json"))["due"] == 0)
    assert not relay.sent_to(address)
