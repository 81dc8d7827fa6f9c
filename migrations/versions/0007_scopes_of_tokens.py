"""Scopes of access tokens"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    # The code of before leaves it empty; what such a token allows follows from can_write.
    op.add_column("access_token", sa.Column("scope", sa.String(length=100), nullable=True))


def downgrade() -> None:
    op.drop_column("access_token", "scope")
