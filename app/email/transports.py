"""What carries letters: a mail server, or a folder on a site that has none."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from app import traces
from app.email.headers import POLICY
from app.queue import Later

GREETING = 10  # Seconds that a mail server has for taking a connection and greeting.
REPLY = 20  # Seconds that it has for every other answer; it may think about a letter for a while.
GOODBYE = 2
NAME = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9]{6}-[0-9a-f]{8}")  # Of a kept letter.
CLOSING = 421  # What a mail server says that is about to go away (RFC 5321, 4.2.1).


class MailDown(Later):
    """Letters cannot be handed over now, none of them."""


class Delayed(Later):
    """This letter is not taken now; the same may be tried again."""


class LetterRefused(Exception):
    """This letter will never be taken."""


class Transport(Protocol):
    """What carries letters."""

    def carry(self, message: EmailMessage) -> None: ...


@dataclass(frozen=True)
class MailServer:
    """Carries letters to a mail server; a new connection each, because letters are few.

    Attributes:
        host: its name.
        port: where it listens.
        tls: whether the connection is encrypted from its beginning.
        starttls: whether it is encrypted before anything is said.
        ca_file: the certificate of the authority to trust; the system's authorities when it is empty.
        username: the name to sign in with; nobody signs in when it is empty.
        password: goes with it.
    """

    host: str
    port: int
    tls: bool
    starttls: bool
    ca_file: str
    username: str
    password: str

    def carry(self, message: EmailMessage) -> None:
        """Hands the letter over.

        Raises:
            MailDown: the server is away, cannot be trusted, or lets the site send nothing.
            Delayed: it does not take this letter now.
            LetterRefused: it will never take this letter.
        """
        sender, to = message["From"].address, str(message["To"])
        try:
            server = self._opened(sender.rpartition("@")[2])
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            raise MailDown(_reason(error)) from error
        try:
            server.send_message(message, sender, to)
        except (OSError, smtplib.SMTPException) as error:
            raise _verdict(error) from error
        finally:
            self._leave(server)

    def _opened(self, own_name: str) -> smtplib.SMTP:
        """Returns a connection that letters can be sent through; smtplib would look its own name up for long."""
        if self.tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, own_name, timeout=GREETING, context=self._trust()
            )
        else:
            server = smtplib.SMTP(self.host, self.port, own_name, timeout=GREETING)
        try:
            assert server.sock
            server.sock.settimeout(REPLY)
            if self.starttls and not self.tls:
                server.starttls(context=self._trust())
            if self.username:
                server.login(self.username, self.password)
        except BaseException:
            server.close()
            raise
        return server

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca_file or None)

    @staticmethod
    def _leave(server: smtplib.SMTP) -> None:
        """Says goodbye. The letter is taken or not by now, whatever becomes of this."""
        with suppress(OSError, smtplib.SMTPException):
            if server.sock:
                server.sock.settimeout(GOODBYE)
                server.quit()
        server.close()


@dataclass(frozen=True)
class MailFolder:
    """Keeps letters as files, for a site without a mail server."""

    folder: Path

    def carry(self, message: EmailMessage) -> None:
        """Writes the letter, whole or not at all.

        Raises:
            MailDown: the folder cannot be written.
        """
        name = f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{uuid4().hex[:8]}"
        draft = self.folder / f"{name}.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(message.as_bytes(policy=POLICY.clone(utf8=True)))
            draft.rename(self.folder / f"{name}.eml")
        except OSError as error:
            raise MailDown(_reason(error)) from error

    def clear(self, before: datetime) -> None:
        """Removes the letters that are older, and what an interrupted writer has left."""
        for path in self.folder.glob("*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before.timestamp():
                    path.unlink()

    def letters(self) -> Iterator["KeptLetter"]:
        """Yields the kept letters, the latest first."""
        for path in sorted(self.folder.glob("*.eml"), reverse=True):
            yield _open(path)

    def letter(self, name: str) -> "KeptLetter | None":
        """Returns one kept letter by its name, or None."""
        if not NAME.fullmatch(name):
            return None
        path = self.folder / f"{name}.eml"
        return _open(path) if path.is_file() else None


@dataclass(frozen=True)
class KeptLetter:
    """A letter in the folder."""

    name: str
    to: str
    subject: str
    at: datetime
    text: str
    html: str


def _verdict(error: Exception) -> Exception:
    """Returns what an error in the middle of a letter means for it."""
    reason = _reason(error)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return LetterRefused(reason)  # Its address needs what the server does not know.
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        ((code, _),) = error.recipients.values()
    elif isinstance(error, smtplib.SMTPResponseException) and not isinstance(
        error, smtplib.SMTPSenderRefused
    ):
        code = error.smtp_code
    else:
        return MailDown(reason)
    if code == CLOSING or code < 400:
        return MailDown(reason)
    return Delayed(reason) if code < 500 else LetterRefused(reason)


def _reason(error: Exception) -> str:
    """Returns what went wrong in one line, without the addresses that mail servers name in their answers."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        ((code, words),) = error.recipients.values()
    elif isinstance(error, smtplib.SMTPResponseException):
        code, words = error.smtp_code, error.smtp_error  # type: ignore[assignment]
    else:
        return f"{type(error).__name__}: {traces.hide_addresses(str(error))}"
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    return f"{code} {traces.hide_addresses(' '.join(said.split()))}"


def _open(path: Path) -> KeptLetter:
    message = message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=policy.default)
    text, html = (_body(message, kind) for kind in ("plain", "html"))
    at = parsedate_to_datetime(message["Date"])
    return KeptLetter(path.stem, message["To"], message["Subject"], at, text, html)


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""
