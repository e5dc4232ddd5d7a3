"""Flask with nothing but Flask: cookie, look-up in Postern's own file, JSON."""
import base64
import hashlib
import os
import sqlite3
import threading
import time

from flask import Flask, jsonify, request

app = Flask(__name__)
kept = threading.local()


def database():
    if not hasattr(kept, "database"):
        kept.database = sqlite3.connect(os.environ["BENCH_DATABASE"])
    return kept.database


@app.get("/session")
def session():
    cookie = request.cookies.get("postern", "")
    key = hashlib.sha256(base64.urlsafe_b64decode(cookie + "=")).digest()
    now = int(time.time())
    row = database().execute(
        "SELECT account.id, account.email, account.name, session.created_at, session.ends_at "
        "FROM session JOIN account ON account.id = session.account_id WHERE session.key = ? "
        "AND session.last_seen_at + session.idle > ? AND account.state = 'active'",
        (key, now)).fetchone()
    if row is None:
        return jsonify(error="sign in"), 401
    return jsonify(account={"id": str(row[0]), "email": row[1], "name": row[2]},
                   session={"created_at": row[3], "expires_at": row[4]})
