"""A request that another site made changes nothing, not even a sign-in."""
import pytest

from harness import PASSWORD

ROUTES = ["register", "verify", "verify/resend", "login", "logout", "reset-password",
          "reset-password/confirm", "profile", "password", "sessions/end", "settings"]
FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost"},
    {"Origin": "http://localhost:1"},
    {"Origin": "https://localhost:{port}"},
    {"Origin": "http://localhost:{port}.evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost:{port}"},
    {"Sec-Fetch-Site": "whatever", "Origin": "http://localhost:{port}"},
]


def filled(headers, server):
    return {name: value.format(port=server.port) for name, value in headers.items()}


@pytest.mark.parametrize("headers", FOREIGN, ids=lambda headers: "-".join(headers.values()))
@pytest.mark.parametrize("route", ROUTES)
def test_foreign_posts_are_403(server, route, headers):
    for accept in ("text/html", "application/json"):
        answer = server.visitor().request("POST", route, data={"email": "a@example.net"},
                                          headers={"Accept": accept, **filled(headers, server)})
        assert answer.status_code == 403, (route, answer.text)
        assert not answer.cookies


@pytest.mark.parametrize("headers", [
    {}, {"Origin": "http://localhost:{port}"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}], ids=str)
def test_own_posts_and_those_of_no_browser_pass(server, headers):
    answer = server.visitor().request("POST", "login", data={"email": "a@example.net", "password": PASSWORD},
                                      headers=filled(headers, server))
    assert answer.status_code == 401


def test_a_foreign_logout_leaves_the_sign_in(server, relay, address):
    visitor = server.account(relay, address)
    answer = visitor.request("POST", "logout", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403 and visitor.is_signed_in()


def test_reading_from_elsewhere_is_allowed_and_does_nothing(server, relay, address):
    visitor = server.account(relay, address)
    for route in ("logout", "/account/", "session", "login"):
        answer = visitor.get(route, headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"})
        assert answer.status_code == 200
    assert visitor.is_signed_in()
