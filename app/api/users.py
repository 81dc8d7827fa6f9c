"""People: their profiles, their posts and likes, and who follows whom."""

from typing import Any

import marshmallow as ma
from flask import url_for
from marshmallow import fields

from app import limits, policy
from app.api import answers, bp
from app.api.auth import viewer, writes
from app.api.fields import link
from app.api.paging import PageQuery, collection, paged
from app.models import User
from app.models.keyset import Wanted
from app.services import follows, users


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
    likes = link("The posts they like.")
    followers = link("Who follows them.")
    following = link("Whom they follow.")
    follow = fields.String(metadata={"description": "Follow them with PUT, stop with DELETE, where one may."})


class Person(UserCard):
    """A member, as others see them."""

    about_me = fields.String(required=True)
    location = fields.String(required=True)
    link = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    post_count = fields.Integer(required=True)
    follower_count = fields.Integer(required=True)
    following_count = fields.Integer(required=True)
    followed = fields.Boolean(required=True, metadata={"description": "Whether the reader follows them."})
    follows_viewer = fields.Boolean(
        required=True, metadata={"description": "Whether they follow the reader."}
    )
    _links = fields.Nested(PersonLinks, required=True)


People = collection("People", Person)


@bp.route("/users", methods=["GET"])
@bp.arguments(PageQuery, location="query")
@bp.response(200, People)
def users_list(wanted: Wanted) -> Any:
    """List the members, the newest first."""
    return paged(users.listed(viewer(), wanted), wanted, show)


@bp.route("/users/<who>", methods=["GET"])
@bp.response(200, Person)
def user(who: str) -> Any:
    """Show a member, by id or username."""
    person = users.find_by_id_or_name(who, viewer())
    answers.shows(person.revision)
    return show(person)


@bp.route("/users/<who>/followers", methods=["GET"])
@bp.arguments(PageQuery, location="query")
@bp.response(200, People)
def followers(wanted: Wanted, who: str) -> Any:
    """List who follows a member, the latest first."""
    person = users.find_by_id_or_name(who, viewer())
    return paged(follows.followers(person, viewer(), wanted), wanted, show)


@bp.route("/users/<who>/followers", methods=["PUT"])
@limits.members_follows
@writes
@bp.response(200, Person)
def follow(who: str) -> Any:
    """Follow a member; once, however often it is asked."""
    follows.follow(viewer(), users.find_by_id_or_name(who, viewer()))
    return show(users.find_by_id_or_name(who, viewer()))


@bp.route("/users/<who>/followers", methods=["DELETE"])
@limits.members_follows
@writes
@bp.response(200, Person)
def unfollow(who: str) -> Any:
    """Stop following a member."""
    follows.unfollow(viewer(), users.find_by_id_or_name(who, viewer()))
    return show(users.find_by_id_or_name(who, viewer()))


@bp.route("/users/<who>/following", methods=["GET"])
@bp.arguments(PageQuery, location="query")
@bp.response(200, People)
def following(wanted: Wanted, who: str) -> Any:
    """List whom a member follows, the latest first."""
    person = users.find_by_id_or_name(who, viewer())
    return paged(follows.following(person, viewer(), wanted), wanted, show)


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
        "likes": url_for("api.liked_by", who=person.id),
        "followers": url_for("api.followers", who=person.id),
        "following": url_for("api.following", who=person.id),
    }
    if policy.may_follow(viewer(), person):
        links["follow"] = links["followers"]
    told = {name: getattr(person, name) for name in Person().fields if name not in named}
    return named | told | {"_links": links}
