"""Posts in the order in which they were written: a member's home, everybody's, and those with a tag."""

from typing import Any

from app.api import bp
from app.api.auth import reads, viewer
from app.api.paging import PageQuery, paged
from app.api.posts import Posts, show
from app.models import Post
from app.models.keyset import Wanted
from app.services import tags, timelines


@bp.route("/timelines/home", methods=["GET"], operation="list_home_timeline")
@reads
@bp.arguments(PageQuery, location="query")
@bp.response(200, Posts)
def home(wanted: Wanted) -> Any:
    """List what the member and the people they follow wrote, the newest first."""
    return paged(Post, timelines.home(viewer(), wanted), wanted, show)


@bp.route("/timelines/explore", methods=["GET"], operation="list_explore_timeline")
@bp.arguments(PageQuery, location="query")
@bp.response(200, Posts)
def explore(wanted: Wanted) -> Any:
    """List what everybody wrote, the newest first."""
    return paged(Post, timelines.explore(viewer(), wanted), wanted, show)


@bp.route("/timelines/tags/<name>", methods=["GET"], operation="list_posts_with_tag")
@bp.arguments(PageQuery, location="query")
@bp.response(200, Posts)
def tagged(wanted: Wanted, name: str) -> Any:
    """List the posts and replies that carry a tag, the newest first; a tag that nobody has used has none."""
    return paged(Post, timelines.tagged(tags.find(name), viewer(), wanted), wanted, show)
