"""Private messages: the list of conversations, one of them, writing, and deleting for oneself."""

import secrets
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required

from app import limits
from app.exceptions import Conflict, Forbidden, NotFound, TooOften
from app.main import bp
from app.main.forms import MessageForm
from app.main.viewer import cursor, person_id, viewer, wanted, wants_piece
from app.models import Message, Participation, User
from app.models.keyset import FIRST, Page, Wanted, make_cursor
from app.services import follows, messages, search

PER_PAGE = 30
TEXT = {"Content-Type": "text/plain; charset=utf-8"}


@bp.get("/messages", endpoint="messages")
@login_required
def conversations() -> str:
    """Lists the conversations; where ``q`` asks, also the people with whom one may begin one."""
    talks = messages.conversations(viewer(), wanted())
    if wants_piece():
        return render_template("parts/talks.html", talks=talks)
    text = request.args.get("q")
    return render_template("main/messages.html", talks=talks, q=text, found=people(text))


def people(text: str | None) -> Page[User] | None:
    """Returns whom a text finds; where nothing was typed yet, whom the viewer follows."""
    if text is None:
        return None
    return (
        search.people(text, viewer(), FIRST).page
        if text.strip()
        else follows.following(viewer(), viewer(), FIRST)
    )


@bp.get("/messages/<username>")
@login_required
def talk(username: str) -> str:
    """Shows a conversation, or where one may begin."""
    return show(messages.partner(username, viewer()), MessageForm())


def show(person: User, form: MessageForm) -> str:
    """Returns the page of a conversation, or some of its messages."""
    found, page = opened(person, Wanted(cursor() if request.method == "GET" else None, PER_PAGE))
    shown: dict[str, Any] = {"person": person, "talk": found, "page": page, "place_of": place_of}
    if wants_piece() and request.method == "GET":
        return render_template("parts/said.html", **shown)
    form.key.data = form.key.data or secrets.token_urlsafe(16)
    shown |= {"first_new": first_new(found, page), "last_read": last_read(found, page)}
    talks = messages.conversations(viewer(), FIRST)
    return render_template("main/talk.html", form=form, talks=talks, **shown)


def opened(person: User, which: Wanted) -> tuple[Participation | None, Page[Message]]:
    """Returns the conversation with somebody and a page of its messages."""
    found = messages.open(viewer(), person)
    return found, messages.messages(viewer(), found, which) if found else Page([])


def first_new(found: Participation | None, page: Page[Message]) -> int | None:
    """Returns the id of the first message that waits to be read; None where that may stand on an older page."""
    new = [one.id for one in page if found and one.id > found.read_id and one.sender_id == found.other_id]
    return min(new) if new and not (page.next and min(new) == page.items[-1].id) else None


def last_read(found: Participation | None, page: Page[Message]) -> int | None:
    """Returns the id of the last message of the viewer's own that the other has read, where it stands on this page."""
    read = (
        one.id for one in page if found and one.id <= found.other_read_id and one.sender_id == viewer().id
    )
    return max(read, default=None)


def place_of(message: Message) -> str:
    """Returns the cursor of the messages from this one on; it comes again, so that the next one knows what it joins."""
    return make_cursor(message.created_at, message.id - 1, is_backward=True)


@bp.post("/messages/<username>")
@login_required
@limits.members_messages
def send_message(username: str) -> Any:
    """Writes to somebody; what cannot be sent comes back with its text."""
    person = messages.partner_meant(username, person_id(), viewer())
    form = MessageForm()
    if not form.validate():
        return (said_wrong(form), 422, TEXT) if wants_piece() else (show(person, form), 422)
    try:
        messages.send(viewer(), person, form.body.data, form.key.data or None)
    except (Conflict, Forbidden, TooOften) as refusal:
        if wants_piece():
            raise
        form.key.data = None if isinstance(refusal, Conflict) else form.key.data
        form.body.errors = [refusal.message]
        return show(person, form), refusal.status
    return since(person) if wants_piece() else redirect(url_for("main.talk", username=person.username), 303)


def said_wrong(form: MessageForm) -> str:
    """Returns what is wrong with a form, in words."""
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


@bp.get("/messages/<username>/new")
@login_required
def new_messages(username: str) -> str:
    """Returns the messages that came since the last one that a page shows."""
    return since(messages.partner_meant(username, person_id(), viewer()))


def since(person: User) -> str:
    """Returns the messages from the place on that the page names in ``after``."""
    found, page = opened(person, Wanted(request.values.get("after") or None, PER_PAGE))
    return render_template("parts/said.html", person=person, talk=found, page=page, place_of=place_of)


@bp.post("/messages/<username>/read")
@login_required
def read_messages(username: str) -> Any:
    """Marks as read what a page has shown."""
    found = had(username)
    messages.read(viewer(), found, request.form.get("last_id", 0, int))
    return ("", 204) if wants_piece() else redirect(url_for("main.talk", username=username), 303)


@bp.route("/messages/<username>/delete", methods=["GET", "POST"])
@login_required
def delete_talk(username: str) -> Any:
    """Asks whether to delete a conversation for oneself, and does it."""
    found = had(username)
    if request.method == "GET":
        return render_template("main/delete_talk.html", talk=found)
    messages.delete_conversation_for_me(viewer(), found, request.form.get("until", None, int))
    flash(_("The conversation was deleted."))
    return redirect(url_for("main.messages"), 303)


@bp.route("/messages/<username>/<row:id>/delete", methods=["GET", "POST"])
@login_required
def delete_message(username: str, id: int) -> Any:
    """Asks whether to delete a message for oneself, and does it."""
    found = had(username)
    message = messages.find(viewer(), found, id)
    if request.method == "GET":
        return render_template("main/delete_message.html", talk=found, message=message)
    messages.delete_for_me(viewer(), message)
    if wants_piece():
        return ""
    flash(_("The message was deleted."))
    return redirect(url_for("main.talk", username=username), 303)


def had(username: str) -> Participation:
    """Returns the conversation that the viewer has with a member.

    Raises:
        NotFound: there is none.
    """
    found = messages.open(viewer(), messages.partner_meant(username, person_id(), viewer()))
    if found is None:
        raise NotFound
    return found
