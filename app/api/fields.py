"""The fields of schemas that the interface's resources share, with faults told in the reader's language."""

from datetime import UTC, datetime
from typing import Any

import marshmallow as ma
from flask_babel import gettext as _
from marshmallow import fields, validate

from app import links, mailboxes, passwords, text
from app.services import users


def N_(message: str) -> str:
    """Marks a message for translation; faults are translated when they are told, for marshmallow wants plain text."""
    return message


INVALID = N_("This is of the wrong kind.")
NO_MOMENT = N_("Write a moment with its time zone, such as 2026-11-21T05:03:07Z.")
NO_NUMBER = N_("Write the six digits from the letter.")
ma.Schema.error_messages = {
    "unknown": N_("There is no field of this name. Check its spelling."),
    "type": INVALID,
}
fields.Field.default_error_messages |= {
    "required": N_("This is missing."),
    "null": N_("This may not be null."),
    "validator_failed": INVALID,
}
for kind in (fields.String, fields.Integer, fields.Boolean, fields.List, fields.Nested):
    kind.default_error_messages["invalid"] = INVALID
fields.Boolean.default_error_messages["invalid"] = N_("Write true or false.")


class OneOf(validate.OneOf):
    """Some values and no others; whoever sends another is told which there are."""

    def __call__(self, value: Any) -> Any:
        """Checks a value.

        Raises:
            ValidationError: it is none of them.
        """
        if not isinstance(value, str) or value not in self.choices:
            raise ma.ValidationError(
                _("Choose one of these: %(choices)s.", choices=", ".join(map(str, self.choices)))
            )
        return value


class Several(fields.List):  # type: ignore[type-arg]
    """A few values; the length of a list is looked at before what is in it.

    Args:
        of: the field of each.
        most: how many at most; at least there is one.
    """

    def __init__(self, of: fields.Field[Any], most: int, **options: Any) -> None:
        super().__init__(of, validate=validate.Length(1, most, error=INVALID), **options)
        self._most = most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> list[Any]:
        if isinstance(value, list) and len(value) > self._most:
            raise ma.ValidationError(INVALID)
        found: list[Any] = super()._deserialize(value, attr, data, **options)
        return found


def readable(typed: str) -> str:
    """Returns a text as it is stored; see ``text.clean``.

    Raises:
        ValidationError: it holds what nobody can type, as NUL.
    """
    try:
        return text.clean(typed)
    except ValueError:
        raise ma.ValidationError(str(text.UNREADABLE)) from None


class Text(fields.String):
    """A text, cleaned as the forms clean theirs.

    Args:
        most: how many characters a person may count in it.
        code_points: how many code points it may have.
        least: how many characters at least.
    """

    def __init__(self, most: int, code_points: int, *, least: int = 0, **options: Any) -> None:
        metadata = {"minLength": least, "maxLength": code_points, **options.pop("metadata", {})}
        if most < code_points:
            metadata.setdefault("description", f"At most {most} characters, as a person counts them.")
        super().__init__(metadata=metadata, **options)
        self._most, self._code_points, self._least = most, code_points, least

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        typed: str = super()._deserialize(value, attr, data, **options)
        if len(typed) > self._code_points:
            raise ma.ValidationError(_("This is too long: at most %(most)s characters.", most=self._most))
        cleaned = readable(typed)
        if text.length(cleaned) > self._most:
            raise ma.ValidationError(_("This is too long: at most %(most)s characters.", most=self._most))
        if self._least and text.is_blank(cleaned):
            raise ma.ValidationError(_("Write something first."))
        return cleaned


