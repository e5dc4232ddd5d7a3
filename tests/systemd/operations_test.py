"""The package on a machine that systemd has booted: installed, configured, under load, mishandled, removed.

The tests go from top to bottom on one machine. POSTERN_RESTARTS=100 makes the long run of rolling restarts
(default 10).
"""
import contextlib
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

import pytest

from machine import HERE, Machine, wait_until, why_not
from package import BUILD, build_package

DATABASE = "/var/lib/postern/postern.db"
RESTARTS = int(os.environ.get("POSTERN_RESTARTS", "10"))
RELAY_PASSWORD = "s3cret of the relay"
PASSWORD = "a lamp, a boat and seven hills"
CONFIG = """public_origin = "http://localhost"
[mail]
from = "Example <accounts@example.org>"
relays = ["smtp://postern@127.0.0.1:2525"]
password = "credential:postern.relay-password"
[limits]
enabled = false
[log]
level = "notice"
"""
SITE = """server {
    listen 80 default_server;
    server_tokens off;
    access_log /var/log/nginx/access.log postern;
    include snippets/postern-security-headers.conf;
    include snippets/postern-accounts.conf;
    location /members/ {
        include snippets/postern-protect.conf;
        root /var/www/html;
    }
}
server {
    listen 127.0.0.1:9180;
    include snippets/postern-metrics.conf;
}
"""
runs = itertools.count()

HINDRANCE = why_not()
pytestmark = pytest.mark.skipif(bool(HINDRANCE), reason=str(HINDRANCE))


def next_release(share, package):
    """The same package with a higher version and the program that has one migration more."""
    tree, made = share / "next", share / "postern_next.deb"
    subprocess.run(["dpkg-deb", "--raw-extract", package, tree], check=True)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^(Version: .*)", r"\1+next", control.read_text()))
    shutil.copy(BUILD / "tests/systemd/postern_next", tree / "usr/bin/postern")
    subprocess.run(["dpkg-deb", "-Zgzip", "--root-owner-group", "--build", tree, made], check=True,
                   stdout=subprocess.DEVNULL)
    return made


@pytest.fixture(scope="module")
def machine():
    share = pathlib.Path(tempfile.mkdtemp(prefix="postern-share-"))
    for file in ("load.py", "sink.py"):
        shutil.copy(HERE / file, share)
    try:
        first = build_package(share / "package")
        second = next_release(share, first)
        with Machine(share) as booted:
            booted.first, booted.second = (pathlib.Path("/mnt") / deb.relative_to(share) for deb in (first, second))
            booted.cookie, booted.acknowledged = "", []
            yield booted
    finally:
        shutil.rmtree(share, ignore_errors=True)


def ask(machine, path, *options, body=None):
    """Status, headers and body, as curl shows them."""
    words = " ".join(f"'{word}'" for word in options)
    if body is not None:
        words += f" -H 'Content-Type: application/json' -d '{json.dumps(body)}'"
    return machine.run(f"curl -sS -i -m 60 {words} http://localhost{path}")


def status(answer):
    return int(answer.split()[1])


def ask_database(machine, query):
    return machine.run(f'sqlite3 -readonly {DATABASE} "{query}"')


@contextlib.contextmanager
def load(machine, may_fail=0):
    """Requests before, during and after; then the ledger is compared with the database."""
    run = next(runs)
    process = machine.start(f"/usr/bin/python3 -B /mnt/load.py '{machine.cookie}' {run}")
    assert process.stdout.readline() == "loading\n"
    time.sleep(1)  # not to wait for something: for load to stand before what is done under it
    yield
    time.sleep(1)
    said, _ = process.communicate("", timeout=120)
    ledger = json.loads(said)
    rows = ask_database(machine, f"SELECT email, count(*) FROM claim WHERE email LIKE 'load-{run}-%' GROUP BY email")
    applied = dict(line.split("|") for line in rows.splitlines())
    twice = [address for address, count in applied.items() if count != "1"]
    missing = [address for address in ledger["acknowledged"] if address not in applied]
    print(f"  sent {ledger['sent']}, lost {len(ledger['lost'])}, applied twice {len(twice)}, "
          f"acknowledged and missing {len(missing)}, slowest {ledger['slowest']:.1f} s")
    assert ledger["sent"] > 50
    assert not twice and not missing
    machine.acknowledged += ledger["acknowledged"]
    assert len(ledger["lost"]) <= may_fail, ledger["lost"][:10]


