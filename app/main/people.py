"""Profiles, who follows whom, and following."""

from typing import Any

from flask import render_template
from flask_login import login_required

from app import limits
from app.main import bp
from app.main.timelines import beside
from app.main.viewer import back, person_id, viewer, wanted, wants_piece
from app.models import User
from app.models.keyset import Page
from app.services import follows, likes, timelines, users


@bp.get("/@<username>")
def profile(username: str) -> str:
    """Shows a member and their posts."""
    person = users.find(username, viewer())
    return tab("posts", person, timelines.written_by(person, viewer(), wanted()))


@bp.get("/@<username>/replies")
def profile_replies(username: str) -> str:
    """Shows a member and their replies."""
    person = users.find(username, viewer())
    return tab("replies", person, timelines.replies_by(person, viewer(), wanted()))


@bp.get("/@<username>/likes")
def profile_likes(username: str) -> str:
    """Shows a member and the posts they like."""
    person = users.find(username, viewer())
    return tab("likes", person, likes.liked_by(person, viewer(), wanted()))


def tab(name: str, person: User, page: Page[Any]) -> str:
    """Returns a profile with one of its lists, or the list's next piece."""
    if wants_piece():
        return render_template("parts/page.html", page=page, with_parent=name == "replies")
    return render_template("main/profile.html", person=person, page=page, tab=name, **beside())


@bp.get("/@<username>/followers")
def followers(username: str) -> str:
    """Shows who follows a member."""
    person = users.find(username, viewer())
    return people("followers", person, follows.followers(person, viewer(), wanted()))


@bp.get("/@<username>/following")
def following(username: str) -> str:
    """Shows whom a member follows."""
    person = users.find(username, viewer())
    return people("following", person, follows.following(person, viewer(), wanted()))


def people(name: str, person: User, page: Page[User]) -> str:
    """Returns a list of people, or its next piece."""
    if wants_piece():
        return render_template("parts/people_page.html", page=page)
    return render_template("main/people.html", person=person, page=page, tab=name)


@bp.get("/@<username>/card")
def card(username: str) -> str:
    """Returns the small card that is shown over a name."""
    return render_template("parts/card.html", person=users.find(username, viewer()))


@bp.post("/@<username>/follow")
@login_required
@limits.members_follows
def follow(username: str) -> Any:
    """Follows a member."""
    follows.follow(viewer(), users.find_meant(username, person_id(), viewer()))
    return answer(username)


@bp.post("/@<username>/unfollow")
@login_required
@limits.members_follows
def unfollow(username: str) -> Any:
    """Stops following a member."""
    follows.unfollow(viewer(), users.find_meant(username, person_id(), viewer()))
    return answer(username)


def answer(username: str) -> Any:
    """Returns the button as it is now, or goes back to the page it stood on."""
    if wants_piece():
        return render_template("parts/follow.html", person=users.find(username, viewer()))
    return back("main.profile", username=username)
