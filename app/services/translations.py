"""Posts in the reader's language: asked for once, made by a worker, kept by their text."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import policy, translate
from app.events import TranslationAsked, record
from app.exceptions import Forbidden, NotFound
from app.extensions import db
from app.models import Post, Translation
from app.models.columns import now
from app.models.upsert import insert_or
from app.translate import Translated

ASKED, DONE, FAILED = "asked", "done", "failed"
AGAIN_AFTER = timedelta(seconds=30)
"""So long what was asked for may take, and so long what has failed is left alone."""
KEPT_UNUSED = timedelta(days=90)
A_DAY = timedelta(days=1)
# These languages alone are written in their letters. Latin ones may be German as well as English, Chinese ones of the
# mainland or of Taiwan: a service that is left to find out does it better.
TOLD_BY_LETTERS = frozenset(("ko", "ja", "th", "el", "he"))
NONE_OF_THIS = _l("There is no translation of this post into this language.")


@dataclass(frozen=True)
class Wish:
    """What a worker has to translate.

    Attributes:
        text: the post's.
        source: its language; None where the translator finds out better.
        target: the language to put it into.
    """

    text: str
    source: str | None
    target: str


def is_offered(post: Post, language: str) -> bool:
    """Whether a post can be shown in a reader's language; costs nothing, so that timelines may ask it of every post."""
    is_foreign = bool(post.language) and post.language != language
    return is_foreign and not post.is_deleted and translate.knows(post.language, language)


def find(viewer: Any, post: Post, target: str) -> Translation | None:
    """Returns the translation of a post as far as it is, or None while nobody has asked for it.

    Raises:
        Forbidden: the viewer's address is not confirmed.
        NotFound: the post is not translated into this language.
    """
    if not policy.may_translate(viewer):
        raise Forbidden(_l("Confirm your e-mail address first, then you can have posts translated."))
    if not is_offered(post, target):
        raise NotFound(NONE_OF_THIS)
    return _kept(post, target)


def ask(viewer: Any, post: Post, target: str) -> Translation:
    """Returns the translation of a post, which a worker makes unless it is there, under way, or has just failed.

    Raises:
        Forbidden: the viewer's address is not confirmed.
        NotFound: the post is not translated into this language.
    """
    kept = find(viewer, post, target) or _begun(post, target)
    if kept.state == DONE:
        if kept.asked_at < now() - A_DAY:
            kept.asked_at = now()
    elif kept.asked_at < now() - AGAIN_AFTER:
        _begin_again(kept, post)
    return kept


def take(translation_id: int, post_id: int) -> Wish | None:
    """Returns what is to be translated, or None where nothing is.

    A translation whose post has another text by now is removed: only its former text was asked for.
    """
    asked = db.session.get(Translation, translation_id)
    if asked is None or asked.state != ASKED:
        return None
    post = db.session.get(Post, post_id)
    if post is None or _hash(post.body) != asked.text_hash:
        db.session.delete(asked)
        return None
    source = post.language if post.language in TOLD_BY_LETTERS else None
    return Wish(post.body, source, asked.target)


def finish(translation_id: int, told: Translated, translator: str) -> None:
    """Keeps a translation, unless its post has been changed or deleted meanwhile, which has removed the row."""
    made = {"source": told.source, "body": told.text, "translator": translator}
    _end(translation_id, state=DONE, error=None, **made)


def fail(translation_id: int, error: str) -> None:
    """Writes down why there is no translation; a while later it can be asked for again."""
    _end(translation_id, state=FAILED, error=error)


def forget(text: str) -> None:
    """Removes the translations of a text that somebody has taken back.

    Should another post have the same words, its translation is made anew when somebody asks for it: that costs less
    than to look for such a post, and what is taken back is surely gone.
    """
    _remove(Translation.text_hash == _hash(text))


def tidy() -> None:
    """Removes the translations that nobody has asked for in a long time."""
    _remove(Translation.asked_at < now() - KEPT_UNUSED)


def _kept(post: Post, target: str) -> Translation | None:
    mine = (Translation.text_hash == _hash(post.body), Translation.target == target)
    return db.session.scalar(sa.select(Translation).where(*mine))


def _begun(post: Post, target: str) -> Translation:
    """Returns a new translation that is left to a worker, or the one that somebody else has begun this moment."""
    row = {"text_hash": _hash(post.body), "target": target, "state": ASKED}
    moment = {"created_at": now(), "asked_at": now()}
    insert = insert_or(db.session(), Translation).values(row | moment).on_conflict_do_nothing()
    added = db.session.scalar(insert.returning(Translation.id))
    if added is not None:
        record(TranslationAsked(added, post.id))
    begun = _kept(post, target)
    if begun is None:  # Somebody has taken the same text back meanwhile.
        raise NotFound(NONE_OF_THIS)
    return begun


def _begin_again(kept: Translation, post: Post) -> None:
    """Leaves to a worker what has failed or was lost; of two who ask at once, one does."""
    mine = (Translation.id == kept.id, Translation.asked_at == kept.asked_at)
    again = sa.update(Translation).where(*mine).values(state=ASKED, error=None, asked_at=now())
    again = again.returning(Translation.id).execution_options(synchronize_session=False)
    if db.session.scalar(again) is not None:
        record(TranslationAsked(kept.id, post.id))
    db.session.refresh(kept)


def _end(translation_id: int, **values: Any) -> None:
    mine = (Translation.id == translation_id, Translation.state == ASKED)
    statement = sa.update(Translation).where(*mine).values(**values)
    db.session.execute(statement.execution_options(synchronize_session=False))


def _remove(*where: sa.ColumnElement[bool]) -> None:
    db.session.execute(sa.delete(Translation).where(*where).execution_options(synchronize_session=False))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
