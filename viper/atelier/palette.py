"""Palettes: which color each role of a scene gets.

A palette is made of a few named colors. Its names are the taxonomy's, so that a painting's
`color palette` attributes are known exactly.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from viper.atelier.color import Array, from_hex, histogram, mix, to_rgb, with_lightness
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
    Palette("cream and navy", ("cream", "navy")),
    Palette("black and gold", ("black", "gold"), ("black and gold",)),
    Palette("black and cyan", ("black", "cyan"), ("neon colors",)),
    Palette("mint and lavender", ("mint", "lavender"), ("pastel colors",)),
    Palette("purple and emerald", ("purple", "emerald"), ("jewel tones",)),
    Palette("indigo, magenta and orange", ("indigo", "magenta", "orange"), ("sunset colors",)),
    Palette("pink and crimson", ("pink", "crimson")),
    Palette("brown and turquoise", ("brown", "turquoise"), ("earth tones",)),
    Palette("gray and red", ("gray", "red")),
    Palette("blue and yellow", ("blue", "yellow"), ("primary colors",)),
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


def nearest_palette(pixels: Array) -> Palette:
    """Which of PALETTES a picture is most likely painted in, from its colors alone.

    Each palette says how likely a color is: most likely are its role colors, less so those washed
    out toward paper or ink, and some paper and ink is in every picture. Around these colors lie
    normal distributions in OKLab, narrow in hue and chroma and wide in lightness, which light and
    shade change most. The palette wins under which the colors of all pixels are likeliest, the
    picture being allowed to be paler or more vivid than the palette as a whole. Nothing is
    trained: the constants were set by hand.

    Args:
        pixels: sRGB in [0, 1], shape (..., 3).
    """
    colors, shares = histogram(pixels)
    return max(PALETTES, key=lambda palette: _likelihood(palette, colors, shares))


_GROUP_SHARES = (0.5, 0.3, 0.2, 0.2)
"""Of a picture: background, subject, third color, paper and ink."""
_STRENGTHS = {1.0: 0.0, 0.55: -0.25, 1.3: -0.25}
"""Factors of chroma, and what assuming them costs in log-likelihood per pixel."""
_SPREAD = np.array([0.2, 0.02, 0.02], np.float32)
_STRAY = 1e-5
"""Density of colors that belong to no palette."""


def _likelihood(palette: Palette, colors: Array, shares: Array) -> float:
    centers, weights = _expected_colors(palette)
    return max(
        cost + float(shares @ np.log(_density(colors, centers * (1, factor, factor), weights)))
        for factor, cost in _STRENGTHS.items()
    )


def _density(colors: Array, centers: Array, weights: Array) -> Array:
    # Squared distances by way of a matrix product: ten times faster than differences.
    x, c = colors / _SPREAD, centers / _SPREAD
    squared = (x**2).sum(1)[:, None] + (c**2).sum(1) - 2 * x @ c.T
    return np.asarray(np.exp(-0.5 * np.maximum(squared, 0)) @ weights + _STRAY, np.float32)


@cache
def _expected_colors(palette: Palette) -> tuple[Array, Array]:
    """OKLab colors that a picture in a palette consists of, and their shares."""
    roles = palette.roles()
    paper, ink = with_lightness(roles["sky"], 0.95, 0.4), with_lightness(roles["dark"], 0.19)
    neutral = [paper, ink, roles["dark"], roles["light"], paper * (1, 0, 0), ink * (1, 0, 0)]
    third = len(palette.colors) > 2
    names: tuple[tuple[Role, ...], ...] = (
        ("sky", "far", "ground", "water"),
        ("main", "accent") if third else ("main", "second", "accent"),
        ("second",) if third else (),
    )
    groups = [[shade for r in group for shade in _washed(roles[r], paper, ink)] for group in names]
    parts = [p for p in zip([*groups, neutral], _GROUP_SHARES, strict=True) if p[0]]
    weights = np.concatenate([np.full(len(group), share / len(group)) for group, share in parts])
    centers = np.asarray([color for group, _ in parts for color in group], np.float32)
    return centers, np.asarray(weights / weights.sum(), np.float32)


def _washed(color: Array, paper: Array, ink: Array) -> list[Array]:
    return [color, *(mix(base, color, share) for base in (paper, ink) for share in (0.7, 0.4))]
