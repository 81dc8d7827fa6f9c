"""Posts, the conversations they stand in, and who likes them."""

from typing import Any

import marshmallow as ma
from flask import request, url_for
from flask_babel import lazy_gettext as _l
from marshmallow import fields

from app import i18n, limits, policy, richtext, text
from app.api import answers, bp, matching
from app.api.auth import viewer, writes
from app.api.fields import Text, Timestamp, Whole, link
from app.api.once import once
from app.api.paging import CursorQuery, PageLinks, PageQuery, collection, paged
from app.api.users import People, UserCard, card
from app.api.users import show as show_person
from app.exceptions import Invalid, NotFound
from app.models import Post, User
from app.models.columns import LAST_ID
from app.models.keyset import Wanted
from app.services import likes, posts, threads, timelines, translations, users

NO_PARENT = _l("The post to answer is not there any more.")


class TagLinks(ma.Schema):
    """Where a tag leads."""

    self = link("The posts that carry it.")


class TagCarried(ma.Schema):
    """A hashtag of a post."""

    name = fields.String(required=True, metadata={"description": "The tag, without #."})
    _links = fields.Nested(TagLinks, required=True)


class PostText(ma.Schema):
    """What a post says."""

    body = Text(text.POST_LENGTH, text.POST_CODE_POINTS, least=1, required=True)


class PostOrder(PostText):
    """A new post, or a reply."""

    parent_id = Whole(
        1,
        LAST_ID,
        load_default=None,
        allow_none=True,
        metadata={"description": "The id of the post to reply to; null for a post of its own."},
    )


class PostLinks(ma.Schema):
    """Where a post is, and what stands around it."""

    self = link("This post.")
    html = link("The conversation, as people see it.")
    author = link("Who wrote it.")
    replies = link("What answers it.")
    thread = link("What it answers, up to the beginning of the conversation.")
    likes = link("Who likes it.")
    parent = link("The post it answers; null where it opens a conversation.", allow_none=True)
    reply = fields.String(metadata={"description": "Reply to it with POST, where the reader may write."})
    like = fields.String(metadata={"description": "Like it with PUT, take it back with DELETE."})
    translation = fields.String(
        metadata={
            "description": "The post in the reader's language, where it is foreign and the site translates."
        }
    )
    edit = fields.String(metadata={"description": "Change it with PATCH, where one may."})
    delete = fields.String(metadata={"description": "Take it back with DELETE, where one may."})


class PostShown(ma.Schema):
    """A post, or a reply."""

    id = fields.Integer(required=True)
    body = fields.String(required=True, metadata={"description": "The text."})
    language = fields.String(
        required=True, metadata={"description": "ISO 639-1, or empty where it is unclear."}
    )
    created_at = Timestamp(required=True)
    edited_at = Timestamp(
        required=True,
        allow_none=True,
        metadata={"description": "When the text was last changed; null where it never was."},
    )
    like_count = fields.Integer(required=True)
    reply_count = fields.Integer(required=True)
    liked = fields.Boolean(required=True, metadata={"description": "Whether the reader likes it."})
    tags = fields.List(
        fields.Nested(TagCarried),
        required=True,
        metadata={"description": "The hashtags of the text, in order."},
    )
    author = fields.Nested(UserCard, required=True)
    _links = fields.Nested(PostLinks, required=True)


class PlaceLinks(ma.Schema):
    """Where the place of a post is."""

    self = link("This place.")


class Place(ma.Schema):
    """Where a post of the conversation stands; without a post where it cannot be read any more."""

    id = fields.Integer(required=True)
    post = fields.Nested(PostShown, required=True, allow_none=True)
    _links = fields.Nested(PlaceLinks, required=True)


class ThreadLinks(PageLinks):
    """Where a conversation goes on."""

    next = link("The way further up; null at the beginning of the conversation.", allow_none=True)
    prev = link("The way further down; null on the first page, which ends with the post.", allow_none=True)
    post = link("The post it leads to.")
    replies = link("What answers that post.")
    above = link("The same as next.", allow_none=True)

    class Meta:
        """What the way up has none of."""

        exclude = ("newer",)


