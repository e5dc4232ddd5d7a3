"""What no browser sends, by the thousand: no worker ends because of nginx, and nothing is lost or done that was not asked."""
import json
import os

import pytest

from fuzzed_requests import BATCH, ask_many, ask_nginx, ask_worker
from harness import Server, wait_until
from report import report

REQUESTS = int(os.environ.get("POSTERN_TORTURE_REQUESTS", 20_000))
LONGEST = 15 if REQUESTS <= 20_000 else 600
# Half a request holds a thread until its time is over, and the hashing lane has few: this is slow by nature.
LONGEST_RAW = 15 if REQUESTS <= 20_000 else 120


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("state")) as server:
        yield server


def recipients(server):
    mails = json.loads(server.command("mail", "list", "--json", "--limit", "100000"))["mails"]
    return {mail["recipient"] for mail in mails}


def test_through_nginx_no_worker_ends_and_nobody_else_is_served(held):
    workers = held.workers()
    exchanges, answers = ask_many(ask_nginx, held.port, REQUESTS // BATCH, LONGEST)
    report("fuzzed requests through nginx", sent=exchanges * BATCH, answers=sum(answers.values()),
           by_status={str(status): count for status, count in sorted(answers.items(), key=str)})
    assert held.workers() == workers
    assert answers[401] > 0, answers
    assert not {500, 502, 504} & set(answers), answers
    assert "smuggled@example.net" not in recipients(held)
    assert held.visitor().get("health").status_code == 200


@pytest.mark.parametrize("lane", ["quick", "hashing"])
def test_straight_to_the_socket_nothing_is_lost(held, lane):
    visitor = held.visitor()
    address = f"before-{lane}@example.net"
    assert visitor.post_json("register", email=address).status_code == 202
    before = set(held.workers())
    exchanges, answers = ask_many(ask_worker, held.socket_path(lane), REQUESTS // 10, LONGEST_RAW)
    ended = len(before - set(held.workers()))
    report(f"fuzzed records straight to {lane}.sock", exchanges=exchanges, workers_ended=ended,
           by_status={str(status): count for status, count in sorted(answers.items(), key=str)})
    wait_until(lambda: held.visitor().get("health").status_code == 200)
    assert address in recipients(held)
    assert 500 not in answers, answers
    assert held.visitor().post_json("register", email=f"after-{lane}@example.net").status_code == 202
