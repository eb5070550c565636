"""Middleware in front of an application that answers everything."""

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient


@pytest.fixture
def behind():
    """Return a function that puts middleware before an application and returns a client of it."""

    async def answer(_request):
        return PlainTextResponse("in")

    async def talk(websocket):
        await websocket.accept()
        await websocket.send_text("in")
        await websocket.close()

    def behind(*middleware, base_url="http://localhost", client=("192.0.2.7", 50000)):
        routes = [Route("/{path:path}", answer, methods=["GET", "POST"]), WebSocketRoute("/stream", talk)]
        return TestClient(Starlette(routes=routes, middleware=middleware), base_url=base_url, client=client)

    return behind
