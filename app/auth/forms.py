"""The forms of signing up, in, and proving an address: is what was typed well formed?"""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import DataRequired, Length, Regexp

from app.forms import AddressField, BoundedForm, CleanStringField, NewSecretField, NumberField, SecretField


def email_field() -> AddressField:
    """Returns a field for an address."""
    return AddressField(_l("E-mail"), validators=[DataRequired(_l("Write an e-mail address."))])


class SignUpForm(BoundedForm):
    """A new account."""

    username = CleanStringField(
        _l("Username"), validators=[DataRequired(_l("Write a username.")), Length(max=60)]
    )
    email = email_field()
    password = NewSecretField(_l("Password"))


class SignInForm(BoundedForm):
    """An account that exists."""

    name = CleanStringField(
        _l("E-mail or username"),
        validators=[DataRequired(_l("Write your name or address.")), Length(max=254)],
    )
    password = SecretField(_l("Password"), validators=[DataRequired(_l("Write your password."))])
    remember = BooleanField(_l("Stay signed in"))


class CodeForm(BoundedForm):
    """The six digits from a letter."""

    code = NumberField(
        _l("Number"),
        validators=[Regexp(r"^[0-9]{6}\Z", message=_l("Write the six digits from the letter."))],
    )


class ForgotForm(BoundedForm):
    """Where to mail a link to."""

    email = email_field()


class ResetForm(BoundedForm):
    """A new password."""

    password = NewSecretField(_l("Password"))
