"""The use cases: what a person does with ViPer, each a call.

    comment, skip ──► elicit what they like          draw ──► personalized pictures, kept and scored
    edit, undo, import ──► manage the profile        rate, comment on a result ──► feed back

What a person typed is stored before anything that can fail. Every call takes the owner first and
sees only what is theirs. Nothing here knows a page, a command line or a table.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viper.curation import CuratedImage, CuratedSet
from viper.errors import BadInput, LanguageModelError, ModelUnavailable, NotFound
from viper.extraction import Extractor
from viper.generation import GenerationRequest, Generator, Picture, Progress
from viper.judging import Score, Scorer
from viper.preference import Attribute, Comment, Evidence, Side, Stance, VisualPreference
from viper.store import (
    Extraction,
    Feedback,
    PreferenceVersion,
    Store,
    StoredComment,
    StoredPicture,
    new_id,
)
from viper.store import Picture as PictureRecord
from viper.taxonomy import Taxonomy

if TYPE_CHECKING:
    from PIL.Image import Image

IMAGE_PREFIX = "image:"
USEFUL_COMMENTS, GOOD_COMMENTS = 3, 8
"""From how many comments on a taste is known usefully, and well."""
_EXAMPLES = 12
"""Rated pictures of a person that a score looks at, on each side."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """How well a taste is known."""

    comments: int
    level: float
    """0 (nothing) to 1 (well); grows with every comment, ever more slowly."""
    preference: VisualPreference
    conflicts: tuple[str, ...]
    """Contradictions, each in one sentence; they are shown, not resolved."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture that was drawn for a person and kept."""

    stored: StoredPicture
    file: Path
    score: Score | None
    """None where nothing is known about the taste."""
    dropped: tuple[str, ...]
    """Attributes and words that did not fit into the text encoder."""


