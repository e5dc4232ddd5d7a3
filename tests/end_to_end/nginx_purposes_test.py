"""Each purpose that nginx/README.md names, with the lines it says, in a real nginx."""
import base64
import concurrent.futures
import gzip
import hashlib
import json
import math
import re
import socket
import subprocess
import urllib.parse

import pytest

from harness import PASSWORD, POSTERN, free_port, wait_until
from nginx_site import Site, php, silent_port, uwsgi

REQUESTS = 10_000  # in the test with several visitors at once
BROWSER = {"Sec_Fetch_Mode": "navigate", "Accept": "text/html,*/*;q=0.8"}
SCRIPT = {"Accept": "application/json"}
FORGED = {name: "forged" for name in ("Remote-User", "Remote-Email", "Remote-Name", "Remote-Groups", "Remote_User")}
MAIL = '[mail]\ntransport = "relay"\nfrom = "Site <accounts@example.org>"\nrelays = ["RELAY"]\n'
BACK_END = """
    server {
        listen unix:STATE/back_end.sock;
        location / {
            default_type text/plain;
            add_header Cache-Control $arg_cache;
            return 200 "user=$http_remote_user email=$http_remote_email groups=$http_remote_groups cookie=$http_cookie";
        }
    }
"""
UNDER_A_PATH = BACK_END + """
    server {
        listen 127.0.0.1:PORT;
        server_name localhost;
        root STATE/pages;
        include snippets/postern-security-headers.conf;
        include snippets/postern-accounts.conf;

        location /members/ {
            include snippets/postern-protect.conf;
        }
        location /app/ {
            include snippets/postern-protect.conf;
            proxy_set_header Host $host;
            proxy_pass http://unix:STATE/back_end.sock;
        }
        location /desk/ {
            set $postern_role editor;
            include snippets/postern-protect.conf;
            proxy_pass http://unix:STATE/back_end.sock;
        }
        location /club/ {
            include snippets/postern-protect.conf;
            location ~ \\.php$ {
                include snippets/postern-protect.conf;
                include fastcgi_params;
                fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
                fastcgi_pass unix:PHP_SOCKET;
            }
        }
        location /wsgi/ {
            include snippets/postern-protect.conf;
            include uwsgi_params;
            uwsgi_pass unix:UWSGI_SOCKET;
        }
        location /open/ {
            include snippets/postern-public.conf;
            proxy_pass http://unix:STATE/back_end.sock;
        }
        location /open.php {
            include snippets/postern-public.conf;
            include fastcgi_params;
            fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
            fastcgi_pass unix:PHP_SOCKET;
        }
        location /open-wsgi/ {
            include snippets/postern-public.conf;
            include uwsgi_params;
            uwsgi_pass unix:UWSGI_SOCKET;
        }
        location /news/ {
            include snippets/postern-cache.conf;
            proxy_cache pages;
            proxy_cache_valid 200 1m;
            add_header X-Cache $upstream_cache_status;
            include snippets/postern-security-headers.conf;
            proxy_pass http://unix:STATE/back_end.sock;
        }
        location /small/ {
            client_max_body_size 10;
        }
        location /refused/ {
            proxy_pass http://127.0.0.1:CLOSED_PLACE;
        }
        location /silent/ {
            proxy_read_timeout 100ms;
            proxy_pass http://127.0.0.1:SILENT_PLACE;
        }
        location /members/refused/ {
            include snippets/postern-protect.conf;
            proxy_pass http://127.0.0.1:CLOSED_PLACE;
        }
        location /away/ {
            return 503;
        }
    }
    server {
        listen 127.0.0.1:LIMITED_PLACE;
        include snippets/postern-security-headers.conf;
        include snippets/postern-limits.conf;
        include snippets/postern-accounts.conf;
        root STATE/pages;
        location /silent/ {
            proxy_pass http://127.0.0.1:CROWDED_PLACE;
        }
    }
    server {
        listen 127.0.0.1:SORRY_PLACE;
        error_page 500 502 503 504 =200 /sorry.html;
        include snippets/postern-accounts.conf;
        root STATE/pages;
        location /members/ {
            include snippets/postern-protect.conf;
        }
    }
"""
SEVERAL_HOSTS = BACK_END + """
    ssl_certificate STATE/certificate.pem;
    ssl_certificate_key STATE/key.pem;
    server {
        listen 127.0.0.1:PORT ssl;
        server_name accounts.example.org;
        include snippets/postern-security-headers.conf;
        include snippets/postern-accounts-host.conf;
    }
    server {
        listen 127.0.0.1:PORT ssl;
        server_name app.example.org;
        include snippets/postern-security-headers.conf;
        include snippets/postern-check.conf;
        location / {
            include snippets/postern-protect.conf;
            proxy_pass http://unix:STATE/back_end.sock;
        }
        location /desk/ {
            set $postern_role editor;
            include snippets/postern-protect.conf;
            proxy_pass http://unix:STATE/back_end.sock;
        }
    }
"""


