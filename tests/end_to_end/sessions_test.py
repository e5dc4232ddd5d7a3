"""Sign-ins: their cookie, their list, their end."""
import http.cookies
import re

from harness import OTHER_PASSWORD, PASSWORD


def set_cookie(answer, name):
    """The attributes of a cookie as they were sent."""
    lines = answer.raw.headers.getlist("Set-Cookie")
    line = next(line for line in lines if line.startswith(name + "="))
    jar = http.cookies.SimpleCookie(line)
    return jar[name]


def test_the_cookie_is_one_that_scripts_and_other_sites_do_not_get(server, relay, address):
    visitor = server.account(relay, address)
    visitor.post_json("logout")
    answer = visitor.post_json("login", email=address, password=PASSWORD)
    cookie = set_cookie(answer, "postern")
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", cookie.value)
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/"
    assert not cookie["domain"] and not cookie["max-age"] and not cookie["expires"]
    answer = visitor.post_json("login", email=address, password=PASSWORD, remember=True)
    assert int(set_cookie(answer, "postern")["max-age"]) > 13 * 86400


def test_a_login_ends_the_session_that_this_browser_had(server, relay, address):
    visitor = server.account(relay, address)
    old = visitor.session.cookies["postern"]
    visitor.post_json("login", email=address, password=PASSWORD)
    thief = server.visitor()
    assert thief.get("session", headers={"Cookie": f"postern={old}"}).status_code == 401


def test_they_are_listed_and_ended(server, relay, address):
    visitor, phone, stranger = server.account(relay, address), server.visitor(), server.visitor()
    login = {"email": address, "password": PASSWORD}
    phone.session.headers["User-Agent"] = "a telephone"
    assert phone.post_json("login", **login).status_code == 200
    listed = visitor.get_json("sessions").json()["sessions"]
    assert {entry["current"] for entry in listed} == {True, False} and len(listed) == 2
    other = next(entry for entry in listed if not entry["current"])
    assert other["agent"] == "a telephone" and other["client"] == "127.0.0.1"
    assert set(other) == {"id", "current", "created_at", "last_seen_at", "client", "agent"}

    assert stranger.post_json("sessions/end", id=other["id"]).status_code == 401
    assert visitor.post_json("sessions/end", id="nobody's").status_code == 404
    assert visitor.post_json("sessions/end", id=other["id"]).status_code == 204
    assert visitor.is_signed_in() and not phone.is_signed_in()

    phone.post_json("login", **login)
    assert visitor.post_json("sessions/end", all="others").status_code == 204
    assert visitor.is_signed_in() and not phone.is_signed_in()


def test_anothers_session_is_not_found(server, relay, address):
    visitor = server.account(relay, "a-" + address)
    other = server.account(relay, "b-" + address)
    theirs = other.get_json("sessions").json()["sessions"][0]["id"]
    assert visitor.post_json("sessions/end", id=theirs).status_code == 404
    assert other.is_signed_in()


def test_a_reset_ends_all_and_every_worker_knows(server, relay, address):
    signed_in = server.account(relay, address)
    elsewhere = server.visitor()
    elsewhere.post_json("login", email=address, password=PASSWORD)
    server.visitor().post_json("reset-password", email=address)
    token = relay.wait_for(address, 2).token
    answer = server.visitor().post_json("reset-password/confirm", token=token,
                                        password=OTHER_PASSWORD)
    assert answer.status_code == 204
    for _ in range(20):  # connections go to either worker
        assert not signed_in.is_signed_in() and not elsewhere.is_signed_in()


def test_what_is_no_cookie_of_ours_is_nobody(server):
    for value in ("", "x", "A" * 43, "A" * 44, "A" * 8000, "%00", "a=b", "\"quoted\""):
        visitor = server.visitor()
        answer = visitor.get("session", headers={"Cookie": f"postern={value}"})
        assert answer.status_code == 401


def test_a_cookie_that_stands_twice_signs_nobody_in(server, relay, address):
    value = server.account(relay, address).session.cookies["postern"]
    visitor = server.visitor()
    for cookie in (f"postern={value}; postern=x", f"postern=x; postern={value}"):
        assert visitor.get("session", headers={"Cookie": cookie}).status_code in (400, 401)


def test_a_visitor_with_two_cookies_is_sent_to_sign_in_again_and_gets_in(server, relay, address):
    # He was told "service unavailable" on every protected page.
    browser = server.account(relay, address)
    browser.session.cookies.set("postern", "planted", domain="localhost.local", path="/account")
    value = browser.session.cookies.get("postern", path="/")
    twice = {"Cookie": f"postern={value}; postern=planted", "Sec-Fetch-Mode": "navigate"}
    answer = browser.get("/members/", headers=twice)
    assert answer.status_code == 303
    login = answer.headers["Location"]
    assert login == f"{server.origin}/account/login?return_to=%2Fmembers%2F&notice=two-cookies"
    assert server.visitor().get("/members/", headers={"Cookie": twice["Cookie"], "Accept": "application/json"}).status_code == 401
    page = browser.get(login)  # this browser sends both by itself
    assert page.status_code == 400 and "neither counts" in page.text
    assert not list(browser.session.cookies), "it forgot both"
    answer = browser.submit(page, "/account/login", email=address, password=PASSWORD)
    assert answer.status_code == 303 and answer.headers["Location"].endswith("/members/")
    assert browser.get("/members/").status_code == 200


def test_a_locked_account_is_out_at_once_and_looks_like_a_wrong_password(server, relay, address):
    visitor = server.account(relay, address)
    wrong = server.visitor().post_json("login", email=address, password="wrong " + PASSWORD)
    server.command("user", "lock", address)
    assert not visitor.is_signed_in()
    locked = server.visitor().post_json("login", email=address, password=PASSWORD)
    assert (locked.status_code, locked.json()["title"]) == (401, wrong.json()["title"])
    server.command("user", "unlock", address)
    assert server.visitor().post_json("login", email=address, password=PASSWORD).status_code == 200
