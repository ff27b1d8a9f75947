"""Two or more readings of the same comments, side by side.

    viper extract examples/comments.json --extractor offline > offline.json
    viper extract examples/comments.json --extractor viper2024 > viper2024.json
    python examples/compare_extractors.py offline.json viper2024.json

`viper2024` is the extractor that ViPer's authors released: Idefics2 with their adapter, 34 GB from
the Hub on first use, in float32 as released. VIPER_DTYPE=bf16 halves that; for weights that lie
elsewhere set VIPER_LLM_MODEL to BASE+ADAPTER, each an id or a folder. It knows no strengths, so
compare which attributes are found and on which side. Attributes are compared by their name on the
taxonomy; free-form ones by their words.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Literal

from viper.errors import ViperError
from viper.preference import VisualPreference

SIDES: tuple[Literal["liked", "disliked"], ...] = ("liked", "disliked")
WIDTH = 12


def main() -> int:
    """Prints the table; 2 if a file is no preference."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preferences", nargs="+", type=Path, help="what `viper extract` wrote")
    try:
        readings = {file.stem: read(file) for file in parser.parse_args().preferences}
    except (OSError, ViperError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.writelines(f"{line}\n" for line in (*table(readings), *agreement(readings)))
    return 0


def read(file: Path) -> VisualPreference:
    """One preference file."""
    return VisualPreference.from_json(file.read_bytes(), source=str(file))


def table(readings: Mapping[str, VisualPreference]) -> Iterator[str]:
    """Strengths by side and attribute, the strongest first; a point where one has none."""
    for side in SIDES:
        strengths = {
            name: {a.attribute: a.strength for a in reading.active(side)}
            for name, reading in readings.items()
        }
        rows = {attribute for found in strengths.values() for attribute in found}
        yield f"{side:30}" + "".join(f"{name[: WIDTH - 1]:>{WIDTH}}" for name in readings)
        for row in sorted(rows, key=lambda r: (-sum(f.get(r, 0) for f in strengths.values()), r)):
            cells = (f"{found[row]:.2f}" if row in found else "." for found in strengths.values())
            yield f"  {row:28}" + "".join(f"{cell:>{WIDTH}}" for cell in cells)
        yield ""


def agreement(readings: Mapping[str, VisualPreference]) -> Iterator[str]:
    """For each two readings, what they share, and what one likes and the other dislikes."""
    for (first, a), (second, b) in combinations(readings.items(), 2):
        both = [(names(a, side), names(b, side)) for side in SIDES]
        shared = sum(len(x & y) for x, y in both)
        total = sum(len(x | y) for x, y in both)
        opposed = sorted((both[0][0] & both[1][1]) | (both[1][0] & both[0][1]))
        yield f"{first} and {second}: {shared} of {total} attributes in common" + (
            f"; on opposite sides: {', '.join(opposed)}" if opposed else ""
        )


def names(reading: VisualPreference, side: Literal["liked", "disliked"]) -> set[str]:
    """The attributes of one side."""
    return {a.attribute for a in reading.active(side)}


if __name__ == "__main__":
    sys.exit(main())
