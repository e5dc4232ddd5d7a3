"""What nginx/ gives an operator, in an nginx of its own."""
import re
import shutil
import socket
import ssl
import subprocess

import pytest

from harness import ROOT, answers, free_port, wait_until
from nginx_site import temporary_paths

EXAMPLES = ["server.conf.example", "hosts.conf.example"]


@pytest.fixture
def etc_nginx(tmp_path):
    """As nginx/README.md says: the files copied, the example with a certificate."""
    for name in ("conf.d", "snippets"):
        shutil.copytree(ROOT / "nginx" / name, tmp_path / name)
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                    "-nodes", "-days", "1", "-subj", "/CN=example.org", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    shutil.copy("/etc/nginx/fastcgi_params", tmp_path)
    for name in EXAMPLES:
        write_example(tmp_path, name, key, certificate)
    return tmp_path


def write_example(tmp_path, name, key, certificate):
    example = (ROOT / "nginx" / name).read_text()
    for place, file in (("/etc/letsencrypt/live/example.org/fullchain.pem", certificate),
                        ("/etc/letsencrypt/live/example.org/privkey.pem", key),
                        ("/var/log/nginx/access.log", tmp_path / "access.log")):
        assert place in example
        example = example.replace(place, str(file))
    (tmp_path / f"{name}.site").write_text(example)
    (tmp_path / f"{name}.nginx").write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}}\n"
        f"http {{ include conf.d/*.conf; include {name}.site; access_log off; {temporary_paths(tmp_path)} }}\n")


def read_by_nginx(directory, name):
    return subprocess.run(["/usr/sbin/nginx", "-t", "-c", directory / f"{name}.nginx"], capture_output=True, text=True,
                          check=False)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_whole(etc_nginx, name):
    read = read_by_nginx(etc_nginx, name)
    assert read.returncode == 0 and "[warn]" not in read.stderr, read.stderr


@pytest.fixture(params=EXAMPLES)
def tls_site(etc_nginx, request):
    """A port of the test's own on which the example is served, and a name in it."""
    port = free_port()
    site = etc_nginx / f"{request.param}.site"
    text = re.sub(r"listen \[::\]:\d+[^;]*;", "", site.read_text()).replace("listen 443", f"listen 127.0.0.1:{port}")
    site.write_text(text.replace("listen 80", f"listen 127.0.0.1:{free_port()}"))
    nginx = subprocess.Popen(["/usr/sbin/nginx", "-c", etc_nginx / f"{request.param}.nginx", "-g", "daemon off;"])
    wait_until(lambda: answers(port))
    yield port, re.findall(r"server_name (\S+\.example\.org|example\.org);", text)[-1]
    nginx.terminate()
    nginx.wait(10)


def connected(port, name, ciphers=None, newest=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if ciphers:
        context.set_ciphers(ciphers)
    if newest:
        context.maximum_version = newest
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname=name)


def test_the_example_speaks_the_newest_tls_and_nothing_weak(tls_site):
    # ssl_protocols beside another default server had no effect: TLS 1.3 was off.
    with connected(*tls_site) as connection:
        assert connection.version() == "TLSv1.3"
    with connected(*tls_site, newest=ssl.TLSVersion.TLSv1_2) as connection:
        assert connection.version() == "TLSv1.2"
    for weak in ({"newest": ssl.TLSVersion.TLSv1_1, "ciphers": "DEFAULT@SECLEVEL=0"},
                 {"newest": ssl.TLSVersion.TLSv1_2, "ciphers": "ECDHE-ECDSA-AES256-SHA384:ECDHE-ECDSA-AES128-SHA"}):
        with pytest.raises(ssl.SSLError):
            connected(*tls_site, **weak)


def test_another_name_gets_no_handshake(tls_site):
    with pytest.raises(ssl.SSLError):
        connected(tls_site[0], "elsewhere.example")


def test_every_file_is_explained():
    readme = (ROOT / "nginx" / "README.md").read_text()
    for directory in ("conf.d", "snippets"):
        for file in (ROOT / "nginx" / directory).iterdir():
            assert f"`{directory}/{file.name}`" in readme


def test_another_mount_is_one_sed(etc_nginx):
    readme = (ROOT / "nginx" / "README.md").read_text()
    command = readme.split("```sh\n")[-1].split("```")[0].replace("/etc/nginx", str(etc_nginx))
    subprocess.run(command, shell=True, check=True)
    assert read_by_nginx(etc_nginx, EXAMPLES[0]).returncode == 0
    for file in [*(etc_nginx / "conf.d").iterdir(), *(etc_nginx / "snippets").iterdir()]:
        assert "/account" not in file.read_text(), file