Thread = collection("Thread", Place, links=ThreadLinks)


MADE = ("like_count", "reply_count", "liked", "tags", "author", "_links")
"""What stands in no column."""
Posts = collection("Posts", PostShown)


@bp.route("/posts", methods=["GET"], operation="list_posts")
@bp.arguments(PageQuery, location="query")
@bp.response(200, Posts)
def posts_list(wanted: Wanted) -> Any:
    """List the posts that open conversations, the newest first."""
    return paged(Post, timelines.explore(viewer(), wanted), wanted, show)


@bp.route("/posts", methods=["POST"], operation="create_post")
@limits.members_posts
@writes
@once
@bp.arguments(PostOrder)
@bp.response(201, PostShown)
def publish(order: dict[str, Any]) -> Any:
    """Write a post, or a reply where parent_id names what it answers."""
    try:
        parent = posts.find_bare(order["parent_id"], viewer()) if order["parent_id"] else None
    except NotFound:
        raise Invalid("parent_id", NO_PARENT) from None
    return made(posts.publish(viewer(), order["body"], parent))


@bp.route("/posts/<row:id>", methods=["PATCH"], operation="edit_post")
@writes
@matching.edits
@bp.arguments(PostText)
@bp.response(200, PostShown)
def edit(change: dict[str, str], id: int) -> Any:
    """Change what a post says; the author alone may."""
    found = posts.find_own(id, viewer())
    posts.hold(found)
    matching.require_match(found.revision)
    posts.edit(found, viewer(), change["body"])
    return shown_alone(posts.find(id, viewer()))


@bp.route("/posts/<row:id>", methods=["DELETE"], operation="delete_post")
@writes
@bp.response(204)
def delete(id: int) -> None:
    """Take a post back; the author alone may."""
    found = posts.find_bare(id, viewer())
    if "If-Match" in request.headers:
        posts.hold(found)
        matching.respect_match(found.revision)
    posts.delete(found, viewer())


@bp.route("/posts/<row:id>/likes", methods=["PUT"], operation="like_post")
@limits.members_likes
@writes
@bp.response(200, PostShown)
def like(id: int) -> Any:
    """Like a post; once, however often it is asked."""
    likes.like(viewer(), posts.find_bare(id, viewer()))
    return shown_alone(posts.find(id, viewer()))


@bp.route("/posts/<row:id>/likes", methods=["DELETE"], operation="unlike_post")
@limits.members_likes
@writes
@bp.response(200, PostShown)
def unlike(id: int) -> Any:
    """Take a like back."""
    likes.unlike(viewer(), posts.find_bare(id, viewer()))
    return shown_alone(posts.find(id, viewer()))


@bp.route("/posts/<row:id>", methods=["GET"], operation="get_post")
@bp.response(200, PostShown)
def post(id: int) -> Any:
    """Show a post."""
    return shown_alone(posts.find(id, viewer()))


def made(written: Post) -> Any:
    """Returns the answer to a request that has created a post."""
    shown = shown_alone(posts.find(written.id, viewer()))
    return shown, 201, {"Location": shown["_links"]["self"]}


def shown_alone(found: Post) -> dict[str, Any]:
    """Returns a post as the whole answer, with the state that an edit has to know."""
    answers.shows(found.revision)
    return show(found)


@bp.route("/posts/<row:id>/replies", methods=["GET"], operation="list_replies")
@bp.arguments(PageQuery, location="query")
@bp.response(200, Posts)
def replies(wanted: Wanted, id: int) -> Any:
    """List what answers a post directly, the oldest first."""
    found = posts.find_bare(id, viewer())
    return paged(Post, threads.answers(found, viewer(), wanted), wanted, show)


@bp.route("/posts/<row:id>/replies", methods=["POST"], operation="reply_to_post")
@limits.members_posts
@writes
@once
@bp.arguments(PostText)
@bp.response(201, PostShown)
def reply(sent: dict[str, str], id: int) -> Any:
    """Reply to a post."""
    return made(posts.publish(viewer(), sent["body"], posts.find_bare(id, viewer())))


