"""A form that is refused because of who sends it, or from how old a page: the page that keeps what was written."""

from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf.csrf import CSRFError

from app.exceptions import Renamed
from app.security import is_own_page, local_path

WRITING = {
    "main.publish",
    "main.reply",
    "main.edit_post",
    "main.send_message",
    "main.settings_profile",
}
"""Forms with a text that is worth keeping when nobody is signed in any more."""
ANYBODYS = WRITING - {"main.edit_post"}
"""Forms that another member can send as well as the one for whom the page was made."""
LONG = {"body", "about_me"}
TEXTS = {
    "body": _l("What you wrote"),
    "display_name": _l("Name"),
    "about_me": _l("About me"),
    "location": _l("Location"),
    "link": _l("Link"),
    "username": _l("Username"),
    "email": _l("E-mail"),
    "name": _l("E-mail or username"),
}
"""The fields that people write in, and how they are called."""
SECRETS = {"current": _l("Current password"), "password": _l("Password")}
"""The fields that no page repeats."""
NOT_SAME = "The CSRF tokens do not match."  # Flask-WTF's words; tests/auth/test_other_sign_in.py holds them.


@dataclass(frozen=True)
class Kept:
    """What the page shows of a refused form.

    Attributes:
        title: what has happened.
        text: what to do.
        texts: name, label and value of each field that somebody has written in.
        secrets: name and label of each password that has to be typed again.
        hidden: name and value of the other fields.
        action: where the form is sent to.
        may_send: whether the form can be sent again from here.
        needs_sign_in: whether somebody has to sign in before that.
        way: the page that the form stood on.
    """

    title: str
    text: str
    texts: list[tuple[str, Any, str]]
    secrets: list[tuple[str, Any]]
    hidden: list[tuple[str, str]]
    action: str
    may_send: bool
    needs_sign_in: bool
    way: str


def is_writing() -> bool:
    """Whether the request holds a text that would be lost."""
    return (
        request.method == "POST"
        and request.endpoint in WRITING
        and any(request.form.get(name, "").strip() for name in TEXTS)
    )


def is_other_sign_in(error: CSRFError) -> bool:
    """Whether the page was made for another sign-in; otherwise its token is old, missing or not ours."""
    return error.description == NOT_SAME


def form(title: str, text: str, action: str, may_send: bool, way: str) -> Kept:
    """Returns what is shown of the refused form; the arguments are those of ``Kept``."""
    sent = list(request.form.items(multi=True)) if is_own_page() else []
    texts = [(name, TEXTS[name], value) for name, value in sent if name in TEXTS]
    secrets = [(name, label) for name, label in SECRETS.items() if name in dict(sent)]
    known = {*TEXTS, *SECRETS, "csrf_token"}
    return Kept(
        title=title,
        text=text,
        texts=texts,
        secrets=secrets,
        hidden=[(name, value) for name, value in sent if name not in known],
        action=action,
        may_send=bool(texts) and may_send,
        needs_sign_in=not current_user.is_authenticated and request.endpoint in WRITING,
        way=way,
    )


def said(other_sign_in: bool) -> tuple[str, str]:
    """Returns what has happened and what to do, in the reader's language."""
    if not current_user.is_authenticated:
        if other_sign_in or request.endpoint in WRITING:
            return _("You are signed out now"), _("Nothing was sent. Sign in first, then send it.")
        return _("This page stood open for too long"), _("Nothing was sent. Check it and send it once more.")
    name = current_user.name
    if other_sign_in:
        return (
            _("You are signed in as %(name)s now", name=name),
            _("The page was made for another sign-in, so nothing was sent. Check it before you send it."),
        )
    return (
        _("This page stood open for too long"),
        _("Nothing was sent. You are signed in as %(name)s now. Check it and send it once more.", name=name),
    )


def sentence(other_sign_in: bool) -> str:
    """Returns the same in one line, for our scripts: the text stays in its box."""
    if current_user.is_authenticated and other_sign_in:
        return _(
            "You are signed in as %(name)s now, so this was not sent. Reload the page and try again.",
            name=current_user.name,
        )
    if current_user.is_authenticated:
        return _("This page stood open for too long. Reload it and try again.")
    return _("You are signed out now, so this was not sent. Sign in first.")


def way_back() -> str:
    """Returns the page that the form stood on, as far as the request tells."""
    target = local_path(request.form.get("next"))
    if target:
        return target
    rule = request.url_rule
    if rule is not None and "GET" in (rule.methods or ()):
        return request.path
    if request.endpoint in ("main.reply", "main.like", "main.unlike", "main.translate"):
        return url_for("main.post", **(request.view_args or {}))
    if request.endpoint == "main.send_message":
        return url_for("main.talk", **(request.view_args or {}))
    return url_for("main.home")


def page(other_sign_in: bool) -> Kept:
    """Returns what is shown of a form with a refused token, or of one that nobody is signed in for.

    Args:
        other_sign_in: whether the form belongs to another sign-in than the request.
    """
    may_send = not other_sign_in or request.endpoint in ANYBODYS
    return form(*said(other_sign_in), request.full_path.rstrip("?"), may_send, way_back())


def renamed(error: Renamed) -> Kept:
    """Returns what is shown of a form that acts on somebody who has another username now."""
    values = {**(request.view_args or {}), "username": error.username}
    way = url_for(
        "main.talk" if request.path.startswith("/messages/") else "main.profile", username=error.username
    )
    title = _("%(name)s has another username now", name=error.name)
    return form(title, sentence_of(error), url_for(str(request.endpoint), **values), True, way)


def sentence_of(error: Renamed) -> str:
    """Returns in one line that nothing was done, and how the person is called now."""
    return _(
        "%(name)s is @%(username)s now, so nothing was done. Check whom you mean and try again.",
        name=error.name,
        username=error.username,
    )


def shown(kept: Kept, code: int, request_id: str) -> str:
    """Returns the page of a refused form."""
    return render_template("errors/refused_form.html", kept=kept, code=code, request_id=request_id, long=LONG)
