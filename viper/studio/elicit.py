"""From comments to a preference: only what is new is read; what goes takes its evidence along."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from viper.curation import CuratedImage, told
from viper.errors import BadInput, LanguageModelError, ModelUnavailable
from viper.extraction import Extraction
from viper.preference import Comment, Conflict, Stance, VisualPreference, first_problem
from viper.store import Extraction as Reading
from viper.store import PreferenceVersion, StoredComment
from viper.studio.parts import Parts
from viper.studio.pictures import OwnPictures

USEFUL_COMMENTS, GOOD_COMMENTS = 3, 8
"""From how many comments on a taste is known usefully, and well."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """How well a taste is known."""

    comments: int
    level: float
    """0 (nothing) to 1 (well); grows with every comment, ever more slowly."""
    preference: VisualPreference
    conflicts: tuple[Conflict, ...]
    """Contradictions with both of their sides; they are shown, not resolved."""


class Elicit(Parts):
    """Showing pictures and reading what is said about them."""

    def next_image(self, owner: str, profile: str) -> CuratedImage | None:
        """The curated picture to comment on next; None when all were shown."""
        current = self.store.preferences.current(owner, profile).preference
        return self.curated.next(self.seen(owner, profile), told(current))

    def seen(self, owner: str, profile: str) -> Collection[str]:
        """References of curated pictures that were commented on or skipped."""
        images = (c.comment.image for c in self.store.comments.list(owner, profile))
        skipped = self.store.comments.skipped(owner, profile)
        return {*skipped, *(image for image in images if image is not None)}

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
        self.store.comments.save(owner, profile, comment=said(image, text, stance))
        return self.read_pending(owner, profile)

    def edit_comment(
        self, owner: str, profile: str, *, comment: int, text: str, stance: Stance | None
    ) -> PreferenceVersion:
        """Replaces the words of a comment, forgets what they said, and reads the new ones."""
        stored = self._comment(owner, profile, comment)
        changed = said(stored.comment.image, text, stance)
        with self.store.transaction():
            self.store.comments.edit(owner, comment, text=changed)
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
        return Knowledge(
            comments=count,
            # Three comments are useful (60 %), eight are good (95 %).
            level=0.0 if preference.is_empty else 1 - 0.7 ** (count * 1.05),
            preference=preference,
            conflicts=preference.conflicts(self.taxonomy.opposite),
        )

    def _read(
        self, owner: str, profile: str, comments: Sequence[StoredComment]
    ) -> PreferenceVersion:
        """Reads these comments and no others; what was learned before stays."""
        if not comments:
            return self.store.preferences.current(owner, profile)
        try:
            found = self.extractor.extract(
                [comment.comment for comment in comments], pictures=OwnPictures(self, owner)
            )
        except (LanguageModelError, ModelUnavailable) as error:
            ids = tuple(comment.id for comment in comments)
            failed = Reading(kind="failed", comments=ids, error=str(error))
            self.store.preferences.record_extraction(owner, profile, extraction=failed)
            raise
        with self.store.transaction():
            self._learn(owner, profile, comments, found)
        return self.store.preferences.current(owner, profile)

    def _learn(
        self, owner: str, profile: str, comments: Sequence[StoredComment], found: Extraction
    ) -> None:
        # Reading takes time: what was edited or deleted meanwhile says something else by now.
        there = {*self.store.comments.list(owner, profile)}
        learned = found.preference
        for index, comment in enumerate(comments):
            if comment not in there:
                learned = learned.without_comment(index)
        ids = {index: c.id for index, c in enumerate(comments) if c in there}
        record = Reading(
            kind=found.preference.extractor.kind,
            model=found.model,
            prompt_sha256=found.prompt_sha256,
            comments=tuple(ids.values()),
            raw_reply="\n\n".join(found.raw_replies) or None if len(ids) == len(comments) else None,
            latency_seconds=found.latency_s,
            input_tokens=found.input_tokens,
            output_tokens=found.output_tokens,
            warnings=found.preference.warnings,
        )
        extraction = self.store.preferences.record_extraction(owner, profile, extraction=record)
        current = self.store.preferences.current(owner, profile).preference
        # Warnings belong to one reading; those of earlier ones are on record.
        fresh = current.model_copy(update={"warnings": ()}).merge(learned.relinked(ids))
        self.store.preferences.save(
            owner, profile, preference=fresh, note="read a comment", extraction=extraction
        )

    def _forget(self, owner: str, profile: str, comment: int, note: str) -> None:
        current = self.store.preferences.current(owner, profile).preference
        without = current.without_comment(comment)
        self.store.preferences.save(owner, profile, preference=without, note=note)


def said(image: str | None, text: str, stance: Stance | None) -> Comment:
    """A comment that can be kept.

    Raises:
        BadInput: Neither words nor a stance, or too many words.
    """
    try:
        return Comment(image=image, text=text.strip(), stance=stance)
    except ValidationError as error:
        raise BadInput(f"This comment cannot be kept: {first_problem(error)}.") from error
