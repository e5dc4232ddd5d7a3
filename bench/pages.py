#!/usr/bin/python3
"""What pages weigh, how soon their first byte comes under load, and how they are in a browser.

script/bench pages runs it. Bytes are those of the answers as a browser asks for them; Chromium on the same machine
shows each page and uses each form (bench/pages.mjs).
"""
import json
import os
import re
import subprocess
import sys

import requests

import stage

CONNECTIONS = 32
LOADS = 5  # of each page, by turns; the one with the middle p99 counts: one step of the scheduler is 4 ms
HEAVIEST = 15_000  # bytes of HTML
OPEN = {"register": 200, "verify?token=dead": 422, "login": 200, "reset-password": 200,
        "reset-password/confirm?token=dead": 422, "nothing-here": 404}
SIGNED_IN = {"": 200, "password": 200, "logout": 200}
BROWSER = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Accept-Encoding": "gzip, deflate, br"}


def first_cookie(state):
    with (state / "sessions").open(encoding="ascii") as lines:
        return "postern=" + lines.readline().split("\t")[0]


def weigh(server, state):
    """A row for each page: its HTML in bytes, and what of it went over the wire; and its style sheet and icon."""
    session = requests.Session()
    session.trust_env = False
    rows, assets = [], {}
    for path, status in {**OPEN, **SIGNED_IN}.items():
        headers = {**BROWSER, **({"Cookie": first_cookie(state)} if path in SIGNED_IN else {})}
        answer = session.get(f"{server.origin}/account/{path}", headers=headers, allow_redirects=False, timeout=30)
        valid = answer.status_code == status and "</html>" in answer.text
        rows.append(("/account/" + path, len(answer.content), answer.headers.get("Content-Encoding", "-"), valid))
        assets.update(dict.fromkeys(re.findall(r'(?:href|src)="([^"]+/assets/[^"]+)"', answer.text)))
    for path in assets:
        answer = session.get(server.origin + path, headers=BROWSER, timeout=30, stream=True)
        wire = len(answer.raw.read(decode_content=False))
        assets[path] = (wire, answer.headers.get("Content-Encoding", "-"), answer.headers.get("Cache-Control", ""),
                        answer.status_code == 200)
    return rows, assets


def first_bytes(server, state, seconds):
    loads = [("login", {"expect": "</html>"}), ("register", {"expect": "</html>"}),
             ("reset-password", {"expect": "</html>"}), ("", {"lines": state / "sessions", "expect": "{2}"})]
    results = {path: [] for path, _ in loads}
    for _ in range(LOADS):
        for path, asks in loads:
            headers = ["Accept: text/html", *(["Cookie: postern={1}"] if "lines" in asks else [])]
            results[path].append(stage.load(f"{server.origin}/account/{path}", connections=CONNECTIONS,
                                            seconds=seconds / LOADS, header=headers, **asks))
    found = []
    for path, runs in results.items():
        middle = sorted(runs, key=lambda run: run["p99_ms"])[LOADS // 2]
        found.append(stage.milliseconds(f"/account/{path}, p99 ({middle['rate']:,.0f} a second)", middle["p99_ms"],
                                        at_most=5, valid=all(run["valid"] for run in runs)))
    return found


def in_a_browser(server, rounds):
    done = subprocess.run(["node", stage.ROOT / "bench" / "pages.mjs", str(rounds)], capture_output=True, text=True,
                          timeout=60 + 60 * rounds, check=False, env={**os.environ, "SITE": server.origin})
    if done.returncode != 0:
        raise SystemExit(f"bench/pages.mjs: {done.stderr}")
    return json.loads(done.stdout)


def figures_of_bytes(rows, assets):
    found = [stage.Figure(path, size, f"{size:,} bytes ({encoding})", at_most=HEAVIEST, unit=" bytes", valid=valid)
             for path, size, encoding, valid in rows]
    for path, (size, encoding, caching, valid) in assets.items():
        name = path.rsplit("/", 1)[1]
        found.append(stage.Figure(name, "immutable" in caching, f"{size:,} bytes ({encoding})", at_least=True,
                                  valid=valid, wanted="immutable"))
    return found


def figures_of_the_browser(found):
    return ([stage.Figure(f"LCP of {page['name']}", page["lcp_ms"], f"{page['lcp_ms']} ms", at_most=300, unit=" ms")
             for page in found["pages"]]
            + [stage.Figure(f"INP of {form['name']}", form["inp_ms"], f"{form['inp_ms']:g} ms", at_most=100, unit=" ms")
               for form in found["forms"]]
            + [stage.Figure("layout shift, largest of all pages", shift, f"{shift:g}", at_most=0)
               for shift in [max(page["shift"] for page in found["pages"])]])


def main():
    quick = stage.options(__doc__, "two seconds a page and one round instead of five").quick
    seconds, rounds = (2, 1) if quick else (10, 5)
    machine = stage.machine()
    with stage.filled() as state:
        with stage.Server(state, WORKERS="2") as server:  # mail is held, where the browser finds the links
            tables = [("weight", figures_of_bytes(*weigh(server, state))),
                      (f"first byte, {CONNECTIONS} connections", first_bytes(server, state, seconds)),
                      (f"in Chromium, worst of {rounds}", figures_of_the_browser(in_a_browser(server, rounds)))]
    figures = [figure for _, rows in tables for figure in rows]
    text = machine + ".\n\n" + "\n\n".join(stage.figures_table(*table) for table in tables)
    return stage.conclude("pages", text, figures)


if __name__ == "__main__":
    sys.exit(main())
