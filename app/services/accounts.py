"""Accounts: signing up, proving an address, and changing what one signs in with."""

from collections.abc import Collection
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from app import logs, names
from app.events import (
    ConfirmationRequested,
    EmailChanged,
    EmailChangeRequested,
    UserSignedUp,
    UserSuspended,
    record,
)
from app.exceptions import Conflict, Invalid, NotFound
from app.extensions import db
from app.models import AccessToken, Post, PostTag, Tag, User
from app.models.columns import now
from app.services import codes, counters, held_names, passwords, sessions, tags, tokens, users
from app.transaction import release, savepoint

CONFIRM, CHANGE_EMAIL = codes.CONFIRM, codes.CHANGE_EMAIL
UNCONFIRMED_LASTS = timedelta(days=7)
TAKEN = _l("This name is taken. Try another one.")


def sign_up(username: str, email: str, password: str, locale: str | None) -> User:
    """Makes an account that may read, and lets its address be mailed a code.

    The same happens when the address is a member's already; then the letter goes to that member and holds no code.

    Args:
        username: a name that follows the rules of ``app.names``.
        email: an address in the form of ``mailboxes.normal``.
        password: 8 to 128 characters.
        locale: the language to write letters in.

    Raises:
        Invalid: the name is taken or reserved, or the password is too common.
    """
    release()
    password_hash = passwords.keep(password, username, email)
    user = User(email=email, email_key=users.email_key(email), password_hash=password_hash, locale=locale)
    _name(user, username)
    record(UserSignedUp(user.id))
    logs.security("signed_up", user.id)
    return user


def sign_up_problems(username: str, email: str, password: str) -> list[Invalid]:
    """Returns all that ``sign_up`` would refuse, so that a form can show it at once; what is empty is left out."""
    problems = []
    name = names.normal(username)
    if name and (problem := names.problem(name)):
        problems.append(Invalid("username", problem))
    elif name and (_is_taken(names.key(name)) or held_names.is_held(names.key(name))):
        problems.append(Invalid("username", TAKEN))
    if password:
        try:
            passwords.require_fitting(password, username, email)
        except Invalid as refusal:
            problems.append(refusal)
    return problems


def _is_taken(username_key: str) -> bool:
    return db.session.scalar(sa.select(User.id).where(User.username_key == username_key)) is not None


def create(username: str, email: str, password: str, confirmed: bool, admin: bool) -> User:
    """Makes an account from the command line, whose word is believed about the address.

    Raises:
        Invalid: the name is taken, the password is too common, or the address is another member's.
    """
    user = sign_up(username, email, password, None)
    user.is_admin = admin
    if confirmed:
        _confirm(user, email, "email")
    return user


def unproved(user: User) -> str | None:
    """Returns the address that the member has still to prove, or None."""
    return user.pending_email if user.is_confirmed else user.email


def request_code(user: User) -> None:
    """Lets another code be mailed, for whatever the member has to prove."""
    if not user.is_confirmed:
        record(ConfirmationRequested(user.id))
    elif user.pending_email:
        record(EmailChangeRequested(user.id))


def confirm(user: User, code: str) -> None:
    """Proves an address by the code that was mailed to it: the one signed up with, or a new one.

    Raises:
        Invalid: the code is wrong, spent or expired, or the address is another member's by now.
    """
    email = codes.spend(user, CHANGE_EMAIL if user.is_confirmed else CONFIRM, code)
    users.hold(user)
    if email is None:
        raise _wrong_code()
    if not user.is_confirmed:
        _confirm(user, email, "code")
        return
    if user.pending_email is None or users.email_key(user.pending_email) != users.email_key(email):
        raise _wrong_code()
    old = user.email
    _own(user, email, "code")
    user.pending_email = None
    record(EmailChanged(user.id, old))


def change_email(user: User, email: str, password: str) -> None:
    """Begins to change the address: the new one is mailed a code, or its owner a letter without one.

    Raises:
        Invalid: the password is another one, or the same as the address.
    """
    passwords.require(user, password)
    _differ(email, password, "email")
    logs.security("email_change_requested", user.id)
    codes.void(user.id, CHANGE_EMAIL if user.is_confirmed else CONFIRM)
    if not user.is_confirmed:
        user.email, user.email_key = email, users.email_key(email)
        record(ConfirmationRequested(user.id))
        return
    user.pending_email = email
    record(EmailChangeRequested(user.id))


