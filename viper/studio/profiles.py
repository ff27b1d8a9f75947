"""What a person does to their profile by hand; every change is a version."""

from collections.abc import Callable

from viper.errors import BadInput
from viper.preference import Attribute, Side, Sides, VisualPreference
from viper.store import PreferenceVersion, StoredComment
from viper.studio.parts import Parts


class Manage(Parts):
    """Editing, undoing, importing."""

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

    def restore_attribute(
        self, owner: str, profile: str, *, side: Side, attribute: str
    ) -> PreferenceVersion:
        """Brings a deleted attribute back, with what was said about it since.

        Raises:
            BadInput: It was not deleted.
        """
        return self.change(
            owner,
            profile,
            change=lambda p: p.restore(side, attribute),
            note=f"restored {attribute}",
        )

    def undo(self, owner: str, profile: str) -> PreferenceVersion:
        """Goes back to the version before the current one; itself a new version.

        Undoing again goes further back, to the empty preference at last.

        Raises:
            BadInput: There is nothing to undo.
        """
        current = self.store.preferences.current(owner, profile)
        p = current.preference
        something = p.liked or p.disliked or p.deleted != Sides()
        if current.number == 0 or (current.parent is None and not something):
            raise BadInput("There is nothing to undo.")
        self.store.preferences.restore(owner, profile, number=current.parent or 0)
        return self.store.preferences.current(owner, profile)

    def import_preference(
        self, owner: str, profile: str, *, preference: VisualPreference
    ) -> PreferenceVersion:
        """Makes this the profile's preference, but for what the person decided in this profile.

        Evidence that quotes a comment of this profile belongs to it; other evidence keeps the
        quotes, not the comments.
        """
        own = self.store.comments.list(owner, profile)
        brought = preference.relinked({c.id: c.id for c in own if _is_quoted(c, preference)})
        who = {"extractor": brought.extractor, "warnings": brought.warnings}

        def taken(current: VisualPreference) -> VisualPreference:
            return current.decisions().merge(brought).model_copy(update=who)

        return self.change(owner, profile, change=taken, note="imported")


def _is_quoted(stored: StoredComment, preference: VisualPreference) -> bool:
    """Whether all evidence of that number is about the comment's picture, in its words."""
    said = stored.comment
    evidence = [e for e in preference.evidence() if e.comment == stored.id]
    return all(e.image == said.image and _words(e.quote) in _words(said.text) for e in evidence)


def _words(text: str) -> str:
    return " ".join(text.split())
