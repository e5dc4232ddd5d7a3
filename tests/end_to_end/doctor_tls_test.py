"""postern doctor on a site with TLS: the certificate that nginx shows."""
import os
import re
import subprocess

import pytest

from doctor import reload_nginx, run_doctor, said, statuses
from moved_clock import MovedClock
from nginx_site import Site

MAIL = '[mail]\nfrom = "Site <accounts@example.org>"\nrelays = ["RELAY"]\n'
SERVERS = """
    server {
        listen 127.0.0.1:PORT ssl;
        server_name localhost;
        ssl_certificate STATE/certificate.pem;
        ssl_certificate_key STATE/key.pem;
        root STATE/pages;
        include snippets/postern-security-headers.conf;
        include snippets/postern-accounts.conf;
        location /members/ {
            include snippets/postern-protect.conf;
        }
    }
"""
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"

# A certificate of the test's own is trusted where it stands in the place of the system's.
pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root may mount over " + BUNDLE)


def make_certificate(state, name="localhost", days=90, made=0):
    """`made`: so many days from now."""
    clock = MovedClock(state)
    clock.move(made * 86400)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", str(days), "-subj", "/CN=test", "-addext", f"subjectAltName=DNS:{name}",
                    "-keyout", state / "key.pem", "-out", state / "certificate.pem"], check=True, capture_output=True,
                   env={**os.environ, **clock.environment})


@pytest.fixture(scope="module")
def site(relay, tmp_path_factory):
    state = tmp_path_factory.mktemp("tls")
    make_certificate(state)
    with Site(state, "localhost", MAIL.replace("RELAY", relay.url), SERVERS, certificate=state / "certificate.pem") as site:
        yield site


def examine(site, trusted=True, **certificate):
    make_certificate(site.state, **certificate)
    reload_nginx(site.state / "nginx.pid")
    inside = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", 'mount --bind "$0" "$1"; shift; exec "$@"',
              site.state / "certificate.pem", BUNDLE] if trusted else []
    return run_doctor(site.state / "postern.toml", site.state / "nginx.conf", inside=inside)


def test_a_certificate_that_is_over_is_found(site):
    code, checks = examine(site, days=10, made=-11)
    assert code == 1
    assert checks["certificate"]["status"] == "failed" and "expired" in said(checks["certificate"])


def test_a_certificate_of_another_name_is_found(site):
    code, checks = examine(site, name="example.net")
    assert code == 1
    assert "match" in said(checks["certificate"]) and "for localhost" in said(checks["certificate"])


def test_a_certificate_of_nobody_known_is_found(site):
    code, checks = examine(site, trusted=False)
    assert code == 1
    assert "self-signed" in said(checks["certificate"])


def test_a_certificate_that_ends_soon_is_a_warning_with_the_line(site):
    code, checks = examine(site, days=13)
    assert code == 0
    assert checks["certificate"]["status"] == "warning"
    assert re.search("ends in 1[23] days", said(checks["certificate"]))
    assert f"ssl_certificate {site.state}/certificate.pem; ({site.state}/nginx.conf:" in said(checks["certificate"])


def test_a_good_site_with_tls_has_nothing_to_mend(site):
    code, checks = examine(site, days=15)
    assert code == 0, checks
    assert statuses(checks, "failed") == set()
    assert statuses(checks, "warning") <= {"clock", "disk"}  # of the machine under the test
    assert statuses(checks, "skipped") <= {"units", "sandbox", "clock", "fail closed", "back end", "test mail"}
