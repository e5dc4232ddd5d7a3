"""A relay on loopback that takes mail from who knows the password, and keeps it in /var/tmp/mails, one file each."""
import asyncio
import itertools
import pathlib
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

PASSWORD = sys.argv[1].encode()
MAILS = pathlib.Path("/var/tmp/mails")
numbers = itertools.count()


class Keeper:
    async def handle_DATA(self, server, session, envelope):
        (MAILS / f"{next(numbers)}-{envelope.rcpt_tos[0]}").write_bytes(envelope.content)
        return "250 kept"


def check(server, session, envelope, mechanism, data):
    return AuthResult(success=data.password == PASSWORD)


controller = Controller(Keeper(), hostname="127.0.0.1", port=2525, authenticator=check, auth_required=True,
                        auth_require_tls=False)
controller.start()
MAILS.mkdir(exist_ok=True)
asyncio.new_event_loop().run_forever()
