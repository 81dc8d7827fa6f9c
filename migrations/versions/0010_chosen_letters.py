"""Letters that members chose while these were on by default stay chosen"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

setting = sa.table(
    "notification_setting",
    sa.column("user_id", sa.BigInteger()),
    sa.column("kind", sa.String()),
    sa.column("on_site", sa.Boolean()),
    sa.column("by_mail", sa.Boolean()),
)
USUAL = ("reply", "mention", "message")
"""What a letter told of by default when this was written."""


def upgrade() -> None:
    """Writes down what was as by default for those who have chosen something: they saw it ticked and kept it."""
    for kind in USUAL:
        has = sa.select(setting.c.user_id).where(setting.c.kind == kind)
        who = sa.select(setting.c.user_id, sa.literal(kind), sa.true(), sa.true()).distinct()
        who = who.where(setting.c.user_id.not_in(has))
        op.execute(setting.insert().from_select(["user_id", "kind", "on_site", "by_mail"], who))


def downgrade() -> None:
    """Leaves the rows: the code before this one reads them alike."""