@bp.route("/posts/<row:id>/thread", methods=["GET"], operation="get_thread")
@bp.arguments(CursorQuery, location="query")
@bp.response(200, Thread)
def thread(wanted: Wanted, id: int) -> Any:
    """Show the way from the beginning of the conversation down to a post, or the nearest piece of a long one.

    Each page reads downwards, and the next one lies above it.
    """
    found = posts.find_bare(id, viewer())
    body = paged(Post, threads.way_up(found, viewer(), wanted), wanted, place)
    around = {"post": url_for("api.post", id=id), "replies": url_for("api.replies", id=id)}
    return body | {"_links": body["_links"] | around | {"above": body["_links"]["next"]}}


@bp.route("/posts/<row:id>/likes", methods=["GET"], operation="list_likers")
@bp.arguments(PageQuery, location="query")
@bp.response(200, People)
def likers(wanted: Wanted, id: int) -> Any:
    """List who likes a post, the latest first."""
    found = posts.find_bare(id, viewer())
    return paged(User, likes.likers(found, viewer(), wanted), wanted, show_person)


@bp.route("/users/<who>/posts", methods=["GET"], operation="list_posts_of_user")
@bp.arguments(PageQuery, location="query")
@bp.response(200, Posts)
def posts_by(wanted: Wanted, who: str) -> Any:
    """List what a member wrote, without the replies, the newest first."""
    person = users.find_by_id_or_name(who, viewer())
    return paged(Post, timelines.written_by(person, viewer(), wanted), wanted, show)


@bp.route("/users/<who>/replies", methods=["GET"], operation="list_replies_of_user")
@bp.arguments(PageQuery, location="query")
@bp.response(200, Posts)
def replies_by(wanted: Wanted, who: str) -> Any:
    """List the replies that a member wrote, the newest first."""
    person = users.find_by_id_or_name(who, viewer())
    return paged(Post, timelines.replies_by(person, viewer(), wanted), wanted, show)


@bp.route("/users/<who>/likes", methods=["GET"], operation="list_likes_of_user")
@bp.arguments(PageQuery, location="query")
@bp.response(200, Posts)
def liked_by(wanted: Wanted, who: str) -> Any:
    """List the posts that a member likes, the latest like first."""
    person = users.find_by_id_or_name(who, viewer())
    return paged(Post, likes.liked_by(person, viewer(), wanted), wanted, show)


def place(found: Post) -> dict[str, Any]:
    """Returns what a program sees of a place in a conversation."""
    shown = show(found) if policy.may_read(viewer(), found) else None
    return {"id": found.id, "post": shown, "_links": {"self": url_for("api.post", id=found.id)}}


def show(found: Post) -> dict[str, Any]:
    """Returns what a program sees of a post."""
    around = {name: url_for(f"api.{name}", id=found.id) for name in ("replies", "thread")}
    links = {
        "self": url_for("api.post", id=found.id),
        "html": url_for("main.post", id=found.id),
        "author": url_for("api.user", who=found.author_id),
        **around,
        "likes": url_for("api.likers", id=found.id),
        "parent": url_for("api.post", id=found.parent_id) if found.parent_id else None,
    }
    if policy.may_write(viewer()):
        links |= {"reply": url_for("api.reply", id=found.id), "like": links["likes"]}
    language = i18n.current_language()
    if policy.may_translate(viewer()) and translations.is_offered(found, language):
        links["translation"] = url_for("api.translation", id=found.id, target=language)
    if policy.may_edit(viewer(), found):
        links["edit"] = links["self"]
    if policy.may_delete(viewer(), found):
        links["delete"] = links["self"]
    told = {name: getattr(found, name) for name in PostShown().fields if name not in MADE}
    carried = [show_tag(name) for name in richtext.hashtags(found.body)]
    return told | {
        "like_count": found.likes_shown,
        "reply_count": found.replies_shown,
        "liked": bool(found.liked),
        "tags": carried,
        "author": card(found.author),
        "_links": links,
    }


def show_tag(name: str) -> dict[str, Any]:
    """Returns what a program sees of a hashtag."""
    return {"name": name, "_links": {"self": url_for("api.tagged", name=name)}}
