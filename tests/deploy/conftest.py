from http.server import ThreadingHTTPServer
from threading import Thread

import pytest


@pytest.fixture
def listening():
    """Return a function that starts a server with a handler of requests, and returns its port."""
    servers = []

    def listening(handler):
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), handler))
        Thread(target=servers[-1].serve_forever, daemon=True).start()
        return servers[-1].server_port

    yield listening
    for server in servers:
        server.shutdown()
        server.server_close()