@pytest.fixture(scope="module")
def site(relay, tmp_path_factory):
    """Accounts under a path, and locations of every kind."""
    state = tmp_path_factory.mktemp("path")
    for name, text in {"index.html": "home", "members/page.html": "for members", "sorry.html": "sorry",
                       "closed/page.html": "", "small/page.html": "", "open.php": "<?php echo $_SERVER['HTTP_REMOTE_USER'] ?? '';",
                       "club/who.php": "<?php echo 'user='.$_SERVER['HTTP_REMOTE_USER'].' '.$_SERVER['REQUEST_METHOD'];"}.items():
        (state / "pages" / name).parent.mkdir(parents=True, exist_ok=True)
        (state / "pages" / name).write_text(text)
    with silent_port() as silent, silent_port() as crowded, php(state) as php_socket, uwsgi() as uwsgi_socket, \
         Site(state, "localhost", MAIL.replace("RELAY", relay.url), UNDER_A_PATH, PHP_SOCKET=php_socket, UWSGI_SOCKET=uwsgi_socket,
              SILENT_PLACE=silent, CROWDED_PLACE=crowded, CLOSED_PLACE=free_port(), LIMITED_PLACE=free_port(), SORRY_PLACE=free_port()) as site:
        yield site


@pytest.fixture(scope="module")
def hosts(relay, tmp_path_factory):
    """Accounts on a host of their own, with TLS, and another host with the same sign-in."""
    state = tmp_path_factory.mktemp("hosts")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=example.org", "-addext", "subjectAltName=DNS:*.example.org",
                    "-keyout", state / "key.pem", "-out", state / "certificate.pem"], check=True, capture_output=True)
    toml = ('base_path = ""\nreturn_hosts = ["app.example.org:PORT"]\n[session]\ncookie_domain = "example.org"\n'
            + MAIL.replace("RELAY", relay.url))
    edit = [("default /account;", 'default "";'), ("default $postern_mount/;", "default https://accounts.example.org/;"),
            ('#on     "max-age', 'on      "max-age')]
    with Site(state, "accounts.example.org", toml, SEVERAL_HOSTS, edit, state / "certificate.pem") as site:
        yield site


@pytest.fixture(scope="module")
def member(site, relay):
    return site.member(relay, "member@example.net")


def id_of(site, client):
    return json.loads(client.get(site.mount + "/session").text)["account"]["id"]


@pytest.mark.parametrize("path", ["/members/page.html", "/app/", "/desk/", "/club/who.php", "/wsgi/"])
def test_a_stranger_gets_in_nowhere(site, path):
    answer = site.client().get(path, **BROWSER, **FORGED)
    assert answer.status == 303 and answer.headers["Location"].startswith(site.origin + "/account/login?")
    assert site.client().get(path, **SCRIPT).status == 401


