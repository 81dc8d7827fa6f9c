"""Usernames that are held for their former owners"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "held_name",
        sa.Column("username_key", sa.String(length=90), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_held_name_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("username_key", name=op.f("pk_held_name")),
    )
    op.create_index(op.f("ix_held_name_user_id"), "held_name", ["user_id"], unique=False)
    op.create_index(op.f("ix_held_name_held_until"), "held_name", ["held_until"], unique=False)


def downgrade() -> None:
    op.drop_table("held_name")
