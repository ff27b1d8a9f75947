"""From a prompt to pictures that follow a taste: drawn, scored, chosen and kept."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from viper.errors import BadInput, ModelUnavailable
from viper.generation import GenerationRequest, Progress
from viper.judging import Score, Scorer
from viper.store import Picture as PictureRecord
from viper.store import PreferenceVersion, StoredPicture, new_id
from viper.studio.drawing import AS_ASKED, Choosing, Chosen, check_choosing, draw_best
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
    notes: tuple[str, ...] = ()
    """Sentences for the person; each comes once a request."""


class Personalize(Parts):
    """Drawing for a person, and predicting what they will like."""

    def draw(
        self,
        owner: str,
        profile: str | None,
        *,
        request: GenerationRequest,
        choosing: Choosing = AS_ASKED,
        on_progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Drawn]:
        """Draws, scores and keeps pictures; yields each as soon as it is kept.

        Args:
            owner: Whose pictures.
            profile: Whose taste to apply and to score by; None applies `request.preference`.
            request: What to draw. With a profile, its preference is replaced by the profile's.
            choosing: What is not given by the request.
            on_progress: Called after each denoising step.
            cancelled: Asked before each step.

        Raises:
            BadInput: The request does not fit, or today's pictures are used up.
            Cancelled: `cancelled` said so; pictures yielded before are kept.
        """
        version = None if profile is None else self.store.preferences.current(owner, profile)
        if version is not None:
            request = request.model_copy(update={"preference": version.preference})
        check_choosing(request, choosing)  # before a model is loaded for it
        coming = self._reserved(owner, request.count)
        batch = new_id()
        pictures = draw_best(
            self.generator.for_owner(owner),
            request,
            choosing=choosing,
            scorer=lambda: self._judge(needed=choosing.best_of > 1 or choosing.weight is not None),
            examples=cache(lambda: self._examples(owner, profile)),
            language_model=lambda: self.language_model,
            on_progress=on_progress,
            cancelled=cancelled,
        )
        with coming as kept:
            for chosen in pictures:
                drawn = self._keep(owner, chosen, batch=batch, profile=profile, version=version)
                kept()
                yield drawn

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

    @contextmanager
    def _reserved(self, owner: str, count: int) -> Iterator[Callable[[], None]]:
        """Counts pictures as today's while they are being drawn; call it for each that is kept."""
        with self._counting:
            self._require_quota(owner, count)
            self._coming[owner] += count
        left = count

        def kept() -> None:
            nonlocal left
            left -= 1
            with self._counting:
                self._coming[owner] -= 1

        try:
            yield kept
        finally:
            with self._counting:
                self._coming[owner] -= left
                if not self._coming[owner]:
                    del self._coming[owner]

    def _require_quota(self, owner: str, count: int) -> None:
        if self._max_images_per_day is None:
            return
        left = self._max_images_per_day - self.store.images.made_on(owner) - self._coming[owner]
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

    def _keep(
        self,
        owner: str,
        chosen: Chosen,
        *,
        batch: str,
        profile: str | None,
        version: PreferenceVersion | None,
    ) -> Drawn:
        from viper.generation.recipe import write_png

        picture, score = chosen.picture, chosen.score
        recipe = chosen.recipe(self.generator, self.scorer.name if score else None)
        image = new_id()
        record = PictureRecord(
            file=f"images/{image[:2]}/{image}.png",
            prompt=chosen.request.prompt,
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
        return Drawn(stored=stored, file=file, score=score, dropped=dropped, notes=chosen.notes)
