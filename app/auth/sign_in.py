"""Signing in and out."""

from typing import Any

from flask import make_response, redirect, render_template, request, session, url_for
from flask_login import current_user

from app import limits
from app.auth import bp, cookie
from app.auth.forms import SignInForm
from app.forms import refusals_on
from app.security import local_path, sign_in_key
from app.services import sessions


@bp.route("/login", methods=["GET", "POST"])
def login() -> Any:
    """Signs a browser in."""
    target = local_path(request.values.get("next")) or url_for("main.home")
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(target)
    form = SignInForm(remember=True)
    if form.validate_on_submit():
        with refusals_on(form):
            name, remember = form.name.data, form.remember.data
            with limits.guess(sessions.meant(name)):
                secret = sessions.sign_in(name, form.password.data, remember, cookie.browser())
            return cookie.signed_in(secret, target, remember)
    return render_template("auth/login.html", form=form, next=target), 422 if form.is_submitted() else 200


@bp.get("/held")
def held() -> Any:
    """Says whether the sign-in that a page was rendered for still holds; a page without one is a stranger's."""
    holds = request.args.get("key", "") == sign_in_key()
    response = make_response("", 204 if holds else 409)
    response.cache_control.no_store = True
    return response


@bp.post("/logout")
def logout() -> Any:
    """Signs this browser out."""
    secret = cookie.secret()
    if secret:
        sessions.sign_out(secret)
    session.pop("csrf_token", None)
    response = cookie.signed_out(redirect(url_for("main.home"), 303))  # type: ignore[arg-type]
    # Neither "cookies" nor "storage": a browser keeps its language and theme, and other sites of the host their own.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
