"""What every template knows."""

from collections.abc import Iterable
from typing import Any

from flask import Response, current_app, has_request_context, request, url_for
from flask_login import current_user
from markupsafe import Markup

from app import i18n, policy, richtext
from app.main import bp
from app.main.viewer import list_url, page_url
from app.models import Post, User
from app.models.keyset import Page
from app.services import mentions

THEMES = ("light", "dark")
PRIVATE = ("/messages", "/settings", "/notifications", "/news")
"""Where the paths of pages begin that no browser stores."""


def rich(post: Post, marks: Iterable[tuple[int, int]] = ()) -> Markup:
    """Returns a post's text with its links, names and tags, and ``marks`` of it highlighted."""
    names = mentions.names_in(post)
    return richtext.render(post.body, names, user_link, tag_link, card_link, marks)


def rich_text(text: str) -> Markup:
    """Returns a text of a profile with its links and tags; names in it were never resolved."""
    return richtext.render(text, {}, user_link, tag_link, card_link)


def user_link(username: str) -> str:
    """Returns the address of a profile."""
    return url_for("main.profile", username=username)


def card_link(username: str) -> str:
    """Returns the address of a profile's card."""
    return url_for("main.card", username=username)


def tag_link(name: str) -> str:
    """Returns the address of a tag's page."""
    return url_for("main.tag", name=name)


def next_url(page: Page[Any]) -> str:
    """Returns the address of the page after this one, with the same filters."""
    return page_url(str(page.next))


@bp.app_context_processor
def common() -> dict[str, Any]:
    """Gives pages the site, the reader's theme, and what the reader may do; letters are written without a reader."""
    if not has_request_context():
        return {}
    theme = request.cookies.get(i18n.cookie_name("theme"))
    return {
        "site": {"name": current_app.config["SITE_NAME"]},
        "languages": i18n.LANGUAGES,
        "theme": theme if theme in THEMES else None,
        "rich": rich,
        "rich_text": rich_text,
        "next_url": next_url,
        "list_url": list_url,
        "may_write": lambda: policy.may_write(current_user),
        "may_read": lambda post: policy.may_read(current_user, post),
        "may_edit": lambda post: policy.may_edit(current_user, post),
        "may_delete": lambda post: policy.may_delete(current_user, post),
        "may_follow": lambda person: policy.may_follow(current_user, person),
        "may_block": lambda person: policy.may_block(current_user, person),
        "may_look_around": lambda person: policy.may_look_around(current_user, person),
        "may_read_about": lambda person: policy.may_read_about(current_user, person),
        "is_me": lambda person: is_me(person),
    }


def is_me(person: User) -> bool:
    """Whether the reader is this person."""
    return bool(current_user.is_authenticated and current_user.id == person.id)


@bp.after_request
def keep_private(response: Response) -> Response:
    """Lets no browser store the pages of messages, notifications and settings, nor fragments of them."""
    if request.path.startswith(PRIVATE):
        response.headers["Cache-Control"] = "no-store"
    return response


@bp.after_request
def vary(response: Response) -> Response:
    """Tells caches that a page depends on who asks, in which language, and whether for a piece of it."""
    response.vary.update(("HX-Request", "Accept-Language", "Cookie"))
    return response
