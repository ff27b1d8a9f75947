"""What all values of the domain share: they are frozen, and tell in one line what is wrong."""

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from viper.errors import BadInput

Side = Literal["liked", "disliked"]
"""The two lists of a preference."""
SIDES: tuple[Side, Side] = ("liked", "disliked")


class Value(BaseModel):
    """A frozen value; an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def read_json(text: str | bytes, *, source: str) -> Any:
    """Plain data from JSON.

    Raises:
        BadInput: It is no JSON; the message names `source`.
    """
    try:
        return json.loads(text)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"{source}: not valid JSON ({error}).") from error


def first_problem(error: ValidationError) -> str:
    """The first problem of a validation error in one line: where, what, and the value."""
    problem = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in problem["loc"])
    message = problem["msg"].removeprefix("Value error, ")
    value = repr(problem["input"])
    shown = value if len(value) <= 60 else value[:57] + "..."
    return f"{where}: {message}, got {shown}" if where else f"{message}, got {shown}"
