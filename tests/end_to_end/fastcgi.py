"""FastCGI as nginx speaks it, to say what nginx never would."""
import socket
import struct

BEGIN, END, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6


class Answer:
    def __init__(self, text):
        head, _, self.body = text.partition(b"\r\n\r\n")
        self.headers = dict(line.split(": ", 1) for line in head.decode("latin1").split("\r\n") if line)
        self.status = int(self.headers.get("Status", "200").split()[0])


def record(kind, content):
    return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content


def encode(parameters):
    def length(text):
        return struct.pack(">I", len(text) | 0x80000000) if len(text) > 127 else bytes([len(text)])

    pairs = [(name.encode(), value.encode()) for name, value in parameters.items()]
    return b"".join(length(name) + length(value) + name + value for name, value in pairs)


def read_exactly(connection, count):
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise EOFError("the worker closed the connection")
        data += more
    return data


def ask(path, parameters, body=b""):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        connection.connect(path)
        request = record(BEGIN, struct.pack(">HB5x", 1, 1)) + record(PARAMS, encode(parameters))
        request += record(PARAMS, b"") + (record(STDIN, body) if body else b"") + record(STDIN, b"")
        connection.sendall(request)
        output = b""
        while True:
            _, kind, _, length, padding, _ = struct.unpack(">BBHHBB", read_exactly(connection, 8))
            content = read_exactly(connection, length)
            read_exactly(connection, padding)
            if kind == STDOUT:
                output += content
            if kind == END:
                return Answer(output)
