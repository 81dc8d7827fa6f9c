"""Signing up."""

from typing import Any

from flask import redirect, render_template, url_for
from flask_babel import get_locale
from flask_login import current_user

from app import limits
from app.auth import bp, cookie
from app.auth.forms import SignUpForm
from app.forms import refusals_on
from app.services import accounts, sessions


@bp.route("/signup", methods=["GET", "POST"])
@limits.signing_up
@limits.mailed_to_address
def signup() -> Any:
    """Makes an account, signs it in to read, and leads to the page that takes the mailed code.

    The answer is the same whether or not somebody has the address; what was mailed tells them apart.
    """
    if current_user.is_authenticated:
        return redirect(url_for("main.home"))
    form = SignUpForm()
    if form.validate_on_submit():
        with refusals_on(form):
            user = accounts.sign_up(
                form.username.data, form.email.data, form.password.data, str(get_locale())
            )
            secret = sessions.open_for(user, remember=False, browser=cookie.browser())
            return cookie.signed_in(secret, url_for("auth.confirm"), remember=False)
    return render_template("auth/signup.html", form=form), 422 if form.is_submitted() else 200
