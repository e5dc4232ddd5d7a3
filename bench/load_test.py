#!/usr/bin/python3
"""bench_load's figures, against a server of which the answers are known."""
import contextlib
import http.server
import json
import pathlib
import subprocess
import threading

LOAD = pathlib.Path(__file__).resolve().parents[1] / "build" / "bench" / "bench_load"


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serving():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def load(url, *words):
    done = subprocess.run([LOAD, "--connections", "2", "--seconds", "0.3", *words, url], stdout=subprocess.PIPE, timeout=30, check=False)
    return done.returncode, json.loads(done.stdout)


def test_a_short_run_has_the_rate_of_its_own_time():
    """Bug: what ran for less than a second was divided by a whole one."""
    with serving() as url:
        code, found = load(url, "--expect", "ok")
    assert code == 0 and found["requests"] > 0
    assert found["rate"] > 2 * found["requests"]


def test_a_fast_wrong_answer_is_told():
    with serving() as url:
        assert load(url, "--expect", "something else")[0] == 1
        code, found = load(url, "--status", "204")
    assert code == 1 and found["wrong_status"] > 0 and found["rate"] == 0
