"""The Debian package, as far as it shows without a machine to install it on."""
import re
import shutil
import subprocess

from package import ROOT, build_package


def test_the_sources_of_the_package_are_whole(tmp_path):
    """script/package copies what it builds from, and CMake wanted bench/ too: no package could be built."""
    script = (ROOT / "script" / "package").read_text()
    for name in re.search(r'"\$root"/\{([^}]*)\}', script)[1].split(","):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    done = subprocess.run(["cmake", "-G", "Ninja", "-S", tmp_path, "-B", tmp_path / "obj", "-DPOSTERN_TESTS=OFF"],
                          text=True, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def test_lintian_finds_no_fault(tmp_path):
    done = subprocess.run(["lintian", "--fail-on", "error,warning", build_package(tmp_path)], text=True,
                          stdout=subprocess.PIPE, timeout=300, check=False)
    assert done.returncode == 0, done.stdout