def test_an_install_without_configuration_says_what_to_do_and_starts_nothing(machine):
    said = machine.run(f"dpkg -i {machine.first}", seconds=300)
    assert "set public_origin" in said and "systemctl start postern.target" in said
    assert machine.run("systemctl is-active postern@1", code=None) == "inactive"
    assert machine.run("systemctl is-enabled postern.target postern.socket") == "enabled\nenabled"
    assert machine.run("stat -c '%U %a' /var/lib/postern") == "postern 700"
    assert machine.run("man -w postern postern.toml | wc -l") == "2"
    assert "create" in machine.run("bash -c '. /usr/share/bash-completion/completions/postern; "
                                   "COMP_WORDS=(postern backup c) COMP_CWORD=2; _postern; echo ${COMPREPLY[*]}'")


def test_three_lines_and_an_include_later_accounts_work(machine):
    machine.write("/etc/postern/postern.toml", CONFIG)
    machine.write("/etc/credstore/postern.relay-password", RELAY_PASSWORD + "\n", "0600")
    machine.write("/etc/nginx/sites-enabled/default", SITE)
    start_relay(machine)
    machine.run("postern config check && systemctl start postern.target && nginx -t && systemctl start nginx")
    register(machine, "ada@example.org")
    answer = ask(machine, "/account/session", "-b", machine.cookie)
    assert status(answer) == 200 and "ada@example.org" in answer
    assert status(ask(machine, "/members/")) == 303
    assert status(ask(machine, "/members/", "-b", machine.cookie)) in (200, 403, 404)


def examine(machine, code):
    said = machine.run("postern doctor --json", code=code)
    return {check["name"]: (check["status"], " ".join(one["what"] + " / " + one["change"] for one in check["findings"]))
            for check in json.loads(said)["checks"]}


def test_a_configuration_that_the_service_cannot_use_is_told_before_it_starts(machine):
    """Root's shell saw no mistake in what only root may read, and none in a credential that no unit hands over."""
    password = 'password = "credential:postern.relay-password"'
    for other, words in (('password = "credential:relay-password"', 'hands over no credential "relay-password"'),
                         ('password = "credential:postern.key"', 'there is no credential "postern.key"'),
                         ('password = "file:/root/password"', "is closed to the owner of /var/lib/postern")):
        machine.write("/root/password", RELAY_PASSWORD + "\n", "0600")
        machine.write("/etc/postern/draft.toml", CONFIG.replace(password, other))
        said = machine.run("postern config check --config /etc/postern/draft.toml", code=1)
        assert said.startswith("/etc/postern/draft.toml:5:12: mail.password: ") and words in said
    machine.run("chmod 600 /etc/postern/postern.toml")
    assert "postern.toml is closed to the owner" in machine.run("postern config check", code=1)
    machine.run("chmod 644 /etc/postern/postern.toml && rm /etc/postern/draft.toml /root/password")
    assert machine.run("postern config check") == "/etc/postern/postern.toml: good"


def test_the_doctor_finds_nothing_wrong_with_a_good_machine(machine):
    found = examine(machine, code=0)
    assert {name for name, (status, _) in found.items() if status == "failed"} == set()
    assert {name for name, (status, _) in found.items() if status == "warning"} <= {"clock", "disk"}
    assert {name for name, (status, _) in found.items() if status == "skipped"} <= \
        {"clock", "certificate", "fail closed", "back end", "test mail"}


def test_the_doctor_names_each_damage_with_the_line_to_change(machine):
    drop_in = "/run/systemd/system/postern@.service.d/loose.conf"
    machine.write(drop_in, "[Service]\nNonBlocking=no\nProtectHome=no\nMemoryDenyWriteExecute=no\n")
    machine.run("systemctl daemon-reload && chmod 644 /var/lib/postern/key && systemctl stop sink")
    found = examine(machine, code=1)
    assert {name for name, (status, _) in found.items() if status == "failed"} == {"key", "units", "relay"}
    assert "chmod 600 /var/lib/postern/key" in found["key"][1]
    assert "take NonBlocking=no out of " + drop_in in found["units"][1]
    assert found["sandbox"][0] == "warning"
    for line in ("ProtectHome=no instead of ProtectHome=yes", "MemoryDenyWriteExecute=no instead of"):
        assert line in found["sandbox"][1]
    assert "127.0.0.1:2525" in found["relay"][1] and "mail.relays" in found["relay"][1]
    machine.run(f"rm {drop_in} && systemctl daemon-reload && chmod 600 /var/lib/postern/key")
    start_relay(machine)


