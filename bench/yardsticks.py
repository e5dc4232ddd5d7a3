#!/usr/bin/python3
"""What a visitor waits for: the yardsticks of docs/performance.md, measured and written there.

script/bench runs it.
register and reset-password at 32 clients while the relay takes 2 s a mail; session while 32 clients
log in as fast as they can; logout in a browser. Exits 1 when one is missed.
"""
import json
import os
import subprocess
import sys

import stage

ADDRESS = "signs-in@example.net"
JSON = ["Content-Type: application/json"]


def first_byte_while_the_relay_is_slow(state, seconds):
    """register and reset of addresses that are new each time, and of ones that have an account."""
    with stage.Relay(delay=2) as relay, stage.Server(state, RELAY=relay.url) as server:
        rows = []
        for route in ("register", "reset-password"):
            for who, address in (("new", "{run}-{n}@example.net"), ("known", "{2}")):
                result = stage.load(
                    server.origin + "/account/" + route, method="POST", header=JSON, status=202, seconds=seconds,
                    connections=32, body=json.dumps({"email": address}), lines=state / "sessions")
                rows.append((f"{route}, {who} addresses", result, 20))
        print(f"  meanwhile the relay took {len(relay.mails)} mails")
        return rows


def session_while_others_log_in(state, seconds):
    with stage.Server(state) as server:
        session = {"lines": state / "sessions", "header": ["Cookie: postern={1}"], "expect": '{2}"'}
        alone = stage.load(server.origin + "/account/session", connections=8, seconds=seconds, **session)
        logins = stage.start_load(
            server.origin + "/account/login", method="POST", header=JSON, connections=32, seconds=seconds + 2,
            body=json.dumps({"email": ADDRESS, "password": stage.PASSWORD}),
            expect=ADDRESS)
        beside = stage.load(server.origin + "/account/session", connections=8, seconds=seconds, **session)
        logged_in = stage.finish_load(logins)
    return [("session, nobody logs in", alone, None),
            ("session, 32 clients log in", beside, 10),
            ("(those logins)", logged_in, None)]


def logout_in_a_browser(state):
    with stage.Server(state) as server:
        done = subprocess.run(
            ["node", stage.ROOT / "bench" / "logout.mjs", ADDRESS], capture_output=True, text=True,
            timeout=120, check=False, env={**os.environ, "SITE": server.origin})
    if done.returncode != 0:
        raise SystemExit(f"bench/logout.mjs: {done.stderr}")
    return json.loads(done.stdout)


def is_met(result, limit):
    return result["valid"] and (limit is None or result["p99_ms"] < limit)


def table(rows):
    lines = ["| time to first byte, ms | p50 | p99 | max | wanted p99 | answers a second | |",
             "|---|--:|--:|--:|--:|--:|---|"]
    for name, result, limit in rows:
        verdict = "" if limit is None else "met" if is_met(result, limit) else "MISSED"
        if not result["valid"]:
            verdict = "INVALID: " + result["first_fault"]
        lines.append(f"| {name} | {result['p50_ms']:.1f} | {result['p99_ms']:.1f} | "
                     f"{result['max_ms']:.1f} | {'' if limit is None else f'< {limit}'} | "
                     f"{result['rate']:.0f} | {verdict} |")
    return "\n".join(lines)


def browser_table(found):
    wanted = (("redirects", "redirects", found["redirects"] == 1, "1"),
              ("INP", "inp_ms", found["inp_ms"] < 100, "< 100 ms"),
              ("next paint", "next_paint_ms", found["next_paint_ms"] < 200, "< 200 ms"))
    lines = ["| logout in Chromium, worst of 10 | | wanted | |", "|---|--:|--:|---|"]
    for name, key, met, limit in wanted:
        lines.append(f"| {name} | {found[key]:g} | {limit} | {'met' if met else 'MISSED'} |")
    return "\n".join(lines), all(met for _, _, met, _ in wanted)


def main():
    seconds = 2 if stage.options(__doc__, "two seconds a row instead of six").quick else 6
    machine = stage.machine()
    with stage.filled(address=ADDRESS) as state:
        # Last comes what leaves a long queue of mails, which would keep the cores busy beside the others.
        browser, browser_met = browser_table(logout_in_a_browser(state))
        others = session_while_others_log_in(state, seconds)
        rows = first_byte_while_the_relay_is_slow(state, seconds) + others
    text = f"{machine}.\n\n{table(rows)}\n\n{browser}"
    print(text)
    stage.write_report("yardsticks", text)
    return 0 if browser_met and all(is_met(result, limit) for _, result, limit in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
