"""Kept answers, and members by the time they came"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    # For a while 0003 made these two, in another shape; an answer is kept for a day only, so nothing is lost.
    op.execute("DROP TABLE IF EXISTS kept_answer")
    op.create_table(
        "kept_answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_answer")),
        sa.UniqueConstraint("owner", "key", name=op.f("uq_kept_answer_owner_key")),
    )
    op.create_index(op.f("ix_kept_answer_expires_at"), "kept_answer", ["expires_at"], unique=False)
    op.create_index("ix_user_created_at", "user", ["created_at", "id"], unique=False, if_not_exists=True)


def downgrade() -> None:
    op.drop_index("ix_user_created_at", "user")
    op.drop_table("kept_answer")
