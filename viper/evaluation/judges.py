"""Scorers as judges of anybody's pictures: told the true taste, which of two pictures is better?

    CLIP, SigLIP      two scores, given the taste in words
    released proxy    two scores, given curated pictures that this person truly likes and dislikes
    VLM               a graded choice, asked in both orders, given the taste in words

Whoever judges never selects: `viper.cli.evaluate` refuses a judge that is the product's scorer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL.Image import Image

from viper.curation import CuratedImage, CuratedSet
from viper.errors import BadInput, LanguageModelError, Unreachable
from viper.evaluation.kept import Kept, digest
from viper.evaluation.methods import DEFAULT, PLAIN
from viper.evaluation.people import Person, context
from viper.evaluation.talk import looks_of
from viper.judging import Scorer
from viper.judging.proxy import PAIRS, ProxyScorer
from viper.judging.vlm import VisionLanguageJudge
from viper.preference import VisualPreference

Pair = tuple[Image, Image]
Answer = float | None
"""None where a language model gave no usable answer."""


@dataclass(frozen=True)
class Truth:
    """What somebody really wants of a picture of one subject."""

    preference: VisualPreference
    liked: Sequence[Image] = ()
    disliked: Sequence[Image] = ()


class Judge:
    """Any scorer; the picture with the higher score is the better one."""

    def __init__(self, scorer: Scorer, curated: CuratedSet) -> None:
        """Takes a scorer that selects nothing, and pictures whose looks are known."""
        self._scorer, self._curated = scorer, curated
        self._truths: dict[tuple[int, int], Truth] = {}

    @property
    def name(self) -> str:
        """As the scorer is called."""
        return self._scorer.name

    def truth(self, who: Person, subject: str) -> Truth:
        """What this judge is told, in the form that it can read."""
        known = who.seed, context(subject)
        if known not in self._truths:
            preference = who.true_preference(subject)
            examples: tuple[list[Image], list[Image]] = ([], [])
            if isinstance(self._scorer, ProxyScorer):
                examples = truly_liked_and_disliked(who, subject, self._curated)
            self._truths[known] = Truth(preference, *examples)
        return self._truths[known]

    def over(self, pairs: Sequence[Pair], truth: Truth) -> list[Answer]:
        """How surely the first of two is the better one: 0 to 1, 0.5 is a draw."""
        # Equal pictures are judged once: another place in a batch can change the last digits.
        named = [(digest(one), digest(other)) for one, other in pairs]
        pictures = {
            name: picture
            for names, pair in zip(named, pairs, strict=True)
            for name, picture in zip(names, pair, strict=True)
        }
        scores = self._scorer.score(
            [*pictures.values()],
            preference=truth.preference, liked=truth.liked, disliked=truth.disliked,
        )  # fmt: skip
        value = {name: score.value for name, score in zip(pictures, scores, strict=True)}
        return [_above(value[one], value[other]) for one, other in named]

    def agreement(self, pictures: Sequence[Image], text: str) -> list[Answer] | None:
        """How well each picture shows the prompt, in the judge's own unit; None if it cannot."""
        try:
            return [*self._scorer.agreement(pictures, text)]
        except BadInput:
            return None

    def spread(self, pictures: Sequence[Image]) -> Answer:
        """How different pictures look to it; None if it cannot tell."""
        try:
            return self._scorer.spread(pictures)
        except BadInput:
            return None


