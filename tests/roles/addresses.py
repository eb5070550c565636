"""The way to a right over HTTP: every address of the API, and every file of the server of the screens."""

from smartbank.core.people import Right
from tests.api.conftest import SEED
from tests.roles.ground import named_in
from tests.roles.stored import nothing_but_refusals, nothing_stored
from tests.roles.table import RIGHTS
from tests.roles.use_cases import READING
from tests.use_cases import World

LEAD = {"customer_id": "C-1", "personal_info": {"age": 40}, "financial_info": {}}
OUTCOME = {"customer_id": "lead-0", "attempt": 1, "outcome": "declined"}
RESULT = {"customer_id": "lead-1", "outcome": "declined", "at": "2026-01-05T09:00:00Z"}
MARKS = {"do_not_call": None, "objected": True, "consent": None}
REASON = {"reason": "asked for by letter"}
OPEN = {("GET", "/health"), ("GET", "/ready"), ("POST", "/v1/token")}
"""What is answered to anybody."""
NEEDED = {
    ("POST", "/v1/predictions"): ("bring_in", SEED),
    ("POST", "/v1/predictions/batch"): ("bring_in", {"items": [SEED]}),
    ("POST", "/v1/scores"): ("bring_in", SEED),
    ("GET", "/v1/predictions/{prediction_id}"): ("see_customer", None),
    ("GET", "/v1/predictions/{prediction_id}/replay"): ("see_admin", None),
    ("POST", "/v1/customers"): ("bring_in and see_customer", LEAD),
    ("GET", "/v1/customers"): ("see_leads", None),
    ("GET", "/v1/customers/{customer_id}"): ("see_customer", None),
    ("GET", "/v1/customers/{customer_id}/predictions"): ("see_customer", None),
    ("GET", "/v1/customers/{customer_id}/data"): ("give_access", None),
    ("PUT", "/v1/customers/{customer_id}/consent"): ("record_consent", MARKS),
    ("DELETE", "/v1/customers/{customer_id}"): ("erase_customers", None),
    ("GET", "/v1/market/snapshot"): ("see_customer", None),
    ("GET", "/v1/model-card"): ("see_customer", None),
    ("GET", "/v1/call-lists"): ("see_leads or record_outcomes", None),
    ("GET", "/v1/call-lists/{list_id}"): ("see_leads or record_outcomes", None),
    ("GET", "/v1/call-lists/{list_id}/entries"): ("see_leads or record_outcomes", None),
    ("POST", "/v1/call-lists/{list_id}/outcomes"): ("record_outcomes", OUTCOME),
    ("POST", "/v1/call-lists/{list_id}/outcomes/batch"): ("release_lists", {"items": [RESULT]}),
    ("GET", "/metrics"): ("see_admin", None),
}
"""Which right each address of the API asks for, and what is sent to it."""
FILES = {
    "/exports/audit.csv": (Right.SEE_ADMIN, ""),
    "/exports/audit.jsonl": (Right.SEE_ADMIN, ""),
    "/exports/runs/{run_id}.csv": (Right.EXPORT, ""),
    "/exports/lists/{list_id}.csv": (Right.EXPORT, ""),
    "/exports/lists/{list_id}.manifest.json": (Right.EXPORT, "?export={work_id}"),
    "/exports/{work_id}": (Right.EXPORT, ""),
}
"""Which right each file asks for that a signed-in user takes from the server of the screens, and what is asked more."""


def alternatives(said):
    """Return the sets of rights of which any one is enough: `a or b and c`."""
    return {frozenset(Right(right) for right in every.split(" and ")) for every in said.split(" or ")}


def walk_addresses(ground, right):
    """Ask every address of the API that a right opens, and hold the answer to what the table says of the role."""
    for (method, path), (said, body) in NEEDED.items():
        enough = alternatives(said)
        if any(right in every for every in enough):
            _walk(
                f"{method} {path}",
                ground,
                lambda world, way=(method, path), body=body: sent(ground, world, *way, body),
                is_let_through=any(every <= RIGHTS[ground.role] for every in enough),
                only_reads=method == "GET",
            )


def walk_files(ground, right, *, is_yes):
    """Ask for every file that a right opens."""
    for path, (asked, query) in FILES.items():
        if asked is right:
            _walk(
                path,
                ground,
                lambda world, path=path + query: ground.fetch(world, path.format(**named_in(world))),
                is_let_through=is_yes,
                only_reads=right in READING,
            )


def sent(ground, world, method, path, body=None):
    """Return the answer to what is sent to an address of the API, with names that are in the world."""
    return ground.ask(world, method, path.format(**named_in(world)), json=body, params=REASON)


def _walk(way, ground, answer_in, *, is_let_through, only_reads):
    if not is_let_through:
        with nothing_but_refusals(ground.services, way, ground.untouched):
            answer = answer_in(ground.world)
        assert answer.status_code == 403, f"{way} lets {ground.role} through"
    elif only_reads:
        with nothing_stored(ground.services, way, ground.untouched):
            answer = answer_in(ground.world)
        assert answer.status_code == 200, f"{way}: {answer.text}"
    else:
        answer = answer_in(_of_its_own(ground))
        assert answer.status_code in {200, 201, 202, 204}, f"{way}: {answer.text}"


def _of_its_own(ground):
    """Return a world to change, in which the user of the screens is signed in as in the ground."""
    world = World()
    ground.sign_in(world)
    return world
