"""The people of the tests, who go through the front door."""

import re
from html import unescape
from typing import Any, Self

from flask import Flask
from werkzeug.test import TestResponse

from app import language, names
from app.email import KeptLetter, MailFolder
from app.extensions import db, queue
from app.models import Message, Post, Task, User
from app.models.columns import now
from app.services import passwords, sessions, users
from app.services.notifications import choices
from app.transaction import transaction

PASSWORD = "대나무 숲에서 한마디"
_kept: list[str] = []


class Visitor:
    """A browser on the site, and the worker behind it.

    Args:
        app: the application.
        secret: the cookie of a session, for somebody who is signed in.
    """

    def __init__(self, app: Flask, secret: str = "", username: str = "") -> None:
        self.app = app
        self.username = username
        self.client = app.test_client()
        if secret:
            self.client.set_cookie(app.config["SIGN_IN_COOKIE_NAME"], secret)

    def get(self, path: str, **options: Any) -> TestResponse:
        """Opens a page."""
        return self.client.get(path, **options)

    def post(self, path: str, **fields: Any) -> TestResponse:
        """Sends a form, with the proof of origin where the site asks for it."""
        if self.app.config["WTF_CSRF_ENABLED"] and "csrf_token" not in fields:
            token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get("/auth/forgot").text)
            assert token
            fields["csrf_token"] = token[1]
        return self.client.post(path, data=fields)

    def wants_letters(self) -> Self:
        """Switches letters about replies, mentions and messages on, and returns this visitor."""
        wish = {"on_site": list(choices.KINDS), "by_mail": ["reply", "mention", "message"]}
        assert self.post("/settings/notifications", **wish).status_code == 303
        return self

    def live(self, path: str, **fields: Any) -> TestResponse:
        """Sends a form as the page's script does."""
        return self.client.post(path, data=fields, headers={"HX-Request": "true"})

    def read(self, path: str) -> str:
        """Returns the text a person reads on a page."""
        return words(self.get(path).text)

    def letters(self) -> list[KeptLetter]:
        """Lets the worker do what waits, and returns all letters, the latest first."""
        with self.app.app_context():
            queue.run()
            return list(MailFolder(self.app.config["MAIL_FOLDER"]).letters())


class Cast:
    """Makes the people and what they wrote before a test begins."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def member(self, username: str, confirmed: bool = True, **values: Any) -> Visitor:
        """Returns a member in a browser of their own, signed in."""
        with self.app.app_context(), transaction():
            if not _kept:
                _kept.append(passwords.keep(PASSWORD))
            user = User(username=username, username_key=names.key(username), password_hash=_kept[0])
            user.email = values.pop("email", f"{len(username)}{sum(map(ord, username))}@example.com")
            user.email_key = users.email_key(user.email)
            user.confirmed_at = now() if confirmed else None
            for name, value in values.items():
                setattr(user, name, value)
            db.session.add(user)
            db.session.flush()
            secret = sessions.open_for(user, False, sessions.Browser("Test", "127.0.0.1"))
        return Visitor(self.app, secret, username)

    def browser(self, member: Visitor, user_agent: str = "Other") -> Visitor:
        """Returns another browser in which the member is signed in."""
        with self.app.app_context(), transaction():
            user = users.by_name_or_address(member.username)
            assert user is not None
            secret = sessions.open_for(user, False, sessions.Browser(user_agent, "127.0.0.2"))
        return Visitor(self.app, secret, member.username)

    def post(self, author: Visitor, body: str = "안녕하세요", parent: int | None = None) -> int:
        """Returns the id of a new post, or reply, that went through the form."""
        path = f"/posts/{parent}/replies" if parent else "/posts"
        assert author.post(path, body=body).status_code == 303
        with self.app.app_context():
            post = db.session.query(Post).order_by(Post.id.desc()).first()
            assert post is not None and language.detect(post.body) == post.language
            return int(post.id)

    def message(self, sender: Visitor, recipient: Visitor, body: str = "안녕하세요") -> int:
        """Returns the id of a new private message that went through the form."""
        assert sender.post(f"/messages/{recipient.username}", body=body).status_code == 303
        with self.app.app_context():
            message = db.session.query(Message).order_by(Message.id.desc()).first()
            assert message is not None and message.body == body
            return int(message.id)

    def export(self, member: Visitor) -> int:
        """Returns the id of a copy that the member has asked for and a worker has made."""
        assert member.post("/settings/exports").status_code == 303
        member.letters()
        with self.app.app_context():
            task = db.session.query(Task).order_by(Task.id.desc()).first()
            assert task is not None and task.state == "done", task and (task.state, task.error)
            return int(task.id)


def lasting(html: str, *names: str) -> str:
    """Returns a page without what differs each time it is made, and without the names given."""
    html = re.sub(r'nonce="[^"]+"|value="[\w.-]{60,}"|[0-9a-f]{16}|(?<=>)[^<>]+(?=</time>)', "", html)
    for name in names:
        html = html.replace(name, "")
    return html


def words(html: str) -> str:
    """Returns the words of a page without its tags, scripts and pictures."""
    text = re.sub(r"(?s)<(script|style|svg|head)\b.*?</\1>", " ", html)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text))).strip()
