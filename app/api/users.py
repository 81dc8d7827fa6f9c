"""People: their profiles, their posts and likes, and who follows whom."""

from dataclasses import astuple, replace
from typing import Any

import marshmallow as ma
from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import fields

from app import i18n, limits, policy
from app.api import answers, bp, matching
from app.api.auth import viewer, writes, writes_account
from app.api.fields import EmailAddress, Password, Text, Timestamp, WebAddress, link
from app.api.once import once
from app.api.paging import PageQuery, collection, paged
from app.exceptions import Forbidden
from app.models import User
from app.models.keyset import Wanted
from app.services import accounts, follows, users

LONGEST_NAME = 60
ABOUT = ("about_me", "location", "link")
"""What a person tells of themselves; empty for whoever they have blocked."""
COUNTS = ("post_count", "follower_count", "following_count")
UNKNOWN = {"description": "Null where is_apart."}
HOW_TO_GO_ON = {"tokens": "make_token", "me": "me", "confirm": "confirm"}


class UserCardLinks(ma.Schema):
    """Where a person is."""

    self = link("This person.")
    html = link("The profile, as people see it.")


class UserCard(ma.Schema):
    """Who somebody is, in a few words."""

    id = fields.Integer(required=True)
    username = fields.String(required=True)
    display_name = fields.String(required=True, metadata={"description": "May be empty."})
    _links = fields.Nested(UserCardLinks, required=True)


class PersonLinks(UserCardLinks):
    """Where what belongs to a person is."""

    posts = link("What they wrote, without the replies.")
    replies = link("The replies they wrote.")
    likes = link("The posts they like.")
    followers = link("Who follows them.")
    following = link("Whom they follow.")
    follow = fields.String(metadata={"description": "Follow them with PUT, stop with DELETE, where one may."})
    message = fields.String(
        metadata={"description": "Write a private message to them with POST, where the reader may."}
    )
    block = fields.String(metadata={"description": "Block them with PUT, where one has not."})
    unblock = fields.String(metadata={"description": "Take the block back with DELETE, where there is one."})
    mute = fields.String(metadata={"description": "Mute them with PUT, where one does not."})
    unmute = fields.String(metadata={"description": "Take the mute back with DELETE, where there is one."})
    edit = fields.String(metadata={"description": "Change the profile with PATCH, where one may."})


class Person(UserCard):
    """A member, as others see them."""

    about_me = fields.String(required=True)
    location = fields.String(required=True)
    link = fields.String(required=True)
    created_at = Timestamp(required=True)
    post_count = fields.Integer(required=True, allow_none=True, metadata=UNKNOWN)
    follower_count = fields.Integer(required=True, allow_none=True, metadata=UNKNOWN)
    following_count = fields.Integer(required=True, allow_none=True, metadata=UNKNOWN)
    followed = fields.Boolean(required=True, metadata={"description": "Whether the reader follows them."})
    follows_viewer = fields.Boolean(
        required=True, metadata={"description": "Whether they follow the reader."}
    )
    blocked = fields.Boolean(required=True, metadata={"description": "Whether the reader has blocked them."})
    muted = fields.Boolean(required=True, metadata={"description": "Whether the reader mutes them."})
    is_apart = fields.Boolean(
        required=True,
        metadata={
            "description": "Whether one of the two has blocked the other: neither sees what the other writes or likes, "
            "nor whom they follow, nor who follows them."
        },
    )
    _links = fields.Nested(PersonLinks, required=True)


class ProfileChange(ma.Schema):
    """What a member changes of their profile; what is left out stays."""

    display_name = Text(*users.NAME)
    about_me = Text(*users.ABOUT_ME)
    location = Text(*users.PLACE)
    link = WebAddress(users.LINK, users.LINK, metadata={"description": "Of http or https; may be empty."})


class Newcomer(ma.Schema):
    """Who wants to be a member."""

    username = Text(
        LONGEST_NAME,
        LONGEST_NAME,
        least=1,
        required=True,
        metadata={"description": "The name that others find the account by."},
    )
    email = EmailAddress(
        required=True, metadata={"description": "Where the code to confirm the account is sent."}
    )
    password = Password(required=True, metadata={"description": "The password to sign in with."})


class WelcomeLinks(ma.Schema):
    """How a newcomer goes on."""

    tokens = link("Make a token with POST and the name and password that were just chosen.")
    me = link("What becomes of the account, to be asked with the token.")
    confirm = link("Prove the address with POST, the token, and the code from the letter.")


class Welcome(ma.Schema):
    """An account that waits for its address to be proved."""

    username = fields.String(required=True)
    detail = fields.String(required=True, metadata={"description": "What to do next."})
    _links = fields.Nested(WelcomeLinks, required=True)


People = collection("People", Person)


@bp.route("/users", methods=["GET"], operation="list_users")
@bp.arguments(PageQuery, location="query")
@bp.response(200, People)
def users_list(wanted: Wanted) -> Any:
    """List the members, the newest first."""
    return paged(User, users.listed(viewer(), wanted), wanted, show)


