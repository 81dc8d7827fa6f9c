"""Finding posts, people and tags, in the same words as on the page."""

from collections.abc import Callable
from typing import Any

import marshmallow as ma
from flask import request, url_for
from marshmallow import fields, validate

from app import cursors, limits
from app.api import bp
from app.api.auth import viewer
from app.api.fields import N_, OneOf, WholeInQuery, link
from app.api.paging import CURSOR, MOST, M, PageMeta, collection, cursor_of, paged, unsealed
from app.api.posts import PostShown, TagCarried, show_tag
from app.api.posts import show as show_post
from app.api.users import Person, UserCard, card
from app.api.users import show as show_person
from app.models import Post, Tag, User
from app.models.keyset import PER_PAGE, Wanted
from app.services import search
from app.services.search import Results, Sort, places

LONGEST = 400


def words(description: str) -> fields.String:
    """Returns the field of a query, which is never wrong but too long; what no database keeps is refused before."""
    fits = validate.Length(max=LONGEST, error=N_("This query is too long."))
    metadata = {"description": description, "pattern": "^[^\\u0000]*$"}
    return fields.String(load_default="", validate=fits, metadata=metadata)


class SearchQuery(ma.Schema):
    """What is searched for."""

    q = words("As in the search box: words, “phrases”, -without, from:name, since:2026-01-01, OR …")
    cursor = fields.String(
        validate=cursor_of(places.LONGEST + cursors.SIGN),
        metadata=CURSOR,
    )
    per_page = WholeInQuery(1, MOST, load_default=PER_PAGE, metadata={"description": "Items on a page."})
    total = fields.Boolean(
        load_default=False, metadata={"description": "Whether all items are counted, up to a thousand."}
    )


class PostQuery(SearchQuery):
    """What is searched for in posts, and what stands first."""

    sort = fields.String(
        load_default=Sort.RELEVANCE.value,
        validate=OneOf([sort.value for sort in Sort]),
        metadata={"description": "Which posts come first: the best matches or the newest."},
    )


class TypedQuery(ma.Schema):
    """What was typed so far."""

    q = words("The last syllable may be unfinished.")


class Mark(ma.Schema):
    """Letters of the body that were found: code points from start up to end."""

    start = fields.Integer(required=True, metadata={"description": "The first code point."})
    end = fields.Integer(required=True, metadata={"description": "The code point after the last one."})


class FoundPost(PostShown):
    """A post that was found."""

    highlights = fields.List(
        fields.Nested(Mark), required=True, metadata={"description": "The parts of the body that match."}
    )
    is_near = fields.Boolean(required=True, metadata={"description": "Whether only some of the query fits."})


class SearchMeta(PageMeta):
    """What is said of a page of results."""

    total = fields.Integer(
        metadata={
            "description": "All items of all pages, where total=true asked and they are a thousand at most."
        }
    )
    notes = fields.List(fields.String(), required=True, metadata={"description": "What was read otherwise."})
    did_you_mean = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "A query that was probably meant; null where there is none."},
    )
    other_keyboard = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "The query as typed with the other keyboard layout; null where that finds nothing."
        },
    )
    fewer = fields.List(
        fields.String(), required=True, metadata={"description": "Shorter queries that find something."}
    )
    is_resting = fields.Boolean(
        required=True,
        metadata={
            "description": "Whether the engine was away, so that only the latest posts were looked through."
        },
    )


class SuggestedLinks(ma.Schema):
    """Where the suggestions are."""

    self = link("These suggestions.")


class Suggested(ma.Schema):
    """What may be meant."""

    words = fields.List(fields.String(), required=True, metadata={"description": "Whole queries."})
    users = fields.List(
        fields.Nested(UserCard), required=True, metadata={"description": "Members whose names match."}
    )
    tags = fields.List(
        fields.Nested(TagCarried), required=True, metadata={"description": "Hashtags that match."}
    )
    _links = fields.Nested(SuggestedLinks, required=True)


FoundPosts, FoundPeople, FoundTags = (
    collection(name, item, SearchMeta)
    for name, item in (("FoundPosts", FoundPost), ("FoundPeople", Person), ("FoundTags", TagCarried))
)


@bp.route("/search/posts", methods=["GET"], operation="search_posts")
@bp.arguments(PostQuery, location="query")
@bp.response(200, FoundPosts)
def search_posts(asked: dict[str, Any]) -> Any:
    """Find posts: what fits best first, or the newest."""
    wanted = page_of(asked)
    results = search.posts(asked["q"], viewer(), wanted, Sort(asked["sort"]))
    near = (
        {post.id for post in list(results.page)[results.near_from :]}
        if results.near_from is not None
        else set()
    )

    def show(post: Post) -> dict[str, Any]:
        marks = [{"start": start, "end": end} for start, end in results.marks.get(post.id, ())]
        return show_post(post) | {"highlights": marks, "is_near": post.id in near}

    return enveloped(Post, results, wanted, show)


@bp.route("/search/users", methods=["GET"], operation="search_users")
@bp.arguments(SearchQuery, location="query")
@bp.response(200, FoundPeople)
def search_users(asked: dict[str, Any]) -> Any:
    """Find people by their names and what they tell about themselves."""
    wanted = page_of(asked)
    return enveloped(User, search.people(asked["q"], viewer(), wanted), wanted, show_person)


@bp.route("/search/tags", methods=["GET"], operation="search_tags")
@bp.arguments(SearchQuery, location="query")
@bp.response(200, FoundTags)
def search_tags(asked: dict[str, Any]) -> Any:
    """Find hashtags."""
    wanted = page_of(asked)
    return enveloped(Tag, search.tags(asked["q"], viewer(), wanted), wanted, lambda tag: show_tag(tag.name))


@bp.route("/search/suggestions", methods=["GET"], operation="suggest_searches")
@limits.suggestions
@bp.arguments(TypedQuery, location="query")
@bp.response(200, Suggested)
def search_suggestions(asked: dict[str, str]) -> Any:
    """Suggest what somebody may be typing."""
    meant = search.suggest(asked["q"], viewer())
    here: dict[str, Any] = {"q": asked["q"]} if "q" in request.args else {}
    return {
        "words": meant.words,
        "users": [card(person) for person in meant.people],
        "tags": [show_tag(tag.name) for tag in meant.tags],
        "_links": {"self": url_for("api.search_suggestions", **here)},
    }


def page_of(asked: dict[str, Any]) -> Wanted:
    """Returns which page of the results is asked for.

    Raises:
        BadCursor: the cursor is not one of these results.
    """
    return Wanted(unsealed(asked.get("cursor")), asked["per_page"], with_total=asked["total"])


def enveloped(
    model: type[M], results: Results[M], wanted: Wanted, show: Callable[[M], dict[str, Any]]
) -> dict[str, Any]:
    """Returns a page of results, with what helps to find more."""
    hint = results.hint
    told = {
        "notes": results.notes,
        "did_you_mean": hint.did_you_mean,
        "other_keyboard": hint.other_keyboard,
        "fewer": hint.fewer,
        "is_resting": results.is_resting,
    }
    body = paged(model, results.page, wanted, show)
    return body | {"_meta": body["_meta"] | told}
