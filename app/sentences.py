"""Sentences that hold people's words: whichever way these are written, the rest of the sentence stays in its order.

Every gettext function, of Python and of the templates, passes through here, so no call has to think of it.
"""

from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any

import flask_babel
from flask import Flask

from app.text import isolated

_FUNCTIONS = ("gettext", "ngettext", "pgettext", "npgettext")


class Sentences(flask_babel.Domain):
    """The site's translations; what is put into one is isolated, see ``text.isolated``."""

    def gettext(self, string: str, **variables: Any) -> Any:
        """Returns the sentence in the reader's language, with the variables in it."""
        return super().gettext(string, **_isolated(variables))

    def ngettext(self, singular: str, plural: str, num: int, **variables: Any) -> Any:
        """Returns the form of the sentence that goes with the number."""
        return super().ngettext(singular, plural, num, **_isolated(variables))

    def pgettext(self, context: str, string: str, **variables: Any) -> Any:
        """Returns the sentence as it is said in the context."""
        return super().pgettext(context, string, **_isolated(variables))

    def npgettext(self, context: str, singular: str, plural: str, num: int, **variables: Any) -> Any:
        """Returns the form that goes with the number, as it is said in the context."""
        return super().npgettext(context, singular, plural, num, **_isolated(variables))


class Babel(flask_babel.Babel):
    """Flask-Babel with these sentences, in Python and in the templates."""

    @cached_property
    def domain_instance(self) -> Sentences:
        """The translations that the functions of ``flask_babel`` use."""
        return Sentences(domain=self.domain)

    def init_app(self, app: Flask, **options: Any) -> None:
        """Binds it to the application; the options are those of ``flask_babel.Babel.init_app``."""
        super().init_app(app, **options)
        words: dict[str, Any] = app.jinja_env.globals
        words.update({name: _isolating(words[name]) for name in _FUNCTIONS})


def _isolating(sentence: Callable[..., Any]) -> Callable[..., Any]:
    """Returns a gettext function of the templates with its variables isolated; Jinja calls it as it calls that one."""

    @wraps(sentence)
    def isolating(*arguments: Any, **variables: Any) -> Any:
        return sentence(*arguments, **_isolated(variables))

    return isolating


def _isolated(variables: dict[str, Any]) -> dict[str, Any]:
    """Returns the variables; markup stays as it is, because it isolates by its elements."""
    return {
        name: isolated(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
        for name, value in variables.items()
    }