@bp.route("/users", methods=["POST"], operation="sign_up")
@limits.signing_up
@once
@bp.arguments(Newcomer)
@bp.response(202, Welcome)
def sign_up(asked: dict[str, str]) -> Any:
    """Make an account, which may read until its address is proved by the code in the letter.

    The answer is the same whether or not somebody has the address; what was mailed tells them apart.
    """
    limits.count_letter(users.email_key(asked["email"]))
    made = accounts.sign_up(asked["username"], asked["email"], asked["password"], i18n.current_language())
    links = {name: url_for(f"api.{view}") for name, view in HOW_TO_GO_ON.items()}
    return {
        "username": made.username,
        "detail": _("Look into your mailbox: there is a letter with six digits."),
        "_links": links,
    }


@bp.route("/users/<who>", methods=["GET"], operation="get_user")
@bp.response(200, Person)
def user(who: str) -> Any:
    """Show a member, by id or username."""
    return shown_alone(users.find_by_id_or_name(who, viewer()))


@bp.route("/users/<who>", methods=["PATCH"], operation="edit_user")
@writes_account
@matching.edits
@bp.arguments(ProfileChange)
@bp.response(200, Person)
def edit_profile(change: dict[str, Any], who: str) -> Any:
    """Change what others see of a member; they alone may."""
    person = users.find_by_id_or_name(who, viewer())
    if not policy.may_edit_profile(viewer(), person):
        raise Forbidden(_l("Only the member can change this."))
    changed(person, change)
    return shown_alone(person)


@bp.route("/users/<who>/followers", methods=["GET"], operation="list_followers")
@bp.arguments(PageQuery, location="query")
@bp.response(200, People)
def followers(wanted: Wanted, who: str) -> Any:
    """List who follows a member, the latest first."""
    person = users.find_by_id_or_name(who, viewer())
    return paged(User, follows.followers(person, viewer(), wanted), wanted, show)


@bp.route("/users/<who>/followers", methods=["PUT"], operation="follow_user")
@limits.members_follows
@writes
@bp.response(200, Person)
def follow(who: str) -> Any:
    """Follow a member; once, however often it is asked."""
    follows.follow(viewer(), users.find_by_id_or_name(who, viewer()))
    return show(users.find_by_id_or_name(who, viewer()))


@bp.route("/users/<who>/followers", methods=["DELETE"], operation="unfollow_user")
@limits.members_follows
@writes
@bp.response(200, Person)
def unfollow(who: str) -> Any:
    """Stop following a member."""
    follows.unfollow(viewer(), users.find_by_id_or_name(who, viewer()))
    return show(users.find_by_id_or_name(who, viewer()))


@bp.route("/users/<who>/following", methods=["GET"], operation="list_following")
@bp.arguments(PageQuery, location="query")
@bp.response(200, People)
def following(wanted: Wanted, who: str) -> Any:
    """List whom a member follows, the latest first."""
    person = users.find_by_id_or_name(who, viewer())
    return paged(User, follows.following(person, viewer(), wanted), wanted, show)


def changed(person: User, change: dict[str, Any]) -> None:
    """Changes a profile for somebody who has seen its latest state."""
    users.hold(person)
    matching.require_match(states(person))
    texts = {name: text for name, text in change.items() if name in ProfileChange().fields}
    users.edit_profile(person, replace(users.Profile.of(person), **texts))


def states(person: User) -> str:
    """Returns what tells the states of a member apart: all that they can change with PATCH."""
    return answers.fingerprint(*astuple(users.Profile.of(person)), person.locale, person.timezone)


def shown_alone(person: User) -> dict[str, Any]:
    """Returns a person as the whole answer, with the state that an edit has to know."""
    answers.shows(states(person))
    return show(person)


def card(person: User) -> dict[str, Any]:
    """Returns what is said of a person beside what they wrote."""
    return {
        "id": person.id,
        "username": person.username,
        "display_name": person.display_name,
        "_links": {
            "self": url_for("api.user", who=person.id),
            "html": url_for("main.profile", username=person.username),
        },
    }


def show(person: User) -> dict[str, Any]:
    """Returns what a program sees of a person."""
    named = card(person)
    links = named["_links"] | {
        "posts": url_for("api.posts_by", who=person.id),
        "replies": url_for("api.replies_by", who=person.id),
        "likes": url_for("api.liked_by", who=person.id),
        "followers": url_for("api.followers", who=person.id),
        "following": url_for("api.following", who=person.id),
    }
    if policy.may_follow(viewer(), person):
        links["follow"] = links["followers"]
    if person.reachable:
        links["message"] = url_for("api.write_to", who=person.id)
    if policy.may_block(viewer(), person):
        links["unblock" if person.blocked else "block"] = url_for("api.block", who=person.id)
    if policy.may_mute(viewer(), person):
        links["unmute" if person.muted else "mute"] = url_for("api.mute", who=person.id)
    if policy.may_edit_profile(viewer(), person):
        links["edit"] = links["self"]
    told = {name: getattr(person, name) for name in Person().fields if name not in named}
    told |= {"follower_count": person.followers_shown, "following_count": person.following_shown}
    if not policy.may_look_around(viewer(), person):
        told |= dict.fromkeys(COUNTS)
    if not policy.may_read_about(viewer(), person):
        told |= dict.fromkeys(ABOUT, "")
    return named | told | {"_links": links}
