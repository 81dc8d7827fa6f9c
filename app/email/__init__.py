"""Letters: text and HTML in the reader's language, sent through a mail server or kept in a folder."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from urllib.parse import urlsplit

from flask import current_app, render_template
from flask_babel import force_locale

from app.email.headers import POLICY, mailable, one_line
from app.email.transports import (
    Delayed,
    KeptLetter,
    LetterRefused,
    MailDown,
    MailFolder,
    MailServer,
    Transport,
)
from app.extensions import queue
from app.queue import QueueDown

__all__ = [
    "Delayed",
    "KeptLetter",
    "Letter",
    "MailDown",
    "MailFolder",
    "MailServer",
    "expect",
    "external_url",
    "hand_over",
    "rests",
    "send",
    "transport",
    "write",
]

REST = 30
"""Seconds in which no letter is tried after the mail server was away, so that it takes no worker's time."""
TRY = 60
"""Seconds in which the others leave it to one to find out whether the mail server is back."""
SERVICE = "mail"
AWAY = "The mail server was away a moment ago."


@dataclass(frozen=True)
class Letter:
    """A letter as it is written.

    Attributes:
        kind: the folder under ``templates/mail`` that holds its subject, text and HTML.
        to: the reader's address.
        language: the language it is written in.
        subject: what it is about.
        text: what it says, for programs that show no HTML.
        html: the same with its looks.
        unsubscribe: the address that ends letters of this kind, or nothing for one that has to be sent.
    """

    kind: str
    to: str
    language: str
    subject: str
    text: str
    html: str
    unsubscribe: str = ""


def send(letter: str, to: str, locale: str | None, unsubscribe: str = "", **context: object) -> None:
    """Writes a letter in the reader's language and hands it over; one that will never be taken is given up.

    Args:
        letter: the folder under ``templates/mail`` that holds its subject, text and HTML.
        to: the reader's address.
        locale: the reader's language; None means the site's.
        unsubscribe: the address that ends letters of this kind, for one that people may do without.
        context: what the templates name.

    Raises:
        MailDown: no letter can be handed over now.
        Delayed: this letter is not taken now.
    """
    hand_over(write(letter, to, locale, unsubscribe, **context))


def write(letter: str, to: str, locale: str | None, unsubscribe: str = "", **context: object) -> Letter:
    """Returns a letter in the reader's language; the arguments are those of ``send``."""
    language = locale or current_app.config["BABEL_DEFAULT_LOCALE"]
    with force_locale(language):
        title = one_line(render_template(f"mail/{letter}/subject.txt", **context))
        text, html = (
            render_template(f"mail/{letter}/{body}", title=title, unsubscribe=unsubscribe, **context)
            for body in ("body.txt", "body.html")
        )
    return Letter(letter, to, language, title, text.strip() + "\n", html, unsubscribe)


def hand_over(letter: Letter) -> None:
    """Hands a letter over; one that will never be taken is given up.

    Raises:
        MailDown: no letter can be handed over now.
        Delayed: this letter is not taken now.
    """
    with suppress(QueueDown):  # Whoever sends without the queue finds out by trying.
        if not queue.may_try(SERVICE, TRY):
            raise MailDown(AWAY)
    try:
        transport().carry(compose(letter))
    except MailDown:
        with suppress(QueueDown):
            queue.note_down(SERVICE, REST)
        raise
    except LetterRefused as refusal:
        # The server's words name the reader, and the log need not.
        reason = str(refusal).replace(letter.to, "…")
        current_app.logger.warning("A letter was refused", extra={"letter": letter.kind, "reason": reason})
    except Delayed:
        _note_up()
        raise
    _note_up()


def expect() -> None:
    """Does nothing when letters can be handed over, as far as anybody knows, so that no code is made in vain.

    Raises:
        MailDown: the mail server was away a moment ago.
    """
    if rests():
        raise MailDown(AWAY)


def rests() -> bool:
    """Whether the mail server was found away a moment ago, so that nobody should try."""
    try:
        return queue.rests(SERVICE)
    except QueueDown:
        return False


def _note_up() -> None:
    with suppress(QueueDown):
        queue.note_up(SERVICE)


def compose(letter: Letter) -> EmailMessage:
    """Returns a letter as it travels."""
    sender = mailable(current_app.config["MAIL_FROM"])
    message = EmailMessage(policy=POLICY)
    message["Subject"] = letter.subject
    message["From"] = f"{one_line(current_app.config['SITE_NAME'])} <{sender}>"
    message["To"] = one_line(mailable(letter.to))
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        if letter.unsubscribe.startswith("https:"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    message["Content-Language"] = letter.language
    return message


def transport() -> Transport:
    """Returns what carries this site's letters."""
    config = current_app.config
    if not config["MAIL_SERVER"]:
        return MailFolder(config["MAIL_FOLDER"])
    return MailServer(
        config["MAIL_SERVER"],
        config["MAIL_PORT"],
        config["MAIL_TLS"],
        config["MAIL_STARTTLS"],
        config["MAIL_CA_FILE"],
        config["MAIL_USERNAME"],
        config["MAIL_PASSWORD"],
    )


def external_url(endpoint: str, **values: object) -> str:
    """Returns a page's address on the configured host; never the Host header's, which a stranger may choose."""
    base = urlsplit(current_app.config["EXTERNAL_URL"])
    urls = current_app.url_map.bind(base.netloc, url_scheme=base.scheme)
    return urls.build(endpoint, values, force_external=True)
