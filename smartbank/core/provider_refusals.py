"""Why somebody who comes from the bank's identity provider is not let in, and what to tell them."""

from enum import StrEnum
from typing import Final

from smartbank.core.provider_identity import ProviderSettings


class ProviderRefusal(StrEnum):
    """Why not; each is said in one sentence and stands in the audit log."""

    DECLINED = "declined at the provider"
    INVALID = "answer not valid"
    UNREACHABLE = "provider out of reach"
    NO_NAME = "no usable name"
    NO_ROLE = "no role"
    DISABLED = "disabled"
    HAS_PASSWORD = "has a password"  # noqa: S105  the words, no password
    OTHER_PERSON = "another person of that name"
    STORAGE = "database out of reach"


_SAID: Final = {
    ProviderRefusal.DECLINED: "{name} did not sign you in: you went back, or it does not allow you SmartBank. "
    "Try again, or ask your bank's identity team.",
    ProviderRefusal.INVALID: "The answer of {name} was not valid, or came too late or twice. Sign in again; if this "
    "goes on, tell your administrator the time.",
    ProviderRefusal.UNREACHABLE: "SmartBank cannot reach {name} just now. Try again in a minute; if this goes on, "
    "tell your administrator the time.",
    ProviderRefusal.NO_NAME: "{name} did not send a name that can be a user name here (claim {user_claim}). "
    "Ask your bank's identity team.",
    ProviderRefusal.NO_ROLE: "You are in no group that has a role in SmartBank. Ask your bank's identity team for "
    "one of these: {groups}.",
    ProviderRefusal.DISABLED: "An administrator of SmartBank disabled your account. Ask them if you need it.",
    ProviderRefusal.HAS_PASSWORD: "There is a user of your name here already, who signs in with a password. "
    "Ask an administrator of SmartBank to link it, then sign in again.",
    ProviderRefusal.OTHER_PERSON: "Your name belonged to another person at {name} before, whose account here is not "
    "yours. Ask an administrator of SmartBank to link it to you, then sign in again.",
    ProviderRefusal.STORAGE: "The database does not answer. Try again in a minute.",
}


def said_of(why: ProviderRefusal, provider: ProviderSettings) -> str:
    """Return the sentence for whoever was refused."""
    groups = ", ".join(f"{group} ({role})" for group, role in provider.roles)
    said = _SAID[why].format(name=provider.name, user_claim=provider.user_claim, groups=groups)
    return said[:1].upper() + said[1:]
