"""A real relay: Exim with STARTTLS, a certificate of an authority of our own, and AUTH."""
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

from harness import Mail, PASSWORD, Server, free_port, wait_until

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="Exim trusts a configuration of root alone")

CONFIGURATION = """
primary_hostname = localhost
spool_directory = {directory}/spool
log_file_path = {directory}/log/%slog
pid_file_path = {directory}/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
tls_advertise_hosts = *
tls_certificate = {directory}/localhost.pem
tls_privatekey = {directory}/localhost.key
auth_advertise_hosts = ${{if def:tls_in_cipher {{*}}{{}}}}
acl_smtp_rcpt = check
acl_smtp_mail = check_mail
never_users =
deliver_drop_privilege = true
keep_environment =
begin acl
check_mail:
  deny condition = ${{if def:tls_in_cipher {{0}}{{1}}}}
       message = 530 Must issue a STARTTLS command first
  accept
check:
  deny !authenticated = *
       message = 530 Authentication required
  accept
begin routers
all:
  driver = accept
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = {directory}/mail/box
  maildir_format
  user = Debian-exim
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and {{{{eq{{$auth2}}{{postern}}}}{{eq{{$auth3}}{{relay secret}}}}}}{{1}}{{0}}}}
  server_set_id = $auth2
"""


def make_certificates(directory):
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=directory, check=True, capture_output=True)

    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *curve, "-days", "2", "-subj", "/CN=Test authority", "-keyout", "authority.key",
            "-out", "authority.pem")
    openssl("req", *curve, "-subj", "/CN=localhost", "-keyout", "localhost.key", "-out", "localhost.csr")
    (directory / "extensions").write_text("subjectAltName = DNS:localhost\n")
    openssl("x509", "-req", "-in", "localhost.csr", "-CA", "authority.pem", "-CAkey", "authority.key",
            "-CAcreateserial", "-days", "2", "-extfile", "extensions", "-out", "localhost.pem")
    shutil.chown(directory / "localhost.key", group="Debian-exim")
    (directory / "localhost.key").chmod(0o640)


@pytest.fixture(scope="module")
def exim(tmp_path_factory):
    directory = pathlib.Path(tempfile.mkdtemp(prefix="postern-exim-", dir="/tmp"))
    directory.chmod(0o755)
    make_certificates(directory)
    for name in ("spool", "log", "mail"):
        (directory / name).mkdir()
        shutil.chown(directory / name, "Debian-exim", "Debian-exim")
    port = free_port()
    (directory / "exim.conf").write_text(CONFIGURATION.format(directory=directory, port=port))
    process = subprocess.Popen(["/usr/sbin/exim4", "-C", directory / "exim.conf", "-bdf"])
    wait_until(lambda: (directory / "exim.pid").exists())
    yield directory, port
    process.terminate()
    process.wait(20)
    shutil.rmtree(directory)


def start(state, exim, **settings):
    """script/server with that relay and further settings of its mail."""
    directory, port = exim
    drop_ins = state / "postern.toml.d"
    drop_ins.mkdir(parents=True)
    secret = state / "relay-password"
    secret.write_text(settings.pop("secret", "relay secret") + "\n")
    secret.chmod(0o600)
    values = {"password": f"file:{secret}", "ca_file": str(directory / "authority.pem"), **settings}
    lines = [f'{name} = "{value}"' for name, value in values.items()]
    (drop_ins / "relay.toml").write_text("[mail]\n" + "\n".join(lines) + "\n")
    return Server(state, RELAY=f"smtp+starttls://postern@localhost:{port}")


def delivered(exim, local_part):
    folder = exim[0] / "mail" / "box" / "new"
    mails = [Mail(file.read_bytes(), None, [], 0) for file in folder.glob("*")]
    return [mail for mail in mails if mail.message["To"].startswith(local_part + "@")]


def test_a_mail_goes_by_starttls_and_auth(tmp_path, exim):
    with start(tmp_path, exim) as server:
        visitor = server.visitor()
        visitor.post_json("register", email="ann@example.net", name="Ann Ü")
        mail = wait_until(lambda: delivered(exim, "ann"), 20)[0]
        assert "TLS" in mail.message["Received"] and "esmtpsa" in mail.message["Received"]
        assert visitor.post_json("verify", token=mail.token, password=PASSWORD).status_code == 201
    assert len(delivered(exim, "ann")) == 1


@pytest.mark.parametrize("name, settings", [
    ("wrong-authority", {"ca_file": "/etc/ssl/certs/ca-certificates.crt"}),
    ("wrong-password", {"secret": "not the secret"})])
def test_what_cannot_be_trusted_gets_no_mail(tmp_path, exim, name, settings):
    with start(tmp_path, exim, **settings) as server:
        answer = server.visitor().post_json("register", email=f"{name}@example.net")
        assert answer.status_code == 202
        wait_until(lambda: "relay_trouble" in server.log(), 20)
        assert "relay secret" not in server.log() and "not the secret" not in server.log()
    assert not delivered(exim, name)
