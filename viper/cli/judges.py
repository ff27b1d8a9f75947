"""Judges made of parts of extraction, which judging does not know: a checkpoint, or a server."""

import json
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from viper.errors import LanguageModelError

if TYPE_CHECKING:
    from PIL.Image import Image

    from viper.extraction import LanguageModel
    from viper.extraction.prompts import Prompts
    from viper.judging import Scorer

DEADLINE_S = 120.0
"""For one question about pictures."""

Structure = TypeVar("Structure", bound=BaseModel)


def released_scorer(weights: str, *, device: str, dtype: str) -> "Scorer":
    """ViPer's released proxy.

    Args:
        weights: `BASE+ADAPTER` or a merged checkpoint, each a folder or an id at the hub; empty
            means the published ones.
        device: Where it runs.
        dtype: `auto` is `fp32`, as released (34 GB); `bf16` takes half of it.

    Raises:
        ModelUnavailable: It cannot be loaded.
    """
    from viper.extraction.loading import load
    from viper.extraction.prompts import Prompts
    from viper.judging.proxy import PROCESSING, QUESTION, RELEASED, ProxyScorer

    number = "fp32" if dtype == "auto" else dtype
    loaded = load(weights or RELEASED, device=device, dtype=number, **PROCESSING)
    return ProxyScorer(
        f"viper2024:{weights or RELEASED}",
        model=loaded.model,
        processor=loaded.processor,
        question=Prompts().render(QUESTION),
    )


class Asking:
    """Implements `viper.judging.vlm.Ask` with a language model and the prompt files."""

    def __init__(self, model: "LanguageModel", prompts: "Prompts | None" = None) -> None:
        """Nothing is asked yet."""
        from viper.extraction.prompts import Prompts

        self._model, self._prompts = model, prompts or Prompts()

    def __call__(
        self,
        prompt: str,
        variables: Mapping[str, object],
        pictures: Sequence[tuple[str, "Image"]],
        schema: type[Structure],
    ) -> Structure:
        """As the port says."""
        from viper.extraction import Message
        from viper.extraction.prompts import data

        quoted = {name: data(value) for name, value in variables.items()}
        form = json.dumps(schema.model_json_schema())
        text = self._prompts.render(prompt, schema=form, **quoted)
        shown = [part for titled in pictures for part in titled]
        try:
            reply = self._model.reply(
                [Message("user", (text, *shown))],
                schema=schema,
                context={},
                deadline=time.monotonic() + DEADLINE_S,
            )
        except LanguageModelError as error:
            error.instead = "choose the scorer builtin"
            raise
        return reply.value
