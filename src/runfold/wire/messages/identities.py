"""Who a user is to a provider of OpenID Connect."""

from __future__ import annotations

from runfold.wire.messages.base import Message


class ListIdentities(Message, frozen=True, kw_only=True):
    """
    Attributes:
        user: empty: the caller.
    """

    user: str = ""


class IdentityRef(Message, frozen=True, kw_only=True):
    """Somebody whom a provider of OpenID Connect vouches for, and a user here.

    Attributes:
        issuer, subject: as the provider says them in its tokens; the two never mean anybody else.
    """

    user: str
    issuer: str
    subject: str


class LinkIdentity(IdentityRef, frozen=True, kw_only=True):
    """
    Attributes:
        shown: what they know themselves by there, such as an address, until the provider says it at a sign-in.
    """

    shown: str = ""


class IdentityMessage(LinkIdentity, frozen=True, kw_only=True):
    """
    Attributes:
        shown: as the provider said it last; nothing is decided by it.
        since_ms: when the two were linked; absent where that was not noted.
        last_sign_in_ms: by that provider.
    """

    since_ms: int | None = None
    last_sign_in_ms: int | None = None


class IdentityReply(Message, frozen=True, kw_only=True):
    identity: IdentityMessage


class IdentitiesReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        has_password: the user can sign in by name and password, too.
    """

    user: str
    identities: tuple[IdentityMessage, ...] = ()
    has_password: bool = False


class WaysReply(Message, frozen=True, kw_only=True):
    users: tuple[IdentitiesReply, ...] = ()


class BeginLink(Message, frozen=True, kw_only=True):
    """
    Attributes:
        password: of the caller.
    """

    password: str

    def __repr__(self) -> str:
        return "BeginLink()"


class LinkBegun(Message, frozen=True, kw_only=True):
    """
    Attributes:
        provider_url: where the browser goes on to. From there it comes to the page of its account.
    """

    provider_url: str


class FinishLink(Message, frozen=True, kw_only=True):
    """What the provider said by way of the browser; see `FinishOidc`."""

    code: str = ""
    state: str = ""
    error: str = ""
    iss: str = ""

    def __repr__(self) -> str:
        return "FinishLink()"


class EndLink(Message, frozen=True, kw_only=True):
    """
    Attributes:
        password: of the caller.
    """

    issuer: str
    subject: str
    password: str

    def __repr__(self) -> str:
        return f"EndLink(issuer={self.issuer!r}, subject={self.subject!r})"
