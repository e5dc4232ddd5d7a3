"""No request waits for mail, whatever the relay does."""
import contextlib
import socket
import threading
import time

import pytest

from harness import Relay, Server, free_port, wait_until

ENOUGH = 1.0  # seconds; waiting for any of these relays takes longer


@contextlib.contextmanager
def slow():
    with Relay(delay=2) as relay:
        yield relay.url


@contextlib.contextmanager
def silent():
    """Takes connections and says nothing."""
    listener = socket.create_server(("127.0.0.1", 0))
    taken = []
    thread = threading.Thread(target=lambda: take_all(listener, taken), daemon=True)
    thread.start()
    yield f"smtp://127.0.0.1:{listener.getsockname()[1]}"
    listener.shutdown(socket.SHUT_RDWR)
    thread.join()
    listener.close()
    for connection in taken:
        connection.close()


def take_all(listener, taken):
    with contextlib.suppress(OSError):
        while True:
            taken.append(listener.accept()[0])


@contextlib.contextmanager
def down():
    yield f"smtp://127.0.0.1:{free_port()}"


@pytest.mark.parametrize("relay", [slow, silent, down])
def test_register_and_reset_answer_at_once(tmp_path, relay):
    with relay() as url, Server(tmp_path, RELAY=url) as server:
        visitor = server.visitor()
        for number in range(30):
            for route in ("register", "reset-password"):
                answer = visitor.post_json(route, email=f"person-{number}@example.net")
                assert answer.status_code == 202
                assert answer.elapsed.total_seconds() < ENOUGH
        assert visitor.get("health").status_code == 200


@pytest.mark.parametrize("relay", [silent, down])
def test_a_stop_does_not_wait_for_the_relay(tmp_path, relay):
    with relay() as url, Server(tmp_path, RELAY=url) as server:
        server.visitor().post_json("register", email="person@example.net")
        start = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - start < 15


def test_a_mail_outlives_every_worker_and_a_relay_that_comes_late(tmp_path):
    port = free_port()
    with Server(tmp_path, RELAY=f"smtp://127.0.0.1:{port}") as server:
        server.visitor().post_json("register", email="person@example.net")
        wait_until(lambda: "relay_trouble" in server.log(), 20)  # a first try has failed
    relay = Relay()
    relay.controller.port = port
    with relay, Server(tmp_path, RELAY=f"smtp://127.0.0.1:{port}") as server:
        assert relay.wait_for("person@example.net", seconds=120).link.startswith("http://localhost:")


def test_both_workers_send_and_no_mail_goes_twice(tmp_path):
    with Relay() as relay, Server(tmp_path, RELAY=relay.url) as server:
        visitor = server.visitor()
        addresses = [f"person-{number}@example.net" for number in range(60)]
        for address in addresses:
            visitor.post_json("register", email=address)
        for address in addresses:
            relay.wait_for(address)
        identifiers = [mail.message["Message-ID"] for mail in relay.mails]
        assert len(set(identifiers)) == len(identifiers) == len(addresses)


def test_a_mail_is_one_that_mail_programs_like(tmp_path):
    with Relay() as relay, Server(tmp_path, RELAY=relay.url) as server:
        server.visitor().post_json("register", email="person@example.net")
        mail = relay.wait_for("person@example.net")
    message = mail.message
    assert message["From"].addresses[0].addr_spec == "accounts@example.org" == mail.sender
    assert message["To"].addresses[0].addr_spec == "person@example.net"
    for name in ("Date", "Message-ID", "MIME-Version", "Subject"):
        assert len(message.get_all(name)) == 1
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    assert mail.link in mail.html.replace("&amp;", "&")
    assert all(len(line) <= 998 for line in message.as_bytes().split(b"\n"))
    assert "src=" not in mail.html and "<script" not in mail.html
