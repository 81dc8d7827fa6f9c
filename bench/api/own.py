"""Gives the member of the cases what takes a worker to make: an export that is done."""

from __future__ import annotations

from app import create_app
from app.services import tasks, users
from app.tasks import exports
from app.transaction import transaction
from bench.api.site import NAME


def main() -> None:
    """Makes it."""
    with create_app().app_context():
        with transaction():
            task_id = tasks.start(users.by_name_or_address(NAME), tasks.EXPORT).id
        exports.make(task_id, 1)


if __name__ == "__main__":
    main()
