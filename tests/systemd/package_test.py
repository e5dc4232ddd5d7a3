"""The Debian package, as far as it shows without a machine to install it on."""
import re
import shutil
import subprocess

import pytest

from package import ROOT, build_package

MISSING = [program for program in ("dpkg-buildpackage", "lintian") if shutil.which(program) is None]


def test_the_sources_of_the_package_are_whole(tmp_path):
    """script/package copies what it builds from, and CMake wanted bench/ too: no package could be built."""
    script = (ROOT / "script" / "package").read_text()
    for name in re.search(r'"\$root"/\{([^}]*)\}', script)[1].split(","):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    done = subprocess.run(["cmake", "-G", "Ninja", "-S", tmp_path, "-B", tmp_path / "obj", "-DPOSTERN_TESTS=OFF"],
                          text=True, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def test_every_override_of_lintians_has_its_reason():
    lines = (ROOT / "packaging/debian/postern.lintian-overrides").read_text().splitlines()
    for before, line in zip(["", *lines], lines):
        assert line.startswith("#") or before.startswith("#"), line


@pytest.mark.skipif(bool(MISSING), reason=f"{MISSING} missing (script/packages package)")
def test_lintian_finds_no_fault(tmp_path):
    done = subprocess.run(["lintian", "--display-info", "--fail-on", "error,warning,info", build_package(tmp_path)],
                          text=True, stdout=subprocess.PIPE, timeout=300, check=False)
    assert done.returncode == 0, done.stdout
