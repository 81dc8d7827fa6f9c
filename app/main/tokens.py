"""Access tokens for programs: listing, creating and ending them on the site."""

from datetime import timedelta
from typing import Any

from flask import flash, make_response, redirect, url_for
from flask_babel import gettext as _
from flask_login import login_required

from app import limits
from app.forms import refusals_on
from app.main import bp
from app.main.forms import TokenForm
from app.main.settings import page
from app.main.viewer import viewer
from app.models.keyset import Wanted
from app.services import accounts, sessions, tokens

EVERY_TOKEN = Wanted(per_page=tokens.MOST_TOKENS)


@bp.get("/settings/tokens")
@login_required
def settings_tokens() -> Any:
    """Shows which programs act in a member's name."""
    return tokens_page(TokenForm(formdata=None))


@bp.post("/settings/tokens")
@login_required
def make_token() -> Any:
    """Creates a token and shows it once, so that no program has to keep the password."""
    form = TokenForm()
    if form.validate():
        lasts = timedelta(days=int(form.days.data))
        with refusals_on(form), limits.confirmation(sessions.key_of(viewer())):
            secret, made = accounts.connect_program(
                viewer(), form.password.data, form.name.data, form.scopes.data, lasts
            )
            return tokens_page(TokenForm(formdata=None), secret=secret, made=made)
    return tokens_page(form)


@bp.post("/settings/tokens/<row:id>/end")
@login_required
def end_token(id: int) -> Any:
    """Ends a program's token."""
    tokens.end(viewer(), id)
    flash(_("That program is no longer connected."))
    return redirect(url_for("main.settings_tokens"), 303)


def tokens_page(form: TokenForm, **created: Any) -> Any:
    """Returns the page with every token, the form, and a token that was just created."""
    listed = tokens.listed(viewer(), EVERY_TOKEN)
    scopes = {token.id: tokens.scopes(token) for token in listed}
    shown = page("tokens", bool(form.errors), page=listed, scopes=scopes, form=form, **created)
    response = make_response(shown)
    if created:
        response.headers["Cache-Control"] = "no-store"
    return response
