"""From a request to pictures worth keeping: what is drawn, with how much of a taste, and which.

request ──► without what contradicts the prompt ──► degree (if it is to be chosen)
        ──► prompt rewritten (rule `fusion`) ──► candidates ──► the best of each group
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from viper.errors import BadInput, ViperError
from viper.extraction import LanguageModel
from viper.generation import GenerationRequest, Generator, Picture, Progress
from viper.generation.recipe import ChosenDegree, Recipe, recipe_for
from viper.judging import Score, Scorer
from viper.studio.contradictions import without_contradictions
from viper.studio.fusion import Fused, fused
from viper.studio.strength import Examples, best, chosen_degree, reason, require_degrees

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_CANDIDATES = 64
EXPLORED = 0.4
"""Share of the degree with which the explore picture is drawn."""
CONVERGED: Mapping[str, float] = {"builtin": 0.08}
"""Spread of a batch, by scorer, below which its pictures look alike: where copies of one picture,
turned by a few degrees, end. Batches of four begin at 0.10 with a full taste and at 0.31 without
one (`python benchmarks/strength.py`); a scorer that was not measured gives no warning."""
_FEWEST_TO_COMPARE = 3


@dataclass(frozen=True, slots=True)
class Choosing:
    """What is left to ViPer to choose."""

    best_of: int = 1
    """Candidates for each picture; the one with the highest score is kept."""
    weight: float | None = None
    """The degree is chosen for the prompt, the preference weighing so much against the prompt, 0
    to 1; None takes the request's degrees."""
    explore: bool = False
    """The last of several pictures follows the preference less, so that it is not a bubble."""


AS_ASKED = Choosing()
"""Nothing is."""


