"""Ports of this computer for servers that are measured, and waiting for what they answer."""

import socket
import subprocess
import time

import httpx2


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_ready(http: httpx2.Client, path: str, process: "subprocess.Popen[bytes]", *, within_s: float) -> bool:
    """Wait until a server answers a path with 200; False where it ends before that, or takes longer."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if http.get(path).status_code == 200:
                return True
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    return False
