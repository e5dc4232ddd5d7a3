"""A machine that systemd has booted, for as long as a `with` block lasts."""
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TREES = ("unified", "systemd")  # of control groups, where they are of version 1


def why_not():
    """Why no machine can be booted here; nothing when one can."""
    if os.geteuid() != 0:
        return "only root can boot a machine"
    for command in ("systemd-nspawn", "nsenter", "unshare"):
        if shutil.which(command) is None:
            return f"{command} is missing (script/packages package)"
    return refusal_of_the_kernel()


def refusal_of_the_kernel():
    """A container's root may not always do what `boot` does; it tries, in a mount namespace that ends with it."""
    with tempfile.TemporaryDirectory() as scratch:
        tried = subprocess.run(["unshare", "--mount", "--propagation", "private", "sh", "-ec", """
            mount -t tmpfs tmpfs "$1" && mkdir "$1/root" "$1/upper" "$1/work"
            mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
            for tree in /sys/fs/cgroup /sys/fs/cgroup/unified; do
                [ ! -e "$tree/cgroup.procs" ] || [ -w "$tree" ] || { echo "$tree is read-only" >&2; exit 1; }
            done""", "-", scratch], capture_output=True, text=True, check=False, timeout=30)
    return " ".join(tried.stderr.split()) or "an overlay cannot be mounted here" if tried.returncode else None


def wait_until(condition, seconds, what):
    end = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < end, f"{what}: not within {seconds} s"
        time.sleep(0.05)
    return result


class Machine:
    def __init__(self, share):
        self.share = share
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="postern-machine-"))
        self.name = f"postern-{os.getpid()}"  # a name of a host has no underscore
        self.process = None
        self.leader = 0

    def __enter__(self):
        self.console = open(self.share / "console.log", "wb")
        self.process = subprocess.Popen([HERE / "boot", self.scratch, self.name, self.share],
                                        stdin=subprocess.DEVNULL, stdout=self.console,
                                        stderr=subprocess.STDOUT, start_new_session=True)
        try:
            wait_until(self.is_up, 120, "boot")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.leader:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.leader, signal.SIGRTMIN + 4)
        try:
            self.process.wait(60 if self.leader else 0.1)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.console.close()
        for tree in TREES:
            self.remove_groups(pathlib.Path("/sys/fs/cgroup", tree, self.name))
        shutil.rmtree(self.scratch, ignore_errors=True)

    @staticmethod
    def remove_groups(top):
        for folder, _, _ in os.walk(top, topdown=False):
            try:
                os.rmdir(folder)
            except OSError:
                pass

    def is_up(self):
        assert self.process.poll() is None, (self.share / "console.log").read_text()
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        self.leader = int((children.read_text().split() or ["0"])[0])
        if not self.leader:
            return False
        state = subprocess.run([*self.inside(), "systemctl", "is-system-running"],
                               capture_output=True, text=True, check=False).stdout.strip()
        return state in ("running", "degraded")

    def inside(self):
        return ["nsenter", "-t", str(self.leader), "-a", "env", "-C", "/", "DEBIAN_FRONTEND=noninteractive"]

    def run(self, command, code=0, seconds=120):
        """A line for the shell; what it printed. Another exit code than that one is a failure."""
        done = subprocess.run([*self.inside(), "sh", "-c", command], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=seconds, check=False)
        said = done.stdout + done.stderr
        assert code is None or done.returncode == code, f"{command}: {done.returncode}: {said}{self.journal()}"
        return said.strip()

    def start(self, command):
        return subprocess.Popen([*self.inside(), "sh", "-c", "exec " + command], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True)

    def write(self, path, text, mode="0644"):
        subprocess.run([*self.inside(), "sh", "-c", f"install -D -m {mode} /dev/stdin '{path}'"],
                       input=text, text=True, check=True)

    def journal(self, lines=40):
        return subprocess.run([*self.inside(), "journalctl", "--no-pager", "-q", "-o", "cat", f"-n{lines}", "-u",
                               "postern*"], capture_output=True, text=True, check=False).stdout

    def pid_of(self, worker):
        return int(self.run(f"systemctl show -P MainPID postern@{worker}"))
