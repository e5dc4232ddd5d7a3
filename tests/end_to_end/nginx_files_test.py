"""What nginx/ gives an operator, in an nginx of its own."""
import os
import shutil
import subprocess

import pytest

from harness import ROOT


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
        f"http {{ include conf.d/*.conf; include {name}.site; access_log off; {temporary(tmp_path)} }}\n")


def temporary(path):
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return " ".join(f"{kind}_temp_path {path}/{kind};" for kind in kinds)


def test_of_nginx(directory, name):
    environment = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin"}
    return subprocess.run(["nginx", "-t", "-c", directory / f"{name}.nginx"], env=environment,
                          capture_output=True, text=True, check=False)


test_of_nginx.__test__ = False


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_whole(etc_nginx, name):
    tested = test_of_nginx(etc_nginx, name)
    assert tested.returncode == 0 and "[warn]" not in tested.stderr, tested.stderr


def test_every_file_is_explained():
    readme = (ROOT / "nginx" / "README.md").read_text()
    for directory in ("conf.d", "snippets"):
        for file in (ROOT / "nginx" / directory).iterdir():
            assert f"`{directory}/{file.name}`" in readme


def test_another_mount_is_one_sed(etc_nginx):
    readme = (ROOT / "nginx" / "README.md").read_text()
    command = readme.split("```sh\n")[-1].split("```")[0].replace("/etc/nginx", str(etc_nginx))
    subprocess.run(command, shell=True, check=True)
    assert test_of_nginx(etc_nginx, EXAMPLES[0]).returncode == 0
    assert "/account" not in (etc_nginx / "snippets" / "postern-accounts.conf").read_text()
