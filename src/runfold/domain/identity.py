"""Who somebody is to a provider of OpenID Connect, and what follows from that here."""

from __future__ import annotations

import msgspec


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        issuer, subject: never mean anybody else; names and addresses may be given to others one day.
        name: that the account gets when it is made.
        groups: that the provider says the user is in.
        shown: what people know themselves by there, such as an address; nothing is decided by it.
    """

    issuer: str
    subject: str
    name: str
    groups: frozenset[str] = frozenset()
    shown: str = ""


class LinkedIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """That a user of ours is somebody to a provider; issuer, subject and shown as `Identity` has them.

    Attributes:
        shown: as the provider said it last; empty: it has said nothing yet.
        since_ms: when the two were linked; None: by a release that did not note it.
        last_sign_in_ms: by that provider; None: not yet, as far as anybody noted.
    """

    user: str
    issuer: str
    subject: str
    shown: str = ""
    since_ms: int | None = None
    last_sign_in_ms: int | None = None


class SignInWays(msgspec.Struct, frozen=True, kw_only=True):
    """By what a user signs in with a browser; neither: not at all."""

    user: str
    has_password: bool
    identities: tuple[LinkedIdentity, ...] = ()


class ProviderSession(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider has to be told, or tells, about the session that somebody has there.

    Attributes:
        sid: that the provider knows the session by; empty: it says none.
        id_token: by which the provider sees whose session is to end.
    """

    issuer: str = ""
    sid: str = ""
    id_token: str = ""

    def __repr__(self) -> str:
        return f"ProviderSession(issuer={self.issuer!r})"


BY_PASSWORD = ProviderSession()
"""Of a session here that no provider has part in."""


class IdentityRules(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        makes_users: who is not known yet gets an account.
        groups: whose members are what the provider says; others are kept by hand.
        admin_group: makes administrators of its members, and of nobody else who comes this way; empty: by hand.
    """

    makes_users: bool = True
    groups: frozenset[str] = frozenset()
    admin_group: str = ""
