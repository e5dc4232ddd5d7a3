"""Requests as no browser sends them: HTTP for nginx, FastCGI records straight for a worker. Many, from many threads."""
import collections
import multiprocessing
import random
import re
import socket
import struct
import threading
import time

import fastcgi

STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
PATIENCE = 0.4  # seconds; a request that lost its end in a mutation gets no answer
BATCH = 10  # requests on one connection, one after the other without waiting
THREADS = 12

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
# method, path, content type, body; what registers or hashes costs a commit or 15 ms and stands here once.
REQUESTS = [
    ("GET", "/account/session", "", ""), ("GET", "/account/check", "", ""), ("GET", "/account/", "", ""),
    ("GET", "/account/login?return_to=%2Fmembers%2F", "", ""), ("GET", "/account/verify?token=AAAA-bbbb_0", "", ""),
    ("GET", "/account/sessions", "", ""), ("GET", "/account/health", "", ""), ("GET", "/members/", "", ""),
    ("POST", "/account/settings", FORM, "theme=dark&return_to=%2F"), ("POST", "/account/settings", JSON, '{"theme":"light"}'),
    ("POST", "/account/profile", JSON, '{"name":"Zo\u00eb"}'), ("POST", "/account/logout", FORM, ""),
    ("POST", "/account/sessions/end", FORM, "id=1&all=others"), ("POST", "/account/verify/resend", JSON, "{}"),
    ("POST", "/account/login", JSON, '{"email":"a@","password":""}'), ("POST", "/account/register", FORM, "email=a%40&name=x"),
    ("POST", "/account/verify", JSON, '{"token":"x","password":"short"}'), ("POST", "/account/mailbox", FORM, "x=1"),
    ("POST", "/account/reset-password/confirm", FORM, "token=x&password=y"),
    ("POST", "/account/register", JSON, '{"email":"fuzz@example.net"}'),
]
HEADERS = ["Accept: application/json", "Accept: text/html;q=0.1, */*", "Cookie: postern=AAAA; postern=B",
           "Cookie: postern=" + "A" * 43, "Origin: http://evil.example", "Sec-Fetch-Site: cross-site",
           "Transfer-Encoding: chunked", "Content-Length: 7", "Expect: 100-continue", "X-A: " + "a" * 3000,
           "Remote-User: 1", "Upgrade: h2c", "Connection: upgrade", "Range: bytes=0-", "Content-Encoding: gzip"]
NASTY = [b"\0", b"\r\n", b"\n", b"%00", b"%0d%0a", b"../", b"//", b"\xff\xfe", b"\xe2\x80\xae", b"'", b'"', b"<", b"{{",
         b"%25", b";", b"&", b"=", b"\x01\x01\x00\x01\x00\x08\x00\x00", b"A" * 5000, b"-1", b"1e999", b"\\u0000", b"[" * 200]


def mutated(data, times):
    for _ in range(times):
        at = random.randrange(len(data) + 1)
        kind = random.randrange(4)
        if kind == 0:
            data = data[:at] + random.choice(NASTY) + data[at:]
        elif kind == 1:
            data = data[:at] + data[at + random.randrange(1, 9):]
        elif kind == 2 and at < len(data):
            data = data[:at] + bytes([random.randrange(256)]) + data[at + 1:]
        else:
            data = data[:at] + data[at:at + 20] * 2 + data[at:]
    return data


def smuggled(path="/account/register"):
    """A whole FastCGI request that a worker must never take for one: it would register somebody."""
    body = b"email=smuggled%40example.net"
    parameters = fastcgi.encode({"REQUEST_METHOD": "POST", "POSTERN_PATH": path, "CONTENT_TYPE": FORM,
                                 "CONTENT_LENGTH": str(len(body)), "REMOTE_ADDR": "127.0.0.1"})
    return (fastcgi.record(fastcgi.BEGIN, struct.pack(">HB5x", 1, 1)) + fastcgi.record(fastcgi.PARAMS, parameters)
            + fastcgi.record(fastcgi.PARAMS, b"") + fastcgi.record(fastcgi.STDIN, body) + fastcgi.record(fastcgi.STDIN, b""))