def change_username(user: User, username: str, password: str) -> None:
    """Changes the name that others find the member by.

    Raises:
        Invalid: the password is another one, or the name is taken or reserved.
    """
    passwords.require(user, password)
    _differ(username, password, "username")
    _name(user, username)
    logs.security("username_changed", user.id)


def connect_program(
    user: User, password: str, name: str, scopes: Collection[str], lasts: timedelta
) -> tuple[str, AccessToken]:
    """Makes an access token for a program of the member; the arguments and the result are those of ``tokens.issue``.

    Raises:
        Invalid: the password is another one.
    """
    passwords.require(user, password)
    return tokens.issue(user, name, scopes, lasts)


def promote(username: str) -> User:
    """Makes a member an administrator.

    Raises:
        NotFound: there is nobody of that name.
    """
    user = _named(username)
    user.is_admin = True
    logs.security("promoted", user.id)
    return user


def suspend(username: str) -> User:
    """Puts a member out: their posts and their profile are not seen, and every session and token ends.

    Raises:
        NotFound: there is nobody of that name.
        Conflict: the member is suspended already.
    """
    user = _named(username)
    users.hold(user)
    if user.is_suspended:
        raise Conflict(_l("This member is suspended already."))
    counters.discount(user.id)
    user.suspended_at = now()
    user.pending_email = None
    sessions.end_all(user.id)
    tokens.end_all(user.id)
    codes.void(user.id, codes.CONFIRM, codes.CHANGE_EMAIL, codes.RESET)
    Post.reindex(Post.author_id == user.id)
    theirs = sa.select(PostTag.tag_id).join(PostTag.post).where(Post.author_id == user.id)
    tags.reindex_lonely(Tag.id.in_(theirs), Post.author_id != user.id)
    record(UserSuspended(user.id))
    logs.security("suspended", user.id)
    return user


def tidy() -> None:
    """Removes accounts that nobody has confirmed within a week; they could write nothing, so nothing is lost."""
    old = sa.delete(User).where(User.confirmed_at.is_(None), User.created_at < now() - UNCONFIRMED_LASTS)
    db.session.execute(old.execution_options(synchronize_session=False))


def _named(username: str) -> User:
    user: User | None = db.session.scalar(sa.select(User).where(User.username_key == names.key(username)))
    if user is None:
        raise NotFound(_l("There is nobody of that name."))
    return user


def _differ(chosen: str, password: str, field: str) -> None:
    """Refuses a new name or address that is the member's password.

    Raises:
        Invalid: it is.
    """
    if passwords.is_one_of(password, [chosen]):
        raise Invalid(field, _l("This is your password. Choose another one, or change the password first."))


def _name(user: User, username: str) -> None:
    """Gives a member a name, unless another member has it or it is held for one."""
    username = names.normal(username)
    if problem := names.problem(username):
        raise Invalid("username", problem)
    old, key = user.username_key, names.key(username)
    try:
        with savepoint():
            user.username, user.username_key = username, key
            db.session.add(user)
            db.session.flush()
            # After the write, because it waits for a member who is giving up this name at the same moment.
            if held_names.is_held(key, user.id):
                raise Invalid("username", TAKEN)
    except IntegrityError:
        raise Invalid("username", TAKEN) from None
    if old and old != key:
        held_names.hold(old, user.id)
        held_names.release(key)


def _confirm(user: User, email: str, field: str) -> None:
    user.confirmed_at = now()
    _own(user, email, field)


def _wrong_code() -> Invalid:
    return Invalid("code", _l("This number is not right or too old. Check it, or ask for a new one."))


def _own(user: User, email: str, field: str) -> None:
    """Makes the address this member's; the database lets only one confirmed account have it."""
    try:
        with savepoint():
            user.email, user.email_key = email, users.email_key(email)
            db.session.flush()
            codes.void(user.id, codes.CONFIRM, codes.CHANGE_EMAIL, codes.RESET)
        logs.security("email_proved", user.id)
    except IntegrityError:
        raise Invalid(
            field, _l("This address belongs to another account. Sign in there, or use another address.")
        ) from None
