"""Who the bank's identity provider says somebody is, and which role the groups it names give."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from smartbank.core.people import Role

DISCOVERY: Final = "/.well-known/openid-configuration"
"""What the address of a provider's metadata ends with; what stands before it is its issuer."""


@dataclass(frozen=True)
class ProviderSettings:
    """How people sign in at the bank's identity provider.

    Attributes
    ----------
    user_claim, role_claim : str
        The claims that hold the name and the groups; of the second a dotted path is allowed.
    roles : tuple of (str, Role)
        Which group gives which role; where somebody is in several, the first one counts.
    only : bool
        Nobody signs in with a password.
    """

    name: str
    issuer: str
    client_id: str
    redirect_url: str
    user_claim: str
    role_claim: str
    scope: str
    roles: tuple[tuple[str, Role], ...]
    only: bool = False

    @property
    def metadata_url(self) -> str:
        """Where the provider says how it is asked."""
        return self.issuer + DISCOVERY


@dataclass(frozen=True)
class ProviderIdentity:
    """Who somebody is at the provider.

    Attributes
    ----------
    name : str
        What becomes the user name; empty where the provider does not say it.
    subject : str
        A mark of issuer and subject, which stays the same when the name changes and is never given to somebody else.
    groups : tuple of str
        What the provider says of somebody's groups or roles.
    """

    name: str
    subject: str
    groups: tuple[str, ...]


def identity_of(claims: Mapping[str, Any], provider: ProviderSettings) -> ProviderIdentity | None:
    """Return who the claims of a checked token are about; None where they are not from this provider, or for us.

    The token was checked when it came: signature, times, nonce and, where the provider's metadata name one, the issuer.
    Here issuer and audience are held against the settings, whatever the metadata say.
    """
    subject, issuer = claims.get("sub"), claims.get("iss")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if not isinstance(issuer, str) or issuer.rstrip("/") != provider.issuer or provider.client_id not in audiences:
        return None
    if not isinstance(subject, str) or not subject:
        return None
    name = claims.get(provider.user_claim)
    mark = hashlib.sha256(f"subject {issuer} {subject}".encode()).hexdigest()[:32]
    return ProviderIdentity(
        name.strip().lower() if isinstance(name, str) else "", mark, _texts(_claim(claims, provider.role_claim))
    )


def role_of(groups: Iterable[str], roles: Iterable[tuple[str, Role]]) -> Role | None:
    """Return the role of the first pair whose group is among those given; None where there is none."""
    held = set(groups)
    return next((role for group, role in roles if group in held), None)


def parsed_roles(text: str) -> tuple[tuple[str, Role], ...]:
    """Return the pairs of "group=role,other group=role" in their order. Raises `ValueError` with a sentence."""
    pairs = [pair.strip().rpartition("=") for pair in text.split(",") if pair.strip()]
    named = [(group.strip(), role.strip().lower()) for group, _, role in pairs]
    if not named or not all(group and role in list(Role) for group, role in named):
        raise ValueError(
            "it must be groups of the provider with a role each, such as smartbank-admins=admin,call-centre=agent; "
            f"roles are {', '.join(Role)}"
        )
    if len({group for group, _ in named}) < len(named):
        raise ValueError("it names a group twice; give each group one role")
    return tuple((group, Role(role)) for group, role in named)


def _claim(claims: Mapping[str, Any], path: str) -> object:
    """Return a claim by its whole name, as names may hold dots themselves, or else by a dotted path."""
    if path in claims:
        return claims[path]
    found: object = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _texts(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(text for text in values if isinstance(text, str))
