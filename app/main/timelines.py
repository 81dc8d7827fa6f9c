"""Home, explore, and the posts that carry a tag."""

from typing import Any

from flask import render_template, request
from flask_login import login_required

from app.main import bp
from app.main.forms import PostForm
from app.main.viewer import cursor, viewer, wanted, wants_piece
from app.models import Post
from app.models.keyset import FIRST, Page
from app.services import tags, timelines, users

FACES = (
    "byeol",
    "dodam",
    "garam",
    "hangyeol",
    "haru",
    "jiwoo",
    "maru",
    "narae",
    "old_books",
    "onui",
    "seoha",
    "sora_w",
)


@bp.get("/")
def home() -> str:
    """Shows a member's home timeline, and strangers what this place is."""
    if not viewer().is_authenticated:
        return welcome()
    page = timelines.home(viewer(), wanted())
    if wants_piece():
        return render_template("parts/page.html", page=page)
    return render_template("main/home.html", page=page, form=PostForm(), **above(page), **beside())


def welcome() -> str:
    """Shows strangers what this place is, and the latest posts."""
    return render_template("main/welcome.html", page=timelines.explore(viewer(), FIRST), faces=FACES)


@bp.get("/explore")
def explore() -> str:
    """Shows what everybody wrote."""
    page = timelines.explore(viewer(), wanted())
    if wants_piece():
        return render_template("parts/page.html", page=page)
    return render_template("main/explore.html", page=page, **above(page), **beside())


@bp.get("/timelines/<any(home, explore):timeline>/new")
@login_required
def new_posts(timeline: str) -> Any:
    """Says how many posts are new above those that a page shows, and by whom; nothing when there are none."""
    new = timelines.new_at_home if timeline == "home" else timelines.new_in_explore
    names = new(viewer(), request.args.get("after") or None)
    if not names:
        return "", 204
    return render_template(
        "parts/pill.html", timeline=timeline, count=len(names), names=[*dict.fromkeys(names)]
    )


@bp.get("/tags/<name>")
def tag(name: str) -> str:
    """Shows the posts that carry a tag; one that nobody has used yet is an empty page, not a missing one."""
    found = tags.find(name)
    page = timelines.tagged(found, viewer(), wanted())
    if wants_piece():
        return render_template("parts/page.html", page=page, with_parent=True)
    return render_template("main/tag.html", name=found.name if found else name, page=page, **beside())


@bp.get("/compose")
@login_required
def compose() -> str:
    """Shows a page that holds nothing but the form for a new post."""
    return render_template("main/compose.html", form=PostForm())


def above(page: Page[Post]) -> dict[str, object]:
    """Returns what a first page needs to hear of new posts."""
    return {"hears": not cursor(), "newest": timelines.before(page)}


def beside() -> dict[str, object]:
    """Returns what stands beside a timeline on a desk."""
    return {"suggestions": users.suggestions(viewer()), "tags": tags.today(viewer())}
