"""Bad input gets a clear answer and costs nothing: 4xx, nothing written, the worker alive."""
import json
import socket
import sqlite3

import pytest

import fastcgi
from harness import PASSWORD, wait_until

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@pytest.fixture(scope="module")
def returning(server, relay):
    """The address of an account."""
    server.account(relay, "returning@example.net")
    return "returning@example.net"


@pytest.fixture(autouse=True)
def the_workers_live_and_no_account_is_made(server, returning):
    before = server.workers(), counts(server)
    yield
    assert (server.workers(), counts(server)) == before
    assert server.visitor().get("health").status_code == 200


def counts(server):
    database = sqlite3.connect(server.state / "postern.db", timeout=10)
    try:
        return [database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("account", "claim", "token", "outbox")]
    finally:
        database.close()


def post(server, route, body, content_type, **headers):
    if isinstance(body, str):
        body = body.encode()
    return server.visitor().request("POST", route, data=body,
                                    headers={"Content-Type": content_type, **headers})


@pytest.mark.parametrize("body, status", [
    ("", 422), ("name=x", 422), ("email=", 422),
    ("email=a%40example.net&email=b%40example.net", 400),
    ("email=%zz", 400), ("email=%4", 400), ("email=a%00@example.net", 400),
    ("email=%ff%fe%40example.net", 400), ("email=a%c0%af@example.net", 400),
    ("email=a@example.net%0d%0aBcc:b@example.net", 422), ("email=a@example.net%0a", 422),
    ("email=a%20b@example.net", 422), ("email=a@", 422), ("email=@example.net", 422),
    ("email=a@b@example.net", 422), ("email=a@exa..mple.net", 422), ("email=%22a%22@example.net", 422),
    ("email=a@[127.0.0.1]", 422), ("email=a@example.net%e2%80%8b", 422),
    ("email=" + "a" * 250 + "@example.net", 422), ("email=" + "a" * 5000, 422),
    ("email=a@example.net&name=" + "n" * 5000, 422),
    ("email=a@example.net&name=x%0ay", 422), ("email=a@example.net&name=x%e2%80%aey", 422),
    ("&".join(f"f{i}=x" for i in range(40)) + "&email=a@example.net", 400),
    ("n" * 100 + "=x&email=a@example.net", 400),
])
def test_forms(server, body, status):
    for accept in ("text/html", JSON):
        answer = post(server, "register", body, FORM, Accept=accept)
        # 400 for what cannot be read, 422 for what does not do; both say what was wrong.
        assert answer.status_code == status, answer.text
        if accept == JSON:
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json()["status"] == answer.status_code and answer.json()["title"]


DEEP = '{"email":' + "[" * 1000 + "]" * 1000 + "}"


@pytest.mark.parametrize("body", [
    "", "{", "[]", "null", "true", '"x"', "{}", '{"email":true}', '{"email":1}', '{"email":["a@example.net"]}',
    '{"email":{"x":"y"}}', '{"email":null}', '{"email":"a@example.net","email":"b@example.net"}',
    '{"email":"a\\u0000@example.net"}', '{"email":"a\\ud800@example.net"}', b'{"email":"\xff@example.net"}',
    '{"email":"a@example.net\\r\\nBcc: b"}', '{"email":"a@example.net"} x', "{'email':'a@example.net'}",
    '{"email":"a@example.net",}', "\ufeff{}", DEEP, "[" * 60000, json.dumps({"email": "a" * 60000}),
    '{"email":NaN}', '{"email":"a@example.net","name":1e999}', "{" * 1000,
    json.dumps({f"f{i}": "x" for i in range(40)} | {"email": "a@example.net"}),
])
def test_json(server, body):
    answer = post(server, "register", body, JSON)
    assert 4 == answer.status_code // 100, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code


def test_a_switch_is_a_switch_and_a_text_is_a_text(server):
    for fields in ({"email": "a@example.net", "password": True},
                   {"email": "a@example.net", "password": PASSWORD, "remember": "perhaps"},
                   {"email": "a@example.net", "password": PASSWORD, "remember": 1}):
        assert post(server, "login", json.dumps(fields), JSON).status_code in (400, 422)


@pytest.mark.parametrize("content_type", [
    "text/plain", "application/xml", "multipart/form-data; boundary=x", "application/jsonx",
    "application/x-www-form-urlencodedx", "json", ";", "text/json"])
def test_another_content_type_is_415(server, content_type):
    answer = post(server, "register", '{"email":"a@example.net"}', content_type, Accept=JSON)
    assert answer.status_code == 415
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_body_without_a_type_is_415(server):
    answer = server.visitor().request("POST", "register", data=b"email=a@example.net",
                                      headers={"Content-Type": None})
    assert answer.status_code == 415


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "BREW", "PROPFIND", "TRACE"])
@pytest.mark.parametrize("route", ["login", "session", "logout", "verify", "check"])
def test_unknown_methods_are_405_with_allow(server, method, route):
    answer = server.visitor().request(method, route)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_what_has_only_one_method_says_so(server):
    answer = server.visitor().post_json("session")
    assert answer.status_code == 405 and answer.headers["Allow"] == "GET, HEAD"
    answer = server.visitor().get_json("profile")
    assert answer.status_code == 405 and answer.headers["Allow"] == "POST"


@pytest.mark.parametrize("address", [
    "nothing", "login/", "Login", "login.html", "verify/resend/x", "assets", "login%00",
    "session%0a", "x" * 3000, "%ff", "reset-password/", "login;x=1"])
def test_unknown_addresses_are_404(server, address):
    for accept in ("text/html", JSON):
        answer = server.visitor().get("/account/" + address, headers={"Accept": accept})
        assert answer.status_code in ((400, 404) if "%" in address else (404,))