def test_static_files_are_for_the_signed_in(member):
    answer = member.get("/members/page.html")
    assert answer.status == 200 and answer.text == "for members"
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_proxied_back_end_hears_who_it_is(site, member):
    answer = member.get("/app/", **FORGED)
    assert f"user={id_of(site, member)} email=member@example.net" in answer.text and "forged" not in answer.text


def test_php_hears_who_it_is(site, member):
    for method in ("GET", "POST"):
        answer = member.ask(method, "/club/who.php", b"x" if method == "POST" else None, **FORGED)
        assert answer.text == f"user={id_of(site, member)} {method}"


def test_a_uwsgi_back_end_hears_who_it_is(site, member):
    for method in ("GET", "POST"):
        answer = member.ask(method, "/wsgi/", b"x" if method == "POST" else None, **FORGED)
        assert f"HTTP_REMOTE_USER={id_of(site, member)}\n" in answer.text and f"REQUEST_METHOD={method}\n" in answer.text
        assert "HTTP_REMOTE_EMAIL=member@example.net\n" in answer.text and "forged" not in answer.text


def test_open_locations_hear_of_nobody(site, member):
    for client in (site.client(), member):
        heard = client.get("/open-wsgi/", **FORGED).text
        assert "REQUEST_METHOD=GET\n" in heard and "HTTP_REMOTE" not in heard
        assert client.get("/open/", **FORGED).text.startswith("user= email= groups= ")
        assert client.get("/open.php", **FORGED).text == ""


def events(site, word):
    exported = subprocess.run([POSTERN, "audit", "export", "--json", "--config", site.state / "postern.toml"],
                              check=True, capture_output=True, timeout=60).stdout
    return [event for event in json.loads(exported)["events"] if event["event"] == word]


def test_without_the_role_it_is_403_and_with_it_open(site, relay):
    editor = site.member(relay, "editor@example.net")
    page = editor.get("/desk/", **BROWSER)
    assert page.status == 403 and "This is not open to you" in page.text and 'href="/account/"' in page.text
    assert json.loads(editor.get("/desk/", **SCRIPT).text)["status"] == 403
    told = wait_until(lambda: events(site, "access_refused"))
    assert [(event["outcome"], event["account"], event["client"]) for event in told] == [
        ("refused", id_of(site, editor), "127.0.0.1")]
    subprocess.run([POSTERN, "user", "role", "editor@example.net", "--add", "editor", "--config",
                    site.state / "postern.toml"], check=True, capture_output=True, timeout=60)
    assert "groups=editor" in editor.get("/desk/").text


ERRORS = {"/closed/": 403, "/nothing": 404, "/small/page.html": 413, "/refused/": 502, "/away/": 503, "/silent/": 504,
          "/account/assets/none.css": 404, "/members/refused/": 502, "/members/nothing": 404, "/index.html": 405}


@pytest.mark.parametrize("path, status", ERRORS.items())
def test_an_error_of_nginx_is_a_plain_page_or_json(member, path, status):
    post = status in (405, 413)
    for headers in (BROWSER, SCRIPT):
        answer = member.ask("POST" if post else "GET", path, b"x" * 20 if post else None, **headers)
        assert answer.status == status, answer.text
        assert_guarded(answer)
        assert answer.headers.get_all("Cache-Control") == ["no-store"]
        assert ("Retry-After" in answer.headers) == (status == 503)
        if headers is SCRIPT:
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert json.loads(answer.text)["status"] == status
        else:
            assert_plain_page(answer)


def assert_guarded(answer):
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"):
        assert len(answer.headers.get_all(name, [])) == 1, name
    assert "nginx/" not in answer.headers["Server"]


def assert_plain_page(answer):
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<script" not in answer.text and "src=" not in answer.text and "nginx" not in answer.text
    style = re.search("<style>(.*)</style>", answer.text)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]
    assert re.search("<code>[0-9a-f]{32}</code>", answer.text)


