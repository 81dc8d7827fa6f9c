"""One post: reading its conversation, writing, changing and taking back."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required

from app import limits
from app.main import bp
from app.main.forms import PostForm
from app.main.timelines import beside
from app.main.translations import asked_for
from app.main.viewer import back, cursor, viewer, wants_piece
from app.models.keyset import FIRST
from app.services import posts, tags, threads, timelines, users


@bp.post("/posts")
@login_required
@limits.members_posts
def publish() -> Any:
    """Writes a post; one that cannot be written comes back with its text."""
    form = PostForm()
    if not form.validate():
        if request.form.get("from") == "compose":
            return render_template("main/compose.html", form=form), 422
        page = timelines.home(viewer(), FIRST)
        return render_template("main/home.html", page=page, form=form, **beside()), 422
    posts.publish(viewer(), form.body.data)
    flash(_("Your post is up."))
    return redirect(url_for("main.home"), 303)


@bp.get("/posts/<row:id>")
def post(id: int) -> Any:
    """Shows a post in its conversation."""
    return show(id, PostForm())


@bp.post("/posts/<row:id>/replies")
@login_required
@limits.members_posts
def reply(id: int) -> Any:
    """Writes a reply; one that cannot be written comes back with its text."""
    form = PostForm()
    if not form.validate():
        return show(id, form), 422
    written = posts.publish(viewer(), form.body.data, posts.find(id, viewer()))
    flash(_("Your reply is up."))
    return redirect(url_for("main.post", id=id, _anchor=f"post-{written.id}"), 303)


def show(id: int, form: PostForm) -> str:
    """Returns the page of a conversation, or its next replies."""
    *above, found = threads.open_at(id, viewer())
    newest_first = request.args.get("order") == "newest"
    replies = threads.replies(found, viewer(), cursor(), newest_first)
    if wants_piece():
        return render_template("parts/replies.html", replies=replies)
    return render_template(
        "main/post.html",
        post=found,
        author=found.author,
        translation=asked_for(found),
        ancestors=above,
        more_ancestors=bool(above and above[0].parent_id),
        replies=replies,
        form=form,
        order="newest" if newest_first else "oldest",
        tags=tags.today(viewer()),
    )


@bp.route("/posts/<row:id>/edit", methods=["GET", "POST"])
@login_required
@limits.members_posts
def edit_post(id: int) -> Any:
    """Lets an author change a post; one that cannot be changed keeps what was typed."""
    found = posts.find_own(id, viewer())
    form = PostForm(body=found.body)
    piece = wants_piece()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template(
            "parts/edit.html" if piece else "main/edit_post.html", post=found, form=form
        ), status
    posts.edit(found, viewer(), form.body.data)
    if piece:
        return render_template("parts/post_piece.html", post=posts.find(id, viewer()))
    flash(_("Your post was changed."))
    return redirect(url_for("main.post", id=id), 303)


@bp.get("/posts/<row:id>/piece")
def post_piece(id: int) -> str:
    """Returns one post as it stands in a timeline, for whoever gives up editing it in place."""
    return render_template("parts/post_piece.html", post=posts.find(id, viewer()))


@bp.route("/posts/<row:id>/delete", methods=["GET", "POST"])
@login_required
def delete_post(id: int) -> Any:
    """Asks whether to take a post back, and does it."""
    found = posts.find_own(id, viewer())
    if request.method == "GET":
        return render_template("main/delete_post.html", post=found)
    posts.delete(found, viewer())
    if wants_piece():
        return render_template("parts/deleted.html", person=users.find(viewer().username, viewer()))
    flash(_("Your post was deleted."))
    return back("main.home")
