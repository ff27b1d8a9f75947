"""Captions of a painting, in varied words, order and completeness.

Some name only the look and some only the subject, so that a model trained on them can be asked for
attributes alone: that is how liked and disliked attributes are encoded.
"""

from random import Random

from viper.atelier.painting import DIALS, Painting
from viper.atelier.styles import STYLES
from viper.atelier.subjects import SUBJECTS

_DIAL_WORDS: dict[str, tuple[str, ...]] = {
    "golden hour light": ("golden hour light", "in warm evening sunlight", "at golden hour"),
    "moonlight": ("moonlight", "in the moonlight", "at night", "lit by the moon"),
    "dramatic lighting": ("dramatic lighting", "with a dramatic spotlight", "chiaroscuro light"),
    "soft light": ("soft light", "soft hazy light", "in gentle mist"),
    "neon glow": ("neon glow", "glowing neon light", "luminous"),
    "high contrast": ("high contrast", "strong contrast", "bold contrast"),
    "low contrast": ("low contrast", "faint contrast", "washed out"),
    "vivid colors": ("vivid colors", "bright saturated colors", "vibrant"),
    "muted colors": ("muted colors", "subdued colors", "dull faded colors"),
    "bright": ("bright", "light and airy", "brightly lit"),
    "dark": ("dark", "dark tones", "dimly lit"),
    "smooth texture": ("smooth texture", "soft and smooth"),
    "paper grain": ("paper grain", "on rough paper", "paper texture"),
    "canvas texture": ("canvas texture", "on canvas", "woven canvas"),
    "film grain": ("film grain", "grainy", "noisy grain"),
    "simple": ("simple", "very simple", "few details", "minimal"),
    "intricate details": ("intricate details", "highly detailed", "full of detail"),
    "close-up": ("close-up", "a close view", "zoomed in"),
    "decorative border": ("decorative border", "framed by an ornamental border"),
}


def caption(painting: Painting, rng: Random) -> str:
    """One caption; over many draws every attribute of the painting is named, also alone."""
    kind = rng.random()
    if kind < 0.14:
        return _attribute_list(painting, rng)
    if kind < 0.5:
        chosen = {"subject", "style", "palette", "dials"}
    elif kind < 0.86:
        chosen = {"subject", *rng.sample(("style", "palette", "dials"), rng.choice((1, 1, 2)))}
    elif kind < 0.92:
        chosen = {"subject"}
    else:
        chosen = set(rng.sample(("style", "palette", "dials"), rng.choice((1, 2))))
    return _sentence(painting, chosen, rng)


def full_caption(painting: Painting, rng: Random) -> str:
    """A caption that names subject, style, palette and every dial."""
    return _sentence(painting, {"subject", "style", "palette", "dials"}, rng)


def _sentence(painting: Painting, chosen: set[str], rng: Random) -> str:
    style = rng.choice(STYLES[painting.style].words) if "style" in chosen else None
    palette = _palette_words(painting, rng) if "palette" in chosen else None
    subject = rng.choice(SUBJECTS[painting.subject].words) if "subject" in chosen else None
    dials = [getattr(painting, dial) for dial in DIALS] if "dials" in chosen else []
    extras = [rng.choice(_DIAL_WORDS[value]) for value in dials if value is not None]
    rng.shuffle(extras)
    if subject is not None and style is not None and rng.random() < 0.5:
        start = f"{style} of {subject}" if rng.random() < 0.6 else f"{subject}, {style}"
        parts = [start]
    else:
        parts = [part for part in (subject, style) if part is not None]
        if rng.random() < 0.3:
            parts.reverse()
    if palette is not None:
        parts.insert(rng.randint(0 if subject is None else 1, len(parts)), palette)
    parts += extras
    return ", ".join(parts) if parts else painting.style


def _palette_words(painting: Painting, rng: Random) -> str:
    colors = list(painting.palette.colors)
    if rng.random() < 0.3:
        rng.shuffle(colors)
    named = f"{', '.join(colors[:-1])} and {colors[-1]}" if len(colors) > 1 else colors[0]
    options = [
        f"in {named}", f"{named} palette", f"{named} colors", ", ".join(colors), rng.choice(colors),
        *painting.palette.also,
    ]  # fmt: skip
    return rng.choice(options)


def _attribute_list(painting: Painting, rng: Random) -> str:
    names = [name for facet in painting.attributes().values() for name in facet]
    count = min(len(names), rng.randint(1, 6))
    return ", ".join(rng.sample(names, count))
