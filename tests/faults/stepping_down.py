"""A primary that steps down: it stands before the database, and for a while answers as one that is primary no more."""

import contextlib
import itertools
import socket
import struct
import threading
import time

import bson

from tests.faults.proxy import close_socket, next_message

NOT_PRIMARY = {10107: "NotWritablePrimary", 189: "PrimarySteppedDown", 11602: "InterruptedDueToReplStateChange"}
"""What MongoDB answers then, one after the other."""
_STILL_ANSWERED = ("hello", "ismaster", "saslstart", "saslcontinue", "ping", "endsessions")
_OP_REPLY, _OP_MSG = 1, 2013
_BODY = {_OP_REPLY: 36, _OP_MSG: 21}
"""Where the document of an answer begins."""


class SteppingDown:
    """Listens on a port of 127.0.0.1 in place of a replica set's only member.

    Attributes
    ----------
    passed, refused : int
        Commands the database answered, and those that were answered with an error.
    """

    def __init__(self, port):
        self._target = port
        self._codes = itertools.cycle(NOT_PRIMARY)
        self._is_known, self._until = True, 0.0
        self._sockets = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self.passed = self.refused = 0

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_exc):
        for each in (self._listener, *self._sockets):
            close_socket(each)

    def step_down(self, for_s):
        """Be no primary for some seconds: keep who is connected, as MongoDB does, and refuse every command.

        Who only asks how it is learns of it once a command was refused, so that the first one always is.
        """
        self._is_known, self._until = False, time.monotonic() + for_s

    @property
    def is_down(self):
        return time.monotonic() < self._until

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                self._sockets |= {near, far}
                for way in ((near, far, self._question), (far, near, self._answer)):
                    threading.Thread(target=self._pass, args=(near, *way), daemon=True).start()

    def _pass(self, near, source, target, see):
        with contextlib.suppress(OSError):
            while message := next_message(source):
                if (seen := see(message, near)) is not None:
                    target.sendall(seen)
        for each in (source, target):
            close_socket(each)
            self._sockets.discard(each)

    def _question(self, message, near):
        """Return a command to pass on, or answer it with an error."""
        request_id, opcode = struct.unpack_from("<i4xi", message, 4)
        if opcode != _OP_MSG or _command(message) in _STILL_ANSWERED:
            return message
        if not self.is_down:
            self.passed += 1
            return message
        code = next(self._codes)
        self.refused += 1
        self._is_known = True
        labels = ["RetryableWriteError"]
        error = {"ok": 0.0, "errmsg": "not primary", "code": code, "codeName": NOT_PRIMARY[code], "errorLabels": labels}
        near.sendall(_packed(bson.encode(error), request_id))
        return None

    def _answer(self, message, _near):
        """Return an answer; one that says who is primary says it of this address."""
        opcode = struct.unpack_from("<i", message, 12)[0]
        start = _BODY[opcode]
        said = bson.decode(message[start:])
        if "setName" not in said:
            return message
        here, is_primary = f"127.0.0.1:{self.port}", not (self.is_down and self._is_known)
        said |= {"hosts": [here], "me": here, "isWritablePrimary": is_primary, "ismaster": is_primary}
        said["secondary"] = not is_primary
        for name in ("primary", "topologyVersion", "electionId"):  # without the version the driver asks again and again
            said.pop(name, None)
        body = bson.encode(said)
        head = struct.pack("<i", start + len(body)) + message[4:start]
        return head + body


def _command(message):
    """Return the name of a command, in small letters: the first key of the document after flags and kind."""
    end = message.index(b"\0", 26)
    return message[26:end].decode().lower()


def _packed(body, request_id):
    return struct.pack("<iiiiiB", 21 + len(body), 0, request_id, _OP_MSG, 0, 0) + body
