"""A model's text becomes a validated structure: located with tolerance, validated without any.

ask ──► text ──► locate JSON ──► validate ──► Reply
                      └── invalid: one repair round that quotes the error, then an error
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from viper.errors import LanguageModelError
from viper.extraction import Message, Reply, Structure
from viper.extraction.prompts import Prompts
from viper.preference import first_problem

MAX_REPLY_CHARACTERS = 2_000_000
_MAX_QUOTED_REPLY = 4_000
_MAX_CANDIDATES = 40
_FENCE = re.compile(r"```[a-zA-Z]*\s*\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Answer:
    """What a model wrote, before anybody looked at it."""

    text: str
    tokens: int | None
    """Read and written."""
    output_tokens: int | None = None
    """Written."""


def structured(
    ask: Callable[[Sequence[Message]], Answer],
    messages: Sequence[Message],
    *,
    schema: type[Structure],
    context: Mapping[str, object],
    prompts: Prompts,
) -> Reply[Structure]:
    """The answer as a structure, after at most one repair round.

    Raises:
        LanguageModelError: The second answer is invalid as well; it carries both replies.
    """
    first = ask(messages)
    try:
        value = parsed(first.text, schema=schema, context=context)
    except ValueError as error:
        problem = str(error)
    else:
        return Reply(
            value=value,
            raw_replies=(first.text,),
            tokens=first.tokens,
            output_tokens=first.output_tokens,
        )
    repair = (
        Message("assistant", (first.text[:_MAX_QUOTED_REPLY] or "(nothing)",)),
        Message("user", (prompts.render("repair", error=problem),)),
    )
    try:
        second = ask([*messages, *repair])
    except LanguageModelError as error:
        error.raw_replies = (first.text, *error.raw_replies)
        raise
    raw = (first.text, second.text)
    try:
        value = parsed(second.text, schema=schema, context=context)
    except ValueError as error:
        raise LanguageModelError(
            "The language model answered twice in a form that cannot be used: try again, or "
            "choose another model.",
            raw_replies=raw,
        ) from error
    return Reply(
        value=value,
        raw_replies=raw,
        tokens=total((first.tokens, second.tokens)),
        output_tokens=total((first.output_tokens, second.output_tokens)),
    )


def parsed(text: str, *, schema: type[Structure], context: Mapping[str, object]) -> Structure:
    """The structure in a text that may have prose, code fences or reasoning around it.

    Where several JSON objects validate, the last one counts: models think first, then answer.

    Raises:
        ValueError: None validates; the message says what is wrong with the likeliest one.
    """
    if len(text) > MAX_REPLY_CHARACTERS:
        raise ValueError(f"the answer has {len(text)} characters")
    problem = _break(text)
    longest = 0 if problem is None else len(text)
    for candidate in reversed(list(_objects(text))):
        try:
            return schema.model_validate_json(candidate, context=dict(context))
        except ValidationError as error:
            if len(candidate) > longest:
                longest, problem = len(candidate), first_problem(error)
    raise ValueError(problem or "the answer holds no JSON object")


def total(tokens: Sequence[int | None]) -> int | None:
    """The sum, or None if nothing is known."""
    known = [count for count in tokens if count is not None]
    return sum(known) if known else None


def _break(text: str) -> str | None:
    """Where the first JSON object breaks off, or None if it is whole or there is none."""
    start = text.find("{")
    try:
        json.JSONDecoder().raw_decode(text, max(start, 0))
    except json.JSONDecodeError as error:
        return f"the JSON is broken: {error}" if start >= 0 else None
    except RecursionError:
        return "the JSON is nested too deeply"
    return None


def _objects(text: str) -> Iterator[str]:
    """Outermost JSON objects in reading order, at most `_MAX_CANDIDATES`.

    Fenced blocks come last, as the likeliest answer.
    """
    for part in (text, *(match.group(1) for match in _FENCE.finditer(text))):
        yield from _objects_in(part)


def _objects_in(text: str) -> Iterator[str]:
    decoder = json.JSONDecoder()
    start = text.find("{")
    for _ in range(_MAX_CANDIDATES):
        if start < 0:
            return
        try:
            _, end = decoder.raw_decode(text, start)
        except (json.JSONDecodeError, RecursionError):
            end = start + 1
        else:
            yield text[start:end]
        start = text.find("{", end)
