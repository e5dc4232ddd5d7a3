"""A server of the test's own, its visitors and its relay. What the tests know is the contract."""
import asyncio
import email
import email.policy
import html.parser
import json
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import threading
import time

import requests
from aiosmtpd.controller import Controller

ROOT = pathlib.Path(__file__).resolve().parents[2]
POSTERN = ROOT / "build" / "postern"
PASSWORD = "a lamp, a boat and seven hills"
OTHER_PASSWORD = "the second lamp is on the left"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    """Whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(condition, seconds=10):
    """For what has no other sign: asks again and again, and gives what it got."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.02)
    return result


class Server:
    """script/server with a state and a port of its own. Stops with the `with` block."""

    def __init__(self, state, **environment):
        self.state = pathlib.Path(state)
        self.port = int(environment.pop("PORT", 0)) or free_port()
        self.origin = f"http://localhost:{self.port}"
        self.environment = {"LIMITS": "off", **environment, "PORT": str(self.port),
                            "STATE_DIR": str(self.state)}
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self.process = subprocess.Popen(
            [ROOT / "script" / "server"], env={**os.environ, **self.environment},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        said = b""
        end = time.monotonic() + 300  # it may have to wait for a build
        while b"ready: " not in said:
            select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
            more = os.read(self.process.stdout.fileno(), 4096)
            said += more
            if not more or time.monotonic() > end:
                self.stop()
                raise AssertionError(f"script/server did not start: {said.decode()}{self.log()}")
        assert f"ready: {self.origin}/\n".encode() in said

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(40)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise
        self.process.stdout.close()
        return status

    def workers(self):
        return [int(line) for line in (self.state / "run" / "workers").read_text().split()]

    def log(self):
        file = self.state / "log" / "postern.log"
        return file.read_text() if file.exists() else ""

    def socket_path(self, lane):
        conf = (self.state / "conf.d" / "postern.conf").read_text()
        return re.search(rf"unix:(\S+/{lane}\.sock)", conf)[1]

    def command(self, *words, stdin=None):
        """A subcommand of postern; what it printed."""
        done = subprocess.run([POSTERN, *words, "--config", self.state / "postern.toml"], input=stdin,
                              env={**os.environ, **self.environment}, text=True, capture_output=True,
                              timeout=60, check=False)
        assert done.returncode == 0, f"postern {words}: {done.stdout}{done.stderr}"
        return done.stdout

    def visitor(self):
        return Visitor(self.origin)

    def account(self, relay, address, password=PASSWORD, **fields):
        """A visitor who has registered, proven the mailbox and is signed in."""
        visitor = self.visitor()
        assert visitor.post_json("register", email=address, **fields).status_code == 202
        answer = visitor.post_json("verify", token=relay.wait_for(address).token, password=password)
        assert answer.status_code == 201, answer.text
        return visitor


class Visitor:
    """One browser: keeps its cookies, follows no redirect by itself."""

    def __init__(self, origin):
        self.origin = origin
        self.session = requests.Session()
        self.session.trust_env = False

    def url(self, address):
        if address.startswith("http"):
            return address
        return self.origin + (address if address.startswith("/") else "/account/" + address)

    def request(self, method, address, **options):
        options.setdefault("allow_redirects", False)
        options.setdefault("timeout", 60)
        return self.session.request(method, self.url(address), **options)

    def get(self, address, **options):
        return self.request("GET", address, **options)

    def get_json(self, address):
        return self.get(address, headers={"Accept": "application/json"})

    def post_json(self, address, **fields):
        return self.request("POST", address, data=json.dumps(fields),
                            headers={"Content-Type": "application/json"})

    def post_form(self, address, headers=None, **fields):
        """As a browser does: same origin, and says so."""
        return self.request("POST", address, data=fields, headers={
            "Origin": self.origin, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate",
            **(headers or {})})

    def submit(self, page, action, **fields):
        """Fills in the form of a shown page whose action ends so, hidden fields included."""
        form = next(form for form in forms_of(page.text) if form.action.split("?")[0].endswith(action))
        for name in fields:
            assert name in form.fields, f"{action} has no field {name}: {form.fields}"
        return self.post_form(form.action or page.request.path_url, **{**form.fields, **fields})

    def is_signed_in(self):
        status = self.get("session").status_code
        assert status in (200, 401)
        return status == 200


class Form:
    def __init__(self, attributes):
        self.action = attributes.get("action", "")
        self.method = attributes.get("method", "get").lower()
        self.fields = {}


class FormParser(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms = []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "form":
            self.forms.append(Form(attributes))
        named = tag in ("input", "button", "select", "textarea") and "name" in attributes
        off = attributes.get("type") in ("checkbox", "radio") and "checked" not in attributes
        if named and self.forms:
            value = "" if off else attributes.get("value") or ""
            self.forms[-1].fields.setdefault(attributes["name"], value)


def forms_of(text):
    parser = FormParser()
    parser.feed(text)
    return parser.forms


class Mail:
    def __init__(self, data, sender, recipients, at):
        self.message = email.message_from_bytes(data, policy=email.policy.default)
        self.sender = sender
        self.recipients = recipients
        self.at = at
        self.text = self.message.get_body(("plain",)).get_content()
        self.html = self.message.get_body(("html",)).get_content()

    @property
    def link(self):
        """It stands alone on its line, with the token first."""
        found = re.findall(r"^(http\S+\?token=[A-Za-z0-9_-]+)\r?$", self.text, re.MULTILINE)
        assert len(found) == 1, self.text
        return found[0]

    @property
    def token(self):
        return self.link.split("?token=")[1]

    @property
    def code(self):
        found = re.findall(r"(?<![0-9])([0-9]{6})(?![0-9])", re.sub(r"http\S+", "", self.text))
        assert len(found) == 1, self.text
        return found[0]


class Relay:
    """An SMTP server on loopback that keeps what it is given; `delay` seconds a mail."""

    def __init__(self, delay=0):
        self.delay = delay
        self.mails = []
        self.changed = threading.Condition()
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self.url = f"smtp://127.0.0.1:{self.controller.port}"

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()

    async def handle_DATA(self, server, session, envelope):
        if self.delay:
            await asyncio.sleep(self.delay)
        mail = Mail(envelope.content, envelope.mail_from, envelope.rcpt_tos, time.monotonic())
        with self.changed:
            self.mails.append(mail)
            self.changed.notify_all()
        return "250 kept"

    def sent_to(self, address):
        return [mail for mail in self.mails if address in mail.recipients]

    def wait_for(self, address, count=1, seconds=20):
        """The count-th mail to that address."""
        with self.changed:
            came = self.changed.wait_for(lambda: len(self.sent_to(address)) >= count, seconds)
            assert came, f"no {count}. mail to {address} within {seconds} s"
            return self.sent_to(address)[count - 1]
