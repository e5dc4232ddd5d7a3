"""The visitor who registered sees what became of the mail; nobody else does."""
import pytest

from harness import Relay, Server, free_port, wait_until

REPLIES = {"accepted": "250 fine", "refused": "550 5.1.1 nobody of that name here",
           "waiting": "451 4.7.1 come back later"}


class MoodyRelay(Relay):
    """Answers to a recipient what its address begins with."""

    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = REPLIES[address.split("-")[0]]
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply


@pytest.fixture(scope="module")
def relay():
    with MoodyRelay() as relay:
        yield relay


def mail_of(visitor):
    return visitor.get_json("verify").json().get("mail")


def settled(visitor):
    """What is told once the first try is over."""
    return wait_until(lambda: (mail := mail_of(visitor))["state"] != "queued" and mail)


@pytest.mark.parametrize("state, sentence", [
    ("accepted", "was accepted by the mail server at"),
    ("refused", "Your mail provider refused the mail."),
    ("waiting", "has not accepted the mail yet; next try in"),
])
@pytest.mark.parametrize("known", [False, True])
def test_the_browser_that_asked_is_told(server, relay, state, sentence, known):
    address = f"{state}-{known}@example.net".lower()
    if known:
        server.command("user", "add", address, stdin="a lamp, a boat and seven hills\n")
    visitor = server.visitor()
    assert visitor.post_form("register", email=address).status_code == 303
    mail = settled(visitor)
    assert mail["state"] == state
    assert ("accepted_at" in mail) == (state == "accepted")
    assert ("next_try_at" in mail) == (state == "waiting")
    page = visitor.get("verify").text
    assert sentence in page
    assert "nobody of that name" not in page and "4.7.1" not in page

    stranger = server.visitor()
    assert mail_of(stranger) is None
    assert sentence not in stranger.get("verify").text
    assert address not in stranger.get("verify").text


def test_while_the_relay_is_down_the_visitor_is_told_of_the_next_try(tmp_path):
    with Server(tmp_path, RELAY=f"smtp://127.0.0.1:{free_port()}") as server:
        visitor = server.visitor()
        visitor.post_json("register", email="person@example.net")
        assert settled(visitor)["state"] == "waiting"
        assert "next try in" in visitor.get("verify").text
        later = [server.visitor() for _ in range(3)]  # nobody tries their mails while the relay is in trouble
        for number, one in enumerate(later):
            one.post_json("register", email=f"person-{number}@example.net")
        for one in later:
            wait_until(lambda one=one: mail_of(one)["state"] == "waiting", 20)
            assert "has not accepted the mail yet" in one.get("verify").text


def test_when_another_mail_can_be_had_is_told_and_the_reset_page_tells_nothing(server, relay):
    visitor = server.visitor()
    visitor.post_json("register", email="accepted-twice@example.net")
    again = visitor.post_json("verify/resend")
    assert again.status_code == 429 and 0 < int(again.headers["Retry-After"]) <= 60
    assert "You can ask for another mail in" in visitor.get("verify").text

    pages = []
    for address in ("accepted-reset@example.net", "refused-reset@example.net"):
        asker = server.visitor()
        shown = asker.post_form("reset-password", email=address).headers["Location"]
        pages.append(asker.get(shown).text)
    assert pages[0] == pages[1]


def test_the_forms_are_no_mail_bomb(tmp_path, relay):
    with Server(tmp_path, RELAY=relay.url, LIMITS="on") as server:
        visitors = [server.visitor() for _ in range(9)]
        answers = {(answer.status_code, answer.text)
                   for visitor in visitors
                   for answer in (visitor.post_json("register", email="accepted-bomb@example.net"),)}
        assert answers == {(202, '{"status":"accepted"}')}
        told = [settled(visitor)["state"] for visitor in visitors]
        assert told == ["accepted"] * 6 + ["withheld"] * 3
        assert len(relay.sent_to("accepted-bomb@example.net")) == 6
