"""What can be asked about a painting, with the answers: known, because a program painted it.

Whoever judges pictures answers the same questions from the pixels alone. Seeds are divided here,
so that nothing is judged by paintings it learned from, nor by a judge that learned from the same.
"""

from viper.atelier.painting import DIALS, Painting
from viper.atelier.palette import COLORS
from viper.atelier.styles import STYLES
from viper.atelier.subjects import SUBJECTS

JUDGE_SEED = 128_000_000_000
"""Seeds from here on are for the training of the judge; those below, of the built-in models."""

HELD_OUT_SEED = 256_000_000_000
"""Seeds from here on are for measuring; nothing learns from them."""

NONE = "none"
"""The answer about a dial that is not set."""

QUESTIONS: dict[str, tuple[str, ...]] = {
    "subject": tuple(SUBJECTS),
    "style": tuple(STYLES),
    "main color": tuple(COLORS),
    "second color": tuple(COLORS),
    **{dial: (NONE, *settings) for dial, settings in DIALS.items()},
}
"""Each question with every answer there is. Palettes are told by their two first colors."""


def answers(painting: Painting) -> dict[str, str]:
    """The right answer to each of QUESTIONS."""
    main, second = painting.palette.colors[:2]
    return {
        "subject": painting.subject,
        "style": painting.style,
        "main color": main,
        "second color": second,
        **{dial: getattr(painting, dial) or NONE for dial in DIALS},
    }
