"""A page of a started SmartBank without a browser: its web socket, spoken as Streamlit's own script does."""

from contextlib import contextmanager

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect


@contextmanager
def open_page(port, *, cookie=None):
    """Yield the page a browser with a cookie sees, as long as the context lasts."""
    with connect(
        f"ws://localhost:{port}/_stcore/stream",
        origin=f"http://localhost:{port}",
        subprotocols=["streamlit"],
        additional_headers={"Cookie": cookie} if cookie else {},
        max_size=None,
    ) as stream:
        yield Page(stream)


class Page:
    """One open page: what it drew last, and widgets to fill and press."""

    def __init__(self, stream):
        self.stream = stream
        self.run({})

    def run(self, states):
        """Have the script run with the widgets in `states`, and keep what it draws: {id or label: element}."""
        asked = BackMsg()
        asked.rerun_script.query_string = ""
        for widget, value in states.items():
            state = asked.rerun_script.widget_states.widgets.add(id=widget)
            if value is True:
                state.trigger_value = True
            else:
                state.string_value = value
        self.stream.send(asked.SerializeToString())
        self.drawn = b""
        self.elements = {}
        while True:
            raw = self.stream.recv(timeout=60)
            message = ForwardMsg.FromString(raw)
            self.drawn += raw
            if message.WhichOneof("type") == "new_session":
                self.session_id = message.new_session.initialize.session_id
            if message.WhichOneof("type") == "script_finished":
                return
            if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element":
                self._keep(message.delta.new_element)

    def _keep(self, element):
        kind = element.WhichOneof("type")
        label = getattr(getattr(element, kind), "label", "")
        if label:
            self.elements[label] = getattr(element, kind).id

    def sign_in(self, name, password):
        """Fill and send the sign-in form."""
        filled = {"User name": name, "Password": password, "Sign in": True}
        self.run({self.elements[label]: value for label, value in filled.items()})
