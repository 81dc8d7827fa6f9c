"""The forms of the pages: is what was typed well formed?"""

from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, Form, PasswordField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Email, Length, ValidationError

from app import text
from app.forms import PASSWORD_LENGTH, AtMost, CleanStringField, CleanTextAreaField, Readable

ABOUT_ME = 140
NAME = 30
PLACE = 30
LINK = 200


class PostForm(FlaskForm):
    """A post or a reply."""

    body = CleanTextAreaField(
        _l("Post"),
        validators=[
            Readable(_l("Write something first.")),
            AtMost(text.POST_LENGTH, text.POST_CODE_POINTS),
        ],
    )


def web_address(form: Form, field: Field) -> None:
    """Allows http and https addresses only.

    Raises:
        ValidationError: it is anything else.
    """
    try:
        parts = urlsplit(field.data or "https://example.org")
    except ValueError:
        parts = urlsplit("")
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or any(c.isspace() for c in field.data or "")
    ):
        raise ValidationError(_l("Write a whole web address, such as https://example.org."))


class ProfileForm(FlaskForm):
    """What others see of a member."""

    display_name = CleanStringField(_l("Name"), validators=[AtMost(NAME, NAME * 5)])
    about_me = CleanTextAreaField(_l("About me"), validators=[AtMost(ABOUT_ME)])
    location = CleanStringField(_l("Location"), validators=[AtMost(PLACE, PLACE * 5)])
    link = CleanStringField(_l("Link"), validators=[Length(max=LINK), web_address])


class DisplayForm(FlaskForm):
    """How the site looks and speaks."""

    locale = SelectField(_l("Language"))
    timezone = SelectField(_l("Time zone"))
    theme = RadioField(
        _l("Brightness"),
        choices=[
            SelectChoice("auto", _l("As the device")),
            SelectChoice("light", _l("Light")),
            SelectChoice("dark", _l("Dark")),
        ],
    )


class UsernameForm(FlaskForm):
    """Another username."""

    username = CleanStringField(
        _l("Username"), validators=[DataRequired(_l("Write a username.")), Length(max=60)]
    )
    password = PasswordField(_l("Current password"), validators=[DataRequired(_l("Write your password."))])


class EmailForm(FlaskForm):
    """Another e-mail address."""

    email = EmailField(
        _l("E-mail"),
        validators=[
            DataRequired(_l("Write an e-mail address.")),
            Length(max=254),
            Email(_l("This address seems incomplete. Check what stands behind the @.")),
        ],
    )
    password = PasswordField(_l("Current password"), validators=[DataRequired(_l("Write your password."))])


class PasswordForm(FlaskForm):
    """Another password."""

    current = PasswordField(_l("Current password"), validators=[DataRequired(_l("Write your password."))])
    password = PasswordField(
        _l("New password"),
        validators=[
            Length(*PASSWORD_LENGTH, message=_l("Use 8 to 128 characters. A short sentence is fine."))
        ],
    )
