# SPDX-License-Identifier: Apache-2.0
"""An SMTP server that keeps what it gets. STARTTLS and a login can be demanded of clients."""
import email
import email.policy
import re
import warnings

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

import server as servers


class FreePort(Controller):
    """The controller dials its port to see whether it answers: tell it which one it got."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class Mailbox:
    """`refusals`: so many messages are refused for now before any is taken."""

    def __init__(self, tls=None, login=None, refusals=0):
        self.mails, self.login, self.refusals = [], login, refusals
        more = {}
        if tls:
            more.update(tls_context=tls, require_starttls=True)
        if login:
            more.update(authenticator=self.authenticate, auth_required=True,
                        auth_require_tls=bool(tls))
        self.controller = FreePort(self, hostname="127.0.0.1", port=0, **more)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it does not like logins without TLS
            self.controller.start()
        self.port = self.controller.port

    def authenticate(self, server, session, envelope, mechanism, data):
        given = data.login.decode(), data.password.decode()
        return AuthResult(success=given == self.login, handled=given == self.login)

    async def handle_DATA(self, server, session, envelope):
        if self.refusals:
            self.refusals -= 1
            return "451 try again later"
        self.mails.append((envelope.rcpt_tos, envelope.content))
        return "250 OK"

    def keys(self):
        """Of config.yaml, to send here."""
        return {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": self.port, "MAIL_USE_TLS": False,
                "MAIL_DEFAULT_SENDER": "registry@example.com"}

    def wait(self, to, subject=""):
        """The last mail to that address whose subject has that text, once there is one."""
        def find():
            for receivers, content in reversed(self.mails):
                mail = email.message_from_bytes(content, policy=email.policy.default)
                if receivers == [to] and subject in mail["Subject"]:
                    return mail
            return None
        return servers.wait_for(find, f"a mail to {to}")

    def count(self, to):
        return sum(receivers == [to] for receivers, _ in self.mails)

    def stop(self):
        self.controller.stop()


def link_in(mail):
    """The path and query of the one link in a mail."""
    links = re.findall(r"https?://[^/\s]+(/\S+)", mail.get_content())
    assert len(links) == 1, mail.get_content()
    return links[0]
