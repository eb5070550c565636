"""What a customer may ask for, on their page: everything kept of them, as a file."""

from datetime import UTC, datetime

import streamlit as st

from smartbank.bootstrap import access_ports
from smartbank.core.people import Actor, Right
from smartbank.services.access_file import access_bytes, access_file_name, give_access
from smartbank.ui.resources import services
from smartbank.ui.visitor import asking_later


def show_access(customer_id: str, actor: Actor) -> None:
    """Offer the file to those who may hand it over; it is made, and put on record, when somebody takes it."""
    if not actor.may(Right.GIVE_ACCESS):
        return
    ports, asker = access_ports(services()), asking_later(actor)

    def content() -> bytes:
        return access_bytes(give_access(customer_id, by=asker(), ports=ports, now=datetime.now(UTC)))

    st.download_button(
        "Everything kept of this customer",
        content,
        access_file_name(datetime.now(UTC)),
        "application/json",
        icon=":material/folder_shared:",
        on_click="ignore",
        key="access_file",
        help="For a customer who asks what is kept of them. Taking it is on record.",
    )
