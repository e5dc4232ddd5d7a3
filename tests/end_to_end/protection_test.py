"""auth_request: who is signed in gets in, nobody else, and never by accident."""
import contextlib
import http.client
import sqlite3
import time
import urllib.parse

import pytest

from harness import PASSWORD
from tracing import children_of, frozen, traced

BODY = b"x" * 61440
NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="module")
def member(server, relay):
    return server.account(relay, "member@example.net", name="Ünal")


def identity(answer):
    return dict(line.split(": ", 1) for line in answer.text.splitlines() if ": " in line)


def test_the_signed_in_get_in(member):
    assert member.get("/members/").status_code == 200
    assert member.get("/").status_code == 200
    head = member.request("HEAD", "/members/")
    assert head.status_code == 200 and head.content == b""


@pytest.mark.parametrize("chunked", [False, True])
def test_a_post_arrives_whole(member, chunked):
    body = iter([BODY[:30000], BODY[30000:]]) if chunked else BODY
    answer = member.request("POST", "/members/", data=body)
    assert answer.status_code == 200 and f"{len(BODY)} bytes" in answer.text
    assert identity(answer)["Remote-Email"] == "member@example.net"


def test_a_post_of_a_stranger_gets_nowhere(server):
    visitor = server.visitor()
    assert visitor.request("POST", "/members/", data=BODY, headers=NAVIGATION).status_code == 303
    assert visitor.request("POST", "/members/", data=BODY,
                           headers={"Sec-Fetch-Mode": "cors"}).status_code == 401


def test_a_connection_to_the_workers_serves_many_checks(server, member, tmp_path):
    """Bug: nginx closed its connection after every check, which made a protected page cost half as much again.

    And what keeps it must not put answers into files.
    """
    nginx = children_of(int((server.state / "run" / "nginx.pid").read_text()))
    output = tmp_path / "calls"
    stranger = server.visitor()
    start = time.monotonic()
    with traced("-f", "-e", "trace=connect,openat,rename", *(f"-p{pid}" for pid in nginx), output=output):
        for _ in range(30):
            assert member.get("/members/").status_code == 200
            assert stranger.get("/members/", headers={"Sec-Fetch-Mode": "cors"}).status_code == 401
    lines = output.read_text().splitlines()
    assert sum("members.sock" in line for line in lines) >= 30  # strace saw what was going on
    renewals = (time.monotonic() - start) / 2  # keepalive_time: none is kept for longer
    assert sum("quick.sock" in line for line in lines) <= len(nginx) * (1 + renewals) < 60
    assert not [line for line in lines if "O_CREAT" in line or "rename(" in line]


def test_the_back_end_is_told_who_it_is_by_postern_alone(server, member):
    forged = {name: "forged" for name in (
        "Remote-User", "remote-user", "Remote_User", "Remote-Email", "Remote-Name", "Remote-Groups")}
    told = identity(member.get("/members/whoami", headers=forged))
    assert told["Remote-User"] == member.get("session").json()["account"]["id"]
    assert told["Remote-Email"] == "member@example.net"
    assert "forged" not in str(told)
    answer = server.visitor().get("/members/whoami", headers={**forged, **NAVIGATION})
    assert answer.status_code == 303


@pytest.mark.parametrize("address", [
    "/members/", "/members/a/b?x=1&y=2", "/members/?q=a%20b%26c%3Dd&&z", "/members/%C3%BC?%2F=%2f",
    "/members/?next=//evil.example&x=%0d%0a", "/members//two?x=?y", "/members/a%20b", "/members/?a+b=c%2Bd"])
def test_a_visitor_comes_back_to_exactly_the_address(server, relay, address):
    account = "coming-back@example.net"
    if not relay.sent_to(account):
        server.account(relay, account)
    visitor = server.visitor()
    plain = http.client.HTTPConnection("localhost", server.port)  # sends the address as it is
    plain.request("GET", address, headers=NAVIGATION)
    answer = plain.getresponse()
    plain.close()
    assert answer.status == 303
    login = answer.headers["Location"]
    assert login.startswith(server.origin + "/account/login?")
    page = visitor.get(login)
    assert page.status_code == 200
    answer = visitor.submit(page, "/account/login", email=account, password=PASSWORD)
    assert answer.status_code == 303
    target = urllib.parse.urljoin(server.origin, answer.headers["Location"])
    assert target == server.origin + address