def check_choosing(request: GenerationRequest, choosing: Choosing) -> None:
    """Refuses what cannot be chosen; it needs nothing to be loaded.

    Raises:
        BadInput: Too few or too many candidates, or a rule without a degree to choose.
    """
    if choosing.best_of < 1 or choosing.best_of * request.count > MAX_CANDIDATES:
        raise BadInput(
            f"best-of {choosing.best_of} for {request.count} pictures: at least 1 candidate each "
            f"and at most {MAX_CANDIDATES} in all are possible."
        )
    if choosing.weight is not None and _known(request):
        require_degrees(request)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A picture worth keeping, and how it came to be."""

    picture: Picture
    score: Score | None
    """None where nothing is known about the taste."""
    request: GenerationRequest
    """As it was drawn: with the degree and the words that were chosen."""
    contradicted: Mapping[str, str] = field(default_factory=dict)
    """Attributes that were left out, and the words of the prompt that speak against them."""
    degree: ChosenDegree | None = None
    explored: bool = False
    notes: tuple[str, ...] = ()
    """Sentences for the person, each once a request."""

    def recipe(self, generator: Generator, scorer: str | None) -> Recipe:
        """What is written into the picture."""
        return recipe_for(
            self.request,
            self.picture,
            generator,
            scorer=scorer if self.score else None,
            score=round(self.score.value, 4) if self.score else None,
            contradicted=self.contradicted,
            chosen_degree=self.degree,
            explored=self.explored,
        )


def draw_best(  # noqa: PLR0913 (what choosing needs)
    generator: Generator,
    request: GenerationRequest,
    *,
    scorer: Callable[[], Scorer | None],
    choosing: Choosing = AS_ASKED,
    examples: Callable[[], Examples] = lambda: ((), ()),
    language_model: Callable[[], LanguageModel | None] = lambda: None,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Chosen]:
    """Draws a request; of each `best_of` candidates in a row, yields the best one.

    Candidates of picture k start from seeds `seed + k * best_of` and the ones after it. Without a
    preference there is nothing to choose by: no score, and `choosing` is ignored.

    Args:
        generator: Who draws.
        request: What to draw.
        scorer: Who judges; an answer of None leaves the scores out.
        choosing: What is not given by the request.
        examples: Pictures that the person likes and dislikes, asked for if they are needed.
        language_model: Who rewrites a prompt for the rule `fusion`; None is the template.
        on_progress: Called after each denoising step, those of previews included.
        cancelled: Asked before each step.

    Raises:
        BadInput: The request does not fit.
        Cancelled: `cancelled` said so; pictures yielded before are kept.
    """
    check_choosing(request, choosing)
    drawing = _Drawing(
        generator, choosing, scorer, examples, language_model, on_progress, cancelled
    )
    yield from drawing.pictures(request)


@dataclass(slots=True)
class _Drawing:
    """One request while it is being drawn."""

    generator: Generator
    choosing: Choosing
    scorer: Callable[[], Scorer | None]
    examples: Callable[[], Examples]
    language_model: Callable[[], LanguageModel | None]
    on_progress: Callable[[Progress], None] | None
    cancelled: Callable[[], bool]
    notes: list[str] = field(default_factory=list)
    judged: bool = True
    """Until the scorer failed: it is not asked again."""

    def pictures(self, request: GenerationRequest) -> Iterator[Chosen]:
        """All of them, in order."""
        request, contradicted = self._heeding(request)
        degree = self._degree(request)
        if degree is not None:
            value = best(degree).degree
            request = _at(request, value, value)
        alike: list[Image] = []
        batches = list(_batches(request, explore=self.choosing.explore))
        for start, batch in batches:
            for chosen in self._batch(batch, start=start):
                explored = start > 0
                if not explored:
                    alike.append(chosen.picture.image)
                if chosen.picture.index == request.count - 1:
                    self._compare(request, alike)
                yield replace(
                    chosen,
                    contradicted=contradicted,
                    degree=degree,
                    explored=explored,
                    notes=tuple(self.notes),
                )
                self.notes.clear()

    def _heeding(self, request: GenerationRequest) -> tuple[GenerationRequest, Mapping[str, str]]:
        if request.preference is None:
            return request, {}
        acts = self.choosing.weight is not None or any(request.active_degrees())
        preference, contradicted = without_contradictions(
            request.preference, request.prompt, request.negative_prompt
        )
        self.notes += _told(contradicted) if acts else ()
        return request.model_copy(update={"preference": preference}), contradicted

    def _degree(self, request: GenerationRequest) -> ChosenDegree | None:
        judge = self.scorer() if self.choosing.weight is not None and _known(request) else None
        if judge is None or self.choosing.weight is None:
            return None
        chosen = chosen_degree(
            self.generator,
            request,
            judge=judge,
            examples=self.examples(),
            weight=self.choosing.weight,
            on_progress=self.on_progress,
            cancelled=self.cancelled,
        )
        self.notes.append(reason(chosen))
        return chosen

    def _batch(self, request: GenerationRequest, *, start: int) -> Iterator[Chosen]:
        """The pictures of a request, the first of which is picture `start` of the whole."""
        known = _known(request)
        size = self.choosing.best_of if known else 1
        ready = self._fused(request)
        drawn = ready.request.model_copy(
            update={"count": request.count * size, "seed": request.seed + start * size}
        )
        group: list[tuple[Picture, Score | None]] = []
        for picture in self.generator.generate(
            drawn, on_progress=_shifted(self.on_progress, start * size),
            cancelled=self.cancelled,
        ):  # fmt: skip
            group.append((picture, self._score(picture, request) if known else None))
            if len(group) == size:
                first, score = max(group, key=lambda pair: pair[1].value if pair[1] else 0.0)
                group = []
                kept = replace(
                    first,
                    index=start + first.index // size,
                    dropped_attributes=(*ready.dropped, *first.dropped_attributes),
                )
                yield Chosen(kept, score, ready.request)

    def _fused(self, request: GenerationRequest) -> Fused:
        if request.rule != "fusion" or not any(request.active_degrees()):
            return Fused(request)
        ready = fused(request, fits=self.generator.fits, model=self.language_model())
        if ready.warning:
            self.notes.append(ready.warning)
        return ready

    def _score(self, picture: Picture, request: GenerationRequest) -> Score | None:
        if not self.judged:
            return None
        try:
            return self._judgement(picture, request)
        except ViperError as error:
            if self.choosing.best_of > 1:
                raise
            # What is drawn is not lost because a judge is not there, or knows too little.
            self.judged = False
            self.notes.append(f"Not scored: {error}")
            return None

    def _judgement(self, picture: Picture, request: GenerationRequest) -> Score | None:
        judge, preference = self.scorer(), request.preference
        if judge is None or preference is None:
            return None
        liked, disliked = self.examples()
        (score,) = judge.score(
            [picture.image], preference=preference, liked=liked, disliked=disliked
        )
        return score

    def _compare(self, request: GenerationRequest, pictures: Sequence["Image"]) -> None:
        """Says so where the pictures of a batch look alike."""
        acts = _known(request) and any(request.active_degrees())
        judge = self.scorer() if acts and self.judged else None
        if judge is None or len(pictures) < _FEWEST_TO_COMPARE or judge.name not in CONVERGED:
            return
        if judge.spread(pictures) < CONVERGED[judge.name]:
            more = " or say more" if self.choosing.explore else ", say more"
            rest = "." if self.choosing.explore else ", or let one picture explore."
            self.notes.append(
                "These pictures look much alike: for more variety choose a lower degree"
                f"{more} in the prompt{rest}"
            )


def _known(request: GenerationRequest) -> bool:
    preference = request.preference
    return preference is not None and not preference.is_empty


def _batches(
    request: GenerationRequest, *, explore: bool
) -> Iterator[tuple[int, GenerationRequest]]:
    """The request in parts that are drawn with one degree, each with its first place."""
    liked, disliked = request.active_degrees()
    last = request.count - 1
    if not explore or last < 1 or not (liked or disliked):
        yield 0, request
        return
    yield 0, request.model_copy(update={"count": last})
    lower = _at(request, EXPLORED * request.liked_degree, EXPLORED * request.disliked_degree)
    yield last, lower.model_copy(update={"count": 1})


def _at(request: GenerationRequest, liked: float, disliked: float) -> GenerationRequest:
    return request.model_copy(
        update={"liked_degree": round(liked, 4), "disliked_degree": round(disliked, 4)}
    )


def _told(contradicted: Mapping[str, str]) -> Iterator[str]:
    """One sentence for all attributes that the same words of the prompt speak against."""
    reasons: dict[str, list[str]] = {}
    for attribute, said in contradicted.items():
        reasons.setdefault(said, []).append(attribute)
    for said, attributes in reasons.items():
        yield f'Left out because the prompt says "{said}": {", ".join(attributes)}.'


def _shifted(
    on_progress: Callable[[Progress], None] | None, start: int
) -> Callable[[Progress], None] | None:
    if on_progress is None or start == 0:
        return on_progress

    def tell(progress: Progress) -> None:
        places = tuple(start + place for place in progress.pictures)
        on_progress(replace(progress, pictures=places))

    return tell
