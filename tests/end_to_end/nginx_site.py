"""A site as an operator sets it up with the files of nginx/: own postern.toml, own nginx.conf."""
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import socketserver
import ssl
import struct
import subprocess
import tempfile
import threading

from harness import PASSWORD, POSTERN, ROOT, answers, free_port, wait_until

PARAMS = [pathlib.Path("/etc/nginx", f"{kind}_params") for kind in ("fastcgi", "uwsgi")]
HTTP = """daemon off; worker_processes 2; pid {state}/nginx.pid; error_log {state}/error.log; {user}
events {{ worker_connections 1024; }}
http {{
    include /etc/nginx/mime.types; server_tokens off;
    {temporary}
    include conf.d/postern.conf;
    access_log {state}/access.log postern;
    proxy_cache_path {state}/cache keys_zone=pages:1m;
    {servers}
}}
"""


def temporary_paths(directory):
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return " ".join(f"{kind}_temp_path {directory}/{kind};" for kind in kinds)


class Answer:
    def __init__(self, answer):
        self.status = answer.status
        self.headers = answer.headers
        self.text = answer.read().decode()


class Client:
    """One visitor on one kept connection; the cookie header is whatever it was given."""

    def __init__(self, site, host, port=None):
        self.host, self.cookie = host, ""
        self.connection = http.client.HTTPConnection("127.0.0.1", port or site.port, timeout=30)
        if site.certificate:
            context = ssl.create_default_context(cafile=site.certificate)
            self.connection.sock = context.wrap_socket(
                socket.create_connection(("127.0.0.1", site.port), 30), server_hostname=host.split(":")[0])

    def ask(self, method, path, body=None, **headers):
        sent = {"Host": self.host, **({"Cookie": self.cookie} if self.cookie else {}),
                **{name.replace("_", "-"): value for name, value in headers.items()}}
        self.connection.request(method, path, body, sent)
        answer = Answer(self.connection.getresponse())
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, value = line.split(";")[0].partition("=")
            if name.endswith("postern"):
                self.cookie = f"{name}={value}"
        return answer

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def post(self, path, **fields):
        return self.ask("POST", path, json.dumps(fields), Content_Type="application/json")


class Site:
    """Two workers and an nginx with the given server blocks. `edit` is what the operator changes in
    conf.d/postern.conf."""

    def __init__(self, state, host, toml, servers, edit=(), certificate=None, **places):
        self.state, self.certificate = pathlib.Path(state), certificate
        self.port, self.places = free_port(), places
        self.host = f"{host}:{self.port}"
        self.mount = "" if 'base_path = ""' in toml else "/account"
        self.sockets = pathlib.Path(tempfile.mkdtemp(prefix="postern-", dir="/tmp"))  # a short path
        self.origin = f"{'https' if certificate else 'http'}://{self.host}"
        (self.state / "run").mkdir()
        (self.state / "postern.toml").write_text(
            f'public_origin = "{self.origin}"\ndatabase = "{state}/postern.db"\nkey_file = "{state}/key"\n'
            f'{toml.replace("PORT", str(self.port))}\n[limits]\nenabled = false\n')
        self.write_nginx(servers, edit)
        self.running = contextlib.ExitStack()

    def write_nginx(self, servers, edit):
        shutil.copytree(ROOT / "nginx" / "conf.d", self.state / "conf.d")
        os.symlink(ROOT / "nginx" / "snippets", self.state / "snippets")
        for params in PARAMS:
            shutil.copy(params, self.state)
        conf = (self.state / "conf.d" / "postern.conf").read_text()
        for old, new in (("/run/postern/", f"{self.sockets}/"),
                         ("/usr/share/postern/assets", str(ROOT / "build" / "assets")), *edit):
            assert old in conf
            conf = conf.replace(old, new)
        (self.state / "conf.d" / "postern.conf").write_text(conf)
        for name, value in {"PORT": self.port, "STATE": self.state, **self.places}.items():
            servers = servers.replace(name, str(value))
        (self.state / "nginx.conf").write_text(HTTP.format(
            state=self.state, servers=servers, user="user root root;" if os.getuid() == 0 else "",
            temporary=temporary_paths(self.state)))

    def __enter__(self):
        with self.running:
            self.running.callback(shutil.rmtree, self.sockets)
            config = self.state / "postern.toml"
            subprocess.run([POSTERN, "migrate", "--config", config], check=True, capture_output=True, timeout=60)
            self.pool = self.start([ROOT / "script" / "pool", "--postern", POSTERN, "--config", config, "--sockets",
                                    self.sockets, "--run", self.state / "run", "--workers", "2"])
            wait_until(lambda: "ready" in (self.state / "out").read_text().splitlines(), 30)
            self.start(["/usr/sbin/nginx", "-c", self.state / "nginx.conf"])
            wait_until(lambda: answers(self.port), 20)
            self.running = self.running.pop_all()
        return self

    def __exit__(self, *_):
        self.running.close()

    def start(self, command):
        with open(self.state / "out", "a") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out)
        self.running.callback(self.end, process)
        return process

    @staticmethod
    def end(process):
        process.send_signal(signal.SIGTERM)
        process.wait(40)

    def client(self, host=None, port=None):
        return Client(self, host or self.host, port)

    def member(self, relay, address):
        client = self.client()
        assert client.post(self.mount + "/register", email=address).status == 202
        answer = client.post(self.mount + "/verify", token=relay.wait_for(address).token, password=PASSWORD)
        assert answer.status == 201 and client.cookie, answer.text
        return client


@contextlib.contextmanager
def silent_port():
    """Takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield listener.getsockname()[1]


class TellingWhatItHeard(socketserver.StreamRequestHandler):
    """An application of the uwsgi protocol: a header of four bytes, then names and values with their lengths."""

    def handle(self):
        size, = struct.unpack("<xHx", self.rfile.read(4))
        block, at, words = self.rfile.read(size), 0, []
        while at < size:
            length, = struct.unpack_from("<H", block, at)
            words.append(block[at + 2:at + 2 + length])
            at += 2 + length
        heard = b"".join(name + b"=" + value + b"\n" for name, value in zip(words[::2], words[1::2]))
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + heard)


@contextlib.contextmanager
def uwsgi():
    """Gives its socket."""
    with tempfile.TemporaryDirectory(prefix="postern-uwsgi-", dir="/tmp") as place, \
         socketserver.ThreadingUnixStreamServer(f"{place}/uwsgi.sock", TellingWhatItHeard) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_address
        finally:
            server.shutdown()


@contextlib.contextmanager
def php(state):
    """PHP's own FastCGI server; gives its socket."""
    program = next(pathlib.Path("/usr/sbin").glob("php-fpm*"))
    place = pathlib.Path(tempfile.mkdtemp(prefix="postern-php-", dir="/tmp"))
    who = "user = root\ngroup = root\n" if os.getuid() == 0 else ""
    (place / "conf").write_text(f"[global]\nerror_log = {state}/php.log\n[www]\n{who}listen = {place}/php.sock\n"
                                "pm = static\npm.max_children = 2\n")
    process = subprocess.Popen([program, "-n", "-F", "-y", place / "conf", *(["-R"] if os.getuid() == 0 else [])])
    try:
        wait_until((place / "php.sock").exists, 20)
        yield place / "php.sock"
    finally:
        Site.end(process)
        shutil.rmtree(place)