@pytest.mark.parametrize("headers", [
    {"Sec-Fetch-Mode": "cors"}, {"Sec-Fetch-Mode": "same-origin"}, {"Sec-Fetch-Mode": "no-cors"},
    {"Accept": "application/json"}, {"Accept": "text/html, application/json;q=0.1", "Sec-Fetch-Mode": "navigate"},
    {"Content-Type": "application/json"}, {"Accept": "application/problem+json"}], ids=str)
def test_a_script_gets_401_as_json_and_no_redirect(server, headers):
    answer = server.visitor().get("/members/report.pdf?x=1", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 401
    assert "Location" not in answer.headers
    assert answer.headers["Postern-Login"].startswith(server.origin + "/account/login?")


@pytest.mark.parametrize("headers", [{}, {"Accept": "*/*"}, NAVIGATION, {"Sec-Fetch-Mode": "navigate"}], ids=str)
def test_a_visitor_is_sent_to_sign_in(server, headers):
    answer = server.visitor().get("/members/", headers=headers)
    assert answer.status_code == 303
    assert answer.headers["Cache-Control"] == "no-store"


def test_every_answer_has_each_security_header_once(server, member):
    stranger = server.visitor()
    answers = [member.get("/"), member.get("/members/"), stranger.get("/members/"), stranger.get("/nothing"),
               stranger.get("/members/", headers={"Accept": "application/json"}), stranger.get("login"),
               stranger.get("/account"), stranger.get("/account/assets/none.css"), stranger.get("session"),
               stranger.get("/", headers={"Host": "evil.example"}), stranger.request("TRACE", "/"),
               stranger.request("POST", "register", data=b"x" * 100_000), stranger.get("/" + "x" * 20_000)]
    for answer in answers:
        for name in ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"):
            assert len(answer.raw.headers.getlist(name)) == 1, (answer.url, answer.status_code, name)
        assert "nginx/" not in answer.headers["Server"]


def test_what_is_behind_a_sign_in_is_private_and_never_kept_without_asking(member):
    assert "no-cache" in member.get("/members/").headers["Cache-Control"]
    assert "private" in member.get("/members/").headers["Cache-Control"]


def test_assets_stay_for_ever(server):
    page = server.visitor().get("login").text
    style = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = server.visitor().get(style)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/css")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_check_is_reachable_and_tells_only_about_oneself(server, member):
    answer = server.visitor().get("check")
    assert answer.status_code == 401 and answer.headers["Postern-Login"].startswith(server.origin)
    answer = member.get("check")
    assert answer.status_code == 204 and answer.headers["Remote-Email"] == "member@example.net"
    assert server.visitor().get("/_postern/check").status_code == 404


def test_a_fault_of_ours_is_503_and_never_open(server, member):
    database = sqlite3.connect(server.state / "postern.db", timeout=10)
    database.execute("ALTER TABLE session RENAME TO session_gone")
    database.commit()
    stranger = server.visitor()
    stranger.session.cookies.set("postern", "A" * 43)
    try:
        for visitor in (member, stranger):
            assert visitor.get("/members/", headers=NAVIGATION).status_code == 503
            answer = visitor.get("/members/", headers={"Accept": "application/json"})
            assert answer.status_code == 503
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert visitor.get("session").status_code == 503
            assert visitor.get("check").status_code == 503
    finally:
        database.execute("ALTER TABLE session_gone RENAME TO session")
        database.commit()
        database.close()
    assert member.get("/members/").status_code == 200


def test_when_postern_hangs_it_is_503_and_never_open(server, member):
    with contextlib.ExitStack() as stack:
        for pid in server.workers():
            stack.enter_context(frozen(pid))
        answer = member.get("/members/", headers=NAVIGATION)
        assert answer.status_code == 503 and answer.headers["Retry-After"]
    assert member.get("/members/").status_code == 200
