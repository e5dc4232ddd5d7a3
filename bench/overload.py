#!/usr/bin/python3
"""500 clients sign in at once, for as long as it takes, and 500 slow ones hold their requests back: what do the others notice?

Prints how many hashes were computed and how many clients were told to come again, the largest memory of a worker
against threads x cost + 64 MiB, and the session check's p99 meanwhile. Fails when the memory or 10 ms are exceeded, or
a check is answered wrongly.

    bench/overload.py [--seconds 15]
"""
import argparse
import json
import math
import socket
import sys
import tempfile
import threading
import time

from stage import PASSWORD, Relay, Server, json_post, load, start_load

FLOOD = 500
HASHING_THREADS = 1  # of a worker, and what each of them takes: the defaults
COST_MIB = 19
SPARE_MIB = 64
SLOWEST_CHECK_MS = 10


def flood(server, seconds):
    return start_load(f"http://localhost:{server.port}/account/login", connections=FLOOD, seconds=seconds, status=401,
                      **json_post(email="user-{n}@example.net", password="wrong " + PASSWORD))


def checks(server, cookie, seconds):
    found = load(f"http://localhost:{server.port}/account/session", connections=4, pause=5, seconds=seconds,
                 header=f"Cookie: {cookie}", expect='"account"')
    print(f"p50 {found['p50_ms']:.2f} ms, p99 {found['p99_ms']:.2f} ms", flush=True)
    return found["p99_ms"] if found["valid"] else math.inf


def memory_mib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return int(status.read().split("VmHWM:")[1].split()[0]) / 1024


def hold_back(server, count, stop):
    """Requests that come a byte a second."""
    head = f"POST /account/login HTTP/1.1\r\nHost: localhost:{server.port}\r\nContent-Length: 1000\r\n\r\n".encode()
    slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(count)]
    for connection in slow:
        connection.sendall(head)
    while not stop.wait(1):
        for connection in slow:
            connection.sendall(b"x")
    for connection in slow:
        connection.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=int, default=15)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as directory, Relay() as relay, \
            Server(directory + "/state", RELAY=relay.url, WORKERS="2") as server:
        member = server.account(relay, "member@example.net")
        cookie = f"postern={member.session.cookies['postern']}"
        print("session check, alone:", end=" ")
        checks(server, cookie, 5)

        flooding = flood(server, seconds)
        time.sleep(1)
        print(f"session check beside {FLOOD} sign-ins at once:", end=" ")
        slowest = checks(server, cookie, seconds - 3)
        told = json.loads(flooding.communicate()[0])
        print(f"    hashed {told['requests']}, told to come again {told['wrong_status']}, "
              f"lost {told['errors']}, p99 {told['p99_ms']:.0f} ms")
        allowed = HASHING_THREADS * COST_MIB + SPARE_MIB
        most = [memory_mib(pid) for pid in server.workers()]
        print(f"    memory of a worker: at most {max(most):.0f} MiB, allowed {allowed} MiB")

        stop = threading.Event()
        slow = threading.Thread(target=hold_back, args=(server, FLOOD, stop))
        slow.start()
        time.sleep(2)
        print(f"session check beside {FLOOD} slow clients:", end=" ")
        slowest = max(slowest, checks(server, cookie, 8))
        stop.set()
        slow.join()
    sys.exit(max(most) > allowed or slowest > SLOWEST_CHECK_MS or told["errors"] > 0)


if __name__ == "__main__":
    main()
