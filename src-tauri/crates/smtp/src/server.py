"""A mail server whose recipients are named after what becomes of their mail.

Reads what it is to be from the first line of its input, says its port, then every mail it takes, each
as one line of JSON. Ends with its input, so that it never outlives a test that was killed.
"""

import asyncio
import json
import os
import ssl
import sys
import threading

from aiosmtpd.smtp import SMTP, AuthResult


def say(what):
    print(json.dumps(what), flush=True)


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, options):
        if address.startswith("stranger@"):
            return "553 5.7.1 not your address"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "nobody":
            return "550 5.1.1 no such mailbox"
        if name == "later":
            return "450 4.2.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        text = envelope.content.decode("utf-8", "replace")
        if name == "spam":
            return "554 5.6.0 this looks like spam"
        if name == "parrot":
            words = " ".join(text.split("\r\n\r\n", 1)[1].split())
            return f"554 5.6.0 you said: {words}"
        say({"from": envelope.mail_from, "to": envelope.rcpt_tos, "data": text,
             "user": session.auth_data.decode() if session.auth_data else None})
        if name == "silent":
            await asyncio.Event().wait()
        if name == "gone":
            server.transport.abort()
        return "250 OK"


async def serve(wanted):
    context = None
    if wanted["tls"] != "none":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(wanted["certificate"], wanted["key"])
    starttls = wanted["tls"] == "starttls"

    def authenticate(server, session, envelope, mechanism, login):
        good = (login.login, login.password) == (wanted["user"].encode(), wanted["password"].encode())
        # What signed in is told with every mail.
        return AuthResult(success=good, handled=False, auth_data=login.login if good else None)

    def session():
        return SMTP(
            Handler(),
            hostname="localhost",
            enable_SMTPUTF8=True,
            tls_context=context if starttls else None,
            require_starttls=starttls,
            authenticator=authenticate if wanted["user"] else None,
            auth_required=bool(wanted["user"]),
            auth_require_tls=starttls,
        )

    implicit = context if wanted["tls"] == "tls" else None
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(session, "127.0.0.1", 0, ssl=implicit)
    say(listening.sockets[0].getsockname()[1])
    await listening.serve_forever()


def end_with_input():
    sys.stdin.read()
    os._exit(0)


asked = json.loads(sys.stdin.readline())
threading.Thread(target=end_with_input, daemon=True).start()
asyncio.run(serve(asked))
