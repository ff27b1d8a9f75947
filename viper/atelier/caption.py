"""Captions of a painting, in varied words, order and completeness.

Some name only the look and some only the subject, so that a model trained on them can be asked for
attributes alone: that is how liked and disliked attributes are encoded.
"""

from random import Random

from viper.atelier.painting import DIALS, Painting
from viper.atelier.styles import STYLES
from viper.atelier.subjects import SUBJECTS
from viper.atelier.wording import ALSO_WORDS, COLOR_WORDS, DIAL_WORDS

_PARTS = ("style", "palette", "dials")
_OWN_NAME = 0.7
"""How often a color goes by its own name."""


def caption(painting: Painting, rng: Random) -> str:
    """One caption; over many draws every attribute of the painting is named, also alone."""
    kind = rng.random()
    if kind < 0.14:
        return _attribute_list(painting, rng)
    if kind < 0.5:
        chosen = {"subject", *_PARTS}
    elif kind < 0.86:
        chosen = {"subject", *rng.sample(_PARTS, rng.choice((1, 1, 2)))}
    elif kind < 0.92:
        chosen = {"subject"}
    else:
        chosen = set(rng.sample(_PARTS, rng.choice((1, 2))))
    palette = _palette_words(painting, rng) if "palette" in chosen else None
    return _sentence(painting, chosen, palette, rng)


def full_caption(painting: Painting, rng: Random) -> str:
    """A caption that names subject, style, every color of the palette and every dial."""
    colors = _all_colors(painting, rng)
    return _sentence(painting, {"subject", *_PARTS}, colors, rng)


def _sentence(painting: Painting, chosen: set[str], palette: str | None, rng: Random) -> str:
    style = rng.choice(STYLES[painting.style].words) if "style" in chosen else None
    subject = rng.choice(SUBJECTS[painting.subject].words) if "subject" in chosen else None
    extras = _dials(painting, rng) if "dials" in chosen else []
    parts = _start(subject, style, rng)
    if palette is not None:
        parts.insert(rng.randint(0 if subject is None else 1, len(parts)), palette)
    if extras and parts and rng.random() < 0.15:
        parts.insert(0, extras.pop())
    return ", ".join(parts + extras) or painting.style


def _start(subject: str | None, style: str | None, rng: Random) -> list[str]:
    """Subject and style, in one phrase or in two."""
    if subject is not None and style is not None and rng.random() < 0.5:
        return [rng.choice((f"{style} of {subject}", f"{style} of {subject}",
                            f"{subject}, {style}", f"{subject} as {style}",
                            f"{style} showing {subject}"))]  # fmt: skip
    parts = [part for part in (subject, style) if part is not None]
    if subject is not None and rng.random() < 0.08:
        parts[0] = f"{rng.choice(('a picture of', 'an image of', 'artwork of'))} {subject}"
    if rng.random() < 0.3:
        parts.reverse()
    return parts


def _dials(painting: Painting, rng: Random) -> list[str]:
    settings = [getattr(painting, dial) for dial in DIALS]
    words = [rng.choice(DIAL_WORDS[value]) for value in settings if value is not None]
    rng.shuffle(words)
    return words


def _palette_words(painting: Painting, rng: Random) -> str:
    also = painting.palette.also
    if also and rng.random() < 0.2:
        name = rng.choice(also)
        return rng.choice((name, *ALSO_WORDS.get(name, ())))
    if rng.random() < 0.12:
        return _color(rng.choice(painting.palette.colors), rng)
    return _all_colors(painting, rng)


def _all_colors(painting: Painting, rng: Random) -> str:
    colors = [_color(name, rng) for name in painting.palette.colors]
    ordered = f"{colors[0]} with touches of {' and '.join(colors[1:])}"
    if rng.random() < 0.3:
        rng.shuffle(colors)
    named = f"{', '.join(colors[:-1])} and {colors[-1]}"
    return rng.choice((
        f"in {named}", f"{named} palette", f"{named} colors", ", ".join(colors), named,
        f"in shades of {named}", f"a palette of {named}", f"painted in {named}",
        f"color scheme of {named}", f"all {named}", f"{named} hues", ordered,
    ))  # fmt: skip


def _color(name: str, rng: Random) -> str:
    return name if rng.random() < _OWN_NAME else rng.choice(COLOR_WORDS[name])


def _attribute_list(painting: Painting, rng: Random) -> str:
    names = [name for facet in painting.attributes().values() for name in facet]
    count = min(len(names), rng.randint(1, 6))
    return ", ".join(rng.sample(names, count))
