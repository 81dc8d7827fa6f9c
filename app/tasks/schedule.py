"""What is done by the clock."""

from app.queue.scheduler import Entry
from app.tasks import cleanup, errands, exports, mail, search, users

# Seconds from one turn to the next, or a crontab in the site's time zone.
SCHEDULE = [
    Entry(errands.sweep, 10),
    Entry(exports.sweep, 10),
    Entry(search.drain, 5),
    Entry(users.note_seen, 60),
    Entry(users.note_tokens, 60),
    Entry(search.reconcile_all, "40 4 * * *"),
    Entry(cleanup.tidy, "10 4 * * *"),
    Entry(cleanup.clear_exports, 3600),
    Entry(mail.tell_unread, 600),
]
