"""Steady load through nginx until standard input ends; then the ledger as JSON.

Each request has a connection of its own: what a reload does to an idle connection of the client is not
what is asked here. Readers ask who is signed in; writers register addresses that nobody else does, so that
each request that was applied is one row of the table claim.
"""
import http.client
import itertools
import json
import sys
import threading
import time

COOKIE, RUN = sys.argv[1:]
JSON = {"Content-Type": "application/json", "Accept": "application/json"}
stop = threading.Event()
lock = threading.Lock()
ledger = {"sent": 0, "lost": [], "acknowledged": [], "slowest": 0.0}


def ask(method, path, body=None, headers=JSON):
    connection = http.client.HTTPConnection("localhost", 80, timeout=60)
    try:
        connection.request(method, path, body, {**headers, "Connection": "close"})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except OSError as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connection.close()


def note(what, started, answer, wanted, address=None):
    with lock:
        ledger["sent"] += 1
        ledger["slowest"] = max(ledger["slowest"], time.monotonic() - started)
        if answer != wanted:
            ledger["lost"].append(f"{what}: {answer}")
        elif address:
            ledger["acknowledged"].append(address)


def read():
    while not stop.is_set():
        started = time.monotonic()
        note("GET", started, ask("GET", "/account/session", None, {"Cookie": COOKIE}), 200)


def write(number):
    for count in itertools.count():
        if stop.is_set():
            return
        address = f"load-{RUN}-{number}-{count}@example.org"
        started = time.monotonic()
        note("POST", started, ask("POST", "/account/register", json.dumps({"email": address})), 202, address)
        time.sleep(0.01)


def sign_in():
    """The other lane. A wrong password costs the same as a right one."""
    body = json.dumps({"email": "nobody@example.org", "password": "never a password of anybody"})
    while not stop.is_set():
        started = time.monotonic()
        note("login", started, ask("POST", "/account/login", body), 401)
        time.sleep(0.05)


threads = [threading.Thread(target=read) for _ in range(2)]
threads += [threading.Thread(target=write, args=(number,)) for number in range(2)]
threads.append(threading.Thread(target=sign_in))
for thread in threads:
    thread.start()
print("loading", flush=True)
sys.stdin.read()
stop.set()
for thread in threads:
    thread.join()
json.dump(ledger, sys.stdout)
