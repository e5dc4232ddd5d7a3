"""What docs/operations.md tells an operator to type exists: commands, options, units, files."""
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/operations.md").read_text()
BLOCKS = "\n".join(re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL))
LINES = [line.split(" #")[0].strip() for line in BLOCKS.splitlines()] + re.findall(r"`([^`\n]+)`", TEXT)
TYPED = [part.strip() for line in LINES for part in line.split("&&")]


def words_known():
    """The table that the completion has: what may follow each command."""
    said = subprocess.run([ROOT / "build/postern", "reference", "completion"], capture_output=True, text=True,
                          check=True, timeout=20).stdout
    return {path: words.split() for path, words in re.findall(r'\["([^"]+)"\]="([^"]*)"', said)}


def test_every_command_of_postern_is_one():
    known = words_known()
    commands = [line for line in TYPED if line.startswith("postern ")]
    assert len(commands) > 8
    for command in commands:
        words = command.split()[1:]
        path = " ".join(words[:2]) if " ".join(words[:2]) in known else words[0]
        assert path in known and path != "postern", command
        for option in re.findall(r"--[a-z-]+", command):
            assert option in known[path], command


def test_every_unit_is_one():
    there = {unit.name for unit in (ROOT / "systemd").iterdir()}
    named = re.findall(r"postern[a-z-]*@?[0-9*]?\.(?:service|socket|target|timer)", TEXT)
    typed = [word.strip("'") for line in TYPED if line.startswith(("systemctl ", "journalctl ", "systemd-analyze "))
             for word in line.split()]
    typed = [word for word in typed if word.startswith("postern") and word != "postern*"]  # all of them
    assert len(named) > 8 and len(typed) > 8
    for name in {*named, *typed}:
        unit = re.sub(r"@[0-9*]", "@", name)
        assert unit in there or unit + ".service" in there, name


def test_every_file_of_the_repository_is_there():
    for name in re.findall(r"\]\((?!http)([^)#]+)\)", TEXT):
        assert (ROOT / "docs" / name).exists(), name
    for name in re.findall(r"include (snippets/[\w-]+\.conf)", TEXT):
        assert (ROOT / "nginx" / name).exists(), name
