"""The time of day as a server under test is told it (libfaketime); spans of time go on as they are."""
import glob
import os
import pathlib

LIBRARY = "/usr/lib/*/faketime/libfaketimeMT.so.1"


def remove_what_killed_processes_left():
    """The library's shared memory is named after a process; the next one with that id would stumble over it."""
    for file in pathlib.Path("/dev/shm").glob("*faketime_*"):
        if not pathlib.Path("/proc", file.name.rsplit("_", 1)[1]).exists():
            file.unlink(missing_ok=True)


class MovedClock:
    """Every process that was started with `environment` follows each move at once."""

    def __init__(self, directory):
        remove_what_killed_processes_left()
        self.file = pathlib.Path(directory) / "clock"
        self.seconds = 0
        self.move(0)
        self.environment = {"LD_PRELOAD": glob.glob(LIBRARY)[0], "FAKETIME_TIMESTAMP_FILE": str(self.file),
                            "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}

    def move(self, seconds):
        self.seconds += seconds
        draft = self.file.with_suffix(".new")
        draft.write_text(f"{self.seconds:+d}s\n")
        os.replace(draft, self.file)
