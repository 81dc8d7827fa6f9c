"""Signing up."""

from typing import Any

from flask import redirect, render_template, request, session, url_for
from flask_babel import get_locale
from flask_login import current_user

from app import limits
from app.auth import bp, cookie
from app.auth.forms import SignUpForm
from app.forms import refusals_on
from app.security import local_path
from app.services import accounts, sessions, users

AFTER_CONFIRMING = "after confirming"
"""Where the session keeps the page that the reader came from."""


@bp.route("/signup", methods=["GET", "POST"])
@limits.signing_up
def signup() -> Any:
    """Makes an account, signs it in to read, and leads to the page that takes the mailed code.

    The answer is the same whether or not somebody has the address; what was mailed tells them apart.
    """
    if current_user.is_authenticated:
        return redirect(url_for("main.home"))
    form = SignUpForm()
    if is_complete(form):
        limits.count_letter(users.email_key(form.email.data))
        with refusals_on(form):
            user = accounts.sign_up(
                form.username.data, form.email.data, form.password.data, str(get_locale())
            )
            secret = sessions.open_for(user, remember=False, browser=cookie.browser())
            session[AFTER_CONFIRMING] = local_path(request.args.get("next"))
            return cookie.signed_in(secret, url_for("auth.confirm"), remember=False)
    return render_template("auth/signup.html", form=form), 422 if form.is_submitted() else 200


def is_complete(form: SignUpForm) -> bool:
    """Whether the form was sent and nothing is wrong with it; otherwise every field says what is wrong with it."""
    if not form.is_submitted():
        return False
    if form.validate() or not ({"username", "password"} <= form.errors.keys()):
        typed = (
            ("" if form[name].errors else form[name].data or "") for name in ("username", "email", "password")
        )
        for problem in accounts.sign_up_problems(*typed):
            with refusals_on(form):
                raise problem
    return not form.errors
