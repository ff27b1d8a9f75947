"""What every screen shares: the studio, who is asking, and how a failure is told."""

import html
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from viper.errors import BadInput, LanguageModelError, ModelUnavailable, ViperError
from viper.extraction.progress import Progress, watching
from viper.store import Profile
from viper.studio import Studio
from viper.web.owners import Owners

CLICKS = """
element.addEventListener('click', (event) => {
  const target = event.target.closest('[data-do]');
  if (!target || !element.contains(target)) return;
  if (target.dataset.confirm && !window.confirm(target.dataset.confirm)) return;
  trigger('click', {...target.dataset});
});
"""
"""One listener for all of a component's markup: it reports the data of what was clicked."""

DRAWING: Mapping[str, Any] = {"concurrency_id": "drawing", "concurrency_limit": 16}
"""Events that draw: the generator decides whose turn it is, and shows each a first preview soon."""
READING: Mapping[str, Any] = {"concurrency_id": "reading", "concurrency_limit": 1}
"""Events that use the other models take turns."""
PRIVATE: Mapping[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""Events of the page; they are no part of the API."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody, with the profile they are using."""

    owner: str
    profile: Profile

    @property
    def id(self) -> str:
        """Of the profile."""
        return self.profile.id


@dataclass(frozen=True, slots=True)
class Site:
    """The studio and its visitors."""

    studio: Studio
    owners: Owners
    takes_style: bool = False
    """Whether pictures can be drawn in the style of others; known before the model is loaded."""

    def owner(self, request: gr.Request) -> str:
        """Who does this."""
        # Gradio fills it in for every event; only a request made by hand has none.
        connection: Any = request.request
        return self.owners.of_event(connection, request.session_hash)

    def visit(self, request: gr.Request, profile: str | None) -> Visit:
        """Who does this, with the profile their browser remembers, or their first one."""
        owner = self.owner(request)
        return Visit(owner, self.studio.store.profiles.get_or_default(owner, profile or None))


@dataclass(frozen=True, slots=True)
class Screen:
    """A part of the page: how to show it anew."""

    show: Callable[..., Any]
    """(profile id, request) -> the values of `outputs`."""
    outputs: list[Any]


@contextmanager
def told() -> Iterator[None]:
    """A failure inside is told in the page, in its own sentence; what was typed stays."""
    try:
        yield
    except ViperError as error:
        raise gr.Error(html.escape(str(error), quote=False), print_exception=False) from error


@contextmanager
def read_later() -> Iterator[None]:
    """What is inside stores a comment, then reads it: that it was stored is worth telling.

    So is how far the reading is, where comments that could not be read earlier are read with it.
    """
    try:
        with watching(_tell_progress):
            yield
    except (LanguageModelError, ModelUnavailable) as error:
        sentence = html.escape(str(error), quote=False)
        gr.Warning(f"Your comment is saved, but it could not be read yet. {sentence}")


def _tell_progress(progress: Progress) -> None:
    if progress.total > 1:
        gr.Info(f"{progress}.", duration=3)


def taken(file: str | None, *, expected: str) -> Path:
    """An uploaded file, to be read and then deleted by the caller.

    Raises:
        BadInput: Nothing was uploaded.
    """
    if file is None:
        raise BadInput(f"No file came: choose {expected}.")
    return Path(file)
