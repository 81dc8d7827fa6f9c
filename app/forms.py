"""What the forms share: clean text, lengths as a person counts them, and a service's refusal beside its field."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, Form, StringField, TextAreaField
from wtforms.validators import ValidationError

from app import mailboxes, text
from app.exceptions import Invalid


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
        if not self.data:
            return
        try:
            self.data = mailboxes.normal(self.data)
        except mailboxes.Unfit as refusal:
            raise ValidationError(str(refusal.sentence)) from None


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
            message = ngettext(
                "%(num)d character too long. Shorten it a little.",
                "%(num)d characters too long. Shorten it a little.",
                over,
            )
            raise ValidationError(message)


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
