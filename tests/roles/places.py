"""Every page under every address it has, with the controls on it and the right each of them asks for."""

from dataclasses import dataclass, field

from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Right
from tests.use_cases_list_files import LIST_CONTROLS


@dataclass(frozen=True)
class Place:
    """A page under an address, what it asks for, and its controls with the right each of them asks for."""

    name: str
    script: str
    right: Right | None
    query: dict[str, str] = field(default_factory=dict)
    controls: dict[str, Right] = field(default_factory=dict)
    work: str = ""
    """A piece of work to name in the address: "run done", "upload done" or "run waiting"; "list done" releases one."""


BRINGING = {"leads_upload": Right.BRING_IN, "check_file": Right.BRING_IN, "template": Right.BRING_IN}
REPORT = {"another_file": Right.BRING_IN, "score_upload": Right.BRING_IN, "aside_csv": Right.BRING_IN}
EXPORTS = dict.fromkeys(("export_csv", "export_xlsx", "export_paper"), Right.EXPORT)
INVITING = dict.fromkeys(("invite_submit", "disable", "new_password_for", "link_user"), Right.MANAGE_USERS)
SCENARIOS = dict.fromkeys(("scenario_reset", "open_scenario"), Right.SEE_LEADS) | dict.fromkeys(
    ("save_scenario", "delete_scenario"), Right.BRING_IN
)
DECIDING = dict.fromkeys(("take_back_model", "promote_model", "compare_models", "cancel"), Right.MANAGE_MODELS)
CALLING = {f"outcome_{kind}_lead-1_1": Right.RECORD_OUTCOMES for kind in OutcomeKind} | {
    "dial": Right.RECORD_OUTCOMES,
    "open_customer": Right.RECORD_OUTCOMES,
}
ONE_CUSTOMER = {
    "save_consent": Right.RECORD_CONSENT,
    "access_file": Right.GIVE_ACCESS,
    "erase_customer": Right.ERASE_CUSTOMERS,
    "neighbour_better": Right.SEE_CUSTOMER,
    "neighbour_worse": Right.SEE_CUSTOMER,
}
PLACES = [
    Place(
        "overview",
        "overview.py",
        None,
        controls={
            "go_Ranked leads": Right.SEE_LEADS,
            "go_Stored customers": Right.SEE_LEADS,
            "go_Bring customers in": Right.BRING_IN,
            "go_market": Right.SEE_LEADS,
            "go_plan": Right.SEE_LEADS,
            "see": Right.SEE_LEADS,
            "remove_demo": Right.REMOVE_DEMO,
        },
    ),
    Place("ranked leads", "leads.py", Right.SEE_LEADS, controls=EXPORTS, work="run done"),
    Place("a run that waits", "leads.py", Right.SEE_LEADS, controls={"cancel": Right.BRING_IN}, work="run waiting"),
    Place(
        "stored customers",
        "leads.py",
        Right.SEE_LEADS,
        {"view": "Stored customers"},
        {"rank_found": Right.BRING_IN},
    ),
    Place(
        "bringing in",
        "leads.py",
        Right.SEE_LEADS,
        {"view": "Bring customers in"},
        BRINGING | {"sample": Right.BRING_IN},
    ),
    Place("an upload", "leads.py", Right.SEE_LEADS, {"view": "Bring customers in"}, REPORT, work="upload done"),
    Place("customer", "customer.py", Right.SEE_CUSTOMER, {"customer": "lead-1"}, ONE_CUSTOMER),
    Place(
        "what if",
        "customer.py",
        Right.SEE_CUSTOMER,
        {"customer": "lead-1", "section": "What if", "if_age": "70"},
        ONE_CUSTOMER
        | {"if_reset": Right.SEE_CUSTOMER, "if_keep": Right.SEE_CUSTOMER, "if_note_keep": Right.WRITE_NOTES},
    ),
    *(
        Place(view, "customer.py", Right.SEE_CUSTOMER, {"customer": "lead-1", "section": view}, ONE_CUSTOMER)
        for view in ("Next attempts", "Summary", "Data")
    ),
    Place(
        "history of a customer",
        "customer.py",
        Right.SEE_CUSTOMER,
        {"customer": "lead-1", "section": "History"},
        ONE_CUSTOMER | {"note_keep": Right.WRITE_NOTES},
    ),
    Place("customer search", "customer.py", Right.SEE_CUSTOMER, {"customer": "lead"}),
    Place("my calls", "my_calls.py", Right.RECORD_OUTCOMES, controls=CALLING, work="list done"),
    Place("plan a list", "call_lists.py", Right.SEE_LEADS, controls={"release_list": Right.RELEASE_LISTS}),
    Place(
        "a released list",
        "call_lists.py",
        Right.SEE_LEADS,
        {"section": "Released lists"},
        LIST_CONTROLS | {"end_list": Right.RELEASE_LISTS, "hand_over": Right.RELEASE_LISTS},
        "list done",
    ),
    Place("two lists", "call_lists.py", Right.SEE_LEADS, {"section": "Compare two lists"}),
    Place("results", "results.py", Right.SEE_LEADS, controls={"go_call_lists": Right.SEE_LEADS}),
    Place("market", "market.py", Right.SEE_LEADS),
    Place("market level", "market.py", Right.SEE_LEADS, {"section": "Level"}, {"go_settings": Right.SEE_ADMIN}),
    Place("scenarios", "market.py", Right.SEE_LEADS, {"section": "Scenarios"}, SCENARIOS),
    Place(
        "market sources", "market.py", Right.SEE_LEADS, {"section": "Sources"}, {"market_refresh": Right.REFRESH_MARKET}
    ),
    Place(
        "market by hand",
        "market.py",
        Right.SEE_LEADS,
        {"section": "Set by hand"},
        {"by_hand_save": Right.SET_MARKET, "by_hand_end": Right.SET_MARKET},
    ),
    Place("model", "model.py", Right.SEE_LEADS, {"section": "Next list"}, {"go_best": Right.SEE_LEADS}),
    Place("how good the model is", "model.py", Right.SEE_LEADS, {"section": "How good"}),
    Place("how the ranking holds", "model.py", Right.SEE_LEADS, {"section": "Ranking"}),
    Place("calibration", "model.py", Right.SEE_LEADS, {"section": "Calibration"}),
    Place("what the model looks at", "model.py", Right.SEE_LEADS, {"section": "What it looks at"}),
    Place("model card", "model.py", Right.SEE_LEADS, {"section": "Card"}),
    Place(
        "model versions",
        "model.py",
        Right.SEE_LEADS,
        {"section": "Versions"},
        DECIDING | {"csv_versions": Right.EXPORT, "csv_promotions": Right.EXPORT},
    ),
    Place("users", "admin.py", Right.SEE_ADMIN, {"section": "Users"}, INVITING),
    Place(
        "sessions",
        "admin.py",
        Right.SEE_ADMIN,
        {"section": "Sessions"},
        {"end_session": Right.MANAGE_USERS, "end_sessions": Right.MANAGE_USERS},
    ),
    Place(
        "programs",
        "admin.py",
        Right.SEE_ADMIN,
        {"section": "Programs"},
        dict.fromkeys(("add_program", "save_program", "disable_program", "make_key", "revoke_key"), Right.MANAGE_USERS),
    ),
    Place(
        "settings",
        "admin.py",
        Right.SEE_ADMIN,
        {"section": "Settings"},
        {"settings_save": Right.CHANGE_SETTINGS},
    ),
    Place(
        "rules",
        "admin.py",
        Right.SEE_ADMIN,
        {"section": "Rules"},
        dict.fromkeys(("rules_save", "segment_add"), Right.CHANGE_SETTINGS) | {"rules_count": Right.SEE_ADMIN},
    ),
    Place(
        "audit log",
        "admin.py",
        Right.SEE_ADMIN,
        {"section": "Audit log"},
        dict.fromkeys(("check_audit", "export_audit_csv", "export_audit_jsonl"), Right.SEE_ADMIN),
    ),
    Place("backups", "admin.py", Right.SEE_ADMIN, {"section": "Backups"}),
]
