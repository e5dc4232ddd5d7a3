"""The Debian package of what is built already."""
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"


def build_package(directory):
    """Gives its file."""
    done = subprocess.run([ROOT / "script/package", directory], text=True, capture_output=True, check=False,
                          timeout=600, env={**os.environ, "BUILD": str(BUILD), "DEB_BUILD_OPTIONS": "noautodbgsym"})
    assert done.returncode == 0, done.stderr[-4000:]
    return pathlib.Path(done.stdout.split()[-1])
