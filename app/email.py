"""Letters: text and HTML in the reader's language, sent through a mail server or kept in a folder."""

import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parsedate_to_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit
from uuid import uuid4

from flask import current_app, render_template
from flask_babel import force_locale

TIMEOUT = 20  # Seconds; a mail server may think about a letter for a while.


class Transport(Protocol):
    """What carries letters."""

    def carry(self, message: EmailMessage) -> None:
        """Takes a letter over, or raises OSError or smtplib.SMTPException."""


@dataclass(frozen=True)
class MailServer:
    """Carries letters to a mail server; a new connection each, because letters are few."""

    host: str
    port: int
    starttls: bool
    username: str
    password: str

    def carry(self, message: EmailMessage) -> None:
        """Sends the letter.

        Raises:
            OSError: the server is away, or its certificate is not right.
            smtplib.SMTPException: the server refuses the letter.
        """
        with smtplib.SMTP(self.host, self.port, timeout=TIMEOUT) as server:
            if self.starttls:
                server.starttls(context=ssl.create_default_context())
            if self.username:
                server.login(self.username, self.password)
            server.send_message(message)


@dataclass(frozen=True)
class MailFolder:
    """Keeps letters as files, for a site without a mail server."""

    folder: Path

    def carry(self, message: EmailMessage) -> None:
        """Writes the letter, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{uuid4().hex[:8]}"
        draft = self.folder / f"{name}.part"
        draft.write_bytes(bytes(message))
        draft.rename(self.folder / f"{name}.eml")

    def letters(self) -> Iterator["KeptLetter"]:
        """Yields the kept letters, the latest first."""
        for path in sorted(self.folder.glob("*.eml"), reverse=True):
            yield _open(path)

    def letter(self, name: str) -> "KeptLetter | None":
        """Returns one kept letter by its name, or None."""
        path = self.folder / f"{name}.eml"
        return _open(path) if name.replace("-", "").isalnum() and path.is_file() else None


@dataclass(frozen=True)
class KeptLetter:
    """A letter in the folder."""

    name: str
    to: str
    subject: str
    at: datetime
    text: str
    html: str


def send(letter: str, to: str, locale: str | None, **context: object) -> None:
    """Writes a letter in the reader's language and hands it over.

    Args:
        letter: the folder under ``templates/mail`` that holds its subject, text and HTML.
        to: the reader's address.
        locale: the reader's language; None means the site's.
        context: what the templates name.

    Raises:
        OSError: the mail server is away.
        smtplib.SMTPException: the mail server refuses the letter.
    """
    with force_locale(locale or current_app.config["BABEL_DEFAULT_LOCALE"]):
        parts = {
            part: render_template(f"mail/{letter}/{part}", **context)
            for part in ("subject.txt", "body.txt", "body.html")
        }
    transport().carry(
        _compose(to, parts["subject.txt"].strip(), parts["body.txt"].strip() + "\n", parts["body.html"])
    )


def transport() -> Transport:
    """Returns what carries this site's letters."""
    config = current_app.config
    if not config["MAIL_SERVER"]:
        return MailFolder(config["MAIL_FOLDER"])
    return MailServer(
        config["MAIL_SERVER"],
        config["MAIL_PORT"],
        config["MAIL_STARTTLS"],
        config["MAIL_USERNAME"],
        config["MAIL_PASSWORD"],
    )


def external_url(endpoint: str, **values: object) -> str:
    """Returns a page's address on the configured host; never the Host header's, which a stranger may choose."""
    base = urlsplit(current_app.config["EXTERNAL_URL"])
    urls = current_app.url_map.bind(base.netloc, url_scheme=base.scheme)
    return urls.build(endpoint, values, force_external=True)


def _compose(to: str, subject: str, text: str, html: str) -> EmailMessage:
    sender = current_app.config["MAIL_FROM"]
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = subject
    message["From"] = Address(current_app.config["SITE_NAME"], addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message


def _open(path: Path) -> KeptLetter:
    message = message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=policy.default)
    text, html = (_body(message, kind) for kind in ("plain", "html"))
    at = parsedate_to_datetime(message["Date"])
    return KeptLetter(path.stem, message["To"], message["Subject"], at, text, html)


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""
