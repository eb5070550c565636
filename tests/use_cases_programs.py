"""The use cases on programs, their keys and tokens that ask for a right, each with a call that does it."""

from smartbank.core.people import Right, Role
from smartbank.services import programs, token_keys
from tests.use_cases import UseCase, see

LEADS = frozenset({Right.SEE_LEADS})


def about(world, actor):
    return world.about(actor) | world.ports("programs")


def changed(world, actor):
    seen = world.services.programs.find("crm")
    return programs.change_program(seen, rights=LEADS, purpose="shows leads", **about(world, actor))


PROGRAMS = [
    see(
        programs.list_programs,
        Right.SEE_ADMIN,
        lambda w, a: programs.list_programs(by=a, now=w.clock, **w.ports("programs")),
    ),
    *(
        UseCase(function, Right.MANAGE_USERS, call)
        for function, call in [
            (
                programs.add_program,
                lambda w, a: programs.add_program("new", Role.MANAGER, LEADS, "shows leads", **about(w, a)),
            ),
            (programs.change_program, changed),
            (programs.disable_program, lambda w, a: programs.disable_program("crm", **about(w, a))),
            (programs.enable_program, lambda w, a: programs.enable_program("crm", **about(w, a))),
            (programs.add_key, lambda w, a: programs.add_key("crm", days=90, **about(w, a))),
            (programs.revoke_key, lambda w, a: programs.revoke_key("0123456789ab", **about(w, a))),
        ]
    ),
    UseCase(
        token_keys.rotate_token_keys,
        Right.CHANGE_SETTINGS,
        lambda w, a: token_keys.rotate_token_keys(signer=w.services.tokens, **w.about(a)),
    ),
]