def until_too_fast(ask):
    for _ in range(2000):
        answer = ask()
        if answer.status == 429:
            return answer
    raise AssertionError("never too fast")


@pytest.mark.parametrize("method, path", [("GET", "/"), ("POST", "/account/login")])
def test_who_asks_too_fast_is_told_so(site, method, path):
    client = site.client(port=site.places["LIMITED_PLACE"])
    for headers in (BROWSER, SCRIPT):
        answer = until_too_fast(lambda: client.ask(method, path, **headers))
        assert answer.headers["Retry-After"] == "5"
        assert_guarded(answer)
    assert json.loads(answer.text)["title"] == "Too Many Requests"


class Crowd:
    """Requests from one address of this machine that stay unanswered as long as this lasts."""

    def __init__(self, port, address):
        self.port, self.address, self.connections = port, address, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for connection in self.connections:
            connection.close()

    def ask(self, path, headers=""):
        connection = socket.create_connection(("127.0.0.1", self.port), 30, (self.address, 0))
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode())
        return connection

    def wait(self, count):
        self.connections += [self.ask("/silent/") for _ in range(count)]

    def answer(self, headers="Accept: application/json\r\n"):
        with self.ask("/index.html", headers + "Connection: close\r\n") as connection:
            return connection.makefile("rb").read().decode()


def test_who_has_too_many_connections_is_told_so(site):
    """A hundred of one client, and no more: the others are let in, and so is he when one has ended."""
    with Crowd(site.places["LIMITED_PLACE"], "127.0.0.7") as crowd:
        crowd.wait(99)
        assert " 200 " in crowd.answer()
        crowd.wait(1)
        refused = wait_until(lambda: " 429 " in (answer := crowd.answer()) and answer)
        assert "Retry-After: 5\r\n" in refused and '"title":"Too Many Requests"' in refused
        assert "That was too fast" in crowd.answer("Accept: text/html\r\nSec-Fetch-Mode: navigate\r\n")
        with Crowd(site.places["LIMITED_PLACE"], "127.0.0.8") as another:
            assert " 200 " in another.answer()
        crowd.connections.pop().close()
        wait_until(lambda: " 200 " in crowd.answer())


def test_no_token_reaches_a_log(site, relay):
    client = site.client()
    assert client.post("/account/register", email="logged@example.net").status == 202
    token = relay.wait_for("logged@example.net").token
    page = f"/account/verify?token={token}"
    assert client.get(page).status == 200
    assert client.get("/", Referer=site.origin + page).status == 200
    limited = site.client(port=site.places["LIMITED_PLACE"])
    until_too_fast(lambda: limited.get(page, Referer=site.origin + page))
    access, errors = ((site.state / f"{name}.log").read_text() for name in ("access", "error"))
    assert '"GET /account/verify" 200' in access
    assert token not in access and token not in errors


