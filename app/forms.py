"""What the forms share: clean text, lengths as a person counts them, and a service's refusal beside its field."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import request
from flask_babel import gettext, ngettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import EmailField, Field, Form, PasswordField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from app import mailboxes, passwords, text
from app.exceptions import Invalid

UNBOUNDED = 1000
"""How many code points are read of a field that sets no limit itself: a token, a choice, a number."""
SPELLINGS = 4
"""How many times longer than the limit a text may arrive: line feeds come as two characters, and letters decomposed."""


class BoundedForm(FlaskForm):
    """A form that does nothing with a text far over its field's limit: no cleaning, no filter and no validator sees it.

    It reads forms only. A JSON body, which Flask-WTF takes as well, is none.
    """

    class Meta(FlaskForm.Meta):
        """What the form is made of."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Returns what was sent, as text."""
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            return request.form if form.is_submitted() else None

    def process(self, formdata: Any = None, *others: Any, **more: Any) -> None:
        """Takes what was sent; a text that is far too long is kept as it is, with an error."""
        formdata = self.meta.wrap_formdata(self, formdata)
        long = self._far_too_long(formdata) if formdata else {}
        if long:
            formdata = MultiDict(
                (name, value) for name, value in formdata.items(multi=True) if name not in long
            )
        super().process(formdata, *others, **more)
        for field in self:
            if field.name in long:
                most = _most(field)
                field.data = long[field.name]
                field.process_errors = [_too_long(len(field.data) - most)]
                field.validators = ()

    def _far_too_long(self, sent: Any) -> dict[str, str]:
        longest = {field.name: max(sent.getlist(field.name), key=len, default="") for field in self}
        return {
            field.name: longest[field.name]
            for field in self
            if len(longest[field.name]) > SPELLINGS * _most(field)
        }


class CleanText:
    """Cleans what was typed before anything else looks at it; what cannot be cleaned is an error of the field."""

    def process_formdata(self, values: list[str]) -> None:
        """Takes the typed text.

        Raises:
            ValueError: it holds characters that nobody can read.
        """
        typed = values[0] if values else ""
        self.data = typed
        try:
            self.data = text.clean(typed)
        except ValueError:
            raise ValueError(text.UNREADABLE) from None


class CleanStringField(CleanText, StringField):
    """One line of text."""


class CleanTextAreaField(CleanText, TextAreaField):
    """Some lines of text."""


class AddressField(EmailField):
    """An e-mail address, which the form hands on as it is stored, and shows with the domain in its own letters."""

    most = mailboxes.LENGTH

    def process_formdata(self, values: list[str]) -> None:
        """Takes what was typed, without the blanks around it."""
        self.data = text.bare(values[0]) if values else ""

    def _value(self) -> str:
        return mailboxes.shown(self.data or "")

    def pre_validate(self, form: Any) -> None:
        """Reads the address.

        Raises:
            ValidationError: it is not well formed.
        """
        if not self.data or self.process_errors:
            return
        try:
            self.data = mailboxes.normal(self.data)
        except mailboxes.Unfit as refusal:
            raise ValidationError(str(refusal.sentence)) from None


class SecretField(PasswordField):
    """A password, which is taken as it was typed."""

    most = passwords.LENGTH[1]


class NewSecretField(SecretField):
    """A password that is being chosen."""

    def pre_validate(self, form: Any) -> None:
        """Asks for the right length.

        Raises:
            ValidationError: it is missing, too short or too long.
        """
        if not self.process_errors and not self.data:
            raise ValidationError(gettext("Write your password."))
        if not self.process_errors and not passwords.fits(self.data or ""):
            raise ValidationError(str(passwords.UNFITTING))


class NumberField(StringField):
    """A number from a letter, however it was copied or typed; see ``text.digits``."""

    most = 100

    def process_formdata(self, values: list[str]) -> None:
        """Takes what was typed."""
        self.data = text.digits(values[0]) if values else ""


class Readable:
    """Asks for something that can be seen.

    Args:
        message: what to say when there is nothing, or only blanks and characters that draw nothing.
    """

    def __init__(self, message: object) -> None:
        self.message = message

    def __call__(self, form: Form, field: Field) -> None:
        """Checks the field.

        Raises:
            ValidationError: there is nothing to see.
        """
        if text.is_blank(field.data or ""):
            raise ValidationError(str(self.message))


class AtMost:
    """Limits a text to a number of characters, as a person counts them.

    Args:
        characters: the most grapheme clusters (UAX #29).
        code_points: the most code points, for what hides in few characters.
    """

    def __init__(self, characters: int, code_points: int | None = None) -> None:
        self.characters = characters
        self.code_points = code_points or characters * 10

    def __call__(self, form: Form, field: Field) -> None:
        """Checks the field.

        Raises:
            ValidationError: the text is too long.
        """
        written = field.data or ""
        over = len(written) - self.code_points
        if over <= 0:
            over = text.length(written) - self.characters
        if over > 0:
            raise ValidationError(_too_long(over))


@contextmanager
def refusals_on(form: FlaskForm) -> Iterator[None]:
    """Shows a service's refusal at the form's field of that name, or above the form; afterwards look at ``errors``."""
    try:
        yield
    except Invalid as refusal:
        field: Any = form._fields.get(refusal.field)
        if field is None:
            form.form_errors.append(refusal.message)
        else:
            field.errors = [*field.errors, refusal.message]


def _most(field: Field) -> int:
    """Returns the limit of a field, in code points."""
    limits = [
        validator.max for validator in field.validators if isinstance(validator, Length) and validator.max > 0
    ]
    limits += [validator.code_points for validator in field.validators if isinstance(validator, AtMost)]
    return min(limits, default=getattr(field, "most", UNBOUNDED))


def _too_long(over: int) -> str:
    return ngettext(
        "%(num)d character too long. Shorten it a little.",
        "%(num)d characters too long. Shorten it a little.",
        over,
    )
