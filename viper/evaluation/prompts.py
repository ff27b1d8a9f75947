"""What the generator is asked to draw, in words that captions never use.

`held_out.json` holds sentences, phrases for subjects, styles and palettes, and words that were
never painted. Tests make sure that captions say none of them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from viper.atelier.palette import PALETTES, Palette
from viper.atelier.styles import STYLES
from viper.atelier.subjects import SUBJECTS

_DATA = Path(__file__).with_name("held_out.json")


@dataclass(frozen=True, slots=True)
class Asked:
    """One prompt, and what its picture should show."""

    text: str
    style: str
    palette: Palette
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Unpainted:
    """One prompt with a word that was never painted, and what it should land on."""

    text: str
    subjects: tuple[str, ...] = ()
    """Any of these is right; empty where a color is asked for."""
    color: str | None = None
    """`#rrggbb`, whose hue the picture should have."""


@cache
def held_out() -> Mapping[str, Any]:
    """The words."""
    words: Mapping[str, Any] = json.loads(_DATA.read_text(encoding="utf-8"))
    return words


def balanced_prompts(count: int, *, seed: int = 0, with_subject: bool = True) -> list[Asked]:
    """Prompts over all subjects, styles and named palettes, each about equally often.

    Without subjects, the same seed asks for the same styles and palettes in the same order.
    """
    rng = Random(seed)
    dealt = [_dealt(names, count, rng) for names in (list(SUBJECTS), list(STYLES), PALETTES)]
    words = Random(seed + 1)
    return [
        _asked(subject, style, palette, words, with_subject=with_subject)
        for subject, style, palette in zip(*dealt, strict=True)
    ]


def contrary_prompts(count: int, settings: tuple[str, str], *, seed: int) -> list[tuple[str, str]]:
    """The same thing asked for twice, with either of two settings of a dial."""
    rng = Random(seed)
    subjects, styles = _dealt(list(SUBJECTS), count, rng), _dealt(list(STYLES), count, rng)
    looks = [
        rng.choice(held_out()["looks"]).format(subject=_subject(s, rng), style=_style(t, rng))
        for s, t in zip(subjects, styles, strict=True)
    ]
    return [(f"{look}, {settings[0]}", f"{look}, {settings[1]}") for look in looks]


def never_painted_prompts(count: int, *, seed: int = 0) -> list[Unpainted]:
    """Each such word alone, then with styles, until there are enough.

    Words for subjects that the atelier does not paint are left out.
    """
    rng = Random(seed)
    words = [_unpainted(entry) for entry in held_out()["never_painted"]]
    known = [word for word in words if word.color or set(word.subjects) & set(SUBJECTS)]
    rng.shuffle(known)
    prompts = [
        word
        if turn == 0
        else Unpainted(f"{word.text}, {rng.choice(list(STYLES))}", word.subjects, word.color)
        for turn in range(-(-count // len(known)))
        for word in known
    ]
    return prompts[:count]


def _unpainted(entry: Mapping[str, Any]) -> Unpainted:
    return Unpainted(entry["words"], tuple(entry.get("subjects", ())), entry.get("color"))


def _dealt(names: Sequence[Any], count: int, rng: Random) -> list[Any]:
    rounds = (rng.sample(names, len(names)) for _ in range(-(-count // len(names))))
    return [name for one in rounds for name in one][:count]


def _asked(subject: str, style: str, palette: Palette, rng: Random, *, with_subject: bool) -> Asked:
    # Everything is drawn in either case, so that the same looks come with and without subjects.
    parts = {
        "subject": _subject(subject, rng),
        "style": _style(style, rng),
        "palette": _palette(palette, rng),
    }
    known = held_out()["sentences" if with_subject else "without_subject"]
    text = known[int(rng.random() * len(known))].format(**parts)
    return Asked(text, style, palette, subject if with_subject else None)


def _subject(name: str, rng: Random) -> str:
    phrase: str = rng.choice(held_out()["subjects"].get(name, (f"one {name}",)))
    return phrase


def _style(name: str, rng: Random) -> str:
    manner = rng.choice(held_out()["manners"]).format(style=name)
    phrase: str = rng.choice((*held_out()["styles"].get(name, ()), manner))
    return phrase


def _palette(palette: Palette, rng: Random) -> str:
    first, *others = palette.colors
    phrase: str = rng.choice(held_out()["palettes"])
    return phrase.format(first=first, second=" and ".join(others))
