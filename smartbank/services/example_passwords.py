"""Use case: find out whether an administrator could sign in with a password that stands in a document."""

from smartbank.core.people import Role, User
from smartbank.core.ports import UserRepository
from smartbank.core.production import EXAMPLE_PASSWORDS
from smartbank.services.sign_in import VerifyPassword


def example_password_refusals(*, users: UserRepository, verify_password: VerifyPassword) -> list[str]:
    """Return a sentence for each administrator who has not yet chosen a password and was given an example.

    No others are tried: that takes seconds a user, at every start.
    """
    open_ = [user for user in users.all() if user.role is Role.ADMIN and not user.disabled]
    given = [user for user in open_ if user.must_change_password]
    return [
        f"The user {user.username} can still sign in with an example as password. "
        f"Give another one with `python -m smartbank user password {user.username}`."
        for user in given
        if _has_example(user, verify_password)
    ]


def _has_example(user: User, verify_password: VerifyPassword) -> bool:
    return any(verify_password(example, user.password_hash) for example in EXAMPLE_PASSWORDS)
