"""What members may set: their profile, how the site looks and speaks, their account, where they are signed in."""

from typing import Any

from flask import Response, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import login_required
from wtforms.fields.choices import SelectChoice

from app import i18n, limits, mailboxes
from app.devices import device
from app.forms import refusals_on
from app.main import bp
from app.main.context import THEMES
from app.main.forms import DisplayForm, EmailForm, PasswordForm, ProfileForm, UsernameForm
from app.main.viewer import back, viewer
from app.services import accounts, passwords, sessions, users

LONGEST_ZONE = 64
A_YEAR = 31_536_000  # Seconds.


@bp.get("/settings")
@login_required
def settings() -> Any:
    """Leads to the first of the settings."""
    return redirect(url_for("main.settings_profile"))


@bp.route("/settings/profile", methods=["GET", "POST"])
@login_required
def settings_profile() -> Any:
    """Changes what others see of a member."""
    form = ProfileForm(obj=viewer())
    if not form.validate_on_submit():
        return page("profile", form.is_submitted(), form=form)
    fields = (form.display_name, form.about_me, form.location, form.link)
    users.edit_profile(viewer(), users.Profile(*(field.data for field in fields)))
    return saved("main.settings_profile")


@bp.route("/settings/display", methods=["GET", "POST"])
@login_required
def settings_display() -> Any:
    """Changes the language and the time zone of a member, and the brightness of this browser."""
    kept = {
        "locale": str(get_locale()),
        "timezone": i18n.timezone_name(),
        "theme": request.cookies.get(i18n.cookie_name("theme"), "auto"),
    }
    form = DisplayForm(data=kept)
    form.locale.choices = [SelectChoice(*language) for language in i18n.LANGUAGES.items()]
    posted = request.form.get("timezone", "")[:LONGEST_ZONE]
    form.timezone.choices = [SelectChoice(*zone) for zone in i18n.timezones(kept["timezone"], posted)]
    if not form.validate_on_submit():
        return page("display", form.is_submitted(), form=form)
    users.choose_display(viewer(), form.locale.data, form.timezone.data)
    response = saved("main.settings_display")
    if form.theme.data in THEMES:
        keep(response, "theme", form.theme.data)
    else:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.delete_cookie(i18n.cookie_name("theme"), secure=secure, httponly=True, samesite="Lax")
    return keep(response, i18n.LOCALE_COOKIE, form.locale.data)


@bp.get("/settings/account")
@login_required
def settings_account() -> Any:
    """Shows what a member signs in with."""
    return account_page()


@bp.post("/settings/account/username")
@login_required
def change_username() -> Any:
    """Changes the name that others find a member by."""
    form = UsernameForm()
    if form.validate():
        with refusals_on(form), limits.confirmation(sessions.key_of(viewer())):
            accounts.change_username(viewer(), form.username.data, form.password.data)
    return account_page(username_form=form) if form.errors else saved("main.settings_account")


@bp.post("/settings/account/email")
@login_required
def change_email() -> Any:
    """Begins to change the address; the new one has to be confirmed."""
    form = EmailForm()
    if form.validate():
        limits.count_letter(users.email_key(form.email.data))
        with refusals_on(form), limits.confirmation(sessions.key_of(viewer())):
            accounts.change_email(viewer(), form.email.data, form.password.data)
    return account_page(email_form=form) if form.errors else redirect(url_for("auth.confirm"), 303)


@bp.post("/settings/account/password")
@login_required
def change_password() -> Any:
    """Changes the password, and ends every other session."""
    form = PasswordForm()
    if form.validate():
        with refusals_on(form), limits.confirmation(sessions.key_of(viewer())):
            passwords.change(viewer(), form.current.data, form.password.data, session_id=g.session_id)
    return account_page(password_form=form) if form.errors else saved("main.settings_account")


def account_page(**refused: Any) -> Any:
    """Returns the account's forms; a refused one keeps what was typed, and its reasons."""
    forms = {
        "username_form": UsernameForm(formdata=None, username=viewer().username),
        "email_form": EmailForm(formdata=None, email=viewer().email),
        "password_form": PasswordForm(formdata=None),
    }
    pending = viewer().pending_email
    shown = {
        "address": mailboxes.shown(viewer().email),
        "pending": mailboxes.shown(pending) if pending else "",
    }
    return page("account", bool(refused), **{**shown, **forms, **refused})


@bp.get("/settings/sessions")
@login_required
def settings_sessions() -> Any:
    """Shows where a member is signed in."""
    rows = [
        {
            "id": session.id,
            "device": device(session.user_agent),
            "address": session.address,
            "created_at": session.created_at,
            "seen_at": session.seen_at,
            "is_current": session.id == g.session_id,
        }
        for session in sessions.listed(viewer())
    ]
    return page("sessions", False, sessions=rows)


@bp.post("/settings/sessions/<row:id>/end")
@login_required
def end_session(id: int) -> Any:
    """Signs one browser out."""
    sessions.end(viewer(), id)
    flash(_("That browser is signed out."))
    return redirect(url_for("main.settings_sessions"), 303)


@bp.post("/settings/sessions/end-others")
@login_required
def end_other_sessions() -> Any:
    """Signs every other browser out."""
    sessions.end_others(viewer(), g.session_id)
    flash(_("Every other browser is signed out."))
    return redirect(url_for("main.settings_sessions"), 303)


@bp.post("/language")
def set_language() -> Any:
    """Keeps the language that somebody reads in, in this browser and for the member."""
    chosen = request.form.get("locale", "")
    response = back("main.home")
    if chosen not in i18n.LANGUAGES:
        return response
    if viewer().is_authenticated:
        users.choose_display(viewer(), chosen, viewer().timezone)
    return keep(response, i18n.LOCALE_COOKIE, chosen)


def page(section: str, refused: bool, **context: Any) -> Any:
    """Returns one of the settings' pages."""
    return render_template(f"settings/{section}.html", section=section, **context), 422 if refused else 200


def saved(endpoint: str) -> Response:
    """Says that it is kept, and goes back."""
    flash(_("Saved."))
    return redirect(url_for(endpoint), 303)  # type: ignore[return-value]


def keep(response: Response, name: str, value: str) -> Response:
    """Keeps a choice in this browser for a year."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(
        i18n.cookie_name(name), value, max_age=A_YEAR, secure=secure, httponly=True, samesite="Lax"
    )
    return response