class Studio:
    """The use cases over real parts, which are made when they are first needed."""

    def __init__(  # noqa: PLR0913 (one part each)
        self,
        *,
        store: Store,
        data_dir: Path,
        curated: CuratedSet,
        taxonomy: Callable[[], Taxonomy],
        extractor: Callable[[], Extractor],
        generator: Callable[[], Generator],
        scorer: Callable[[], Scorer],
        max_images_per_day: int | None = None,
    ) -> None:
        """Makes nothing and connects to nothing; `store` must be upgraded."""
        self.store, self.curated = store, curated
        self._data_dir, self._max_images_per_day = data_dir, max_images_per_day
        self._make_taxonomy, self._make_extractor = taxonomy, extractor
        self._make_generator, self._make_scorer = generator, scorer

    @cached_property
    def taxonomy(self) -> Taxonomy:
        """The words of visual taste."""
        return self._make_taxonomy()

    @cached_property
    def extractor(self) -> Extractor:
        """Who reads the comments."""
        return self._make_extractor()

    @cached_property
    def generator(self) -> Generator:
        """Who draws."""
        return self._make_generator()

    @cached_property
    def scorer(self) -> Scorer:
        """Who predicts liking."""
        return self._make_scorer()

    # -- elicit -------------------------------------------------------------------------------

    def next_image(self, owner: str, profile: str) -> CuratedImage | None:
        """The curated picture to comment on next; None when all were shown."""
        return self.curated.next(self.seen(owner, profile))

    def seen(self, owner: str, profile: str) -> Collection[str]:
        """References of curated pictures that were commented on or skipped."""
        said = (c.comment.image for c in self.store.comments.list(owner, profile))
        return {*self.store.comments.skipped(owner, profile), *(i for i in said if i is not None)}

    def skip(self, owner: str, profile: str, *, image: str) -> None:
        """Remembers that this picture was passed over, which says nothing about the taste."""
        self.curated.get(image)
        self.store.comments.skip(owner, profile, image=image)

    def comment(
        self, owner: str, profile: str, *, image: str | None, text: str, stance: Stance | None
    ) -> PreferenceVersion:
        """Stores a comment, then reads it (and every earlier one that was not read yet).

        Raises:
            BadInput: Neither words nor a stance, or too many words; nothing was stored.
            LanguageModelError: It is stored but could not be read; the next comment tries again.
        """
        self.store.comments.save(owner, profile, comment=_said(image, text, stance))
        return self.read_pending(owner, profile)

    def edit_comment(
        self, owner: str, profile: str, *, comment: int, text: str, stance: Stance | None
    ) -> PreferenceVersion:
        """Replaces the words of a comment, forgets what they said, and reads the new ones."""
        stored = self._comment(owner, profile, comment)
        self.store.comments.edit(owner, comment, text=_said(stored.comment.image, text, stance))
        self._forget(owner, profile, comment, "a comment was changed")
        return self._read(owner, profile, [self._comment(owner, profile, comment)])

    def delete_comment(self, owner: str, profile: str, *, comment: int) -> PreferenceVersion:
        """Deletes a comment and exactly the evidence that came from it."""
        self._comment(owner, profile, comment)
        with self.store.transaction():
            self._forget(owner, profile, comment, "a comment was deleted")
            self.store.comments.delete(owner, comment)
        return self.store.preferences.current(owner, profile)

    def read_pending(self, owner: str, profile: str) -> PreferenceVersion:
        """Reads the comments that no extraction has succeeded on yet."""
        read: dict[int, datetime] = {}
        # Newest first: the first mention of a comment is its latest reading.
        for stored in self.store.preferences.extractions(owner, profile):
            if stored.extraction.error is None:
                for comment in stored.extraction.comments:
                    read.setdefault(comment, stored.created)
        pending = [
            comment
            for comment in self.store.comments.list(owner, profile)
            if comment.id not in read or (comment.edited or comment.created) > read[comment.id]
        ]
        return self._read(owner, profile, pending)

    def knowledge(self, owner: str, profile: str) -> Knowledge:
        """What is known so far, and how well."""
        count = self.store.profiles.get(owner, profile).comments
        preference = self.store.preferences.current(owner, profile).preference
        conflicts = preference.conflicts(self.taxonomy.opposite)
        return Knowledge(
            comments=count,
            # Three comments are useful (60 %), eight are good (95 %).
            level=0.0 if preference.is_empty else 1 - 0.7 ** (count * 1.05),
            preference=preference,
            conflicts=tuple(f"{c.liked} and {c.disliked}: {c.reason}" for c in conflicts),
        )

    # -- manage the profile -------------------------------------------------------------------

    def change(
        self,
        owner: str,
        profile: str,
        *,
        change: Callable[[VisualPreference], VisualPreference],
        note: str,
    ) -> PreferenceVersion:
        """Saves a changed preference as a new version, e.g. `lambda p: p.mute("liked", "teal")`."""
        with self.store.transaction():
            current = self.store.preferences.current(owner, profile).preference
            self.store.preferences.save(owner, profile, preference=change(current), note=note)
        return self.store.preferences.current(owner, profile)

    def add_attribute(
        self, owner: str, profile: str, *, side: Side, attribute: str, strength: float = 0.8
    ) -> PreferenceVersion:
        """Adds an attribute in the person's own words; a synonym becomes the taxonomy's name."""
        words = " ".join(attribute.split())
        if not words or len(words) > 80:
            raise BadInput(f"An attribute has 1 to 80 characters, got {len(words)}.")
        known = self.taxonomy.find(words)
        new = Attribute(
            attribute=known.name if known else words,
            facet=known.facet if known else None,
            strength=strength,
            pinned=True,
        )
        return self.change(
            owner, profile, change=lambda p: p.add(side, new), note=f"added {new.attribute}"
        )

    def undo(self, owner: str, profile: str) -> PreferenceVersion:
        """Goes back to the version before the current one; itself a new version.

        Undoing again goes further back, to the empty preference at last.

        Raises:
            BadInput: There is nothing to undo.
        """
        current = self.store.preferences.current(owner, profile)
        p = current.preference
        if current.number == 0 or (current.parent is None and not (p.liked or p.disliked)):
            raise BadInput("There is nothing to undo.")
        self.store.preferences.restore(owner, profile, number=current.parent or 0)
        return self.store.preferences.current(owner, profile)

    def import_preference(
        self, owner: str, profile: str, *, preference: VisualPreference
    ) -> PreferenceVersion:
        """Makes this the profile's preference; its evidence keeps the quotes, not the comments."""
        return self.change(
            owner,
            profile,
            change=lambda current: _relinked(preference, {}).rename(current.name),
            note="imported",
        )

    # -- personalize --------------------------------------------------------------------------

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

    # -- feed back ----------------------------------------------------------------------------

    def rate(self, owner: str, image: str, *, rating: int | None) -> StoredPicture:
        """Rates a picture 1 to 5, or takes the rating back."""
        known = self.store.images.get(owner, image).feedback
        comment = known.comment if known else None
        if rating is None and comment is None:
            return self.store.images.rate(owner, image, feedback=None)
        if rating is not None and not 1 <= rating <= 5:
            raise BadInput(f"A rating is 1 to 5, got {rating!r}.")
        return self.store.images.rate(
            owner, image, feedback=Feedback(rating=rating, comment=comment)
        )

    def comment_on_result(
        self, owner: str, profile: str, *, image: str, text: str, stance: Stance | None
    ) -> PreferenceVersion:
        """Words about a generated picture teach the profile like words about a curated one."""
        known = self.store.images.get(owner, image).feedback
        said = _said(IMAGE_PREFIX + image, text, stance)
        stored = self.store.comments.save(owner, profile, comment=said)
        rating = known.rating if known else None
        self.store.images.rate(owner, image, feedback=Feedback(rating=rating, comment=stored.id))
        return self.read_pending(owner, profile)

    def picture_file(self, owner: str, image: str) -> Path:
        """The file of one of this owner's pictures.

        Raises:
            NotFound: No such picture, another owner's, or its file is gone.
        """
        file = self._data_dir / self.store.images.get(owner, image).picture.file
        if not file.is_file():
            raise NotFound(f"The file of picture {image!r} is gone.")
        return file

    def delete_picture(self, owner: str, image: str) -> None:
        """Deletes a picture and its file."""
        (self._data_dir / self.store.images.delete(owner, image)).unlink(missing_ok=True)

    def erase(self, owner: str) -> None:
        """Deletes everything of this owner, for good."""
        for file in self.store.owners.erase(owner):
            (self._data_dir / file).unlink(missing_ok=True)

    # -- inside -------------------------------------------------------------------------------

    def _read(
        self, owner: str, profile: str, comments: Sequence[StoredComment]
    ) -> PreferenceVersion:
        if not comments:
            return self.store.preferences.current(owner, profile)
        ids = tuple(comment.id for comment in comments)
        try:
            found = self.extractor.extract(
                [comment.comment for comment in comments], pictures=_Pictures(self, owner)
            )
        except (LanguageModelError, ModelUnavailable) as error:
            failed = Extraction(kind="failed", comments=ids, error=str(error))
            self.store.preferences.record_extraction(owner, profile, extraction=failed)
            raise
        record = Extraction(
            kind=found.preference.extractor.kind,
            model=found.model,
            prompt_sha256=found.prompt_sha256,
            comments=ids,
            raw_reply="\n\n".join(found.raw_replies) or None,
            latency_seconds=found.latency_s,
            input_tokens=found.tokens,
            warnings=found.preference.warnings,
        )
        learned = _relinked(found.preference, dict(enumerate(ids)))
        with self.store.transaction():
            extraction = self.store.preferences.record_extraction(owner, profile, extraction=record)
            current = self.store.preferences.current(owner, profile).preference
            # Warnings belong to one reading; those of earlier ones are on record.
            fresh = current.model_copy(update={"warnings": ()}).merge(learned)
            self.store.preferences.save(
                owner, profile, preference=fresh, note="read a comment", extraction=extraction
            )
        return self.store.preferences.current(owner, profile)

    def _forget(self, owner: str, profile: str, comment: int, note: str) -> None:
        def without(preference: VisualPreference) -> VisualPreference:
            return preference.without_comment(comment)

        self.change(owner, profile, change=without, note=note)

    def _comment(self, owner: str, profile: str, comment: int) -> StoredComment:
        for stored in self.store.comments.list(owner, profile):
            if stored.id == comment:
                return stored
        raise NotFound(f"There is no comment {comment} in this profile.")

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


