"""Take call lists of made-up customers away, with the demo data."""

from dataclasses import replace

from smartbank.core.call_lists import ListState
from smartbank.core.list_entries import list_owner, off_owner
from smartbank.core.ports import CallListRepository, FrameStore


def forget_demo_lists(*, lists: CallListRepository, frames: FrameStore) -> int:
    """Remove the lists of made-up customers, which hold nobody else, and return how many that were. Safe to repeat."""
    removed = 0
    for state in (ListState.RELEASED, ListState.ENDED):
        for call_list in lists.in_state(state):
            entries = frames.load(list_owner(call_list.list_id), columns=["synthetic"])
            if len(entries) and not entries["synthetic"].all():
                continue
            lists.free(call_list.list_id)
            frames.delete(list_owner(call_list.list_id))
            frames.delete(off_owner(call_list.list_id))
            removed += lists.move(replace(call_list, state=ListState.REMOVED), seen=call_list)
    return removed
