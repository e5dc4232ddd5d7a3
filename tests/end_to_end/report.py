"""The figures of a test: printed, and for script/torture a line of JSON in the file POSTERN_TORTURE_REPORT."""
import json
import os


def report(what, **figures):
    print(what, figures)
    if file := os.environ.get("POSTERN_TORTURE_REPORT"):
        with open(file, "a", encoding="utf-8") as lines:
            print(json.dumps({"what": what, **figures}), file=lines)