class _Pictures:
    """What an extractor may know about the pictures of one owner."""

    def __init__(self, studio: Studio, owner: str) -> None:
        self._studio, self._owner = studio, owner

    def known_attributes(self, image: str | None) -> Mapping[str, tuple[str, ...]]:
        if image is None or not image.startswith(IMAGE_PREFIX):
            return self._studio.curated.known_attributes(image)
        try:
            return self._applied_to(image.removeprefix(IMAGE_PREFIX))
        except NotFound:  # deleted since: its comment is still worth reading
            return {}

    def open(self, image: str | None) -> "Image | None":
        if image is None or not image.startswith(IMAGE_PREFIX):
            return self._studio.curated.open(image)
        from PIL import Image

        try:
            file = self._studio.picture_file(self._owner, image.removeprefix(IMAGE_PREFIX))
        except NotFound:
            return None
        with Image.open(file) as opened:
            return opened.convert("RGB")

    def _applied_to(self, image: str) -> Mapping[str, tuple[str, ...]]:
        """What a generated picture was asked to look like: the best that is known of it."""
        recipe = json.loads(self._studio.store.images.get(self._owner, image).picture.recipe)
        found: dict[str, tuple[str, ...]] = {}
        for attribute in (recipe["preference"] or {"liked": ()})["liked"]:
            if attribute["facet"] is not None:
                facet = attribute["facet"]
                found[facet] = (*found.get(facet, ()), attribute["attribute"])
        return found


def _said(image: str | None, text: str, stance: Stance | None) -> Comment:
    from pydantic import ValidationError

    from viper.preference import first_problem

    try:
        return Comment(image=image, text=text.strip(), stance=stance)
    except ValidationError as error:
        raise BadInput(f"This comment cannot be kept: {first_problem(error)}.") from error


def _relinked(preference: VisualPreference, ids: Mapping[int, int]) -> VisualPreference:
    """Evidence by comment id instead of by index; what is not in `ids` keeps only its quote."""

    def evidence(found: Evidence) -> Evidence:
        comment = None if found.comment is None else ids.get(found.comment)
        return found.model_copy(update={"comment": comment})

    def side(attributes: Sequence[Attribute]) -> tuple[Attribute, ...]:
        return tuple(
            a.model_copy(update={"evidence": tuple(map(evidence, a.evidence))}) for a in attributes
        )

    changed: dict[str, Any] = {
        "liked": side(preference.liked),
        "disliked": side(preference.disliked),
    }
    return preference.model_copy(update=changed)
