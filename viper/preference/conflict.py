"""Contradictions in a taste: kept, and shown with both of their sides."""

from collections.abc import Callable, Iterable, Iterator

from viper.preference.attribute import Attribute, key
from viper.preference.value import Side, Value


class Conflict(Value):
    """The same attribute, or an attribute and its opposite, pulled in both directions."""

    sides: tuple[tuple[Side, Attribute], tuple[Side, Attribute]]
    """Both, with their strengths and evidence."""
    reason: str

    @property
    def is_weak(self) -> bool:
        """Whether all that speaks for one of the sides are clicks and turns of a chat."""
        return any(attribute.is_weak for _, attribute in self.sides)

    def __str__(self) -> str:
        """One sentence."""
        (_, first), (_, second) = self.sides
        return f"{first.attribute} and {second.attribute}: {self.reason}"


def conflicts_between(
    liked: Iterable[Attribute],
    disliked: Iterable[Attribute],
    opposite: Callable[[str], str | None],
) -> tuple[Conflict, ...]:
    """The same attribute on both sides, and opposites on one side."""
    likes = {key(a.attribute): a for a in liked}
    dislikes = {key(a.attribute): a for a in disliked}
    return (
        *_same(likes, dislikes),
        *_opposites("liked", likes, opposite),
        *_opposites("disliked", dislikes, opposite),
    )


def _same(likes: dict[str, Attribute], dislikes: dict[str, Attribute]) -> Iterator[Conflict]:
    reason = "liked in one place and disliked in another"
    for name, a in likes.items():
        if (b := dislikes.get(name)) is not None:
            yield Conflict(sides=(("liked", a), ("disliked", b)), reason=reason)


def _opposites(
    side: Side, attributes: dict[str, Attribute], opposite: Callable[[str], str | None]
) -> Iterator[Conflict]:
    for name, a in attributes.items():
        other = key(opposite(a.attribute) or "")
        if name < other and (b := attributes.get(other)) is not None:
            yield Conflict(sides=((side, a), (side, b)), reason=f"opposites, both {side}")
