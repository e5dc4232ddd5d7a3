"""No acknowledged mail is lost, wherever its sender is killed or frozen; and none goes twice without need."""
import os
import random
import signal
import threading
import time

import pytest

from harness import Server, wait_until
from ledger import LONGER_THAN_ANY_LEASE, MailLedger
from moved_clock import MovedClock
from report import report
from smtp_sink import Sink
from tracing import frozen, is_alive, owner_of_port, thread_named, traced

LOAD_SECONDS = int(os.environ.get("POSTERN_TORTURE_SECONDS", 10))
# What others can see of a sender: the disk, the gate, the relay, the log.
STEPS = ["flock", "pwrite64", "fdatasync", "connect", "sendto", "recvfrom", "write"]
ALL_STEPS = STEPS + ["fcntl", "pread64", "openat", "close", "socket", "getsockopt", "poll", "mprotect", "futex"]


@pytest.fixture
def sink():
    with Sink() as sink:
        yield sink


@pytest.fixture
def clock(tmp_path):
    return MovedClock(tmp_path)


@pytest.fixture
def pool(tmp_path, sink, clock):
    """Starts a server of that many workers; gives it with its ledger."""
    servers = []

    def start(workers):
        server = Server(tmp_path / "state", RELAY=sink.url, WORKERS=str(workers), **clock.environment)
        server.start()
        servers.append(server)
        return server, MailLedger(server, sink, clock)

    yield start
    for server in servers:
        server.stop()


def die_at(server, ledger, call, number):
    """Kills the notifier as it begins its number-th call of that kind. False when it makes fewer for a mail."""
    worker = server.workers()[0]
    thread = wait_until(lambda: thread_named(worker, "notifier"))
    inject = f"inject={call}:signal=KILL:when={number}"
    with traced("-p", thread, "-e", f"trace={call}", "-e", inject, output=os.devnull):
        address = wait_until(ledger.register)
        wait_until(lambda: not is_alive(worker) or was_marked(ledger, address), 20)
    if is_alive(worker):
        return False
    wait_until(lambda: is_serving(server, worker))
    return True


def was_marked(ledger, address):
    return any(delivery.was_marked for delivery in ledger.sink.sent_to(address))


def is_serving(server, dead):
    return dead not in server.workers() and server.visitor().get("health").status_code == 200


def test_a_sender_killed_at_every_step_loses_nothing(pool):
    server, ledger = pool(1)
    kills = {}
    for call in ALL_STEPS if "POSTERN_TORTURE_SECONDS" in os.environ else STEPS:
        kills[call] = 0
        while die_at(server, ledger, call, kills[call] + 1):
            kills[call] += 1
    report("sender killed at each step", kills=sum(kills.values()), steps=kills, **ledger.close())
    assert all(kills.values())
    assert kills["sendto"] >= 6  # EHLO, MAIL, RCPT, DATA, the text, the dot
    assert kills["fdatasync"] >= 2  # the claim, the mark


def test_workers_killed_at_any_moment_lose_nothing_while_the_relay_goes_down_and_up(pool, sink):
    server, ledger = pool(4)
    enough = threading.Event()
    kills = []

    def kill_now_and_then():
        while not enough.wait(random.uniform(0.05, 0.5)):
            kills.append(random.choice(server.workers()))
            os.kill(kills[-1], signal.SIGKILL)

    killer = threading.Thread(target=kill_now_and_then)
    killer.start()
    with ledger.registering():
        time.sleep(LOAD_SECONDS / 3)
        sink.go_down()
        time.sleep(LOAD_SECONDS / 3)
        sink.go_up()
        time.sleep(LOAD_SECONDS / 3)
    enough.set()
    killer.join()
    figures = ledger.close()
    report("workers killed at any moment, relay down and up", kills=len(kills), **figures)
    assert figures["acknowledged"] > 5 * LOAD_SECONDS


def test_four_workers_that_nobody_wakes_send_each_mail_once(pool, sink):
    server, ledger = pool(4)
    for number in range(40):  # another process adds the rows
        address = f"nobody-wakes-{number}@example.net"
        server.command("mail", "test", address)
        ledger.acknowledged.append(address)
    wait_until(lambda: ledger.count_due() == 0, 20)
    assert ledger.close()["delivered twice"] == 0
    assert len(sink.deliveries) == 40


@pytest.mark.parametrize("step, deliveries", [(b"DATA", 1), (b".", 2)])
def test_a_sender_frozen_past_its_lease_neither_sends_nor_overwrites(pool, sink, clock, step, deliveries):
    server, ledger = pool(4)
    hold = sink.hold(step)
    address = ledger.register()
    with frozen(owner_of_port(server, hold.wait())):
        sink.release(step)  # the answer waits for it
        clock.move(LONGER_THAN_ANY_LEASE)
        wait_until(lambda: ledger.mails("--state", "accepted"), 20)
        before = ledger.mails()
    wait_until(lambda: "mail_lease_lost" in server.log())
    assert ledger.mails() == before
    assert len(sink.sent_to(address)) == deliveries
    assert len({delivery.message_id for delivery in sink.deliveries}) == 1


def test_a_mail_that_always_kills_its_sender_ends_on_the_shelf(pool, sink, clock):
    server, ledger = pool(1)
    hold = sink.hold(b"RCPT")
    poison = ledger.register()
    for _ in range(10):
        now = hold
        port = now.wait()
        sender = owner_of_port(server, port)
        hold = sink.hold(b"RCPT")
        clock.move(LONGER_THAN_ANY_LEASE)  # the next one finds it due as soon as it starts
        os.kill(sender, signal.SIGKILL)
        now.released.set()
    wait_until(lambda: ledger.mails("--state", "shelved"))
    sink.release(b"RCPT")
    other = wait_until(ledger.register)
    wait_until(lambda: sink.sent_to(other))
    assert not sink.sent_to(poison)
    assert ledger.close()["shelved"] == 1
