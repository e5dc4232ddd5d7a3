"""Django with its own sessions and users, both in SQLite."""
import datetime
import os
import sys

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="bench", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, USE_TZ=True, DEBUG=False,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3",
                           "NAME": os.environ["BENCH_PEER_DATABASE"], "CONN_MAX_AGE": None}},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware"],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField")
django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402


def session(request):
    if not request.user.is_authenticated:
        return JsonResponse({"error": "sign in"}, status=401)
    return JsonResponse({"account": {"id": str(request.user.id), "email": request.user.email,
                                     "name": request.user.first_name}})


urlpatterns = [path("session", session)]
application = get_wsgi_application()


def fill(accounts, sessions):
    """Cookies are "session0", "session1", …"""
    call_command("migrate", verbosity=0)
    User.objects.bulk_create([
        User(id=number + 1, username=f"visitor-{number}", email=f"visitor-{number}@example.net",
             first_name=f"Visitor {number}", password="!") for number in range(accounts)], 1000)
    store = SessionStore()
    hashes = [user.get_session_auth_hash() for user in User.objects.order_by("id")]
    ends = timezone.now() + datetime.timedelta(days=1)
    Session.objects.bulk_create([
        Session(session_key=f"session{number}", expire_date=ends, session_data=store.encode(
            {SESSION_KEY: str(number % accounts + 1), HASH_SESSION_KEY: hashes[number % accounts],
             BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend"}))
        for number in range(sessions)], 1000)


if __name__ == "__main__":
    fill(int(sys.argv[1]), int(sys.argv[2]))
