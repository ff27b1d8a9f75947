"""What a person says about the results, and how they get rid of them."""

from contextlib import suppress

from viper.errors import BadInput, LanguageModelError, ModelUnavailable
from viper.preference import Stance
from viper.store import Feedback, PreferenceVersion, StoredPicture
from viper.studio.elicit import Elicit, said
from viper.studio.parts import IMAGE_PREFIX

_UNDECIDED = 3


class FeedBack(Elicit):
    """Rating and commenting on results: both teach the profile."""

    def rate(self, owner: str, image: str, *, rating: int | None) -> StoredPicture:
        """Rates a picture 1 to 5, or takes the rating back.

        Clearly good or bad, it is a click for the profile that the picture was drawn with: weak
        evidence for how the picture was asked to look, which goes when the rating does.
        """
        if rating is not None and not 1 <= rating <= 5:
            raise BadInput(f"A rating is 1 to 5, got {rating!r}.")
        known = self.store.images.get(owner, image).feedback
        comment = known.comment if known else None
        said_so = rating is not None or comment is not None
        feedback = Feedback(rating=rating, comment=comment) if said_so else None
        rated = self.store.images.rate(owner, image, feedback=feedback)
        if rated.picture.profile is not None:
            # What cannot be read now is stored, and read with the next comment.
            with suppress(LanguageModelError, ModelUnavailable):
                self._click(owner, rated.picture.profile, IMAGE_PREFIX + image, _stance(rating))
        return rated

    def _click(self, owner: str, profile: str, image: str, stance: Stance | None) -> None:
        """Makes the click on a picture say that; where there are words, they say enough."""
        about = [c for c in self.store.comments.list(owner, profile) if c.comment.image == image]
        before = next((c for c in about if c.comment.kind == "click"), None)
        if before is None and stance is not None and not about:
            self.comment(owner, profile, image=image, text="", stance=stance)
        elif before is not None and stance is None:
            self.delete_comment(owner, profile, comment=before.id)
        elif before is not None and stance != before.comment.stance:
            self.edit_comment(owner, profile, comment=before.id, text="", stance=stance)

    def comment_on_result(
        self, owner: str, profile: str, *, image: str, text: str, stance: Stance | None
    ) -> PreferenceVersion:
        """Words about a generated picture teach the profile like words about a curated one."""
        known = self.store.images.get(owner, image).feedback
        words = said(IMAGE_PREFIX + image, text, stance)
        with self.store.transaction():
            self._click(owner, profile, IMAGE_PREFIX + image, None)  # words say more
            stored = self.store.comments.save(owner, profile, comment=words)
        rating = known.rating if known else None
        self.store.images.rate(owner, image, feedback=Feedback(rating=rating, comment=stored.id))
        return self.read_pending(owner, profile)

    def delete_picture(self, owner: str, image: str) -> None:
        """Deletes a picture and its file."""
        (self._data_dir / self.store.images.delete(owner, image)).unlink(missing_ok=True)

    def erase(self, owner: str) -> None:
        """Deletes everything of this owner, for good."""
        for file in self.store.owners.erase(owner):
            (self._data_dir / file).unlink(missing_ok=True)


def _stance(rating: int | None) -> Stance | None:
    """What a rating says; one in the middle says nothing."""
    if rating is None or rating == _UNDECIDED:
        return None
    return "like" if rating > _UNDECIDED else "dislike"
