"""One key for every spelling of a mailbox"""

import unicodedata

import idna
import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

user = sa.table(
    "user",
    sa.column("id", sa.BigInteger()),
    sa.column("email", sa.String()),
    sa.column("email_key", sa.String()),
    sa.column("pending_email", sa.String()),
    sa.column("confirmed_at", sa.DateTime(timezone=True)),
)


def normal(address: str) -> str:
    """The form of app/mailboxes.py when this was written: the local part in NFC, the domain in ASCII."""
    local, at, domain = unicodedata.normalize("NFC", address.strip()).rpartition("@")
    try:
        return f"{local}{at}{idna.encode(domain, uts46=True).decode()}"
    except UnicodeError:
        return address


def key(address: str) -> str:
    local, at, domain = address.rpartition("@")
    return unicodedata.normalize("NFC", local.casefold()) + at + domain.casefold()


def upgrade() -> None:
    """Changes the rows with an address outside ASCII; all others have the same key as before.

    Of two confirmed accounts with one mailbox the one that has the key already keeps it, else the older one. The other
    goes on with its former key, and is reached by its username.
    """
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        others = [
            sa.func.octet_length(column) > sa.func.char_length(column)
            for column in (user.c.email, user.c.pending_email)
        ]
    else:
        others = [
            sa.func.length(sa.cast(column, sa.LargeBinary)) > sa.func.length(column)
            for column in (user.c.email, user.c.pending_email)
        ]
    rows = connection.execute(sa.select(user).where(sa.or_(*others)).order_by(user.c.confirmed_at, user.c.id))
    for row in rows.all():
        email, pending = normal(row.email), row.pending_email and normal(row.pending_email)
        found = sa.select(user.c.id).where(
            user.c.email_key == key(email), user.c.confirmed_at.is_not(None), user.c.id != row.id
        )
        values = {"pending_email": pending}
        is_free = row.confirmed_at is None or connection.execute(found).first() is None
        if is_free and len(key(email)) <= 254 and len(email) <= 254:
            values |= {"email": email, "email_key": key(email)}
        connection.execute(user.update().where(user.c.id == row.id).values(values))


def downgrade() -> None:
    """Leaves the addresses: the code before this one takes them."""
