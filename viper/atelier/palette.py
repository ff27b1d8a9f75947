"""Palettes: which color each role of a scene gets.

A palette is made of a few named colors. Its names are the taxonomy's, so that a painting's
`color palette` attributes are known exactly.
"""

from dataclasses import dataclass

from viper.atelier.color import Array, from_hex, to_rgb, with_lightness
from viper.atelier.scene import Role

COLORS: dict[str, str] = {
    "teal": "#0f7f80", "gold": "#d9a520", "magenta": "#d3157f", "cyan": "#14b9d6",
    "navy": "#1b2a5c", "crimson": "#b0122e", "orange": "#ef7d1a", "coral": "#fb7763",
    "pink": "#f39ac0", "purple": "#6d2c93", "violet": "#7d4fd0", "lavender": "#b6a4de",
    "blue": "#2457c5", "sky blue": "#7dbdf0", "turquoise": "#35c9ba", "green": "#2f9a3f",
    "emerald": "#0c8a56", "olive": "#7c7c2a", "sage green": "#a3b899", "yellow": "#f7d32b",
    "mustard": "#d0a12a", "ochre": "#c07f2c", "terracotta": "#c4603e", "brown": "#74482a",
    "beige": "#dcc7a1", "cream": "#f6ecd2", "black": "#16161a", "white": "#f8f8f5",
    "gray": "#86898e", "red": "#dd2727", "silver": "#bcc3cb", "rust": "#a5441d",
    "indigo": "#38338f", "mint": "#a5e5c5", "peach": "#fdc29c", "sepia": "#8b633d",
}  # fmt: skip
"""Named colors, sRGB."""


@dataclass(frozen=True)
class Palette:
    """Colors by role, with the names one would use for them."""

    name: str
    colors: tuple[str, ...]
    """Names of COLORS, the dominant one first."""
    also: tuple[str, ...] = ()
    """Further `color palette` attributes: "earth tones", "monochrome" ..."""

    def roles(self) -> dict[Role, Array]:
        """OKLab color of each role; lightness is arranged so that the subject stands out."""
        anchors = [from_hex(COLORS[name]) for name in self.colors]
        first, second = anchors[0], anchors[1]
        main = float(second[0])
        sky = _background(float(first[0]), main)
        side = -0.17 if main > 0.45 else 0.2
        return {
            "sky": with_lightness(first, sky),
            "far": with_lightness(first, sky + (0.1 if sky < 0.5 else -0.1)),
            "ground": with_lightness(first, sky + (0.18 if sky < 0.3 else -0.17), 1.05),
            "water": with_lightness(first, sky + (0.07 if sky < 0.3 else -0.06), 1.1),
            "main": second,
            "second": anchors[2] if len(anchors) > 2 else with_lightness(second, main + side),
            "accent": with_lightness(second, 0.88 if main < 0.8 else 0.97, 0.8),
            "dark": with_lightness(first, 0.2, 0.5),
            "light": with_lightness(second, 0.96, 0.25),
        }


def _background(own: float, main: float) -> float:
    # A subject as light as the sky would vanish: keep 0.2 between them, staying as near to the
    # named color's own lightness as that allows.
    candidates = [own, main - 0.2, main + 0.2]
    allowed = [c for c in candidates if abs(c - main) >= 0.199 and 0.15 <= c <= 0.99]
    return min(allowed, key=lambda c: abs(c - own))


PALETTES: tuple[Palette, ...] = (
    Palette("teal and gold", ("teal", "gold")),
    Palette("magenta and cyan", ("magenta", "cyan"), ("neon colors",)),
    Palette("navy and orange", ("navy", "orange")),
    Palette("crimson and cream", ("crimson", "cream")),
    Palette("pink and mint", ("pink", "mint"), ("pastel colors",)),
    Palette("lavender and peach", ("lavender", "peach"), ("pastel colors",)),
    Palette("terracotta and sage green", ("sage green", "terracotta"), ("earth tones",)),
    Palette("ochre, rust and brown", ("ochre", "rust", "brown"), ("earth tones",)),
    Palette("black and white", ("white", "black"), ("black and white", "monochrome")),
    Palette("sepia", ("beige", "sepia"), ("sepia", "monochrome")),
    Palette("blue monochrome", ("sky blue", "blue"), ("monochrome",)),
    Palette("emerald and gold", ("emerald", "gold"), ("jewel tones",)),
    Palette("purple and yellow", ("purple", "yellow")),
    Palette("coral and turquoise", ("turquoise", "coral")),
    Palette("olive and mustard", ("olive", "mustard"), ("earth tones",)),
    Palette("red and black", ("black", "red")),
    Palette("gray and yellow", ("gray", "yellow")),
    Palette("indigo and silver", ("indigo", "silver")),
    Palette("violet and orange", ("violet", "orange")),
    Palette("green and white", ("green", "white")),
)
"""The named palettes, all distinct in their colors."""

PAIRABLE: tuple[str, ...] = tuple(
    name for name in COLORS if name not in ("sepia", "silver", "beige", "peach", "sky blue")
)
"""Colors that may be paired freely; the others are too close to one of these to be told apart."""


def pair(first: str, second: str) -> Palette:
    """A palette of two named colors that need not be one of PALETTES."""
    return Palette(f"{first} and {second}", (first, second))


def role_rgb(palette: Palette) -> dict[Role, tuple[float, float, float]]:
    """sRGB color of each role in [0, 1]."""
    return {role: tuple(map(float, to_rgb(lab))) for role, lab in palette.roles().items()}  # type: ignore[misc]
