"""Liking a post, taking it back, and who likes it."""

from typing import Any

from flask import render_template
from flask_login import login_required

from app import limits
from app.main import bp
from app.main.viewer import back, viewer, wanted, wants_piece
from app.models import Post
from app.services import likes, posts


@bp.post("/posts/<row:id>/like")
@login_required
@limits.members_likes
def like(id: int) -> Any:
    """Likes a post."""
    likes.like(viewer(), found := posts.find(id, viewer()))
    return answer(found)


@bp.post("/posts/<row:id>/unlike")
@login_required
@limits.members_likes
def unlike(id: int) -> Any:
    """Takes a like back."""
    likes.unlike(viewer(), found := posts.find(id, viewer()))
    return answer(found)


@bp.get("/posts/<row:id>/likes")
def likers(id: int) -> str:
    """Shows who likes a post."""
    found = posts.find(id, viewer())
    page = likes.likers(found, viewer(), wanted())
    if wants_piece():
        return render_template("parts/people_page.html", page=page)
    return render_template("main/likers.html", post=found, page=page)


def answer(post: Post) -> Any:
    """Returns the button as it is now, or goes back to the page it stood on."""
    if wants_piece():
        return render_template("parts/like.html", post=posts.find(post.id, viewer()), fresh=True)
    return back("main.post", id=post.id)
