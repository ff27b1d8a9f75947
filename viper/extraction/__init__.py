"""Comments become a VisualPreference. This module holds the ports; they cost nothing to import.

comments + Pictures ──► Extractor ──► Extraction = VisualPreference + how it came about
                          ├── LanguageModelExtractor (language.py) asks a LanguageModel:
                          │       OpenAIModel (openai_model.py), LocalModel (local_model.py)
                          ├── ReleasedExtractor (released.py): ViPer's own, for comparison
                          ├── OfflineExtractor (offline.py): word lists and MiniLM, no server
                          └── FallbackExtractor (fallback.py): the first; offline if it fails
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, Protocol, TypeVar, Union

from pydantic import BaseModel

from viper.preference import Comment, VisualPreference

if TYPE_CHECKING:
    from PIL import Image

Structure = TypeVar("Structure", bound=BaseModel)


@dataclass(frozen=True)
class Extraction:
    """A preference and how it came about; the store keeps all of it."""

    preference: VisualPreference
    raw_replies: tuple[str, ...]
    """What the language model wrote, in order, repairs included; empty without a model."""
    model: str | None
    prompt_sha256: str | None
    """Identity of the prompt files, before variables were filled in."""
    latency_s: float
    tokens: int | None
    """Prompt and reply tokens of all calls; None if the server did not say."""
    output_tokens: int | None = None
    """Those of them that the model wrote; None if the server did not say."""

    @property
    def input_tokens(self) -> int | None:
        """Those that the model read."""
        return None if self.tokens is None else self.tokens - (self.output_tokens or 0)


class Pictures(Protocol):
    """What an extractor needs to know about a picture reference such as `curated:017`."""

    def known_attributes(self, image: str | None) -> Mapping[str, tuple[str, ...]]:
        """Attributes by facet, the most salient first within a facet; empty if unknown."""
        ...

    def open(self, image: str | None) -> "Image.Image | None":
        """The picture itself, or None if there is none to look at."""
        ...


class Extractor(Protocol):
    """Reads comments."""

    def extract(
        self, comments: Sequence[Comment], *, pictures: Pictures, name: str = "default"
    ) -> Extraction:
        """One preference from all comments; evidence refers to them by index.

        Raises:
            LanguageModelError: The extractor needs a language model and got no usable answer.
        """
        ...


@dataclass(frozen=True)
class Message:
    """One turn of a conversation with a language model."""

    role: Literal["system", "user", "assistant"]
    parts: tuple[Union[str, "Image.Image"], ...]
    """Text and pictures in reading order."""


@dataclass(frozen=True)
class Reply(Generic[Structure]):
    """A validated answer."""

    value: Structure
    raw_replies: tuple[str, ...]
    tokens: int | None
    warnings: tuple[str, ...] = ()
    """For people: what the model was not able to see or do."""
    output_tokens: int | None = None
    """As in `Extraction`."""


class LanguageModel(Protocol):
    """A model that answers messages with a structure."""

    @property
    def kind(self) -> str:
        """`openai` or `local`."""
        ...

    @property
    def name(self) -> str:
        """Which model, as its server or folder calls it."""
        ...

    def reply(
        self,
        messages: Sequence[Message],
        *,
        schema: type[Structure],
        context: Mapping[str, object],
        deadline: float,
    ) -> Reply[Structure]:
        """One answer that validates as `schema` (with `context` for its validators).

        Args:
            messages: The conversation; the schema is explained in it.
            schema: Every field required, so that servers can enforce it.
            context: Handed to pydantic's validators.
            deadline: Instant on `time.monotonic()`; no reply takes longer.

        Raises:
            CutOff: Question and answer are too long for the model; fewer comments may fit.
            LanguageModelError: Refused, unreachable, or invalid twice.
        """
        ...
