"""A mail server of the tests' own: aiosmtpd on a free port, which refuses, delays, hangs up or is away as told."""

import asyncio
import re
import shutil
import socket
import ssl
import subprocess
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "site", "open sesame"
HANG_UP = "hang up"
ACCEPT_AND_HANG_UP = "accept and hang up"


@dataclass(frozen=True)
class Arrived:
    """A letter that has arrived.

    Attributes:
        sender: whom the envelope names as the sender.
        to: whom it names as the reader.
        raw: the letter as it came.
        encrypted: whether the connection was.
        user: who had signed in, or nobody.
    """

    sender: str
    to: str
    raw: bytes
    encrypted: bool
    user: str

    @property
    def message(self) -> EmailMessage:
        """The letter as a mail program reads it."""
        return message_from_bytes(self.raw, _class=EmailMessage, policy=policy.default)

    def header(self, name: str) -> str:
        """A header as it came, unfolded."""
        found = re.search(rf"(?m)^{name}: (.*(?:\r\n[ \t].*)*)\r\n", self.raw.decode("ascii"))
        assert found
        return re.sub(r"\r\n(?=[ \t])", "", found[1])

    def text(self, kind: str = "plain") -> str:
        """The letter's words."""
        part = self.message.get_body((kind,))
        assert part
        return str(part.get_content())


class PostOffice:
    """A mail server.

    Attributes:
        letters: what has arrived, oldest first.
        connections: how often somebody has connected.
        answers: what is said to the next letters instead of yes, by the command (``MAIL``, ``RCPT``, …):
            a reply, ``HANG_UP``, or ``ACCEPT_AND_HANG_UP``; each is said once.

    Args:
        certificate: a file with certificate and key, for one that encrypts.
        tls: whether it does so from the beginning, and not after STARTTLS.
        auth: whether nothing is taken from anybody who has not signed in.
        utf8: whether it knows addresses beyond ASCII (SMTPUTF8).
    """

    def __init__(
        self, certificate: Path | None = None, tls: bool = False, auth: bool = False, utf8: bool = False
    ) -> None:
        self.letters: list[Arrived] = []
        self.connections = 0
        self.answers: dict[str, deque[str]] = {
            "MAIL": deque(),
            "RCPT": deque(),
            "DATA": deque(),
            "QUIT": deque(),
        }
        self.port = _free_port()
        self._tls = tls
        self._trusted = _context(certificate) if certificate else None
        self._options: dict[str, Any] = {"enable_SMTPUTF8": utf8, "server_hostname": "post.example"}
        if auth:
            self._options |= {"auth_required": True, "authenticator": _authenticate}
        if self._trusted and not tls:
            self._options |= {"tls_context": self._trusted, "require_starttls": True}
        self._controller: Controller | None = None

    def open(self) -> "PostOffice":
        """Begins to listen."""
        self._controller = Controller(
            self,
            "127.0.0.1",
            self.port,
            ssl_context=self._trusted if self._tls else None,
            ready_timeout=20,
            **self._options,
        )
        self._controller.start()
        return self

    def close(self) -> None:
        """Is away, until it is opened again."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    def settings(self, **more: object) -> dict[str, object]:
        """Returns the settings of a site that sends through it."""
        return {
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": self.port,
            "MAIL_TLS": self._tls,
            "MAIL_STARTTLS": bool(self._trusted) and not self._tls,
            **more,
        }

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Counts who comes."""
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Hears who writes."""
        envelope.mail_from = address
        return self._said(server, "MAIL") or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Hears to whom."""
        if answer := self._said(server, "RCPT"):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Takes a letter."""
        coming = self.answers["DATA"][0] if self.answers["DATA"] else ""
        if coming in ("", ACCEPT_AND_HANG_UP):
            assert isinstance(envelope.content, bytes) and envelope.mail_from
            (to,) = envelope.rcpt_tos
            user = session.auth_data.login.decode() if session.auth_data else ""
            arrived = Arrived(
                envelope.mail_from, to, envelope.content, session.ssl is not None or self._tls, user
            )
            self.letters.append(arrived)
        return self._said(server, "DATA") or "250 OK"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Hears that somebody goes."""
        return self._said(server, "QUIT") or "221 Bye"

    def _said(self, server: SMTP, command: str) -> str:
        answer = self.answers[command].popleft() if self.answers[command] else ""
        if answer in (HANG_UP, ACCEPT_AND_HANG_UP):
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return answer


@contextmanager
def silent() -> Iterator[int]:
    """A server that takes connections and never says a word; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield int(listening.getsockname()[1])


def certificate(folder: Path) -> Path:
    """Returns a file with a key and its certificate, which vouches for itself and for 127.0.0.1."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("Making a certificate needs openssl.")
    made = folder / "certificate.pem"
    argv = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(
        [openssl, *argv.split(), "-keyout", folder / "key.pem", "-out", made], check=True, capture_output=True
    )
    with made.open("a") as file:
        file.write((folder / "key.pem").read_text())
    return made


def _context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def _authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=right, handled=False, auth_data=data)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
