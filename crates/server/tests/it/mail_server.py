"""A mail server for the tests: `mail_server.py <maildir> <none|starttls|tls> [<certificate> <key> <user> <password>]`.

With a certificate it takes mail only over TLS and from whoever knows user and password. It files what it gets in the
maildir, with headers that say how it came, and prints its port once it listens.
"""

import asyncio
import ssl
import sys

from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

maildir, encryption, *rest = sys.argv[1:]


class Handler(Mailbox):
    def prepare_message(self, session, envelope):
        message = super().prepare_message(session, envelope)
        message["X-Encrypted"] = "yes" if session.ssl or encryption == "tls" else "no"
        message["X-User"] = session.auth_data.decode() if session.authenticated else "nobody"
        return message


def settings():
    """How the server listens, and how it speaks."""
    if encryption == "none":
        return None, {}
    certificate, key, *account = rest
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    def authenticate(server, session, envelope, mechanism, given):
        known = isinstance(given, LoginPassword) and [given.login.decode(), given.password.decode()] == account
        return AuthResult(success=known, handled=known, auth_data=given.login if known else None)

    speaking = {"authenticator": authenticate, "auth_required": True}
    if encryption == "starttls":
        return None, speaking | {"tls_context": context, "require_starttls": True}
    # From the first byte, of which the package's own check, that for STARTTLS, does not know.
    return context, speaking | {"auth_require_tls": False}


async def serve():
    context, speaking = settings()
    handler = Handler(maildir)
    make = lambda: SMTP(handler, enable_SMTPUTF8=True, **speaking)
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(serve())
