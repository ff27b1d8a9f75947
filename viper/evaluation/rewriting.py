"""Prompt fusion by a language model, for an evaluation: asked once, and never in the way.

What the model wrote is kept in the folder of the run, with the time it took. Where it fails, the
template takes its place, as in the product, and the record says so.
"""

import time
from collections.abc import Callable
from typing import Any

from viper.evaluation.kept import Kept
from viper.extraction import LanguageModel
from viper.generation import Fusion, GenerationRequest
from viper.studio.fusion import fused


class Rewriter:
    """Rewrites the prompts of one person."""

    def __init__(self, model: LanguageModel, fits: Callable[[str], bool], kept: Kept) -> None:
        """Nothing is asked yet.

        Args:
            model: Who writes.
            fits: Whether a text fits into the text encoder's window.
            kept: Where answers are found again.
        """
        self._model, self._fits, self._kept = model, fits, kept
        self._prompts, self._failures = 0, list[str]()

    def __call__(self, request: GenerationRequest) -> tuple[GenerationRequest, float]:
        """The request with its rewritten words, and the seconds that took when it was asked.

        Args:
            request: With the rule `fusion`.
        """
        self._prompts += 1
        question = {"who": self._model.name, "what": "fusion", "request": _asked(request)}
        answer = self._kept.find(question)
        if answer is None:
            started = time.perf_counter()
            found = fused(request, fits=self._fits, model=self._model)
            seconds = round(time.perf_counter() - started, 4)
            if found.warning or found.request.fused is None:
                self._failures += [found.warning] if found.warning else []
                return found.request, seconds
            answer = {"fused": found.request.fused.model_dump(), "seconds": seconds}
            self._kept.keep(question, answer)
        words = Fusion.model_validate(answer["fused"])
        return request.model_copy(update={"fused": words}), float(answer["seconds"])

    def to_dict(self) -> dict[str, Any]:
        """Who wrote, for how many prompts, and where the template had to take over."""
        return {
            "model": self._model.name,
            "prompts": self._prompts,
            "by_template": len(self._failures),
            "first_failure": next(iter(self._failures), None),
        }


def _asked(request: GenerationRequest) -> dict[str, Any]:
    # Another seed of the same wish is the same question.
    return request.model_dump(mode="json", exclude={"seed", "count"})
