"""A session of the screens without a browser: it says to the server over the web socket what a browser would say.

Streamlit's protocol is protobuf over a web socket: the browser sends which page it is on, its address and the values of
its widgets, and the server sends what is to be drawn until the script has ended. Nothing is drawn here, so what is
measured is the server's part, and a hundred sessions fit on a computer that could hold two browsers.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState, ContextInfo
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from smartbank.core.session_cookies import SESSION_COOKIE

OF_MESSAGE: Final = 64 * 2**20
_ENDED_FOR_A_RERUN: Final = ForwardMsg.FINISHED_EARLY_FOR_RERUN


class PageFailedError(Exception):
    """A page said that something went wrong, or did not have what was to be clicked."""


@dataclass
class Screen:
    """What is drawn: the id of each widget by its key, how much was sent, and what went wrong."""

    widgets: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    size: int = 0
    messages: int = 0


@dataclass
class Visitor:
    """One session that is open. Every method returns when the page is drawn to its end."""

    socket: ClientConnection
    origin: str
    pages: dict[str, str] = field(default_factory=dict)
    page: str = ""
    query: str = ""
    states: dict[str, WidgetState] = field(default_factory=dict)
    screen: Screen = field(default_factory=Screen)

    @property
    def name(self) -> str:
        """Name of the page it is on."""
        return self.page or "overview"

    async def go(self, page: str, **query: str) -> Screen:
        """Open a page by its address; what was typed into the page before is forgotten, as in a browser."""
        self.page, self.query = page, urlencode(query)
        return await self._rerun()

    async def click(self, key: str) -> Screen:
        """Press a button."""
        return await self._change(key, trigger_value=True)

    async def choose(self, key: str, option: str) -> Screen:
        """Choose an option of a radio or a select box, or type into a field of text."""
        return await self._change(key, string_value=option)

    async def turn(self, key: str, number: int) -> Screen:
        """Turn to a page of a table, the first is 1."""
        return await self._change(key, int_value=number)

    async def _change(self, key: str, **value: str | int | bool) -> Screen:
        if key not in self.screen.widgets:
            raise PageFailedError(f"There is no {key!r} on {self.name}: {sorted(self.screen.widgets)}")
        named = self.screen.widgets[key]
        self.states[named] = WidgetState(id=named, **value)  # type: ignore[arg-type]
        screen = await self._rerun()
        if "trigger_value" in value:
            self.states.pop(named, None)
        return screen

    async def _rerun(self) -> Screen:
        state = ClientState(
            query_string=self.query,
            page_script_hash=self.pages.get(self.page, ""),
            page_name="" if self.pages else self.page,
            context_info=ContextInfo(timezone="UTC", locale="en", url=f"{self.origin}/{self.page}"),
        )
        state.widget_states.widgets.extend(self.states.values())
        await self.socket.send(BackMsg(rerun_script=state).SerializeToString())
        self.screen = await self._drawn()
        on_screen = set(self.screen.widgets.values())
        self.states = {named: state for named, state in self.states.items() if named in on_screen}
        if self.screen.errors:
            raise PageFailedError(f"{self.name}: {self.screen.errors}")
        return self.screen

    async def _drawn(self) -> Screen:
        """Read until the script has ended."""
        screen = Screen()
        async for data in self.socket:
            message = ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())
            screen.size += len(data)
            screen.messages += 1
            kind = message.WhichOneof("type")
            if kind == "navigation":
                self.pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                _note(message.delta.new_element, screen)
            elif kind == "script_finished" and message.script_finished != _ENDED_FOR_A_RERUN:
                return screen
        raise PageFailedError("The server closed the connection.")


@asynccontextmanager
async def visiting(origin: str, token: str) -> AsyncGenerator[Visitor]:
    """Open a session of somebody who is signed in, and close it as a closed tab does.

    Parameters
    ----------
    origin : str
        Address of the screens, "http://localhost:8501".
    token : str
        Of the session cookie.
    """
    async with connect(
        f"{origin.replace('http', 'ws', 1)}/_stcore/stream",
        origin=origin,  # type: ignore[arg-type]
        subprotocols=[Subprotocol("streamlit")],
        additional_headers={"Cookie": f"{SESSION_COOKIE}={token}"},
        max_size=OF_MESSAGE,
        open_timeout=60,
    ) as socket:
        yield Visitor(socket, origin)


def _note(element: Element, screen: Screen) -> None:
    kind = element.WhichOneof("type")
    if kind == "exception":
        screen.errors.append(element.exception.message)
    if kind == "alert" and element.alert.format == element.alert.ERROR:
        screen.errors.append(element.alert.body)
    named = getattr(getattr(element, kind), "id", "") if kind else ""
    if named:
        screen.widgets[named.rpartition("-")[2]] = named
