"""The forms of signing up, in, and proving an address: is what was typed well formed?"""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import DataRequired, Length, Regexp

from app.forms import AddressField, CleanStringField
from app.services import passwords


def email_field() -> AddressField:
    """Returns a field for an address."""
    return AddressField(_l("E-mail"), validators=[DataRequired(_l("Write an e-mail address."))])


def new_password_field() -> PasswordField:
    """Returns a field for a password that is being chosen."""
    fits = Length(*passwords.LENGTH, message=passwords.UNFITTING)
    return PasswordField(_l("Password"), validators=[fits])


class SignUpForm(FlaskForm):
    """A new account."""

    username = CleanStringField(
        _l("Username"), validators=[DataRequired(_l("Write a username.")), Length(max=60)]
    )
    email = email_field()
    password = new_password_field()


class SignInForm(FlaskForm):
    """An account that exists."""

    name = CleanStringField(
        _l("E-mail or username"),
        validators=[DataRequired(_l("Write your name or address.")), Length(max=254)],
    )
    password = PasswordField(
        _l("Password"), validators=[DataRequired(_l("Write your password.")), Length(max=128)]
    )
    remember = BooleanField(_l("Stay signed in"))


class CodeForm(FlaskForm):
    """The six digits from a letter."""

    code = StringField(
        _l("Number"),
        filters=[lambda typed: "".join(typed.split()) if typed else typed],
        validators=[Regexp(r"^[0-9]{6}\Z", message=_l("Write the six digits from the letter."))],
    )


class ForgotForm(FlaskForm):
    """Where to mail a link to."""

    email = email_field()


class ResetForm(FlaskForm):
    """A new password."""

    password = new_password_field()
