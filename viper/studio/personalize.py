"""From a prompt to pictures that follow a taste: drawn, scored, chosen and kept."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from viper.errors import BadInput, ModelUnavailable
from viper.generation import GenerationRequest, Generator, Picture, Progress
from viper.judging import Score, Scorer
from viper.store import Picture as PictureRecord
from viper.store import PreferenceVersion, StoredPicture, new_id
from viper.studio.parts import Parts

if TYPE_CHECKING:
    from PIL.Image import Image

_EXAMPLES = 12
"""Rated pictures of a person that a score looks at, on each side."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture that was drawn for a person and kept."""

    stored: StoredPicture
    file: Path
    score: Score | None
    """None where nothing is known about the taste."""
    dropped: tuple[str, ...]
    """Attributes and words that did not fit into the text encoder."""


class Personalize(Parts):
    """Drawing for a person, and predicting what they will like."""

    def draw(
        self,
        owner: str,
        profile: str | None,
        *,
        request: GenerationRequest,
        best_of: int = 1,
        on_progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Drawn]:
        """Draws, scores and keeps pictures; yields each as soon as it is kept.

        Args:
            owner: Whose pictures.
            profile: Whose taste to apply and to score by; None applies `request.preference`.
            request: What to draw. With a profile, its preference is replaced by the profile's.
            best_of: Candidates for each picture; the one with the highest score is kept.
            on_progress: Called after each denoising step.
            cancelled: Asked before each step.

        Raises:
            BadInput: The request does not fit, or today's pictures are used up.
            Cancelled: `cancelled` said so; pictures yielded before are kept.
        """
        version = None if profile is None else self.store.preferences.current(owner, profile)
        if version is not None:
            request = request.model_copy(update={"preference": version.preference})
        self._require_quota(owner, request.count)
        batch = new_id()
        pictures = draw_best(
            self.generator,
            request,
            best_of=best_of,
            scorer=lambda: self._judge(needed=best_of > 1),
            examples=lambda: self._examples(owner, profile),
            on_progress=on_progress,
            cancelled=cancelled,
        )
        for picture, score in pictures:
            yield self._keep(
                owner, request, picture, score, batch=batch, profile=profile, version=version
            )

    def predict(
        self, owner: str, profile: str, *, pictures: Sequence["Image"]
    ) -> tuple[Score, ...]:
        """How much this person will like pictures from anywhere."""
        preference = self.store.preferences.current(owner, profile).preference
        liked, disliked = self._examples(owner, profile)
        return self.scorer.score(pictures, preference=preference, liked=liked, disliked=disliked)

    def _judge(self, *, needed: bool) -> Scorer | None:
        """The scorer; where it cannot be loaded and nothing is chosen by it, none."""
        try:
            return self.scorer
        except ModelUnavailable:
            if needed:
                raise
            return None

    def _require_quota(self, owner: str, count: int) -> None:
        if self._max_images_per_day is None:
            return
        left = self._max_images_per_day - self.store.images.made_on(owner)
        if count > left:
            raise BadInput(
                f"{count} pictures were asked for, {max(0, left)} are left of today's "
                f"{self._max_images_per_day}: ask for fewer, or come back tomorrow."
            )

    def _examples(
        self, owner: str, profile: str | None
    ) -> tuple[Sequence["Image"], Sequence["Image"]]:
        if profile is None:
            return (), ()
        from PIL import Image

        liked: list[Image.Image] = []
        disliked: list[Image.Image] = []
        for stored in self.store.images.with_feedback(owner, profile=profile):
            rating = stored.feedback.rating if stored.feedback else None
            file = self._data_dir / stored.picture.file
            if rating is None or rating == 3 or not file.is_file():
                continue
            side = liked if rating > 3 else disliked
            if len(side) < _EXAMPLES:
                with Image.open(file) as opened:
                    side.append(opened.convert("RGB"))
        return liked, disliked

    def _keep(  # noqa: PLR0913 (all of it is the record)
        self,
        owner: str,
        request: GenerationRequest,
        picture: Picture,
        score: Score | None,
        *,
        batch: str,
        profile: str | None,
        version: PreferenceVersion | None,
    ) -> Drawn:
        from viper.generation.recipe import recipe_for, write_png

        recipe = recipe_for(
            request,
            picture,
            self.generator,
            scorer=self.scorer.name if score else None,
            score=round(score.value, 4) if score else None,
        )
        image = new_id()
        record = PictureRecord(
            file=f"images/{image[:2]}/{image}.png",
            prompt=request.prompt,
            seed=picture.seed,
            recipe=recipe.to_json(indent=None),
            request=batch,
            profile=profile,
            version=version.number if version is not None and version.number else None,
            score=score.value if score else None,
        )
        file = self._data_dir / record.file
        write_png(picture.image, recipe, file)
        stored = self.store.images.record(owner, record, image=image)
        dropped = (*picture.dropped_attributes, *filter(None, [picture.dropped_prompt]))
        return Drawn(stored=stored, file=file, score=score, dropped=dropped)


def draw_best(  # noqa: PLR0913 (what choosing needs)
    generator: Generator,
    request: GenerationRequest,
    *,
    best_of: int,
    scorer: Callable[[], Scorer | None],
    examples: Callable[[], tuple[Sequence["Image"], Sequence["Image"]]] = lambda: ((), ()),
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[Picture, Score | None]]:
    """Pictures with their scores; of each `best_of` candidates in a row, the best one.

    Candidates of picture k start from seeds `seed + k * best_of` and the ones after it. Without a
    preference there is nothing to choose by: no score, and `best_of` is ignored. A `scorer` that
    answers None leaves the scores out.
    """
    preference = request.preference
    known = preference is not None and not preference.is_empty
    if best_of < 1 or best_of * request.count > 64:
        raise BadInput(
            f"best-of {best_of} for {request.count} pictures: at least 1 candidate each and at "
            "most 64 in all are possible."
        )
    if known:
        data = request.model_dump(exclude={"preference", "count"})
        request = GenerationRequest(**data, preference=preference, count=request.count * best_of)
    liked, disliked = examples() if known else ((), ())
    group: list[tuple[Picture, Score | None]] = []
    pictures = generator.generate(request, on_progress=on_progress, cancelled=cancelled)
    for picture in pictures:
        score = None
        judge = scorer() if known else None
        if judge is not None and preference is not None:
            (score,) = judge.score(
                [picture.image], preference=preference, liked=liked, disliked=disliked
            )
        group.append((picture, score))
        if not known or len(group) == best_of:
            best = max(group, key=lambda pair: pair[1].value if pair[1] else 0.0)
            group = []
            yield replace(best[0], index=best[0].index // best_of), best[1]
