"""From a description to a picture whose attributes are known, because a program painted it.

    Painting (subject x style x palette x dials) ──paint(seed)──► picture
                                                 ──attributes──► what a person may like about it

A dial is None where the painting says nothing about it (the neutral middle).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viper.atelier.color import Array
from viper.atelier.finish import BORDER, finish
from viper.atelier.ornament import bare, ornamented
from viper.atelier.palette import PAIRABLE, PALETTES, Palette, pair
from viper.atelier.scene import Role
from viper.atelier.styles import STYLES
from viper.atelier.subjects import SUBJECTS
from viper.atelier.viewpoint import closer, farther, from_viewpoint, mirrored, off_center, on_axis
from viper.atelier.weather import MOODS

DIALS: Mapping[str, tuple[str, ...]] = {
    "lighting": ("golden hour light", "moonlight", "dramatic lighting", "soft light", "neon glow"),
    "contrast": ("high contrast", "low contrast"),
    "saturation": ("vivid colors", "muted colors"),
    "brightness": ("bright", "dark"),
    "texture": ("smooth texture", "paper grain", "canvas texture", "film grain"),
    "detail": ("simple", "intricate details"),
    "framing": ("close-up", "wide shot", BORDER),
    "symmetry": ("symmetrical", "asymmetrical"),
    "perspective": ("bird's-eye view", "worm's-eye view", "tilted view"),
    "mood": MOODS,
}
"""What each dial can be set to, besides None: the taxonomy's names."""


# Grain is what an autoencoder resolves worst: less of it leaves more to learn from. The dials that
# rearrange a scene are rarer, so that most paintings show their subject as one knows it.
_SHARES = {"texture": 0.12, "symmetry": 0.1, "perspective": 0.1, "mood": 0.1}
_SHADOWS = {"dramatic lighting": "deep shadows", "soft light": "soft shadows"}
"""What light does to shadows, over whatever the style does."""
_COMPOSITION = {"symmetrical": "centered composition", "asymmetrical": "off-center composition"}
_CONTRARY = {
    "cheerful": {"gloomy", "melancholic", "mysterious", "dramatic"},
    "gloomy": {"cheerful", "energetic", "cozy", "dreamy"},
    "dreamy": {"dramatic", "gloomy", "melancholic"},
    "mysterious": {"cheerful", "cozy", "energetic"},
}
"""Moods that the weather of another drives out."""


