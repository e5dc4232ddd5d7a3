"""postern doctor: finds nothing in what script/server sets up, and each thing that is broken in it."""
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import threading

import pytest

from doctor import reload_nginx, run_doctor, said, statuses
from harness import POSTERN, free_port

MEMBER = "examined@example.net"


@pytest.fixture(scope="module", autouse=True)
def member(server, relay):
    return server.account(relay, MEMBER)


def examine(server, *words, config=None, nginx=None, inside=()):
    return run_doctor(config or server.state / "postern.toml", nginx or server.state / "nginx.conf", *words,
                      inside=inside)


@pytest.fixture
def broken_nginx(server, tmp_path):
    """The server's nginx with its files changed by `changes`: (file, old, new). Gives what then looks at it."""
    kept = tmp_path / "kept"
    parts = ("nginx.conf", "conf.d/postern.conf")
    links = os.readlink(server.state / "snippets")
    kept.mkdir()
    for name in parts:
        shutil.copy(server.state / name, kept / pathlib.Path(name).name)
    (server.state / "snippets").unlink()
    shutil.copytree(links, server.state / "snippets")

    def start(*changes):
        for file, old, new in changes:
            before = (server.state / file).read_text()
            assert old in before, f"{file} has no {old}"
            (server.state / file).write_text(before.replace(old, new))
        reload_nginx(server.state / "run" / "nginx.pid")
        return lambda *words, **options: examine(server, *words, **options)
    yield start
    for name in parts:
        shutil.copy(kept / pathlib.Path(name).name, server.state / name)
    shutil.rmtree(server.state / "snippets")
    os.symlink(links, server.state / "snippets")
    reload_nginx(server.state / "run" / "nginx.pid")


def copied_config(server, tmp_path, old, new):
    text = (server.state / "postern.toml").read_text()
    assert old in text
    config = tmp_path / "postern.toml"
    config.write_text(text.replace(old, new))
    return config


def test_a_good_installation_has_nothing_to_mend(server):
    code, checks = examine(server, "--as", MEMBER)
    assert code == 0, checks
    assert statuses(checks, "failed") == set()
    assert statuses(checks, "warning") <= {"clock", "disk"}  # of the machine under the test
    assert statuses(checks, "skipped") <= {"units", "sandbox", "clock", "certificate", "fail closed", "back end", "test mail"}


def test_it_leaves_no_sign_in_behind(server):
    before = server.command("session", "list", MEMBER, "--json")
    examine(server, "--as", MEMBER)
    ids = [[one["id"] for one in json.loads(text)["sessions"]]
           for text in (before, server.command("session", "list", MEMBER, "--json"))]
    assert ids[0] == ids[1]


def test_in_words_each_finding_says_what_why_and_what_to_change(server, tmp_path):
    config = copied_config(server, tmp_path, str(server.state / "key"), str(tmp_path / "no-key"))
    done = subprocess.run([POSTERN, "doctor", "--config", config, "--nginx-config", server.state / "nginx.conf"],
                          text=True, capture_output=True, timeout=60, check=False)
    assert done.returncode == 1
    assert re.search(r"^failed +key ", done.stdout, re.MULTILINE), done.stdout
    assert re.search(r"^skipped +back end .*: only with --backend URL$", done.stdout, re.MULTILINE)
    assert re.search(r"^key: .*no-key.*\n  why:    \w.*\n  change: \w", done.stdout, re.MULTILINE), done.stdout


def test_identity_headers_that_pass_are_found_in_the_files_and_at_the_back_end(broken_nginx):
    look = broken_nginx(("snippets/postern-protect.conf", "proxy_set_header Remote-User $postern_user;", ""))
    code, checks = look("--as", MEMBER)
    assert code == 1
    assert "/members/" in said(checks["identity headers"]) and "Remote-User" in said(checks["identity headers"])


def test_a_forged_name_at_the_back_end_is_heard(broken_nginx):
    look = broken_nginx(("snippets/postern-protect.conf", "proxy_set_header Remote-User $postern_user;", ""))
    _, checks = look("--as", MEMBER, "--protected", "/members/whoami")
    assert checks["forged identity"]["status"] == "failed"
    assert "/members/whoami" in said(checks["forged identity"])


def test_an_open_way_to_a_protected_back_end_is_found(broken_nginx):
    look = broken_nginx(("nginx.conf", "location /members/ {",
                         "location /open/ { proxy_pass http://postern_demo_members; }\n location /members/ {"))
    code, checks = look()
    assert code == 1
    assert statuses(checks, "failed") == {"identity headers"}
    assert "/open/" in said(checks["identity headers"]) and "postern-public.conf" in said(checks["identity headers"])


