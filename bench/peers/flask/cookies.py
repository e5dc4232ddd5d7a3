"""Prints "cookie TAB address" of the first COUNT accounts: cookies.py login|security COUNT"""
import importlib
import sys

name, count = sys.argv[1], int(sys.argv[2])
peer = importlib.import_module(name)
if name == "security":
    peer.fill(count)
with peer.app.app_context():
    for number in range(count):
        print(peer.cookie_for(number + 1), f"visitor-{number}@example.net", sep="\t")
