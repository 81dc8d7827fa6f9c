"""Setting a new password after the old one was forgotten."""

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from app import limits
from app.auth import bp, cookie
from app.auth.forms import ForgotForm, ResetForm
from app.forms import refusals_on
from app.services import passwords, users

TOKEN = "reset token"


@bp.route("/forgot", methods=["GET", "POST"])
@limits.mailed_from_network
def forgot() -> Any:
    """Has a link mailed; answers the same whether or not somebody has the address."""
    form = ForgotForm()
    if form.validate_on_submit():
        limits.count_letter(users.email_key(form.email.data))
        passwords.forgot(form.email.data)
        return render_template("auth/forgot_sent.html", address=form.email.data)
    return render_template("auth/forgot.html", form=form), 422 if form.is_submitted() else 200


@bp.get("/reset/open")
def open_reset() -> Any:
    """Takes the token out of the address, so that it stays out of histories, logs and referrers."""
    session[TOKEN] = request.args.get("token", "")
    return redirect(url_for("auth.reset"))


@bp.route("/reset", methods=["GET", "POST"])
def reset() -> Any:
    """Sets a new password and signs every browser out."""
    token = session.get(TOKEN, "")
    if not passwords.may_reset(token):
        return render_template("auth/reset_spent.html"), 410
    form = ResetForm()
    if form.validate_on_submit():
        with refusals_on(form):
            passwords.reset(token, form.password.data)
            session.pop(TOKEN)
            flash(_("Your new password is set. Sign in with it."))
            return cookie.signed_out(redirect(url_for("auth.login"), 303))  # type: ignore[arg-type]
    spent = bool(form.form_errors)
    return render_template(
        "auth/reset_spent.html" if spent else "auth/reset.html", form=form
    ), 422 if form.is_submitted() else 200
