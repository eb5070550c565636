"""A network between SmartBank and its database that a test can slow down, silence, cut, or stop at one message."""

import contextlib
import socket
import struct
import threading
import time


def order(command, collection):
    """Return the bytes by which a command on a collection is known on the wire: `order("insert", "outcomes")`."""
    name = collection.encode() + b"\0"
    return b"\x02" + command.encode() + b"\0" + struct.pack("<i", len(name)) + name


class Proxy:
    """Listens on a port of 127.0.0.1 and passes whole messages on to another one, and the answers back.

    Attributes
    ----------
    delay_s : float
        How long each answer is held back, in seconds.
    """

    def __init__(self, target):
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._sockets = set()
        self._passing = threading.Event()
        self.mend()
        threading.Thread(target=self._accept, daemon=True).start()

    def mend(self):
        """Pass everything on again."""
        self.delay_s, self._trap, self._is_cut = 0.0, None, False
        self._passing.set()

    def cut(self):
        """Close every connection and each new one."""
        self._is_cut = True
        for each in list(self._sockets):
            close_socket(each)

    def silence(self):
        """Keep connections open and take new ones, but let nothing through, as a firewall that drops packets."""
        self._passing.clear()

    def at(self, wanted, happens, *, nth=1, is_answered=False):
        """Have something happen when the nth message with these bytes comes, before it is passed on.

        With `is_answered` it happens once the database has answered it, and the answer is lost.
        """
        self._trap = _Trap(wanted, happens, nth, is_answered)

    @property
    def has_happened(self):
        """Whether what was set last by `at` has happened."""
        return self._trap is not None and self._trap.has_happened

    def close(self):
        """Stop listening and let go of every connection."""
        self.cut()
        close_socket(self._listener)
        self._passing.set()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near):
        try:
            far = None if self._is_cut else socket.create_connection(("127.0.0.1", self._target))
        except OSError:  # the database is down
            far = None
        if far is None:
            close_socket(near)
            return
        self._sockets |= {near, far}
        lost = threading.Event()
        threading.Thread(target=self._pass, args=(far, near, lost, False), daemon=True).start()
        self._pass(near, far, lost, True)

    def _pass(self, source, target, lost, is_question):
        with contextlib.suppress(OSError):
            while message := next_message(source):
                self._passing.wait()
                if is_question:
                    self._question(message, lost)
                else:
                    time.sleep(self.delay_s)
                    if lost.is_set():
                        self._trap.spring()
                        break
                target.sendall(message)
        for each in (source, target):
            close_socket(each)
            self._sockets.discard(each)

    def _question(self, message, lost):
        trap = self._trap
        if trap is None or not trap.meets(message):
            return
        if trap.is_answered:
            lost.set()
        else:
            trap.spring()


class _Trap:
    def __init__(self, wanted, happens, nth, is_answered):
        self._wanted, self._happens, self._left = wanted, happens, nth
        self.is_answered, self.has_happened = is_answered, False

    def meets(self, message):
        self._left -= self._wanted in message
        return self._left == 0 and self._wanted in message

    def spring(self):
        self._happens()
        self.has_happened = True


def next_message(source):
    """Return the next message of MongoDB's wire protocol, whose first four bytes are its length; empty at the end."""
    head = _exactly(source, 4)
    return head and head + _exactly(source, struct.unpack("<i", head)[0] - 4)


def _exactly(source, size):
    parts = bytearray()
    while len(parts) < size:
        part = source.recv(size - len(parts))
        if not part:
            return b""
        parts += part
    return bytes(parts)


def close_socket(each):
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()