def test_assets_stay_for_ever_and_are_sent_small(site):
    style = re.search('rel="stylesheet" href="([^"]*)"', site.client().get("/account/login").text)[1]
    connection = site.client().connection
    connection.request("GET", style, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    packed = answer.read()
    assert answer.headers["Content-Encoding"] == "gzip" and answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    original = gzip.decompress(packed)
    assert len(packed) < len(original) / 2


def test_accounts_on_a_host_of_their_own_sign_in_for_another(hosts, relay):
    app = f"app.example.org:{hosts.port}"
    answer = hosts.client(app).get("/page?x=1&y", **BROWSER)
    login = urllib.parse.urlsplit(answer.headers["Location"])
    assert answer.status == 303 and f"https://{login.netloc}{login.path}" == hosts.origin + "/login"
    hosts.member(relay, "several@example.net")
    client = hosts.client()
    answer = client.ask("POST", "/login", urllib.parse.urlencode({
        "email": "several@example.net", "password": PASSWORD, **dict(urllib.parse.parse_qsl(login.query))}),
        Content_Type="application/x-www-form-urlencoded", Origin=hosts.origin, **BROWSER)
    assert answer.status == 303 and answer.headers["Location"] == f"https://{app}/page?x=1&y"
    assert "Domain=example.org" in answer.headers["Set-Cookie"] and client.cookie.startswith("__Secure-postern=")
    there = hosts.client(app)
    there.cookie = client.cookie
    assert "email=several@example.net" in there.get("/page").text
    refused = there.get("/desk/", **BROWSER)
    assert refused.status == 403 and 'href="https://accounts.example.org/"' in refused.text
    assert client.post("/logout").status == 204
    assert there.get("/page", **SCRIPT).status == 401


def test_the_pages_of_a_host_of_its_own_are_whole(hosts):
    client = hosts.client()
    page = client.get("/login")
    assert page.status == 200
    assert_guarded(page)
    style = re.search('rel="stylesheet" href="([^"]*)"', page.text)[1]
    assert style.startswith("/assets/") and client.get(style).status == 200
    assert client.get("/", **BROWSER).headers["Location"].startswith("/login")


def test_hsts_is_said_once_where_it_was_switched_on_and_never_without_tls(site, hosts):
    for path in ("/login", "/nothing"):
        assert hosts.client().get(path).headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]
    assert "Strict-Transport-Security" not in site.client().get("/account/login").headers


def test_pages_for_nobody_are_kept_and_those_of_somebody_never(site, member):
    nobody = site.client()
    answers = [nobody.get("/news/first") for _ in range(2)]
    assert [answer.headers["X-Cache"] for answer in answers] == ["MISS", "HIT"]
    assert member.get("/news/first").headers["X-Cache"] == "BYPASS"
    assert member.cookie in member.get("/news/second").text
    assert nobody.get("/news/second").text.endswith("cookie=")


def visit_again_and_again(site, client, identity, rounds):
    """What is asked for in turn, and what only this visitor may read there."""
    mine = f"cookie={client.cookie}"
    expected = {"/app/": f"user={identity} ", "/club/who.php": f"user={identity} ",
                "/account/session": f'"id":"{identity}"', "/news/shared": mine}
    if not identity:
        expected = {"/app/": "Sign in first", "/account/session": "401", "/news/shared": "cookie="}
    for number in range(rounds):
        path = list(expected)[number % len(expected)]
        text = client.get(path, **SCRIPT).text
        assert text.endswith(expected[path]) if path == "/news/shared" else expected[path] in text, (path, text)
    return rounds


def test_of_visitors_in_parallel_nobody_gets_the_page_of_another(site, relay):
    clients = []
    for number in range(2):
        member = site.member(relay, f"parallel-{number}@example.net")
        again = site.client()
        again.cookie = member.cookie
        identity = id_of(site, member)
        clients += [(member, identity), (again, identity)]
    clients += [(site.client(), ""), (site.client(), "")]
    with concurrent.futures.ThreadPoolExecutor(len(clients)) as threads:
        rounds = math.ceil(REQUESTS / len(clients))
        done = [threads.submit(visit_again_and_again, site, *client, rounds) for client in clients]
        assert sum(each.result() for each in done) >= REQUESTS


def test_without_postern_nothing_protected_is_open(site, member):
    """Not even where the server block has error pages that say 200."""
    sorry = site.client(port=site.places["SORRY_PLACE"])
    sorry.cookie = member.cookie
    assert sorry.get("/members/page.html").text == "for members"
    site.end(site.pool)
    for client in (member, sorry):
        answer = client.get("/members/page.html", **BROWSER)
        assert answer.status == 503 and answer.headers["Retry-After"] == "5" and "for members" not in answer.text
    assert member.get("/account/session", **SCRIPT).status == 503
    assert member.get("/").text == "home"
