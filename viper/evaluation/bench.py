"""Models and data of an evaluation, each loaded by whoever needs it first."""

from functools import cached_property
from typing import Protocol

from viper.atelier.truth import QUESTIONS
from viper.curation import CuratedSet, load_curated
from viper.evaluation.judges import Judge, judge_of
from viper.evaluation.kept import Kept
from viper.evaluation.looks import Eyes
from viper.evaluation.plan import Plan
from viper.extraction import LanguageModel
from viper.extraction.offline import OfflineExtractor
from viper.generation import Generator
from viper.judging import Scorer
from viper.judging.recognition import load_judge


class Models(Protocol):
    """Loads what a plan names. Equal ones load the same; they travel to other processes."""

    def __hash__(self) -> int:
        """Of what it would load."""

    def generator(self) -> Generator:
        """Who draws."""

    def scorer(self) -> Scorer:
        """The product's, which selects and never reports."""

    def judge(self, name: str) -> Scorer:
        """One that reports and never selects."""

    def language_model(self) -> LanguageModel | None:
        """Who rewrites prompts; None where nobody does."""


class Bench:
    """What is needed to meet people."""

    def __init__(self, models: Models, kept: Kept) -> None:
        """Nothing is loaded yet; what language models answer is kept."""
        self._models, self.kept = models, kept
        self._judges: dict[str, Judge] = {}

    @cached_property
    def generator(self) -> Generator:
        """Who draws."""
        return self._models.generator()

    @cached_property
    def scorer(self) -> Scorer:
        """The product's, which selects and never reports."""
        return self._models.scorer()

    @cached_property
    def language_model(self) -> LanguageModel | None:
        """Who rewrites prompts."""
        return self._models.language_model()

    @cached_property
    def eyes(self) -> Eyes:
        """Those of the built-in world's judge, who reports and never selects."""
        return Eyes(load_judge(QUESTIONS))

    @cached_property
    def curated(self) -> CuratedSet:
        """What people comment on."""
        return load_curated()

    @cached_property
    def extractor(self) -> OfflineExtractor:
        """The one that everybody has."""
        return OfflineExtractor()

    def judge(self, name: str) -> Judge:
        """A scorer that reports and never selects."""
        if name not in self._judges:
            self._judges[name] = judge_of(self._models.judge(name), self.curated, self.kept)
        return self._judges[name]

    def load(self, plan: Plan) -> dict[str, object]:
        """Loads all that a plan names, so that what is wrong is told before anything is drawn.

        Returns:
            What they are called, as plain data.
        """
        model = self.language_model
        return {
            "generator": self.generator.model_id,
            "scorer": self.scorer.name,
            "judges": {name: self.judge(name).name for name in plan.scorers},
            "language_model": model.name if model else None,
        }