def test_an_open_location_is_found(broken_nginx):
    look = broken_nginx(("snippets/postern-protect.conf", "auth_request /_postern/check;", ""))
    code, checks = look("--protected", "/members/")
    assert code == 1
    assert "is open" in said(checks["anonymous visitors"])


def test_an_answer_before_the_question_is_found(broken_nginx):
    look = broken_nginx(("nginx.conf", "proxy_pass http://postern_demo_members;", "return 301 /elsewhere;"))
    code, checks = look()
    assert code == 1
    assert "answers before anybody is asked" in said(checks["protected locations"])
    assert "301" in said(checks["anonymous visitors"])


def test_missing_security_headers_are_found(broken_nginx):
    look = broken_nginx(("snippets/postern-errors.conf", "include snippets/postern-security-headers.conf;", ""))
    code, checks = look()
    assert code == 1
    assert statuses(checks, "failed") == {"headers"}
    assert "(404)" in said(checks["headers"])


def test_a_lost_query_is_found(broken_nginx):
    look = broken_nginx(("snippets/postern-check.conf", "POSTERN_ORIGINAL_URI $request_uri", "POSTERN_ORIGINAL_URI $uri"))
    code, checks = look()
    assert code == 1
    assert statuses(checks, "failed") == {"return address"}


def test_a_sub_request_that_takes_the_method_over_is_found(broken_nginx):
    look = broken_nginx(("snippets/postern-check.conf", "fastcgi_param REQUEST_METHOD GET;",
                         "fastcgi_param REQUEST_METHOD $request_method;"))
    code, checks = look()
    assert code == 1
    assert statuses(checks, "failed") == {"POST"}


def test_a_cookie_without_its_scope_is_found(broken_nginx):
    look = broken_nginx(("snippets/postern-accounts.conf", "fastcgi_pass $postern_lane;\n    error_page 502",
                         "fastcgi_pass $postern_lane;\n    fastcgi_hide_header Set-Cookie;\n"
                         "    add_header Set-Cookie 'postern=; Path=/; HttpOnly; Domain=localhost' always;\n"
                         "    error_page 502"))
    _, checks = look()
    assert "without SameSite=Lax" in said(checks["cookie"]) and "is for localhost" in said(checks["cookie"])


def test_a_log_with_tokens_is_a_warning(broken_nginx):
    look = broken_nginx(("nginx.conf", '/nginx-access.log" postern;', '/nginx-access.log" combined;'))
    code, checks = look()
    assert code == 0
    assert checks["nginx"]["status"] == "warning" and "token" in said(checks["nginx"])


def test_an_nginx_that_does_not_load_is_told_by_its_own_words(server, tmp_path):
    (tmp_path / "nginx.conf").write_text("events {}\nhttp { servr {} }\n")
    _, checks = examine(server, nginx=tmp_path / "nginx.conf")
    heard = said(checks["nginx"]) + str(checks["nginx"]["skipped_because"])
    assert 'unknown directive "servr"' in heard
    assert checks["identity headers"]["status"] == "skipped"


def test_a_key_that_all_may_read_is_found(server, tmp_path):
    shutil.copy(server.state / "key", tmp_path / "key")
    (tmp_path / "key").chmod(0o644)
    code, checks = examine(server, config=copied_config(server, tmp_path, str(server.state / "key"),
                                                        str(tmp_path / "key")))
    assert code == 1
    assert statuses(checks, "failed") == {"key"}
    assert f"chmod 600 {tmp_path}/key" in said(checks["key"])


