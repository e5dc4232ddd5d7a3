"""What was acknowledged, against what became of it: nothing may be missing."""
import collections
import contextlib
import itertools
import json
import threading

import requests

from harness import wait_until

LONGER_THAN_ANY_LEASE = 130  # seconds


class MailLedger:
    """Registers people at a server whose mail goes to a Sink, and compares."""

    def __init__(self, server, sink, clock):
        self.server = server
        self.sink = sink
        self.clock = clock
        self.acknowledged = []
        self.numbers = itertools.count()

    def register(self, visitor=None):
        """Somebody new. Gives the address when it was acknowledged; a worker that dies may cost the answer."""
        address = f"person-{next(self.numbers)}@example.net"
        with contextlib.suppress(requests.RequestException):
            if (visitor or self.server.visitor()).post_json("register", email=address).status_code == 202:
                self.acknowledged.append(address)
                return address
        return None

    @contextlib.contextmanager
    def registering(self, threads=3, pause=0.02):
        """As long as the block goes on."""
        enough = threading.Event()

        def work():
            visitor = self.server.visitor()
            while not enough.wait(pause):
                self.register(visitor)

        workers = [threading.Thread(target=work) for _ in range(threads)]
        for worker in workers:
            worker.start()
        try:
            yield
        finally:
            enough.set()
            for worker in workers:
                worker.join()

    def mails(self, *words):
        return json.loads(self.server.command("mail", "list", "--json", "--limit", "100000", *words))["mails"]

    def count_due(self):
        return json.loads(self.server.command("mail", "status", "--json"))["due"]

    def drain(self, turns=30):
        """Lets time pass until no mail is due."""
        for _ in range(turns):
            self.clock.move(LONGER_THAN_ANY_LEASE)
            with contextlib.suppress(AssertionError):
                wait_until(lambda: self.count_due() == 0, 6)
                return
        raise AssertionError(f"{self.count_due()} mails are still due")

    def close(self):
        """Compares; gives the figures."""
        self.drain()
        delivered = collections.defaultdict(list)
        for delivery in self.sink.deliveries:
            delivered[delivery.recipient].append(delivery)
        shelved = {mail["recipient"] for mail in self.mails("--state", "shelved")}
        lost = [address for address in self.acknowledged if address not in delivered and address not in shelved]
        twice = [deliveries for deliveries in delivered.values() if len(deliveries) > 1]
        assert not lost
        assert {mail["state"] for mail in self.mails()} <= {"accepted", "shelved", "discarded"}
        for deliveries in twice:
            assert len({delivery.message_id for delivery in deliveries}) == 1
            # Again only when the sender ended between the final dot and the mark.
            assert not any(delivery.was_marked for delivery in deliveries[:-1])
        return {"acknowledged": len(self.acknowledged), "delivered": len(delivered), "shelved": len(shelved),
                "lost": len(lost), "delivered twice": len(twice)}
