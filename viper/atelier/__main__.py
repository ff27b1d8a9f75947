"""Contact sheets of what the atelier paints.

    python -m viper.atelier styles --subject cat --out cat.png

Exit 2 and one sentence for bad input.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from statistics import median
from typing import NoReturn

from viper.atelier.palette import PALETTES
from viper.atelier.sheets import SHEETS, Wish, milliseconds
from viper.atelier.styles import STYLES
from viper.atelier.subjects import SUBJECTS
from viper.errors import BadInput


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{message[:1].upper()}{message[1:].rstrip('.')}.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Draws one sheet; the exit code."""
    try:
        _run(_parser().parse_args(arguments))
    except BadInput as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m viper.atelier", description="Contact sheets.")
    parser.add_argument("sheet", choices=SHEETS, help="what varies on it")
    parser.add_argument("--subject", help="lighthouse by default")
    parser.add_argument("--style", help="flat design by default")
    parser.add_argument("--palette", help="by default they take turns")
    parser.add_argument("--seed", type=int, default=0, help="another one draws other pictures")
    parser.add_argument("--size", type=int, default=160, help="of a picture, in pixels")
    parser.add_argument("--time", action="store_true", help="tell how long styles take at 256 px")
    parser.add_argument("--out", type=Path, help="a PNG file")
    return parser


def _run(wanted: argparse.Namespace) -> None:
    palettes = {palette.name: palette for palette in PALETTES}
    for option, known in (("subject", SUBJECTS), ("style", STYLES), ("palette", palettes)):
        _check(option, getattr(wanted, option), known)
    if not 16 <= wanted.size <= 1024:
        raise BadInput(f"--size {wanted.size}: expected 16 to 1024 pixels.")
    if wanted.seed < 0:
        raise BadInput(f"--seed {wanted.seed}: expected 0 or more.")
    if wanted.out is None and not wanted.time:
        raise BadInput("--out: say which PNG file to write.")
    if wanted.time:
        _tell_times()
    if wanted.out is not None:
        palette = palettes[wanted.palette] if wanted.palette else None
        wish = Wish(wanted.subject, wanted.style, palette, wanted.seed)
        _draw(wanted.sheet, wish, wanted.size, wanted.out)


def _draw(sheet: str, wish: Wish, size: int, out: Path) -> None:
    if out.suffix.lower() != ".png" or not out.parent.is_dir():
        raise BadInput(f"--out {out}: expected a PNG file in a folder that exists.")
    picture = SHEETS[sheet](wish, size)
    try:
        picture.save(out)
    except OSError as error:
        raise BadInput(f"--out {out}: cannot be written ({error.strerror}).") from error


def _check(option: str, name: str | None, known: Iterable[str]) -> None:
    names = list(known)
    if name is None or name in names:
        return
    near = get_close_matches(name, names, 3, 0.5) or names[:5]
    raise BadInput(f"--{option} {name!r}: there is none of that name; try {' or '.join(near)}.")


def _tell_times() -> None:
    times = milliseconds()
    for style, spent in sorted(times.items(), key=lambda item: item[1]):
        sys.stdout.write(f"{spent:7.1f} ms  {style}\n")
    sys.stdout.write(f"{median(times.values()):7.1f} ms  the median style\n")


if __name__ == "__main__":
    sys.exit(main())