def test_the_metrics_are_those_of_the_pool(machine):
    page = machine.run("curl -sS http://127.0.0.1:9180/metrics")
    assert "postern_workers 2\n" in page and "postern_worker_starts_total 2\n" in page
    assert machine.run("stat -c '%U %a' /run/postern/metrics-*") == "postern 600"
    assert status(ask(machine, "/account/metrics")) == 404


def start_relay(machine):
    machine.run(f"systemd-run -q -u sink /usr/bin/python3 -B /mnt/sink.py '{RELAY_PASSWORD}'")
    connects = "timeout 1 bash -c '>/dev/tcp/127.0.0.1/2525' 2>/dev/null && echo yes"
    wait_until(lambda: machine.run(connects, code=None) == "yes", 30, "the relay")


def register(machine, address):
    assert status(ask(machine, "/account/register", body={"email": address})) == 202
    mail = wait_until(lambda: machine.run(f"cat /var/tmp/mails/*-{address} 2>/dev/null", code=None), 30, "the mail")
    token = re.search(r"\?token=3D([A-Za-z0-9_-]+)", mail.replace("=\r\n", "").replace("=\n", ""))
    assert token, mail
    answer = ask(machine, "/account/verify", body={"token": token[1], "password": PASSWORD})
    assert status(answer) == 201, answer
    machine.cookie = re.search(r"Set-Cookie: (postern=[^;]+)", answer, re.IGNORECASE)[1]


def test_key_and_sockets_are_for_those_who_need_them(machine):
    assert machine.run("stat -c '%U %a' /var/lib/postern/key /var/lib/postern/postern.db") == \
        "postern 600\npostern 600"
    assert machine.run("stat -c '%G %a' /run/postern/quick.sock /run/postern/hashing.sock") == \
        "www-data 660\nwww-data 660"
    pid = machine.pid_of(1)
    assert machine.run(f"grep 'Max core' /proc/{pid}/limits").split()[4:6] == ["0", "0"]


def test_a_start_leaves_the_shared_sockets_non_blocking(machine):
    """systemd made them blocking for every worker whenever one started: a thread that came second hung in accept."""
    machine.write("/run/systemd/system/postern@9.service.d/look.conf", "[Service]\nType=oneshot\nRestart=no\nExecStart=\n"
                  "ExecStart=/bin/grep flags /proc/self/fdinfo/3 /proc/self/fdinfo/4\n")
    machine.run("systemctl daemon-reload && systemctl start postern@9")
    said = machine.run("journalctl -q -o cat -u postern@9 --grep flags")
    flags = [int(word, 8) for word in re.findall(r"flags:\s+(\d+)", said)]
    assert len(flags) == 2 and all(one & os.O_NONBLOCK for one in flags)
    machine.run("rm -r /run/systemd/system/postern@9.service.d && systemctl daemon-reload")


def roll(machine, times):
    for _ in range(times):
        for worker in (1, 2):
            machine.run(f"systemctl restart postern@{worker}")


