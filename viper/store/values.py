"""What the store takes and gives: frozen values, never rows.

What somebody brings (`Comment`, `Extraction`, `Picture`) comes back inside a `Stored...` value,
which adds its id and its time. All times are UTC.
"""

import json
import uuid
from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from viper.preference import Comment, VisualPreference

ProfileName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
OwnerId = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^\S+$")]
HexId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Score = Annotated[float, Field(allow_inf_nan=False)]


def new_id() -> str:
    """An id that cannot be guessed, 32 hexadecimal digits: fit for an address or a file name."""
    return uuid.uuid4().hex


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Owner(_Value):
    """One person, or one browser."""

    id: OwnerId
    created: datetime


class Profile(_Value):
    """A named taste of one owner."""

    id: str
    name: ProfileName
    created: datetime
    version: int
    """Number of the newest version, 0 while there is none."""
    comments: int
    """How many comments it has."""


class StoredComment(_Value):
    """A comment that is safe on disk."""

    id: int
    profile: str
    comment: Comment
    created: datetime
    edited: datetime | None = None


class Extraction(_Value):
    """What one reading of comments said and cost, whether or not it succeeded."""

    kind: str
    """`offline`, `openai` or `local`."""
    model: str | None = None
    prompt_sha256: str | None = None
    comments: tuple[int, ...] = ()
    """Ids of the comments that were read."""
    raw_reply: str | None = None
    """As it came; None if none came, or if one of the comments was deleted since."""
    latency_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    input_tokens: Annotated[int, Field(ge=0)] | None = None
    output_tokens: Annotated[int, Field(ge=0)] | None = None
    warnings: tuple[str, ...] = ()
    error: str | None = None
    """The sentence shown, if it failed."""


class StoredExtraction(_Value):
    """An extraction on record."""

    id: int
    created: datetime
    extraction: Extraction


class PreferenceVersion(_Value):
    """A profile's preference at one point of its history; it never changes."""

    number: Annotated[int, Field(ge=0)]
    """1, 2, ...; 0 is the empty preference before the first version."""
    parent: int | None = None
    """The version before it; for a restored version, the one before the version restored."""
    note: str = ""
    """What changed, in words."""
    created: datetime | None = None
    extraction: int | None = None
    """The extraction it came from, if it came from one."""
    preference: VisualPreference
    """Named as its profile. `Evidence.comment` is the id of a stored comment, or None."""


class Picture(_Value):
    """A generated picture: where its file is and how it was made."""

    file: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    """Path relative to the data folder, with `/`."""
    prompt: str
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)]
    recipe: str
    """The recipe as JSON text."""
    request: HexId
    """Pictures that were asked for together share it; made by `new_id`."""
    profile: str | None = None
    version: Annotated[int, Field(ge=1)] | None = None
    """Version of that profile's preference that was applied, if any was."""
    score: Score | None = None
    """Predicted liking."""

    @field_validator("file")
    @classmethod
    def _inside_the_data_folder(cls, file: str) -> str:
        path = PurePosixPath(file)
        if path.is_absolute() or ".." in path.parts or "\\" in file or ":" in file:
            raise ValueError("expected a path inside the data folder")
        return file

    @field_validator("recipe")
    @classmethod
    def _is_json(cls, recipe: str) -> str:
        if not isinstance(json.loads(recipe), dict):
            raise ValueError("expected a JSON object")
        return recipe

    @model_validator(mode="after")
    def _version_of_something(self) -> Self:
        if self.version is not None and self.profile is None:
            raise ValueError("a version needs its profile")
        return self


class Feedback(_Value):
    """What a person says about a generated picture; at least one of the three."""

    rating: Annotated[int, Field(ge=1, le=5)] | None = None
    stance: Literal["like", "dislike"] | None = None
    comment: int | None = None
    """Id of the stored comment with their words, which belongs to `image:<id>`."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.rating is None and self.stance is None and self.comment is None:
            raise ValueError("feedback needs a rating, a stance or a comment")
        return self


class StoredPicture(_Value):
    """A picture of the gallery, with what its owner says about it."""

    id: str
    created: datetime
    picture: Picture
    feedback: Feedback | None = None