def http_request():
    method, path, content_type, body = random.choice(REQUESTS)
    body = body.encode()
    if method == "POST" and random.random() < 0.5:
        body = mutated(body, random.randrange(1, 4)) if random.random() < 0.9 else smuggled()
    path = path.encode()
    if random.random() < 0.2:
        path = mutated(path, 1).replace(b" ", b"").replace(b"\r", b"").replace(b"\n", b"") or b"/"
    if random.random() < 0.05:
        method = random.choice(["PUT", "DELETE", "TRACE", "BREW", "HEAD", "OPTIONS", "get"])
    lines = [b"%s %s HTTP/1.1" % (method.encode(), path), b"Host: localhost"]
    if body or method == "POST":
        length = len(body) if random.random() < 0.98 else random.choice([0, 1, len(body) + 5, max(0, len(body) - 3)])
        lines += [b"Content-Length: %d" % length, b"Content-Type: " + content_type.encode()]
    for header in random.sample(HEADERS, random.choice([0, 0, 0, 1, 2])):
        lines.append(header.encode())
    head = b"\r\n".join(lines)
    if random.random() < 0.1:
        head = mutated(head, 1)
    return head + b"\r\n\r\n" + body


def ask_nginx(port, counts):
    batch = b"".join(http_request() for _ in range(BATCH - 1))
    batch += b"GET /account/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        for status in STATUS.findall(exchange(connection, batch)):
            counts[int(status)] += 1


def fastcgi_request():
    method, path, content_type, body = random.choice(REQUESTS)
    body = body.encode()
    parameters = {"REQUEST_METHOD": method, "POSTERN_PATH": path, "CONTENT_TYPE": content_type,
                  "CONTENT_LENGTH": str(len(body) + random.choice([0, 0, 0, 1, -1, 70_000])), "REMOTE_ADDR": "127.0.0.1",
                  "HTTP_COOKIE": "postern=" + "A" * 43}
    encoded = fastcgi.encode(parameters)
    if random.random() < 0.4:
        encoded = mutated(encoded, random.randrange(1, 4))[:60_000]
    whole = (fastcgi.record(fastcgi.BEGIN, struct.pack(">HB5x", random.choice([1, 1, 1, 2, 3, 0]), random.randrange(2)))
             + fastcgi.record(fastcgi.PARAMS, encoded) + fastcgi.record(fastcgi.PARAMS, b"")
             + fastcgi.record(fastcgi.STDIN, body) + fastcgi.record(fastcgi.STDIN, b""))
    return mutated(whole, random.randrange(1, 6)) if random.random() < 0.5 else whole


def ask_worker(path, counts):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(path)
        answer = exchange(connection, fastcgi_request(), ends_with_end_record)
        found = re.search(rb"Status: (\d{3})", answer)
        counts[int(found[1]) if found else "none"] += 1


def ends_with_end_record(answer):
    return answer[-16:-14] == bytes([1, fastcgi.END])


def exchange(connection, data, is_whole=lambda answer: False):
    connection.settimeout(PATIENCE)
    answer = b""
    try:
        connection.sendall(data)
        while not is_whole(answer) and (more := connection.recv(65536)):
            answer += more
    except OSError:  # broken off by the other side, or nothing more comes
        pass
    return answer


def keep_asking(ask, target, until, limit, counts):
    while counts["asked"] < limit and time.monotonic() < until:
        try:
            ask(target, counts)
        except OSError:
            counts["refused"] += 1
        counts["asked"] += 1


def work(ask, target, seconds, limit, results):
    until = time.monotonic() + seconds
    counts = [collections.Counter() for _ in range(THREADS)]
    threads = [threading.Thread(target=keep_asking, args=(ask, target, until, limit // THREADS + 1, own)) for own in counts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put(sum(counts, collections.Counter()))


def ask_many(ask, target, exchanges, seconds):
    """In two processes; gives how many exchanges there was time for, and how often each status came."""
    results = multiprocessing.Queue()
    workers = [multiprocessing.Process(target=work, args=(ask, target, seconds, exchanges // 2, results)) for _ in range(2)]
    for worker in workers:
        worker.start()
    total = sum((results.get() for _ in workers), collections.Counter())
    for worker in workers:
        worker.join()
    return total.pop("asked"), total
