"""postern bench: figures of this very installation, and nothing that stays behind."""
import contextlib
import json
import pathlib
import re
import signal
import sqlite3
import subprocess

import pytest

from harness import PASSWORD, POSTERN, free_port, wait_until


def accounts(server):
    return [account["email"] for account in json.loads(server.command("user", "list", "--json"))["accounts"]]


def command(server, *words):
    return [POSTERN, "bench", *words, "--config", server.state / "postern.toml"]


def run(server, *words):
    return subprocess.run(command(server, *words), text=True, capture_output=True, timeout=60, check=False)


def hashes_use_small_pages():
    setting = pathlib.Path("/sys/kernel/mm/transparent_hugepage/enabled")
    return setting.exists() and "[always]" not in setting.read_text(encoding="ascii")


def test_what_does_not_answer_or_answers_something_else_gives_no_figure(server):
    for url, fault in ((f"http://127.0.0.1:{free_port()}", ""), (f"{server.origin}/members", "it answers 40")):
        done = run(server, "--seconds", "1", "--json", "--url", url)
        assert done.returncode == 1, done.stdout + done.stderr
        found = json.loads(done.stdout)
        for row in ("session_checks", "logins"):
            assert found[row]["faults"] > 0 and found[row]["a_second"] == 0
            assert fault in found[row]["first_fault"]
    assert accounts(server) == []


def test_what_a_killed_run_left_goes_with_a_later_one(server):
    for name in ("old", "young"):
        server.command("user", "add", f"postern-bench-{name}@postern.invalid", stdin=PASSWORD + "\n")
    with contextlib.closing(sqlite3.connect(server.state / "postern.db")) as database, database:
        database.execute("UPDATE account SET created_at = 0 WHERE email LIKE '%-old@%'")
    run(server, "--seconds", "1", "--url", f"http://127.0.0.1:{free_port()}")
    assert accounts(server) == ["postern-bench-young@postern.invalid"]  # it may be of one that runs now
    server.command("user", "delete", "postern-bench-young@postern.invalid", "--yes")


def test_it_measures_checks_logins_and_memory_and_leaves_nothing(server, relay):
    done = run(server, "--seconds", "3", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["load_on_this_machine"] is True
    for row, least in (("session_checks", 100), ("logins", 0)):
        assert found[row]["faults"] == 0 and found[row]["a_second"] > least, found
        assert 0 < found[row]["p50_ms"] <= found[row]["p99_ms"]
        assert found["release"][row]["a_second"] > 0
    assert found["workers"] == 2 and 5 < found["memory_of_a_worker_mib"] < 100
    assert accounts(server) == []
    assert json.loads(server.command("mail", "list", "--json"))["mails"] == [] and relay.mails == []
    server.command("audit", "verify")


def test_in_words_it_says_that_the_load_is_here_too(server):
    done = run(server, "--seconds", "2")
    assert done.returncode == 0, done.stdout
    assert re.search(r"^session checks +\d+ +\d+\.\d+ +\d+\.\d+ +\d+", done.stdout, re.MULTILINE), done.stdout
    assert "The load ran on this machine" in done.stdout
    assert "session checks for 2 s" in done.stderr
    assert ("Logins can be a fifth faster" in done.stdout) == hashes_use_small_pages()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_takes_its_accounts_away(server, number):
    with subprocess.Popen(command(server, "--seconds", "60"), stderr=subprocess.PIPE, text=True) as bench:
        wait_until(lambda: accounts(server))
        bench.send_signal(number)
        _, said = bench.communicate(timeout=30)
    assert bench.returncode == 1 and "interrupted" in said
    assert accounts(server) == []
