"""What the pool counts, as the Prometheus of the machine reads it."""
import os
import re
import signal

from harness import ROOT, wait_until


def scrape(server):
    answer = server.visitor().get("/metrics")
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_the_public_address_has_nothing(server):
    answer = server.visitor().get("metrics", headers={"Postern-Metrics": "on", "Accept": "application/json"})
    assert answer.status_code == 404
    assert server.visitor().request("POST", "/metrics").status_code == 403


def test_whichever_worker_is_asked_tells_of_all(server):
    visitor = server.visitor()
    refused = 'postern_requests_total{route="session",method="get",status="4xx"}'
    before = scrape(server)
    for _ in range(40):
        assert visitor.get("session").status_code == 401
    pages = [scrape(server) for _ in range(10)]
    assert {page[refused] - before.get(refused, 0) for page in pages} == {40}
    assert {page["postern_workers"] for page in pages} == {2}
    assert {page['postern_requests_in_flight{lane="quick"}'] for page in pages} == {1}  # the scrape


def reload(server, is_done):
    os.kill(int((server.state / "run" / "pool").read_text()), signal.SIGHUP)
    wait_until(is_done)


def all_answers(server, holds):
    return all(holds(server.visitor().get("session")) for _ in range(20))


def test_a_slow_request_is_logged_with_its_stages_and_statements(server, relay, address):
    settings = server.state / "postern.toml.d" / "slow.toml"
    settings.write_text("[log]\nslow_ms = 0\nserver_timing = true\n")
    try:
        reload(server, lambda: all_answers(server, lambda answer: "Server-Timing" in answer.headers))
        visitor = server.account(relay, address)
        answer = visitor.get("session")
        assert re.search(r"session;dur=\d+\.\d, .*sql;dur=\d", answer.headers["Server-Timing"])
        read, written = (wait_until(lambda pattern=pattern: re.search(pattern, server.log())) for pattern in (
            r'request_slow .*route=session status=200 .*statements="session\.find \d',
            r'request_slow .*route=verify status=201 .*stages=".*handler \d.*statements=".*account\.insert .*writer \d'))
        assert address not in read[0] + written[0]
    finally:
        settings.unlink()
        reload(server, lambda: all_answers(server, lambda answer: "Server-Timing" not in answer.headers))


def test_a_killed_worker_takes_nothing_with_it(server):
    before = scrape(server)
    for pid in server.workers():
        os.kill(pid, signal.SIGKILL)
    after = wait_until(lambda: (page := scrape(server))["postern_workers"] == 2 and page)
    assert after["postern_worker_starts_total"] == before["postern_worker_starts_total"] + 2
    totals = [name for name in before if "_total" in name or "_bucket" in name]
    assert len(totals) > 20
    assert not [name for name in totals if after[name] < before[name]]
    assert after['postern_requests_in_flight{lane="quick"}'] == 1


def test_what_happens_is_counted(server, relay, address):
    before = scrape(server)
    visitor = server.account(relay, address)
    assert visitor.is_signed_in()
    names = ('postern_mails_total{outcome="accepted"}', 'postern_session_lookups_total{result="found"}',
             'postern_request_duration_seconds_count{lane="hashing"}', "postern_hashing_wait_seconds_count",
             "postern_write_gate_wait_seconds_count")

    def not_counted():
        """Bug of this test: a request is counted after its answer has left, by a thread that may have to wait for a core."""
        page = scrape(server)
        return [name for name in names if page[name] <= before[name]] + ["due"] * int(page["postern_mails_due"])

    wait_until(lambda: not not_counted())
    after = scrape(server)
    assert after["postern_sessions"] == before["postern_sessions"] + 1
    assert after["postern_database_bytes"] + after["postern_wal_bytes"] > 20_000
    assert after["postern_hashing_wait_seconds_sum"] < 60  # nginx's clock and ours are one


def test_every_metric_of_the_alerts_is_one(server):
    page = server.visitor().get("/metrics").text
    families = set(re.findall(r"# TYPE (\S+)", page))
    text = (ROOT / "docs" / "alerts.yml").read_text()
    used = {re.sub("_(bucket|sum|count)$", "", name) for name in re.findall(r"\bpostern_\w+", text)}
    assert len(used) > 8
    assert used <= families
    explained = set(re.findall(r"`(postern_\w+)", (ROOT / "docs" / "operations.md").read_text()))
    assert families == explained, families ^ explained
