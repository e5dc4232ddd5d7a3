"""script/server as its users know it."""
import contextlib
import os
import pathlib
import signal
import subprocess

import pytest

from harness import PASSWORD, ROOT, Relay, Server, Visitor, free_port, wait_until


def run(*words, **environment):
    done = subprocess.run([ROOT / "script" / "server", *words], env={**os.environ, **environment},
                          capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout + done.stderr


def test_help_and_wrong_use():
    status, said = run("--help")
    assert status == 0 and "STATE_DIR" in said
    assert run("--nonsense")[0] == 2


@pytest.mark.parametrize("name, value", [
    ("PORT", "0"), ("PORT", "x"), ("PORT", "70000"), ("WORKERS", "0"), ("WORKERS", "-1"), ("LIMITS", "perhaps"),
    ("RELAY", "127.0.0.1:25"), ("RELAY", 'smtp://x"y'), ("STATE_DIR", "/tmp/a$b")])
def test_bad_settings_are_told_by_name(name, value):
    status, said = run(**{name: value})
    assert status == 1 and value in said


def test_accounts_survive_a_restart_and_a_deep_directory_with_a_space(tmp_path):
    state = tmp_path / ("deep " + "d" * 100) / ("e" * 100)
    address = "staying@example.net"
    with Relay() as relay:
        with Server(state, RELAY=relay.url) as server:
            server.account(relay, address)
            port = server.port
        assert server.process.returncode == 0
        with Server(state, RELAY=relay.url, PORT=str(port)) as server:
            answer = server.visitor().post_json("login", email=address, password=PASSWORD)
            assert answer.status_code == 200


def test_two_beside_each_other_share_nothing(tmp_path):
    with Server(tmp_path / "one") as one, Server(tmp_path / "two", WORKERS="1") as two:
        assert len(one.workers()) == 2 and len(two.workers()) == 1
        assert one.visitor().get("health").status_code == two.visitor().get("health").status_code == 200


def test_a_second_one_on_the_same_state_or_port_is_refused(tmp_path):
    with Server(tmp_path / "one") as server:
        status, said = run(PORT=str(free_port()), STATE_DIR=str(server.state))
        assert status == 1 and "another server" in said
        status, said = run(PORT=str(server.port), STATE_DIR=str(tmp_path / "two"))
        assert status == 1 and f"port {server.port} is in use" in said
        assert server.visitor().get("health").status_code == 200


def processes_with(text):
    """The command lines that name it."""
    found = []
    for file in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            found.append(file.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return [line for line in found if str(text) in line]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_everything(tmp_path, number):
    with Server(tmp_path) as server:
        workers = server.workers()
        os.kill(server.process.pid, number)
        assert server.process.wait(30) == 0
    assert not any(os.path.exists(f"/proc/{pid}") for pid in workers)
    assert not processes_with(tmp_path)


def test_it_leaves_nothing_behind_when_it_is_killed(tmp_path):
    with Server(tmp_path) as server:
        server.process.kill()
        wait_until(lambda: not processes_with(tmp_path), 20)


@pytest.mark.parametrize("part", ["nginx.pid", "pool"])
def test_it_ends_and_says_so_when_a_part_dies(tmp_path, part):
    with Server(tmp_path) as server:
        os.kill(int((tmp_path / "run" / part).read_text()), signal.SIGKILL)
        assert server.process.wait(30) == 1
        assert b"ended by itself" in server.process.stdout.read()
    assert not processes_with(tmp_path)


def test_only_loopback_is_listened_on(tmp_path):
    with Server(tmp_path) as server:
        hexadecimal = f":{server.port:04X}"
        listening = [line.split()[1] for file in ("/proc/net/tcp", "/proc/net/tcp6")
                     for line in open(file, encoding="ascii") if line.split()[3] == "0A"]
        addresses = {entry.split(":")[0] for entry in listening if entry.endswith(hexadecimal)}
        assert addresses and addresses <= {"0100007F", "00000000000000000000000001000000"}


def test_held_mail_is_shown_with_working_links(tmp_path):
    with Server(tmp_path) as server:
        visitor = server.visitor()
        visitor.post_json("register", email="held@example.net")
        shown = wait_until(lambda: "verify?token=" in (page := visitor.get("mailbox").text) and page)
        token = shown.split("verify?token=")[1].split('"')[0].split("<")[0].split()[0]
        assert visitor.post_json("verify", token=token, password=PASSWORD).status_code == 201


def test_no_mailbox_when_a_relay_sends(tmp_path):
    with Relay() as relay, Server(tmp_path, RELAY=relay.url) as server:
        assert server.visitor().get("mailbox").status_code == 404


def test_the_log_holds_no_secret(tmp_path):
    with Relay() as relay, Server(tmp_path, RELAY=relay.url) as server:
        visitor = server.account(relay, "quiet@example.net")
        token = relay.sent_to("quiet@example.net")[0].token
        visitor.get("verify?token=" + token)
        cookie = visitor.session.cookies["postern"]
        logs = "".join(file.read_text() for file in (tmp_path / "log").iterdir())
    for secret in (token, cookie, PASSWORD, "quiet@example.net"):
        assert secret not in logs, f"{secret} stands in a log"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_it_works_as_an_ordinary_user(tmp_path):
    """With a copy of what is built, because that user may not write here."""
    home = "/tmp/postern-user-%d" % os.getpid()
    subprocess.run(["mkdir", "-p", f"{home}/top"], check=True)
    try:
        subprocess.run(f"cp -r {ROOT}/script {ROOT}/nginx {home}/top/ && mkdir {home}/top/build && "
                       f"cp -r {ROOT}/build/postern {ROOT}/build/assets {home}/top/build/ && "
                       f"chmod 755 {home} && chown -R nobody {home} && chmod a-w {home}/top/build && "
                       f"chown root {home}/top/build", shell=True, check=True)
        port = free_port()
        process = subprocess.Popen(
            ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", f"{home}/top/script/server"],
            env={"PATH": "/usr/bin:/bin", "PORT": str(port), "STATE_DIR": f"{home}/state", "HOME": home},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith("ready: "):
                break
        assert "ready: " in said, said
        assert Visitor(f"http://localhost:{port}").get("/").status_code == 200
        process.terminate()
        assert process.wait(30) == 0
    finally:
        subprocess.run(["rm", "-rf", home], check=True)