def test_a_megabyte_is_413(server):
    for content_type in (JSON, FORM):
        answer = post(server, "register", b"x" * 1_048_576, content_type)
        assert answer.status_code == 413
    assert post(server, "verify", b"x" * 1_048_576, JSON).headers["Content-Type"] == \
        "application/problem+json"


def test_sixty_four_kib_of_body_are_read(server):
    body = b'{"email":"' + b"x" * 65000 + b'"}'
    assert post(server, "register", body, JSON).status_code == 422  # the field is too long, not the body
    assert post(server, "register", body + b" " * 1000, JSON).status_code == 413


@pytest.mark.parametrize("return_to", [
    "//evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "https://evil.example/",
    "http://localhost:1@evil.example/", "javascript:alert(1)", "/\tx", "/%09/evil.example", "%2f%2fevil.example",
    "/%2f%2fevil.example", "/%252f%252fevil.example", "/%5cevil.example", "/x\r\nLocation: //evil.example",
    "/%0d%0aLocation:%20x", " //evil.example", "/../..//evil.example", "http://localhost.evil.example/",
    "///evil.example", "http:/evil.example", "http:///evil.example", "/" + "x" * 3000, "\u2028//evil", "/\u0000"])
def test_return_to_leads_nowhere_else(server, returning, return_to):
    visitor = server.visitor()
    answer = visitor.post_form("login", email=returning, password=PASSWORD, return_to=return_to)
    assert answer.status_code in (303, 400, 422)
    assert answer.headers.get("Location", "/account/") == "/account/"
    shown = visitor.get("login", params={"return_to": return_to})
    assert "Location" not in shown.headers and shown.status_code in (200, 400, 422)
    assert visitor.post_json("login", email=returning, password=PASSWORD,
                             return_to=return_to).status_code in (200, 400, 422)


def test_forged_headers_change_nothing(server, relay):
    visitor = server.visitor()
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https",
              "Forwarded": "host=evil.example", "Remote-User": "1", "Remote_User": "1", "X-Real-IP": "6.6.6.6",
              "Proxy": "evil.example", "X-Original-URL": "/account/mailbox", "X-HTTP-Method-Override": "DELETE"}
    assert visitor.get("session", headers=forged).status_code == 401
    assert visitor.get("check", headers=forged).status_code == 401
    plain = visitor.get("login", headers={"Accept": "text/html"})
    assert visitor.get("login", headers={"Accept": "text/html", **forged}).content == plain.content


def test_another_host_is_sent_home(server):
    for host in ("evil.example", "127.0.0.1", f"127.0.0.1:{server.port}", "localhost.evil.example"):
        answer = server.visitor().get("/account/login?x=1", headers={"Host": host})
        assert answer.status_code == 307
        assert answer.headers["Location"] == server.origin + "/account/login?x=1"


def raw(server, text):
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        connection.sendall(text.encode("latin1"))
        answer = b""
        while more := connection.recv(65536):
            answer += more
        return answer.decode("latin1")


@pytest.mark.parametrize("request_text, status", [
    ("GET http://evil.example/account/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 307),
    ("GET http://localhost/account/session HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 401),
    ("GET //evil.example/../../.. HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 400),
    ("GET /account/session HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
    ("GET /account/session HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nConnection: close\r\n\r\n", 400),
    ("POST /account/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n", 400),
    ("POST /account/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n"
     "Connection: close\r\n\r\n0\r\n\r\n", 400),
    ("POST /account/login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
     "Content-Type: application/json\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 422),
])
def test_odd_requests(server, request_text, status):
    answer = raw(server, request_text)
    assert answer.startswith(f"HTTP/1.1 {status}"), answer
    assert "evil" not in answer.split("\r\n\r\n")[0]


def test_http_0_9(server):
    raw(server, "GET /account/session\r\n")


@pytest.mark.parametrize("announced, sent", [(10, b"short"), (5, b"longer than announced"), (5, b"")])
@pytest.mark.parametrize("lane, path", [("quick", "/account/register"), ("hashing", "/account/login")])
def test_a_body_must_be_as_long_as_announced(server, announced, sent, lane, path):
    answer = fastcgi.ask(server.socket_path(lane), {
        "REQUEST_METHOD": "POST", "POSTERN_PATH": path, "CONTENT_TYPE": FORM,
        "CONTENT_LENGTH": str(announced)}, sent)
    assert answer.status == 400


def test_the_quick_lane_does_not_hash(server):
    body = json.dumps({"email": "a@example.net", "password": PASSWORD}).encode()
    answer = fastcgi.ask(server.socket_path("quick"), {
        "REQUEST_METHOD": "POST", "POSTERN_PATH": "/account/login", "CONTENT_TYPE": JSON,
        "CONTENT_LENGTH": str(len(body))}, body)
    assert answer.status == 421


def test_two_cookie_lines_are_one(server, returning):
    visitor = server.visitor()
    assert visitor.post_json("login", email=returning, password=PASSWORD).status_code == 200
    cookie = f"Cookie: postern={visitor.session.cookies['postern']}\r\n"
    for other, status in (("Cookie: a=1\r\n", 200), ("Cookie: postern=x\r\n", 400)):
        text = f"GET /account/session HTTP/1.1\r\nHost: localhost\r\n{other}{cookie}Connection: close\r\n\r\n"
        assert raw(server, text).startswith(f"HTTP/1.1 {status}")


def test_garbage_on_the_socket_harms_nobody_else(server):
    for garbage in (b"", b"\x01", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 5000, b"\x01\x01\x00\x01\x00\x08\x00\x00"):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(server.socket_path("quick"))
            connection.sendall(garbage)
    wait_until(lambda: server.visitor().get("health").status_code == 200)
