"""What a provider tells of somebody, by the claims of its tokens."""

from __future__ import annotations

from collections.abc import Mapping

from runfold.config import ServerSettings
from runfold.domain.identity import Identity
from runfold.server.callers.oidc.fetching import NotTrusted


def identity_of(claims: Mapping[str, object], settings: ServerSettings) -> Identity:
    """
    Returns:
        Whoever the claims are about; the name is empty when the provider tells none.
    """
    name, address = (claims.get(claim) for claim in (settings.oidc_name_claim, "email"))
    groups = claims.get(settings.oidc_groups_claim)
    told = frozenset(one for one in groups if isinstance(one, str)) if isinstance(groups, list) else frozenset()
    shown = next((word for word in (address, name) if isinstance(word, str) and word), "")
    return Identity(
        issuer=settings.oidc_issuer,
        subject=str(claims["sub"]),
        name=name if isinstance(name, str) else "",
        groups=told,
        shown=shown,
    )


def named(identity: Identity, settings: ServerSettings) -> Identity:
    """Raises NotTrusted when an account could not be named after it."""
    if not identity.name:
        raise NotTrusted(f"The provider tells no {settings.oidc_name_claim}, which the account is named by.")
    return identity
