"""A relay that keeps a ledger of what it was given, can be held at any step, and goes down and up."""
import email
import re
import socket
import threading

from harness import free_port, wait_until

GREETING = b"220 sink\r\n"
REPLIES = {b"EHLO": b"250 sink\r\n", b"HELO": b"250 sink\r\n", b"MAIL": b"250 go on\r\n",
           b"RCPT": b"250 go on\r\n", b"RSET": b"250 forgotten\r\n", b"NOOP": b"250 yes\r\n",
           b"DATA": b"354 speak\r\n", b"QUIT": b"221 farewell\r\n"}


class Delivery:
    """One mail as it came, final dot included."""

    def __init__(self, recipient, data, client_port):
        self.recipient = recipient
        self.message = email.message_from_bytes(data)
        self.message_id = self.message["Message-ID"]
        self.client_port = client_port
        # The sender said something after the answer to the dot, so it has seen it and, as it does one thing
        # after the other, written down what became of the mail.
        self.was_marked = False

    @property
    def token(self):
        text = self.message.get_payload(0).get_payload(decode=True).decode()
        return re.search(r"\?token=([A-Za-z0-9_-]+)\r?$", text, re.MULTILINE)[1]


class Hold:
    """Keeps the sink from answering at a step, until the `with` block ends."""

    def __init__(self):
        self.reached = threading.Event()
        self.client_port = None
        self.released = threading.Event()

    def wait(self, seconds=20):
        assert self.reached.wait(seconds), f"nobody came within {seconds} s"
        return self.client_port


class Sink:
    def __init__(self):
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.lock = threading.Lock()
        self.deliveries = []
        self.holds = {}  # step: Hold; a step is a command's first word or b"."
        self.listener = None
        self.connections = set()

    def __enter__(self):
        self.go_up()
        return self

    def __exit__(self, *_):
        self.go_down()

    def go_up(self):
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=100)
        threading.Thread(target=self.take_all, args=(self.listener,), daemon=True).start()

    def go_down(self):
        """As a machine that loses its power: nobody is told."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.lock:
            for connection in self.connections:
                connection.shutdown(socket.SHUT_RDWR)

    def hold(self, step):
        self.holds[step] = Hold()
        return self.holds[step]

    def release(self, step):
        self.holds.pop(step).released.set()

    def sent_to(self, address):
        with self.lock:
            return [delivery for delivery in self.deliveries if delivery.recipient == address]

    def token_for(self, address, seconds=20):
        """Of the newest mail's link."""
        wait_until(lambda: self.sent_to(address), seconds)
        return self.sent_to(address)[-1].token

    def take_all(self, listener):
        while True:
            try:
                connection, (_, port) = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection, port), daemon=True).start()

    def serve(self, connection, port):
        with self.lock:
            self.connections.add(connection)
        try:
            self.talk(connection, connection.makefile("rb"), port)
        except OSError:
            pass  # the sender was killed
        finally:
            with self.lock:
                self.connections.discard(connection)
            connection.close()

    def talk(self, connection, lines, port):
        connection.sendall(GREETING)
        recipient, last = "", None
        while line := lines.readline():
            if last:
                last.was_marked = True
            word = line[:4].upper()
            if word == b"RCPT":
                recipient = line.split(b"<")[1].split(b">")[0].decode()
            self.pause(word, port)
            connection.sendall(REPLIES.get(word, b"502 what?\r\n"))
            if word == b"DATA":
                last = self.take_mail(connection, lines, recipient, port)
            if word == b"QUIT" or (word == b"DATA" and last is None):
                return

    def take_mail(self, connection, lines, recipient, port):
        """Nothing when the sender was gone before the dot."""
        data = b""
        while (line := lines.readline()) != b".\r\n":
            if not line.endswith(b"\n"):
                return None
            data += line[1:] if line.startswith(b".") else line
        delivery = Delivery(recipient, data, port)
        with self.lock:
            self.deliveries.append(delivery)
        self.pause(b".", port)
        connection.sendall(b"250 kept\r\n")
        return delivery

    def pause(self, step, port):
        if hold := self.holds.get(step):
            hold.client_port = port
            hold.reached.set()
            hold.released.wait(60)