class AskedJudge(Judge):
    """A language model that sees: no question is asked twice, and one may stay unanswered."""

    def __init__(self, judge: VisionLanguageJudge, curated: CuratedSet, kept: Kept) -> None:
        """Answers are kept there."""
        super().__init__(judge, curated)
        self._judge, self._kept = judge, kept

    def over(self, pairs: Sequence[Pair], truth: Truth) -> list[Answer]:
        """See `Judge.over`."""
        return [self._over(pair, truth.preference) for pair in pairs]

    def agreement(self, pictures: Sequence[Image], text: str) -> list[Answer] | None:
        """See `Judge.agreement`."""
        return [self._asked("agreement", [one], text=text) for one in pictures]

    def spread(self, pictures: Sequence[Image]) -> Answer:
        """See `Judge.spread`."""
        return self._asked("spread", pictures)

    def _over(self, pair: Pair, preference: VisualPreference) -> Answer:
        if digest(pair[0]) == digest(pair[1]):
            return 0.5
        return self._asked("choice", pair, preference=preference)

    def _asked(self, kind: str, pictures: Sequence[Image], **told: Any) -> Answer:
        plain = {
            name: one.model_dump(mode="json") if isinstance(one, VisualPreference) else one
            for name, one in told.items()
        }
        seen = [digest(picture) for picture in pictures]
        question = {"who": self.name, "what": kind, "pictures": seen, **plain}
        found: Answer = self._kept.find(question)
        if found is None:
            found = self._answer(kind, pictures, told)
            if found is not None:
                self._kept.keep(question, found)
        return found

    def _answer(self, kind: str, pictures: Sequence[Image], told: Mapping[str, Any]) -> Answer:
        try:
            if kind == "choice":
                return self._judge.prefers(*pictures, **told)
            if kind == "spread":
                return self._judge.spread(pictures)
            return self._judge.agreement(pictures, **told)[0]
        except Unreachable:
            # It is not there: what is finished is kept, and the same command goes on later.
            raise
        except LanguageModelError:
            return None


def judge_of(scorer: Scorer, curated: CuratedSet, kept: Kept) -> Judge:
    """The judge that a scorer makes."""
    if isinstance(scorer, VisionLanguageJudge):
        return AskedJudge(scorer, curated, kept)
    return Judge(scorer, curated)


def judged(
    judge: Judge,
    truths: Sequence[Truth],
    prompts: Sequence[str],
    drawn: Mapping[str, Sequence[Image]],
) -> dict[str, dict[str, Any]]:
    """What a judge says about the pictures of every method.

    Args:
        judge: Who is asked.
        truths: About each prompt.
        prompts: What was asked for.
        drawn: By method, one picture a prompt; `PLAIN` and `DEFAULT` among them.

    Returns:
        By method: `over_plain` and `over_default` (how surely its picture is better than theirs),
        `agreement` with the prompt, each a list over prompts, and `spread` of the pictures.
    """
    found: dict[str, dict[str, Any]] = {
        name: {"over_plain": [], "over_default": [], "agreement": []} for name in drawn
    }
    for place, (truth, prompt) in enumerate(zip(truths, prompts, strict=True)):
        shown = {name: row[place] for name, row in drawn.items()}
        pairs = [(one, shown[than]) for than in (PLAIN, DEFAULT) for one in shown.values()]
        answers = judge.over(pairs, truth)
        fits = judge.agreement([*shown.values()], prompt) or [None] * len(shown)
        for at, name in enumerate(shown):
            found[name]["over_plain"].append(answers[at])
            found[name]["over_default"].append(answers[len(shown) + at])
            found[name]["agreement"].append(fits[at])
    for name, row in drawn.items():
        found[name]["spread"] = judge.spread(row)
    return found


def truly_liked_and_disliked(
    who: Person, subject: str, curated: CuratedSet
) -> tuple[list[Image], list[Image]]:
    """Curated pictures that please and displease somebody most, by their exact looks.

    At least one of each, at most as many as the released proxy was trained with. Of people whose
    taste depends on what is shown, pictures that the same taste decides.
    """

    def decides(image: CuratedImage) -> bool:
        return who.kind != "contextual" or context(image.subject) == context(subject)

    known = {
        image.reference: who.pleased_by(looks_of(image), image.subject)
        for image in curated.images
        if decides(image)
    }
    ranked = sorted(known, key=lambda reference: (-known[reference], reference))
    best, worst = ranked[:PAIRS], ranked[: -PAIRS - 1 : -1]
    liked = [one for one in best if known[one] > 0] or best[:1]
    disliked = [one for one in worst if known[one] < 0] or worst[:1]
    return _opened(liked, curated), _opened(disliked, curated)


def _opened(references: Sequence[str], curated: CuratedSet) -> list[Image]:
    return [picture for one in references if (picture := curated.open(one)) is not None]


def _above(one: float, other: float) -> float:
    return float(one > other) + 0.5 * (one == other)
