"""Everything on the screens that can be pressed, with the right it asks for and what refuses it behind the screen."""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from smartbank.core.people import Right
from smartbank.services import (
    access_file,
    audit_log,
    bank_data,
    base_rate,
    call_lists,
    call_rules,
    call_sheet,
    consent,
    erasing,
    exporting,
    hand_over,
    lifting,
    linking,
    list_exporting,
    list_release,
    market_overrides,
    market_work,
    model_pair,
    model_training,
    model_versions,
    my_calls,
    notes,
    outcome_upload,
    passwords,
    people,
    programs,
    removals,
    rule_counts,
    runs,
    scenarios,
    sessions,
    settings,
    uploads,
    works,
)


@dataclass(frozen=True)
class Control:
    """Something to press.

    Attributes
    ----------
    key : str
        As the screens write it; "*" stands for what is put into it.
    right : Right or None
        None for what is one's own.
    guard : callable or str
        What refuses whoever presses it without the right: a use case, a page ("leads.py") or a file ("/exports/...").
        Empty for what is one's own, and for a file that holds nothing but what its page shows, or nothing at all.
    """

    key: str
    right: Right | None
    guard: Callable | str


def asking(right, guards):
    """Return controls that ask for one right."""
    return [Control(key, right, guard) for key, guard in guards.items()]