def test_a_damaged_database_leads_to_restore(server, tmp_path):
    copy = json.loads(server.command("backup", "create", "--to", str(tmp_path), "--json"))["file"]
    with open(copy, "r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 40960)
    code, checks = examine(server, config=copied_config(server, tmp_path, str(server.state / "postern.db"), copy))
    assert code == 1
    assert statuses(checks, "failed") == {"database"}
    assert "postern backup restore" in said(checks["database"])


def test_a_database_that_all_may_read_is_found(server, tmp_path):
    copy = json.loads(server.command("backup", "create", "--to", str(tmp_path), "--json"))["file"]
    os.chmod(copy, 0o644)
    _, checks = examine(server, config=copied_config(server, tmp_path, str(server.state / "postern.db"), copy))
    assert "chmod 600 " + copy in said(checks["rights"])


class RefusingRelay:
    """Offers AUTH and refuses every password; keeps what it was told."""

    def __enter__(self):
        self.heard = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.socket.close()

    def serve(self):
        connection, _ = self.socket.accept()
        with connection, connection.makefile("rwb") as lines:
            def reply(text):
                lines.write(text.encode() + b"\r\n")
                lines.flush()
            reply("220 refusing.example ESMTP")
            for line in lines:
                self.heard.append(line.decode().strip())
                verb = line[:4].upper()
                reply({b"EHLO": "250-refusing.example\r\n250 AUTH PLAIN LOGIN", b"AUTH": "535 no such user",
                       b"QUIT": "221 bye"}.get(verb, "503 no"))


def test_a_relay_that_refuses_the_password_is_found_and_gets_no_mail(server, relay, tmp_path):
    with RefusingRelay() as refusing:
        (tmp_path / "password").write_text("not this one\n")
        (tmp_path / "password").chmod(0o600)
        config = copied_config(server, tmp_path, f'relays = ["{relay.url}"]',
                               f'relays = ["smtp://user@127.0.0.1:{refusing.port}"]\n'
                               f'password = "file:{tmp_path}/password"')
        code, checks = examine(server, config=config)
    assert code == 1
    assert statuses(checks, "failed") == {"relay"}
    assert "535 no such user" in said(checks["relay"]) and "mail.password" in said(checks["relay"])
    assert not any(line.upper().startswith(("MAIL", "DATA")) for line in refusing.heard)


def test_greeting_a_good_relay_sends_no_mail(server, relay):
    before = len(relay.mails)
    _, checks = examine(server)
    assert checks["relay"]["status"] == "ok"
    assert len(relay.mails) == before


def test_a_test_mail_arrives(server, relay):
    code, checks = examine(server, "--mail", "mailbox@example.net")
    assert code == 0 and checks["test mail"]["status"] == "ok"
    assert relay.sent_to("mailbox@example.net")


def test_a_back_end_around_nginx_is_found(server):
    _, checks = examine(server, "--backend", f"http://127.0.0.1:{server.port}/")
    assert "without nginx" in said(checks["back end"])
    _, checks = examine(server, "--backend", f"http://127.0.0.1:{free_port()}/")
    assert checks["back end"]["status"] == "ok"


PROXIED = "proxy_pass http://postern_demo_members;"
UPSTREAM = "upstream postern_demo_members {\n        server unix:"


def beside(address):
    """In a network of its own, where something listens at port 3000 of that address."""
    listen = f"""
import os, socket, subprocess, sys
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
listener = socket.create_server(("{address}", 3000))
sys.exit(subprocess.run(sys.argv[1:]).returncode)
"""
    return ["unshare", "--net", *([] if os.getuid() == 0 else ["--map-root-user"]), "/usr/bin/python3", "-c", listen]


@pytest.mark.parametrize("change", [
    ("nginx.conf", PROXIED, "proxy_pass http://127.0.0.1:3000;"),
    ("nginx.conf", PROXIED, "proxy_pass http://localhost:3000$request_uri;"),
    ("nginx.conf", UPSTREAM, "upstream postern_demo_members {\n        server 127.0.0.1:3000;\n        server unix:"),
    ("nginx.conf", PROXIED, "fastcgi_pass 127.0.0.1:3000;"),
], ids=["address", "name", "upstream", "FastCGI"])
def test_a_back_end_that_listens_on_more_than_loopback_is_found(broken_nginx, change):
    look = broken_nginx(change)
    code, checks = look(inside=beside("0.0.0.0"))
    assert code == 1
    assert checks["ports"]["status"] == "failed"
    assert "/members/" in said(checks["ports"]) and "listens on 0.0.0.0:3000" in said(checks["ports"])
    assert "127.0.0.1:3000 alone" in said(checks["ports"])
    _, checks = look(inside=beside("127.0.0.1"))
    assert checks["ports"]["status"] == "ok"


def test_whether_it_fails_closed_is_asked_while_postern_is_away(server, broken_nginx):
    _, checks = examine(server, "--fail-closed")
    assert "stop it first" in checks["fail closed"]["skipped_because"]
    lost = ("conf.d/postern.conf", "/quick.sock", "/nobody-is-here.sock")
    look = broken_nginx(lost)
    _, checks = look("--fail-closed")
    assert checks["fail closed"]["status"] == "ok"


def test_what_opens_without_postern_is_found(server, broken_nginx):
    lost = ("conf.d/postern.conf", "/quick.sock", "/nobody-is-here.sock")
    look = broken_nginx(lost, ("snippets/postern-protect.conf", "error_page 500 =503 @postern_error_$postern_asker;",
                               "error_page 500 =200 /index.html;"))
    code, checks = look("--fail-closed")
    assert code == 1
    assert "200" in said(checks["fail closed"])
