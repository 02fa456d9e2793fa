"""Users, groups, tokens and grants.

Revision: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def number() -> sa.types.TypeEngine[int]:
    # SQLite numbers rows by itself only when the type is exactly INTEGER.
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def text() -> sa.types.TypeEngine[str]:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def words(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def upgrade() -> None:
    _create_accounts()
    op.create_table(
        "grants",
        sa.Column("subject_kind", words(10), nullable=False),
        sa.Column("subject_id", number(), nullable=False),
        sa.Column("place_kind", words(12), nullable=False),
        sa.Column("place_key", words(500), nullable=False),
        sa.Column("role", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id", "place_kind", "place_key", name=op.f("pk_grants")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_grants_place", "grants", ["place_kind", "place_key"], unique=False)
    op.create_table(
        "failed_sign_ins",
        sa.Column("name_digest", words(64), nullable=False),
        sa.Column("n_failures", sa.Integer(), nullable=False),
        sa.Column("last_failure", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name_digest", name=op.f("pk_failed_sign_ins")),
    )
    op.create_table(
        "access_state",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("setup_digest", words(64), server_default="", nullable=False),
        sa.Column("setup_expires", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_state")),
    )
    op.execute("INSERT INTO access_state (id, version) VALUES (0, 0)")


def _create_accounts() -> None:
    op.create_table(
        "users",
        sa.Column("id", number(), autoincrement=True, nullable=False),
        sa.Column("name", words(128), nullable=False),
        sa.Column("password", text(), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("is_service", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("creation_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "access_tokens",
        sa.Column("token_id", words(32), nullable=False),
        sa.Column("user_id", number(), nullable=False),
        sa.Column("name", text(), nullable=False),
        sa.Column("scope", sa.SmallInteger(), nullable=False),
        sa.Column("digest", words(64), nullable=False),
        sa.Column("beginning", words(16), nullable=False),
        sa.Column("creation_time", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=True),
        sa.Column("last_use", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_access_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_access_tokens_digest")),
    )
    op.create_index("ix_access_tokens_user", "access_tokens", ["user_id"], unique=False)
    op.create_table(
        "user_groups",
        sa.Column("id", number(), autoincrement=True, nullable=False),
        sa.Column("name", words(128), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_groups")),
        sa.UniqueConstraint("name", name=op.f("uq_user_groups_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "group_members",
        sa.Column("group_id", number(), nullable=False),
        sa.Column("user_id", number(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "group_id", name=op.f("pk_group_members")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_group_members_group", "group_members", ["group_id"], unique=False)