@dataclass(frozen=True)
class Painting:
    """Everything that decides a picture, apart from the seed."""

    subject: str
    style: str
    palette: Palette
    lighting: str | None = None
    contrast: str | None = None
    saturation: str | None = None
    brightness: str | None = None
    texture: str | None = None
    detail: str | None = None
    framing: str | None = None
    symmetry: str | None = None
    perspective: str | None = None
    mood: str | None = None
    """What weather and light add; `attributes` names the moods that other dials bring, too."""

    def __post_init__(self) -> None:
        """Refuses names that the atelier cannot paint."""
        if self.subject not in SUBJECTS:
            raise ValueError(f"unknown subject {self.subject!r}")
        if self.style not in STYLES:
            raise ValueError(f"unknown style {self.style!r}")
        for dial, choices in DIALS.items():
            if getattr(self, dial) not in (None, *choices):
                raise ValueError(f"unknown {dial} {getattr(self, dial)!r}")

    def paint(self, seed: int, size: int = 256) -> NDArray[np.uint8]:
        """The picture: sRGB, (size, size, 3). The same painting and seed give the same bytes."""
        rng = Random(seed)
        detail = {None: rng.uniform(0.35, 0.65), "simple": 0.0, "intricate details": 1.0}
        scene = SUBJECTS[self.subject].build(rng, detail[self.detail])
        if self.detail is not None:
            scene = bare(scene) if self.detail == "simple" else ornamented(scene, rng)
        if self.framing == "close-up":
            scene = closer(scene)
        elif self.framing == "wide shot":
            scene = farther(scene)
        if self.perspective is not None:
            scene = from_viewpoint(scene, self.perspective, rng)
        if self.symmetry == "asymmetrical":
            scene = off_center(scene, rng)
        scene, keep_left = on_axis(scene) if self.symmetry == "symmetrical" else (scene, None)
        picture = STYLES[self.style].render(scene, self.role_colors(), size, rng)
        if keep_left is not None:
            picture = mirrored(picture, keep_left)
        return finish(picture, self, scene.focus, rng)

    def role_colors(self) -> dict[Role, Array]:
        """OKLab color of each role after saturation, brightness."""
        chroma = {None: 1.0, "vivid colors": 1.35, "muted colors": 0.5}[self.saturation]
        lift, scale = {None: (0.0, 1.0), "bright": (0.2, 0.82), "dark": (0.0, 0.68)}[
            self.brightness
        ]
        return {
            role: np.array([lift + scale * c[0], c[1] * chroma, c[2] * chroma], np.float32)
            for role, c in self.palette.roles().items()
        }

    def attributes(self) -> dict[str, tuple[str, ...]]:
        """Facet to attributes, in the taxonomy's names: what is visible in the picture."""
        found = {facet: tuple(names) for facet, names in STYLES[self.style].attributes.items()}
        found["color palette"] = (*self.palette.colors, *self.palette.also)
        found["color temperature"] = (_temperature(self.palette),)
        for dial in DIALS:
            if (value := getattr(self, dial)) is not None:
                # The dial is applied after the style and is what one sees.
                found[dial] = (value,)
        if self.palette.also[:1] == ("black and white",):
            found["saturation"] = ("desaturated",)
        if moods := _moods(self):
            found["mood"] = moods
        if self.symmetry is not None:
            found["composition"] = (_COMPOSITION[self.symmetry],)
        if self.lighting in _SHADOWS:
            found["shadow"] = (_SHADOWS[self.lighting],)
        return {facet: tuple(dict.fromkeys(names)) for facet, names in found.items()}

    def to_dict(self) -> dict[str, Any]:
        """As plain data: names only, dials that are set."""
        data = {f.name: getattr(self, f.name) for f in fields(self)}
        data["palette"] = {"colors": list(self.palette.colors), "name": self.palette.name}
        return {name: value for name, value in data.items() if value is not None}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Painting":
        """Reads `to_dict`."""
        values = dict(data)
        name = values["palette"]["name"]
        known = {palette.name: palette for palette in PALETTES}
        values["palette"] = known.get(name) or pair(*values["palette"]["colors"])
        return cls(**values)


def random_painting(rng: Random) -> Painting:
    """A painting with every factor drawn independently; half of the palettes are free pairs."""
    palette = rng.choice(PALETTES)
    if rng.random() < 0.5:
        palette = pair(*rng.sample(PAIRABLE, 2))
    painting = Painting(rng.choice(list(SUBJECTS)), rng.choice(list(STYLES)), palette)
    dials: dict[str, Any] = {
        dial: rng.choice(choices)
        for dial, choices in DIALS.items()
        if rng.random() < _SHARES.get(dial, 0.2)
    }
    return replace(painting, **dials)


def _temperature(palette: Palette) -> str:
    # Mean of the roles in OKLab: reds and yellows have a + b well above zero, blues below.
    roles = palette.roles()
    mean = np.mean([roles[r] for r in ("sky", "far", "ground", "water", "main", "second")], axis=0)
    warmth = 0.6 * float(mean[1]) + float(mean[2])
    if warmth > 0.025:
        return "warm colors"
    return "cool colors" if warmth < -0.025 else "neutral colors"


def _moods(painting: Painting) -> tuple[str, ...]:
    also = painting.palette.also
    rules = {
        "mysterious": painting.lighting == "moonlight",
        "serene": painting.lighting == "moonlight" or painting.lighting == "soft light",
        "dreamy": painting.lighting == "soft light" or "pastel colors" in also,
        "dramatic": painting.lighting == "dramatic lighting"
        or painting.contrast == "high contrast",
        "cozy": painting.lighting == "golden hour light",
        "energetic": painting.lighting == "neon glow" or "neon colors" in also,
        "cheerful": painting.brightness == "bright" or painting.saturation == "vivid colors",
        "gloomy": painting.brightness == "dark" and painting.saturation != "vivid colors",
        "melancholic": painting.saturation == "muted colors" and painting.brightness != "bright",
        "nostalgic": "sepia" in also,
        "calm": painting.detail == "simple" and painting.contrast != "high contrast",
    }
    weather = painting.mood
    driven_out = set() if weather is None else {*_CONTRARY[weather], weather}
    derived = (mood for mood, holds in rules.items() if holds and mood not in driven_out)
    return (*derived,) if weather is None else (weather, *derived)
