"""The forms of the pages: is what was typed well formed?"""

from flask_babel import lazy_gettext as _l
from wtforms import (
    Field,
    Form,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, ValidationError

from app import links, text
from app.forms import (
    AddressField,
    AtMost,
    BoundedForm,
    CleanStringField,
    CleanTextAreaField,
    NewSecretField,
    Readable,
    SecretField,
)
from app.services import tokens, users
from app.services.notifications import choices


class PostForm(BoundedForm):
    """A post or a reply."""

    body = CleanTextAreaField(
        _l("Post"),
        validators=[
            Readable(_l("Write something first.")),
            AtMost(text.POST_LENGTH, text.POST_CODE_POINTS),
        ],
    )


class MessageForm(BoundedForm):
    """A private message.

    ``key`` is a random text of the page's making, so that a message which is sent twice comes once.
    """

    body = CleanTextAreaField(
        _l("Message"),
        validators=[
            Readable(_l("Write something first.")),
            AtMost(text.MESSAGE_LENGTH, text.MESSAGE_CODE_POINTS),
        ],
    )
    key = HiddenField(validators=[Length(max=40)])


def web_address(form: Form, field: Field) -> None:
    """Allows http and https addresses only.

    Raises:
        ValidationError: it is anything else.
    """
    if field.data and not links.is_whole(field.data):
        raise ValidationError(users.NO_ADDRESS)


class ProfileForm(BoundedForm):
    """What others see of a member."""

    display_name = CleanStringField(_l("Name"), validators=[AtMost(*users.NAME)])
    about_me = CleanTextAreaField(_l("About me"), validators=[AtMost(*users.ABOUT_ME)])
    location = CleanStringField(_l("Location"), validators=[AtMost(*users.PLACE)])
    link = CleanStringField(_l("Link"), validators=[Length(max=users.LINK), web_address])


class DisplayForm(BoundedForm):
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


class NotificationsForm(BoundedForm):
    """Which kinds of notifications are told, and how."""

    on_site = SelectMultipleField(_l("On the site"), choices=choices.KINDS)
    by_mail = SelectMultipleField(_l("By mail"), choices=choices.MAILED)


class UsernameForm(BoundedForm):
    """Another username."""

    username = CleanStringField(
        _l("Username"), validators=[DataRequired(_l("Write a username.")), Length(max=60)]
    )
    password = SecretField(_l("Current password"), validators=[DataRequired(_l("Write your password."))])


class EmailForm(BoundedForm):
    """Another e-mail address."""

    email = AddressField(_l("E-mail"), validators=[DataRequired(_l("Write an e-mail address."))])
    password = SecretField(_l("Current password"), validators=[DataRequired(_l("Write your password."))])


class PasswordForm(BoundedForm):
    """Another password."""

    current = SecretField(_l("Current password"), validators=[DataRequired(_l("Write your password."))])
    password = NewSecretField(_l("New password"))


class TokenForm(BoundedForm):
    """An access token for a program."""

    name = CleanStringField(
        _l("Name of the program"), validators=[Readable(_l("Write a name.")), AtMost(*tokens.NAME)]
    )
    scopes = SelectMultipleField(
        _l("What it may do"),
        choices=[
            SelectChoice(tokens.READ, _l("Read everything that you can read")),
            SelectChoice(tokens.WRITE, _l("Read, and write, like and follow in your name")),
            SelectChoice(tokens.MESSAGES, _l("Read and write private messages only")),
            SelectChoice(tokens.ACCOUNT, _l("Change the account: profile, settings and tokens")),
        ],
        default=[tokens.READ],
        validators=[DataRequired(_l("Choose at least one."))],
    )
    days = SelectField(
        _l("How long it lasts"),
        choices=[
            SelectChoice("1", _l("A day")),
            SelectChoice("30", _l("30 days")),
            SelectChoice("90", _l("90 days")),
            SelectChoice("365", _l("A year")),
        ],
        default="30",
    )
    password = SecretField(_l("Current password"), validators=[DataRequired(_l("Write your password."))])
