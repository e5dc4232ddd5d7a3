"""Flask-Security with its SQLAlchemy store, as its quick start has it."""
import os

from flask import Flask, jsonify
from flask_security import RoleMixin, Security, SQLAlchemyUserDatastore, UserMixin, auth_required, current_user
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config.update(SECRET_KEY="bench", SECURITY_PASSWORD_SALT="bench",
                  SQLALCHEMY_DATABASE_URI="sqlite:///" + os.environ.get("BENCH_PEER_DATABASE", "/dev/null"),
                  SQLALCHEMY_TRACK_MODIFICATIONS=False)
db = SQLAlchemy(app)
held = db.Table("held", db.Column("user_id", db.ForeignKey("user.id")),
                db.Column("role_id", db.ForeignKey("role.id")))


class Role(db.Model, RoleMixin):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80), unique=True)


class User(db.Model, UserMixin):
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(255), unique=True)
    name = db.Column(db.String(255))
    password = db.Column(db.String(255))
    active = db.Column(db.Boolean)
    fs_uniquifier = db.Column(db.String(64), unique=True)
    roles = db.relationship("Role", secondary=held)


Security(app, SQLAlchemyUserDatastore(db, User, Role))


@app.get("/session")
@auth_required("session")
def session():
    return jsonify(account={"id": str(current_user.id), "email": current_user.email,
                            "name": current_user.name})


def fill(count):
    with app.app_context():
        db.create_all()
        db.session.bulk_insert_mappings(User, [
            {"id": number + 1, "email": f"visitor-{number}@example.net", "name": f"Visitor {number}",
             "password": "none", "active": True, "fs_uniquifier": f"unique-{number + 1}"}
            for number in range(count)])
        db.session.commit()


def cookie_for(number):
    signer = app.session_interface.get_signing_serializer(app)
    return signer.dumps({"_user_id": f"unique-{number}", "_fresh": True, "fs_cc": "set", "fs_paa": 0,
                         "identity_changed": True})
