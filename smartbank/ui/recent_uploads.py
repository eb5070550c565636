"""The last uploads, and undoing one as a whole."""

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from smartbank.core.people import Actor, Right
from smartbank.core.wording import agreeing
from smartbank.errors import SmartBankError
from smartbank.services.recent_uploads import RecentUpload, effect_of_undoing, recent_uploads
from smartbank.services.removals import queue_undo
from smartbank.ui.lifting import offer_lifting
from smartbank.ui.removals import show_removal, watch_removal
from smartbank.ui.resources import services
from smartbank.ui.text import plain, plural, when


def show_recent_uploads(actor: Actor) -> None:
    """Show the last uploads as a table, and offer to undo one that was scored."""
    show_removal(actor)
    uploads = recent_uploads(by=actor, queue=services().queue)
    if not uploads:
        return
    st.subheader("Recent uploads")
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "When": when(each.upload.created_at),
                    "File": each.filename,
                    "Brought by": each.upload.created_by,
                    "State": each.state,
                }
                for each in uploads
            ]
        ),
        hide_index=True,
        key="recent_uploads",
        alt="Recent uploads: when, file, by whom, state",
    )
    standing = {each.upload_id: each for each in uploads if each.runs and not each.undone and not each.handed_out}
    if standing and actor.may(Right.UNDO_UPLOAD):
        _offer_undo(standing, actor)
    offer_lifting([each.upload for each in uploads], actor)


def _offer_undo(standing: dict[str, RecentUpload], actor: Actor) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "An upload that was a mistake",
            list(standing),
            format_func=lambda key: f"{when(standing[key].upload.created_at)} · {standing[key].filename}",
            key="undo_choice",
            width=380,
        )
        if st.button("Undo this upload", icon=":material/undo:", key="undo_upload"):
            _confirm(standing[chosen], actor)


@st.dialog("Undo this upload?")
def _confirm(upload: RecentUpload, actor: Actor) -> None:
    try:
        effect = effect_of_undoing(upload.upload_id, by=actor, corrections=services().corrections)
        st.markdown(f"**{plain(upload.filename)}**")
        said = []
        if effect.added:
            said.append(f"{plural(len(effect.added), 'customer')} it added will be removed")
        if effect.changed:
            said.append(f"{plural(len(effect.changed), 'customer')} it changed will be as before")
        st.markdown(f"{', '.join([*said, 'its rankings go'])}. To have it back, bring the file again.")
        if effect.added:
            st.markdown(
                "Other rankings that hold one of these customers go too, whoever made them: of another file that "
                "brought the same customers as well. One of all customers is made again."
            )
        if effect.changed_since:
            they_are = agreeing(effect.changed_since, "it is", "they are")
            st.markdown(f"{plural(effect.changed_since, 'customer')} changed again since will stay as {they_are}.")
        if st.button("Undo the upload", type="primary", key="undo_confirmed", icon=":material/undo:"):
            watch_removal(
                queue_undo(
                    upload.upload_id, by=actor, queue=services().queue, audit=services().audit, now=datetime.now(UTC)
                )
            )
            st.rerun()
    except SmartBankError as exc:
        st.error(str(exc), icon=":material/error:")
