"""Flask-Login: its signed cookie names the account, the user loader reads it from SQLite."""
import os
import sqlite3
import threading

from flask import Flask, jsonify
from flask_login import LoginManager, UserMixin, current_user, login_required

app = Flask(__name__)
app.secret_key = "bench"
logins = LoginManager(app)
kept = threading.local()


class User(UserMixin):
    def __init__(self, row):
        self.id, self.email, self.name = row


def database():
    if not hasattr(kept, "database"):
        kept.database = sqlite3.connect(os.environ["BENCH_DATABASE"])
    return kept.database


@logins.user_loader
def load(number):
    row = database().execute("SELECT id, email, name FROM account WHERE id = ?", (number,)).fetchone()
    return User(row) if row else None


@app.get("/session")
@login_required
def session():
    return jsonify(account={"id": str(current_user.id), "email": current_user.email,
                            "name": current_user.name})


def cookie_for(number):
    """What a browser has after a sign-in of that account."""
    signer = app.session_interface.get_signing_serializer(app)
    return signer.dumps({"_user_id": str(number), "_fresh": True})
