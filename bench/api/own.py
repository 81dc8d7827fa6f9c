"""Gives the member of the cases what made-up requests do not come by: an export that is done, conversations, posts."""

from __future__ import annotations

from itertools import chain

from app import create_app
from app.extensions import db
from app.services import messages, posts, tasks, users
from app.tasks import exports
from app.transaction import transaction
from bench.api.people import FORGOTTEN, MESSAGES, NAME, OWN, PARTNER


def main() -> None:
    """Makes them."""
    with create_app().app_context():
        with transaction():
            member = users.by_name_or_address(NAME)
            for who in (PARTNER, FORGOTTEN):
                partner = messages.partner_by_id_or_name(who, member)
                for number in range(MESSAGES):
                    pair = (member, partner) if number % 2 else (partner, member)
                    messages.send(*pair, f"{number}")
            for number in chain(*OWN.values()):
                post = posts.publish(member, f"{number}번째 글")
                db.session.flush()
                assert post.id == number, "The others have more or fewer posts than bench/api/people.py says."
            task_id = tasks.start(member, tasks.EXPORT).id
        exports.make(task_id, 1)


if __name__ == "__main__":
    main()
