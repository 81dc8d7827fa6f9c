"""Proving an address by the code that was mailed to it."""

from typing import Any

from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required

from app import limits, mailboxes
from app.auth import bp
from app.auth.forms import CodeForm
from app.auth.sign_up import AFTER_CONFIRMING
from app.forms import refusals_on
from app.security import local_path
from app.services import accounts, users


@bp.route("/confirm", methods=["GET", "POST"])
@login_required
@limits.codes
def confirm() -> Any:
    """Takes the six digits for the address signed up with, or for a new one."""
    address = accounts.unproved(current_user)
    if address is None:
        return redirect(url_for("main.home"))
    form = CodeForm()
    if form.validate_on_submit():
        with refusals_on(form):
            accounts.confirm(current_user, form.code.data)
            flash(_("Your e-mail address is confirmed."))
            return redirect(local_path(session.pop(AFTER_CONFIRMING, None)) or url_for("main.home"), 303)
    form.code.data = ""
    return render_template(
        "auth/confirm.html", form=form, address=mailboxes.shown(address)
    ), 422 if form.is_submitted() else 200


@bp.post("/confirm/resend")
@login_required
@limits.mailed_from_network
def resend_code() -> Any:
    """Has another code mailed."""
    if address := accounts.unproved(current_user):
        limits.count_letter(users.email_key(address))
        accounts.request_code(current_user)
    flash(_("A new number is on its way."))
    return redirect(url_for("auth.confirm"), 303)
