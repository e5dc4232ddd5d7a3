"""Headless Chromium on the demo; the pictures of its pages stay in build/screenshots."""
import os
import subprocess

import pytest

from harness import ROOT, Server

BROWSER = ROOT / "tests" / "end_to_end" / "browser"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """With mail held, because the tests read it in the browser too."""
    with Server(tmp_path_factory.mktemp("state")) as server:
        yield server


@pytest.mark.parametrize("script", ["journey", "pages"])
def test_in_chromium(demo, script):
    assert (BROWSER / "node_modules").exists(), "npm ci in tests/end_to_end/browser; script/test does it"
    pictures = ROOT / "build" / "screenshots"
    pictures.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["node", BROWSER / f"{script}.mjs"], text=True, timeout=1100, check=False,
                          env={**os.environ, "SITE": demo.origin, "SCREENSHOTS": str(pictures)},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout[-6000:]