def test_rolling_restarts_lose_nothing(machine):
    with load(machine):
        roll(machine, RESTARTS // 2)


def test_all_workers_at_once_lose_nothing(machine):
    with load(machine):
        machine.run("systemctl restart 'postern@*'")


def test_a_reload_of_nginx_loses_nothing(machine):
    with load(machine):
        for _ in range(3):
            machine.run("nginx -s reload")
            time.sleep(0.3)


def test_a_reload_takes_the_new_configuration_and_loses_nothing(machine):
    before = pids(machine)
    machine.write("/etc/postern/postern.toml", 'site_name = "The New Name"\n' + CONFIG)
    with load(machine):
        machine.run("systemctl reload 'postern@*'")
        wait_until(lambda: all("The New Name" in ask(machine, "/account/login") for _ in range(8)), 30, "the name")
    assert pids(machine) == before


def test_a_bad_configuration_is_refused_and_the_workers_go_on(machine):
    machine.write("/etc/postern/postern.toml", CONFIG.replace("[mail]", "sight_name = 1\n[mail]"))
    machine.run("systemctl reload postern@1", code=1)
    machine.run("systemctl kill -s HUP postern@1")
    wait_until(lambda: "reload_refused" in machine.journal(), 20, "the refusal in the journal")
    assert "configuration from before" in machine.run("systemctl status postern@1")
    assert "The New Name" in ask(machine, "/account/login")
    machine.write("/etc/postern/postern.toml", CONFIG)
    machine.run("systemctl reload postern@1")


def test_an_event_is_found_by_its_fields(machine):
    machine.write("/etc/postern/postern.toml", CONFIG.replace('"notice"', '"debug"'))
    machine.run("systemctl reload 'postern@*'")
    page = ask(machine, "/account/no-such-page", "-b", machine.cookie)
    request_id = re.search("[0-9a-f]{32}", page)[0]
    event = json.loads(wait_until(lambda: machine.run(f"journalctl -q -o json REQUEST_ID={request_id}"), 10, "the event"))
    assert event["EVENT"] == "request" and event["ROUTE"] == "none" and event["STATUS"] == "404"
    assert event["CLIENT"] == "127.0.0.1" and int(event["MS"]) < 1000 and event["_SYSTEMD_UNIT"].startswith("postern@")
    account = re.search(r'"id":"(\d+)"', ask(machine, "/account/session", "-b", machine.cookie))[1]
    of_account = f"journalctl -q -o json ACCOUNT={account} ROUTE=session"
    wait_until(lambda: machine.run(of_account), 10, "an event of the account")
    known = machine.run("journalctl -q -o json MESSAGE_ID=$(printf request | sha256sum | head -c 32) -n 1")
    assert json.loads(known)["EVENT"] == "request"
    everything = machine.run("journalctl -q -o json -u 'postern*'")
    assert RELAY_PASSWORD not in everything and PASSWORD not in everything
    assert machine.cookie.split("=")[1] not in everything
    machine.write("/etc/postern/postern.toml", CONFIG)
    machine.run("systemctl reload 'postern@*'")


def test_an_upgrade_that_migrates_loses_nothing(machine):
    before, schema = pids(machine), int(ask_database(machine, "PRAGMA user_version"))
    pairs = set()
    with load(machine):
        upgrade = machine.start(f"dpkg -i {machine.second}")
        while upgrade.poll() is None:
            pairs.add(pids(machine))
            time.sleep(0.2)
        assert upgrade.returncode == 0, upgrade.stdout.read()
    assert not set(pids(machine)) & set(before)
    assert any(one not in (0, before[0]) and two == before[1] for one, two in pairs), "old beside new"
    assert machine.run("systemctl is-active postern.target postern@1 postern@2").split() == ["active"] * 3
    assert int(ask_database(machine, "PRAGMA user_version")) == schema + 1
    copy = machine.run(f"ls /var/lib/postern/backups/schema-{schema}-*.db")
    assert "whole" in machine.run(f"postern backup verify {copy}")


def pids(machine):
    return tuple(int(pid) for pid in machine.run("systemctl show -P MainPID postern@1 postern@2").split())


def test_a_killed_worker_costs_what_was_in_its_hands(machine):
    with load(machine, may_fail=5):  # the threads of load.py
        machine.run(f"kill -9 {machine.pid_of(1)}")
        wait_until(lambda: machine.run("systemctl is-active postern@1", code=None) == "active", 20, "the next one")


def test_a_frozen_worker_is_replaced_within_half_a_minute(machine):
    frozen = machine.pid_of(2)
    with load(machine, may_fail=5):
        machine.run(f"kill -STOP {frozen}")
        started = time.monotonic()
        wait_until(lambda: machine.pid_of(2) not in (0, frozen), 40, "a new worker")
        took = time.monotonic() - started
        wait_until(lambda: machine.run("systemctl is-active postern@2", code=None) == "active", 20, "it serves")
    print(f"  replaced after {took:.0f} s")
    assert took < 30


def test_every_acknowledged_mail_leaves_or_waits_for_the_end_of_a_lease(machine):
    untouched = "SELECT count(*) FROM outbox WHERE state = 'due' AND attempts = 0"
    wait_until(lambda: ask_database(machine, untouched) == "0", 60, "the queue empties")
    leased = ask_database(machine, "SELECT recipient FROM outbox WHERE state = 'due'").split()
    sent = [mail.split("-", 1)[1] for mail in machine.run("ls /var/tmp/mails").split() if "-load-" in mail]
    missing = set(machine.acknowledged) - set(sent)
    again = len(sent) - len(set(sent))
    print(f"  acknowledged {len(machine.acknowledged)}, mailed {len(set(sent))}, again {again}, leased {len(leased)}")
    assert missing <= set(leased)
    assert len(leased) + again <= 4  # what the killed and the frozen worker, and now the two, have in their hands


def test_a_third_worker_joins(machine):
    machine.run("systemctl enable --now postern@3")
    assert machine.pid_of(3) > 0
    machine.run("systemctl disable --now postern@3")


def test_stopped_is_stopped_and_says_503(machine):
    machine.run("systemctl stop postern.socket postern.target")
    assert status(ask(machine, "/account/login")) == 503
    assert status(ask(machine, "/members/")) == 503
    assert machine.run("systemctl is-active 'postern@*'", code=None) in ("", "inactive", "inactive\ninactive")
    machine.run("systemctl start postern.target")
    assert status(ask(machine, "/account/session", "-b", machine.cookie)) == 200


def test_a_request_starts_a_worker_when_there_is_none(machine):
    machine.run("systemctl stop postern@1 postern@2")
    assert status(ask(machine, "/account/session", "-b", machine.cookie)) == 200
    machine.run("systemctl start postern.target")


def test_a_backup_made_in_use_is_restored(machine):
    with load(machine):
        machine.run("systemctl start postern-backup.service postern-expire.service")
    copy = machine.run("ls /var/lib/postern/backups/postern-*.db")
    assert machine.run("systemctl list-timers 'postern-*'").count("postern-") >= 4  # both, with what they start
    assert "whole" in machine.run(f"postern backup verify {copy}")
    machine.run("postern user delete ada@example.org --yes")
    assert "is in use by process" in machine.run(f"postern backup restore {copy} --yes", code=1)
    machine.run("systemctl stop postern.socket postern.target")
    machine.run(f"postern backup restore {copy} --yes")
    machine.run("systemctl start postern.target")
    assert status(ask(machine, "/account/session", "-b", machine.cookie)) == 401  # sign-ins are not restored
    body = {"email": "ada@example.org", "password": PASSWORD}
    assert status(ask(machine, "/account/login", body=body)) == 200


def test_secrets_sealed_to_the_machine_do_as_well(machine):
    sealed = "/etc/credstore.encrypted"
    machine.run(f"mkdir -p -m 700 {sealed} && cd /etc/credstore && cp /var/lib/postern/key postern.key && "
                "for name in postern.key postern.relay-password; do systemd-creds encrypt --name=$name $name "
                f"{sealed}/$name && rm $name; done && mv /var/lib/postern/key /root/key")
    drop_in = "[Service]\nLoadCredential=\nLoadCredentialEncrypted=postern.key\n"
    machine.write("/etc/systemd/system/postern-setup.service.d/sealed.conf", drop_in)
    machine.write("/etc/systemd/system/postern@.service.d/sealed.conf",
                  drop_in + "LoadCredentialEncrypted=postern.relay-password\n")
    machine.run("systemctl daemon-reload && systemctl restart postern-setup && systemctl restart 'postern@*'")
    assert machine.run("ls /var/lib/postern/key", code=2)
    register(machine, "grace@example.org")
    key = examine(machine, code=0)["key"]
    assert key == ("skipped", "")
    machine.run("mv /root/key /var/lib/postern/key")


def test_removing_keeps_everything_and_purging_takes_it(machine):
    machine.run("dpkg -r postern", seconds=300)
    assert machine.run("systemctl is-active postern.socket 'postern@*'", code=None) in ("", "inactive")
    machine.run("test -s /var/lib/postern/postern.db && test -s /etc/postern/postern.toml")
    # Drop-ins of the operator's stayed behind.
    machine.write("/etc/postern/postern.toml.d/own.toml", 'site_name = "Mine"\n')
    machine.run("dpkg -P postern", seconds=300)
    left = machine.run("ls -d /var/lib/postern /etc/postern /run/postern /etc/nginx/conf.d/postern.conf", code=None)
    assert left.count("No such file") == 4, left