OWN = [
    Control(key, None, "")
    for key in (
        *("own_account", "sign_out", "own_submit", "_key(session)"),
        *("sign_in_submit", "new_password_submit", "provider_sign_in", "emergency_submit"),
        *("inbox_read_all", "key", "base_rate_later"),
    )
]
"""Password, sessions, signing in and out; messages, which lead to pages that ask; a question put off."""
SEEING = asking(
    Right.SEE_LEADS,
    dict.fromkeys(("go_*", "leave_demo_out", "close_sheet", "go_best", "go_newer_run"), "leads.py")
    | dict.fromkeys(("go_plan", "go_call_lists", "see_*", "list_age"), "call_lists.py")
    | dict.fromkeys(("go_market", "inbox_market", "scenario_reset", "open_scenario"), "market.py"),
) + asking(
    Right.SEE_CUSTOMER,
    dict.fromkeys(
        ("go_customer", "recent_*", "neighbour_*", "open_*", "if_reset", "if_keep", "if_remove"), "customer.py"
    ),
)
BRINGING = asking(
    Right.BRING_IN,
    dict.fromkeys(("go_*", "leads_upload", "check_file", "another_file"), uploads.queue_upload)
    | dict.fromkeys(("score_upload", "rank_found", "rank_again", "rank_picked", "rank_whole"), runs.queue_run)
    | dict.fromkeys(("read_again", "forget_mapping"), uploads.queue_remapped)
    | dict.fromkeys(("template", "sample"), "")
    | {
        "aside_csv": uploads.hand_out_rows_aside,
        "cancel_*": works.cancel_work,
        "save_scenario": scenarios.save_scenario,
        "delete_scenario": scenarios.delete_scenario,
        "_UNDO_BUTTON": scenarios.restore_scenario,
    },
) + asking(
    Right.LIFT_OBJECTION,
    {"lift_marks": lifting.uploads_that_marked, "lift_confirmed": lifting.queue_lifting},
)
REMOVING = asking(Right.UNDO_UPLOAD, dict.fromkeys(("undo_upload", "undo_confirmed"), removals.queue_undo)) + asking(
    Right.REMOVE_DEMO, dict.fromkeys(("remove_demo", "remove_demo_confirmed"), removals.queue_demo_removal)
)
EXPORTING = asking(
    Right.EXPORT,
    dict.fromkeys(("export_xlsx", "retry_xlsx", "outdated_xlsx"), exporting.queue_workbook)
    | dict.fromkeys(("list_xlsx", "again_list_xlsx"), list_exporting.queue_list_workbook)
    | dict.fromkeys(("save_xlsx", "save_list_xlsx"), "/exports/{work_id}")
    | dict.fromkeys(("list_manifest", "save_list_manifest"), "/exports/lists/{list_id}.manifest.json")
    | dict.fromkeys(("csv_*", "results_*_csv"), "")
    | {
        "export_csv": "/exports/runs/{run_id}.csv",
        "export_paper": call_sheet.call_sheet,
        "list_csv": "/exports/lists/{list_id}.csv",
    },
)
CUSTOMER = [
    Control("save_consent", Right.RECORD_CONSENT, consent.record_consent),
    Control("access_file", Right.GIVE_ACCESS, access_file.give_access),
    Control("erase_customer", Right.ERASE_CUSTOMERS, erasing.queue_erasure),
    Control("lift_erasure", Right.ERASE_CUSTOMERS, erasing.lift_erasure),
    *asking(
        Right.WRITE_NOTES,
        {"*_keep": notes.write_note, "delete_*": notes.delete_note, "_UNDO_BUTTON": notes.restore_note},
    ),
]
CALLING = asking(
    Right.RECORD_OUTCOMES,
    dict.fromkeys(("open_customer", "dial", "inbox_calls", "go_my_calls", "call_back_leave"), "my_calls.py")
    | dict.fromkeys(("outcome_*", "call_back_*", "call_back_save"), my_calls.record_outcome)
    | {"correct_call": my_calls.correct_outcome, "undo_call": my_calls.take_back_outcome},
)
RELEASING = asking(
    Right.RELEASE_LISTS,
    {
        "release_list": list_release.queue_release,
        "end_list": call_lists.end_list,
        "hand_over": hand_over.hand_over,
        "outcome_file_*": outcome_upload.check_outcomes,
        "outcome_template": "",
        "record_outcomes": outcome_upload.record_outcomes,
        "bank_data_in": bank_data.note_bank_data,
    },
)
MARKET = [
    Control("market_refresh", Right.REFRESH_MARKET, market_work.queue_market_refresh),
    Control("by_hand_save", Right.SET_MARKET, market_overrides.set_override),
    Control("by_hand_end_*", Right.SET_MARKET, market_overrides.end_override),
]
MODELS = asking(
    Right.MANAGE_MODELS,
    {
        "take_back_model": model_versions.take_back_model,
        "promote_model": model_versions.promote_model,
        "compare_models": model_training.compare_with_champion,
        "train_challenger": model_training.queue_training,
        "switch_fields": model_pair.switch_fields,
        "cancel_*": works.cancel_work,
    },
)
ADMINISTERING = (
    asking(
        Right.SEE_ADMIN,
        dict.fromkeys(("go_settings", "audit_older", "audit_newest"), "admin.py")
        | {
            "check_audit": audit_log.verify_log,
            "export_audit_*": "/exports/audit.csv",
            "rules_count": rule_counts.count_left_out,
        },
    )
    + asking(
        Right.CHANGE_SETTINGS,
        dict.fromkeys(("base_rate_save", "base_rate_sure"), base_rate.say_base_rate)
        | dict.fromkeys(("settings_save", "settings_merge", "settings_drop"), settings.change_settings)
        | dict.fromkeys(
            ("rules_save", "rules_merge", "rules_drop", "segment_add", "segment_remove_*"), call_rules.change_rules
        ),
    )
    + asking(
        Right.MANAGE_USERS,
        {
            "invite_submit": people.invite_user,
            "save_role": people.change_role,
            "enable": people.enable_user,
            "disable": people.disable_user,
            "_UNDO_BUTTON": people.enable_user,
            "new_password_for": passwords.force_new_password,
            "link_user": linking.link_user,
            "end_session": sessions.end_session,
            "end_sessions": sessions.end_sessions,
            "add_program": programs.add_program,
            "save_program": programs.change_program,
            "enable_program": programs.enable_program,
            "disable_program": programs.disable_program,
            "make_key": programs.add_key,
            "revoke_key": programs.revoke_key,
        },
    )
)
CONTROLS = [
    *(OWN + SEEING + BRINGING + REMOVING + EXPORTING),
    *(CUSTOMER + CALLING + RELEASING + MARKET + MODELS + ADMINISTERING),
]


def control_of(key, right):
    """Return what a key on a page is in the list above; None for what is not there."""
    written = (key, f"{key}_")  # an id at its end was taken off
    found = [each for each in CONTROLS if each.right is right and any(fnmatchcase(one, each.key) for one in written)]
    return max(found, key=lambda each: len(each.key), default=None)