class Password(fields.String):
    """A password that is being chosen; its length is counted in its normal form."""

    def __init__(self, **options: Any) -> None:
        bounds = {"minLength": passwords.LENGTH[0], "maxLength": passwords.TYPED, "format": "password"}
        super().__init__(metadata=bounds | options.pop("metadata", {}), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        typed: str = super()._deserialize(value, attr, data, **options)
        if not passwords.fits(typed):
            raise ma.ValidationError(str(passwords.UNFITTING))
        readable(typed)
        return typed


class CurrentPassword(fields.String):
    """The password that a member has, by which they confirm a change."""

    def __init__(self, **options: Any) -> None:
        told = {"format": "password", "description": "The password that the member has now."}
        super().__init__(metadata=told | options.pop("metadata", {}), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        typed: str = super()._deserialize(value, attr, data, **options)
        readable(typed)
        return typed


class Number(fields.String):
    """Six digits from a letter, however they were copied or typed; see ``text.digits``."""

    default_error_messages = {"invalid": NO_NUMBER}

    def __init__(self, **options: Any) -> None:
        bounds = {"maxLength": 100, "description": "The six digits from the letter.", "example": "058264"}
        super().__init__(metadata=bounds | options.pop("metadata", {}), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        typed: str = super()._deserialize(value, attr, data, **options)
        number = text.digits(typed[:101])
        if len(typed) > 100 or not (number.isascii() and number.isdigit() and len(number) == 6):
            raise self.make_error("invalid")
        return number


class EmailAddress(fields.String):
    """An e-mail address, as the forms take it."""

    def __init__(self, **options: Any) -> None:
        bounds = {"format": "email", "maxLength": mailboxes.TYPED}
        super().__init__(metadata=bounds | options.pop("metadata", {}), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        typed: str = super()._deserialize(value, attr, data, **options)
        try:
            return mailboxes.normal(typed)
        except mailboxes.Unfit as refusal:
            raise ma.ValidationError(str(refusal.sentence)) from None


class WebAddress(Text):
    """An http or https address, or nothing."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        typed = super()._deserialize(value, attr, data, **options)
        if typed and not links.is_whole(typed):
            raise ma.ValidationError(str(users.NO_ADDRESS))
        return typed


class Whole(fields.Integer):
    """A whole number in a range."""

    def __init__(self, least: int, most: int, **options: Any) -> None:
        metadata = {"minimum": least, "maximum": most, **options.pop("metadata", {})}
        super().__init__(validate=self._in_range, metadata=metadata, **options)
        self.least, self.most = least, most

    def _validated(self, value: Any) -> int:
        if type(value) is float and value.is_integer():
            return int(value)  # To JSON Schema 3.0 is a whole number, and some programs have no other.
        if type(value) is not int:  # int() would take "3" and true.
            raise self._out_of_range()
        return value

    def _in_range(self, number: int) -> None:
        if not self.least <= number <= self.most:
            raise self._out_of_range()

    def _out_of_range(self) -> ma.ValidationError:
        said = _("Choose a whole number from %(least)s to %(most)s.", least=self.least, most=self.most)
        return ma.ValidationError(said)


class WholeInQuery(Whole):
    """A whole number in a range, in an address."""

    def _validated(self, value: Any) -> int:
        if not (
            value.isascii() and value.removeprefix("-").isdigit()
        ):  # int() would take 1_0 and digits of all scripts.
            raise self._out_of_range()
        return int(value)


class YesOrNo(fields.Boolean):
    """True or false in a body, and none of the words and numbers that may stand for them in an address."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Timestamp(fields.AwareDateTime):
    """A moment of an answer, in UTC with microseconds and ``Z``, which parsers of RFC 3339 all read."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str | None:
        if value is None:
            return None
        moment: datetime = value.astimezone(UTC)
        return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


class Moment(fields.AwareDateTime):
    """A moment in any time zone (RFC 3339)."""

    default_error_messages = dict.fromkeys(("invalid", "invalid_awareness", "format"), NO_MOMENT)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> datetime:
        typed: datetime = super()._deserialize(value, attr, data, **options)
        try:
            return typed.astimezone(UTC)
        except OverflowError:  # It is one in its own zone, and in the year 0 or 10,000 in ours.
            raise self.make_error("invalid") from None


def link(description: str, **options: Any) -> fields.String:
    """Returns the field of an address."""
    return fields.String(
        required=True, metadata={"description": description, "format": "uri-reference"}, **options
    )
