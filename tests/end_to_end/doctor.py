"""postern doctor as an operator calls it, and what it said."""
import json
import os
import signal
import subprocess

from harness import POSTERN, wait_until
from tracing import children_of


def run_doctor(config, nginx, *words, inside=()):
    """The exit code, and what each check said. `inside`: what runs it, in a namespace of its own for example."""
    done = subprocess.run([*inside, POSTERN, "doctor", "--json", "--nginx-config", nginx, "--config", config,
                           *map(str, words)], text=True, capture_output=True, timeout=60, check=False)
    assert done.stdout, done.stderr
    return done.returncode, {check["name"]: check for check in json.loads(done.stdout)["checks"]}


def said(check):
    return " ".join(finding["what"] + " / " + finding["change"] for finding in check["findings"])


def statuses(checks, status):
    return {name for name, check in checks.items() if check["status"] == status}


def reload_nginx(pid_file):
    """And wait until no worker of the old configuration is left."""
    master = int(pid_file.read_text())
    before = children_of(master)
    os.kill(master, signal.SIGHUP)
    wait_until(lambda: (now := children_of(master)) and not now & before)
