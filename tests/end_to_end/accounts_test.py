"""The whole way of an account, as a script goes it and as a browser without JavaScript does."""
import re

import pytest

from harness import OTHER_PASSWORD, PASSWORD, forms_of

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def expect_redirect(answer, address):
    assert answer.status_code == 303, (answer.status_code, answer.text[:500])
    assert answer.headers["Location"].split("?")[0].endswith(address)


def test_as_json(server, relay, address):
    visitor = server.visitor()
    answer = visitor.post_json("register", email=address, name="Ann Üñï")
    assert answer.status_code == 202
    assert answer.headers["Content-Type"].startswith("application/json")
    mail = relay.wait_for(address)
    assert mail.link.startswith(server.origin + "/account/verify?token=")

    assert visitor.get_json("verify?token=" + mail.token).status_code == 200
    assert not visitor.is_signed_in()  # looking at a link does nothing
    answer = visitor.post_json("verify", token=mail.token, password=PASSWORD)
    assert answer.status_code == 201
    made = answer.json()
    assert made["account"]["email"] == address and made["account"]["name"] == "Ann Üñï"
    assert made["account"]["roles"] == [] and isinstance(made["account"]["id"], str)
    assert RFC3339.fullmatch(made["session"]["created_at"])
    assert RFC3339.fullmatch(made["session"]["expires_at"])

    first = visitor.session.cookies["postern"]
    assert visitor.get("session").json() == made
    answer = visitor.post_json("logout")
    assert answer.status_code == 204 and answer.content == b""
    answer = visitor.get("session")
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"

    assert visitor.post_json("login", email=address, password="not " + PASSWORD).status_code == 401
    answer = visitor.post_json("login", email=address.upper(), password=PASSWORD)
    assert answer.status_code == 200 and answer.json()["account"] == made["account"]
    assert visitor.session.cookies["postern"] != first

    assert visitor.post_json("reset-password", email=address).status_code == 202
    token = relay.wait_for(address, 2).token
    answer = visitor.post_json("reset-password/confirm", token=token, password=OTHER_PASSWORD)
    assert answer.status_code == 204
    assert not visitor.is_signed_in()  # every session ended, and it does not sign in
    assert visitor.post_json("login", email=address, password=PASSWORD).status_code == 401
    assert visitor.post_json("login", email=address, password=OTHER_PASSWORD).status_code == 200


def test_as_forms(server, relay, address):
    visitor = server.visitor()
    page = visitor.get("register")
    assert page.status_code == 200 and page.headers["Content-Type"].startswith("text/html")
    answer = visitor.submit(page, "/account/register", email=address)
    told = visitor.get(answer.headers["Location"])
    assert answer.status_code == 303 and told.status_code == 200

    link = relay.wait_for(address).link
    page = visitor.get(link)
    assert page.status_code == 200 and page.headers["Referrer-Policy"] == "same-origin"
    refused = visitor.submit(page, "/account/verify", password="short")
    assert refused.status_code == 422 and forms_of(refused.text)
    answer = visitor.submit(page, "/account/verify", password=PASSWORD)
    expect_redirect(answer, "/account/")
    assert visitor.get(answer.headers["Location"]).status_code == 200
    assert visitor.is_signed_in()

    answer = visitor.submit(visitor.get("logout"), "/account/logout")
    expect_redirect(answer, "/account/login")
    assert not visitor.is_signed_in()
    expect_redirect(visitor.get("/account/"), "/account/login")

    page = visitor.get("login")
    refused = visitor.submit(page, "/account/login", email=address, password="wrong " + PASSWORD)
    assert refused.status_code == 401
    assert address in refused.text and PASSWORD not in refused.text
    visitor.submit(page, "/account/login", email=address, password=PASSWORD)
    assert visitor.is_signed_in()

    answer = visitor.submit(visitor.get("reset-password"), "/account/reset-password", email=address)
    assert answer.status_code == 303
    page = visitor.get(relay.wait_for(address, 2).link)
    answer = visitor.submit(page, "/account/reset-password/confirm", password=OTHER_PASSWORD)
    expect_redirect(answer, "/account/login")
    assert not visitor.is_signed_in()
    visitor.submit(visitor.get("login"), "/account/login", email=address, password=OTHER_PASSWORD)
    assert visitor.is_signed_in()


def test_the_code_proves_in_the_browser_that_asked_and_in_no_other(server, relay, address):
    visitor, other = server.visitor(), server.visitor()
    visitor.post_json("register", email=address)
    code = relay.wait_for(address).code
    assert 400 <= other.post_json("verify", code=code, password=PASSWORD).status_code < 500
    wrong = f"{(int(code) + 1) % 1000000:06}"
    assert 400 <= visitor.post_json("verify", code=wrong, password=PASSWORD).status_code < 500
    assert visitor.post_json("verify", code=code, password=PASSWORD).status_code == 201
    assert visitor.is_signed_in() and not other.is_signed_in()


def test_another_mail_is_not_to_be_had_at_once(server, relay, address):
    visitor = server.visitor()
    assert 400 <= visitor.post_json("verify/resend").status_code < 500  # nothing asked for yet
    visitor.post_json("register", email=address)
    relay.wait_for(address)
    answer = visitor.post_json("verify/resend")
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) in range(1, 61)


def test_who_registers_a_known_address_is_told_by_mail_alone(server, relay, address):
    server.account(relay, address)
    assert server.visitor().post_json("register", email=address).status_code == 202
    assert "already" in relay.wait_for(address, 2).text


def test_name_password_and_settings(server, relay, address):
    visitor = server.account(relay, address)
    assert visitor.post_json("profile", name="Ann").status_code == 204
    assert visitor.get("session").json()["account"]["name"] == "Ann"
    assert visitor.post_json("settings", theme="dark").status_code == 204
    assert visitor.post_json("settings", theme="pink").status_code == 422
    assert "dark" in visitor.session.cookies["postern-settings"]

    elsewhere = server.visitor()
    assert elsewhere.post_json("login", email=address, password=PASSWORD).status_code == 200
    wrong = visitor.post_json("password", current_password="wrong " + PASSWORD, password=OTHER_PASSWORD)
    assert 400 <= wrong.status_code < 500
    answer = visitor.post_json("password", current_password=PASSWORD, password=OTHER_PASSWORD)
    assert answer.status_code == 204
    assert visitor.is_signed_in() and not elsewhere.is_signed_in()

    visitor.post_json("logout")
    assert "dark" in visitor.session.cookies["postern-settings"]  # it was the sign-in that ended


@pytest.mark.parametrize("password, good", [
    ("fourteen chars", False),
    ("fifteen chars!!", True),
    ("passwordpassword", False),
    ((PASSWORD * 40)[:1024], True),
    ((PASSWORD * 40)[:1025], False),
    ("zwölf Schiffe und ein Boot", True),
], ids=lambda value: str(value)[:16])
def test_passwords(server, relay, address, password, good):
    visitor = server.visitor()
    visitor.post_json("register", email=address)
    token = relay.wait_for(address).token
    answer = visitor.post_json("verify", token=token, password=password)
    assert answer.status_code == (201 if good else 422), answer.text
    if not good:  # and the link was not used up
        assert visitor.post_json("verify", token=token, password=PASSWORD).status_code == 201


def test_an_own_address_is_no_password(server, relay, address):
    visitor = server.visitor()
    visitor.post_json("register", email=address)
    token = relay.wait_for(address).token
    assert visitor.post_json("verify", token=token, password=address).status_code == 422
