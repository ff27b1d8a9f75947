"""What a person said: comments, clicks without words, and their turns of a chat."""

import textwrap
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from viper.errors import BadInput
from viper.preference.evidence import Kind
from viper.preference.value import Value, first_problem, read_json

Stance = Literal["like", "dislike", "mixed"]
"""What a person pressed beside the comment; None where a comment came without a button."""

MAX_COMMENT_CHARACTERS = 4_000


class Comment(Value):
    """What a person said about one picture, or about pictures in general.

    An empty text is allowed where a stance was given: a click is weak evidence, not none.
    """

    image: str | None = None
    """`curated:<id>`, a file path, `image:<id>` of a generated picture, or None."""
    text: Annotated[str, Field(max_length=MAX_COMMENT_CHARACTERS)] = ""
    stance: Stance | None = None
    source: Literal["comment", "chat"] = "comment"
    """Whether it was said to be read here, or happened to be said to somebody else."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text.strip() and self.stance is None:
            raise ValueError("a comment needs a text or a stance")
        return self

    @property
    def kind(self) -> Kind:
        """What its evidence is: a click if there are no words."""
        return self.source if self.text.strip() else "click"


def parse_comments(text: str | bytes, *, source: str = "comments") -> tuple[Comment, ...]:
    """Reads a comments file, `{"comments": [{"image", "text", "stance"}, ...]}`.

    Raises:
        BadInput: Not JSON, another shape, no comment at all, or an empty comment; the message
            names `source` and the first offending entry.
    """
    data = read_json(text, source=source)
    entries = data.get("comments") if isinstance(data, dict) else None
    if not isinstance(entries, list) or not entries:
        raise BadInput(f'{source}: expected an object with a non-empty list "comments".')
    comments = []
    for index, entry in enumerate(entries):
        try:
            comments.append(Comment.model_validate(entry))
        except ValidationError as error:
            raise BadInput(f"{source}: comment {index}: {first_problem(error)}.") from error
    return tuple(comments)


def parse_history(text: str | bytes, *, source: str = "history") -> tuple[Comment, ...]:
    """Reads a chat, a list of `{"role", "content"}`, and gives what the user said in it.

    The list may stand alone or under "messages"; content is a text or a list of parts, of which
    the texts count. A turn that is longer than a comment becomes several.

    Raises:
        BadInput: Not JSON, another shape, or no words of a user; the message names `source`.
    """
    data = read_json(text, source=source)
    messages = data.get("messages") if isinstance(data, dict) else data
    if not isinstance(messages, list):
        raise BadInput(f"{source}: expected a list of messages with role and content.")
    said = []
    for index, message in enumerate(messages):
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise BadInput(f"{source}: message {index}: expected an object with role and content.")
        if message["role"] == "user":
            said += list(_pieces(_words(message.get("content"), f"{source}: message {index}")))
    if not said:
        raise BadInput(f"{source}: there is nothing that a user said in it.")
    return tuple(Comment(text=piece, source="chat") for piece in said)


def _words(content: Any, where: str) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list) or not all(isinstance(part, dict) for part in content):
        raise BadInput(f"{where}: expected a text as content, or a list of parts.")
    return "\n".join(part["text"] for part in content if isinstance(part.get("text"), str))


def _pieces(text: str) -> Iterator[str]:
    if len(text) <= MAX_COMMENT_CHARACTERS:
        pieces = [text]
    else:
        pieces = textwrap.wrap(text, MAX_COMMENT_CHARACTERS, replace_whitespace=False)
    yield from (piece for piece in pieces if piece.strip())
