"""The tables of accounts and grants: part of the one schema that `stores.sql.tables` begins."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
)

from runfold.stores.sql.tables import Number, Words, metadata, words, workspace_column

users = Table(
    "users",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("name", words(128), nullable=False, unique=True),
    # As `hosting.passwords` writes it; empty: signs in by tokens alone.
    Column("password", Words, nullable=False),
    Column("is_admin", Boolean, nullable=False),
    Column("is_service", Boolean, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("creation_time", BigInteger, nullable=False),
    # The name of the one in which the calls are made that say nothing.
    Column("workspace", words(63), nullable=False, server_default="default"),
    sqlite_autoincrement=True,
)

access_tokens = Table(
    "access_tokens",
    metadata,
    Column("token_id", words(32), primary_key=True),
    Column("user_id", Number, nullable=False),
    Column("name", Words, nullable=False),
    Column("scope", SmallInteger, nullable=False),
    # SHA-256 of the secret: it has 256 random bits, so nothing slower is needed.
    Column("digest", words(64), nullable=False, unique=True),
    Column("beginning", words(16), nullable=False),
    Column("creation_time", BigInteger, nullable=False),
    Column("expires", BigInteger),
    Column("last_use", BigInteger),
    # A JSON list of the texts of places that it is limited to, read whole; of none: it is not.
    Column("places", Words, nullable=False, server_default="[]"),
    # As of a grant.
    Column("role_id", Number),
    Index("ix_access_tokens_user", "user_id"),
)

user_groups = Table(
    "user_groups",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("name", words(128), nullable=False, unique=True),
    Column("description", Words, nullable=False, server_default=""),
    # The number of the one that it belongs to; 0: it is the server's.
    Column("workspace", Number, nullable=False, server_default="0"),
    sqlite_autoincrement=True,
)

group_members = Table(
    "group_members",
    metadata,
    Column("group_id", Number, nullable=False),
    Column("user_id", Number, nullable=False),
    PrimaryKeyConstraint("user_id", "group_id"),
    Index("ix_group_members_group", "group_id"),
    sqlite_with_rowid=False,
)

# Those that administrators made; the built-in ones are known by their numbers.
roles = Table(
    "roles",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("name", words(128), nullable=False, unique=True),
    # Words with a space between them.
    Column("abilities", Words, nullable=False),
    Column("description", Words, nullable=False),
    Column("creation_time", BigInteger, nullable=False),
    Column("last_update_time", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

grants = Table(
    "grants",
    metadata,
    Column("subject_kind", words(10), nullable=False),
    # Of a user or group; 0 for everyone.
    Column("subject_id", Number, nullable=False),
    Column("place_kind", words(12), nullable=False),
    # The id of an experiment, the name of a model, folder or workspace; empty for everything.
    Column("place_key", words(500), nullable=False),
    Column("role", SmallInteger, nullable=False),
    # In which the key is a name, or the experiment lies.
    workspace_column(),
    # Of what is granted to a group: counted by `access_state.last_grant`, never given again.
    Column("number", Number),
    # Of `roles`; null: the role is a built-in one.
    Column("role_id", Number),
    PrimaryKeyConstraint("subject_kind", "subject_id", "place_kind", "place_key", "workspace"),
    Index("ix_grants_place", "place_kind", "place_key"),
    Index("ix_grants_number", "number", unique=True),
    sqlite_with_rowid=False,
)

sessions = Table(
    "sessions",
    metadata,
    Column("session_id", words(32), primary_key=True),
    Column("user_id", Number, nullable=False),
    Column("digest", words(64), nullable=False, unique=True),
    Column("agent", Words, nullable=False),
    Column("address", Words, nullable=False),
    Column("creation_time", BigInteger, nullable=False),
    Column("last_use", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    # As `domain.identity.ProviderSession` has it.
    Column("issuer", words(500), nullable=False, server_default=""),
    Column("sid", words(255), nullable=False, server_default=""),
    Column("id_token", Words, nullable=False, server_default=""),
    # Of the secret by which the session's user is being linked to somebody at a provider; empty: nobody is.
    Column("link_digest", words(64), nullable=False, server_default=""),
    Column("link_expires", BigInteger, nullable=False, server_default="0"),
    Index("ix_sessions_user", "user_id"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("user_id", Number, primary_key=True, autoincrement=False),
    Column("digest", words(64), nullable=False, unique=True),
    Column("expires", BigInteger, nullable=False),
)

# Who a user is to a provider of OpenID Connect.
identities = Table(
    "identities",
    metadata,
    Column("issuer", words(500), nullable=False),
    Column("subject", words(255), nullable=False),
    Column("user_id", Number, nullable=False),
    Column("shown", words(255), nullable=False, server_default=""),
    Column("creation_time", BigInteger),
    Column("last_sign_in", BigInteger),
    PrimaryKeyConstraint("issuer", "subject"),
    Index("ix_identities_user", "user_id"),
    sqlite_with_rowid=False,
)

# By a digest of the name that was tried, whether anybody has it or not: the answer must not tell.
failed_sign_ins = Table(
    "failed_sign_ins",
    metadata,
    Column("name_digest", words(64), primary_key=True),
    Column("n_failures", Integer, nullable=False),
    Column("last_failure", BigInteger, nullable=False),
)

# One row. `version` grows with every change that decisions about access depend on.
access_state = Table(
    "access_state",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
    Column("setup_digest", words(64), nullable=False, server_default=""),
    Column("setup_expires", BigInteger, nullable=False, server_default="0"),
    Column("last_grant", BigInteger, nullable=False, server_default="0"),
)

# Programs that wait until somebody lets them in by a browser.
waiting_programs = Table(
    "waiting_programs",
    metadata,
    # Of the secret that the program collects its token by.
    Column("digest", words(64), primary_key=True),
    # What the user compares, or types.
    Column("code", words(8), nullable=False, unique=True),
    Column("program", Words, nullable=False),
    Column("address", Words, nullable=False),
    Column("scope", SmallInteger, nullable=False),
    Column("days", Integer, nullable=False),
    Column("expires", BigInteger, nullable=False),
    # Of whoever let it in; null: nobody yet.
    Column("user_id", Number),
    Column("is_refused", Boolean, nullable=False),
)
