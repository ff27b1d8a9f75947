"""How far a reading has come, told to whoever asked: a page, a command, nobody.

    with watching(show):            # the caller, at any distance
        studio.comment(...)         # ... LanguageModelExtractor ... tell(Progress(8, 20))

What watches belongs to the thread (or task) that set it, so no signature on the way carries it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """A moment of one reading."""

    read: int
    """Comments that were read."""
    total: int
    """Comments to read."""

    def __str__(self) -> str:
        """For people."""
        return f"{self.read} of {self.total} comments read"


_watcher: ContextVar[Callable[[Progress], None] | None] = ContextVar("watcher", default=None)


@contextmanager
def watching(show: Callable[[Progress], None]) -> Iterator[None]:
    """Within it, `show` is called at the start of a reading and after each answer of a model."""
    token = _watcher.set(show)
    try:
        yield
    finally:
        _watcher.reset(token)


def tell(progress: Progress) -> None:
    """Shows it to whoever watches."""
    if (show := _watcher.get()) is not None:
        show(progress)
