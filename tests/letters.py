"""Every letter of the site, as it is caused and arrives: for the tests that read them, and those that look at them."""

import re
from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa

from app.email import KeptLetter
from app.extensions import db, queue
from app.models import Notification, Task, User
from app.models.columns import now
from app.services import users
from app.services.notifications import choices
from app.tasks import mail
from app.transaction import transaction
from tests.cast import PASSWORD, Cast, Visitor

ADDRESS = "reader@example.com"
NAMES = {"ko": ("바다", "하늘", "산들바람", "나래"), "en": ("Bada", "Haneul", "Sandeul", "Narae")}
SAID = {
    "ko": (
        "가을 하늘이 높아서 오래 걸었어요. 돌아오는 길에 감나무 아래에서 쉬었습니다.",
        "저도 그 길을 좋아해요",
        "내일 같이 걸을까요",
    ),
    "en": (
        "The sky was so high today that I walked all the way home.",
        "I like that road, too",
        "Shall we walk tomorrow",
    ),
}


def reader(cast: Cast, locale: str, confirmed: bool = True) -> Visitor:
    """Returns whoever gets the letter."""
    return cast.member(NAMES[locale][0], confirmed, email=ADDRESS, locale=locale)


def latest(visitor: Visitor) -> KeptLetter:
    """Returns the letter that has come last."""
    return next(letter for letter in visitor.letters() if letter.to == ADDRESS)


def row(visitor: Visitor) -> User:
    """Returns somebody's row."""
    found = users.by_name_or_address(visitor.username)
    assert found
    return found


def confirm_email(cast: Cast, locale: str) -> KeptLetter:
    """Somebody has signed up."""
    member = reader(cast, locale, confirmed=False)
    member.post("/auth/confirm/resend")
    return latest(member)


def address_known(cast: Cast, locale: str) -> KeptLetter:
    """Somebody signs up with a member's address."""
    member = reader(cast, locale)
    other = cast.member("other", confirmed=False, email=ADDRESS)
    other.post("/auth/confirm/resend")
    return latest(member)


def reset_password(cast: Cast, locale: str) -> KeptLetter:
    """A member has forgotten the password."""
    member = reader(cast, locale)
    member.post("/auth/forgot", email=ADDRESS)
    return latest(member)


def password_changed(cast: Cast, locale: str) -> KeptLetter:
    """A member has a new password."""
    member = reader(cast, locale)
    new = "대나무 숲에서 다른 한마디"
    assert member.post("/settings/account/password", current=PASSWORD, password=new).status_code == 303
    return latest(member)


def change_email(cast: Cast, locale: str) -> KeptLetter:
    """A member wants to use another address."""
    member = cast.member(NAMES[locale][0], email="before@example.com", locale=locale)
    member.post("/settings/account/email", email=ADDRESS, password=PASSWORD)
    return latest(member)


def email_changed(cast: Cast, locale: str) -> KeptLetter:
    """A member's address is a new one."""
    member = reader(cast, locale)
    member.post("/settings/account/email", email="after@example.com", password=PASSWORD)
    code = re.search(r"\b\d{6}\b", member.letters()[0].text)
    assert code and member.post("/auth/confirm", code=code[0]).status_code == 303
    return latest(member)


def export_ready(cast: Cast, locale: str) -> KeptLetter:
    """The copy of what is a member's is there."""
    return _export(cast, locale, state="done", expires_at=now() + timedelta(days=7))


def export_failed(cast: Cast, locale: str) -> KeptLetter:
    """The copy of what is a member's could not be made."""
    return _export(cast, locale, state="failed", error="full")


def _export(cast: Cast, locale: str, **values: object) -> KeptLetter:
    member = reader(cast, locale)
    with cast.app.app_context():
        with transaction():
            ended = Task(user_id=row(member).id, kind="export", **values)
            db.session.add(ended)
            db.session.flush()
            task_id = ended.id
        queue.enqueue(mail.export_ready if ended.state == "done" else mail.export_failed, task_id=task_id)
    return latest(member)


def notifications(cast: Cast, locale: str) -> KeptLetter:
    """Others have done something, and a member has not looked for a while."""
    member = reader(cast, locale)
    others = [cast.member(name, locale=locale) for name in NAMES[locale][1:]]
    told_of(cast, member, others, locale)
    with cast.app.app_context():
        queue.enqueue(mail.tell_unread)
    return latest(member)


def told_of(cast: Cast, member: Visitor, others: list[Visitor], locale: str) -> None:
    """Lets others do all that a letter tells of, if it was a while ago."""
    with cast.app.app_context(), transaction():
        wish = dict.fromkeys(choices.MAILED, choices.Choice(on_site=True, by_mail=True))
        choices.choose(row(member), wish)
    post, answer, call = SAID[locale]
    mine = cast.post(member, post)
    for other in others:
        other.post(f"/posts/{mine}/like")
        other.post(f"/@{member.username}/follow")
    cast.post(others[0], answer, parent=mine)
    cast.post(others[1], f"@{member.username} {call}")
    others[2].post(f"/messages/{member.username}", body=call)
    a_while_ago(cast)


def a_while_ago(cast: Cast) -> None:
    """Lets everything have happened twenty minutes ago, and nobody have been here since."""
    with cast.app.app_context():
        queue.run()
        with transaction():
            moment = now() - timedelta(minutes=20)
            db.session.execute(sa.update(Notification).values(updated_at=moment))
            db.session.execute(sa.update(User).values(last_seen_at=moment - timedelta(hours=1)))


CAUSES: dict[str, Callable[[Cast, str], KeptLetter]] = {
    cause.__name__: cause
    for cause in (
        address_known,
        change_email,
        confirm_email,
        email_changed,
        export_failed,
        export_ready,
        notifications,
        password_changed,
        reset_password,
    )
}
"""What lets each letter to members come, by the folder of its templates; it takes the reader's language."""
