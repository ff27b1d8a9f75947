"""The server of stage.py, opened and closed around a test."""

import threading
from collections.abc import Callable, Iterator

import pytest

from tests.extraction.stage import Play, Stage


@pytest.fixture
def stage() -> Iterator[Callable[..., Stage]]:
    """Opens a server with a script; all are closed at the end."""
    opened: list[tuple[Stage, threading.Thread]] = []

    def open_stage(*script: Play) -> Stage:
        server = Stage(*script)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        opened.append((server, thread))
        return server

    yield open_stage
    for server, thread in opened:
        server.shutdown()
        server.server_close()
        thread.join()
