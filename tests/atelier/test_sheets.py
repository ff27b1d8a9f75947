"""Contact sheets show everything there is, and say in one sentence what they cannot show."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from viper.atelier.__main__ import main
from viper.atelier.painting import DIALS, Painting
from viper.atelier.palette import PALETTES
from viper.atelier.sheets import SHEETS, Panel, Wish, contact_sheet, milliseconds
from viper.atelier.styles import STYLES
from viper.atelier.subjects import SUBJECTS

SIZE = 16


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_sheet_is_written_and_repeats_with_its_seed(sheet: str, tmp_path: Path) -> None:
    for name, seed in (("one.png", "1"), ("again.png", "1"), ("other.png", "2")):
        arguments = [sheet, "--size", str(SIZE), "--seed", seed, "--out", str(tmp_path / name)]
        assert main(arguments) == 0
    one, again, other = ((tmp_path / f"{n}.png").read_bytes() for n in ("one", "again", "other"))
    assert one == again
    assert one != other


def test_a_sheet_holds_every_painting_in_its_place() -> None:
    painting = Painting("cat", "flat design", PALETTES[0])
    panels = [Panel(str(seed), painting, seed) for seed in range(5)]
    sheet = np.asarray(contact_sheet([panels[:3], panels[3:]], 64))
    for place, panel in zip(((0, 0), (0, 1), (0, 2), (1, 0), (1, 1)), panels, strict=True):
        top, left = 6 + place[0] * (64 + 9 + 6), 6 + place[1] * (64 + 6)
        assert np.array_equal(
            sheet[top : top + 64, left : left + 64], painting.paint(panel.seed, 64)
        )


@pytest.mark.parametrize(
    ("sheet", "count"),
    [
        ("styles", len(STYLES)),
        ("subjects", len(SUBJECTS)),
        ("palettes", len(PALETTES)),
        ("dials", sum(len(values) + 1 for values in DIALS.values())),
    ],
)
def test_nothing_is_left_out(sheet: str, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Painting] = []

    def paint(painting: Painting, seed: int, size: int) -> np.ndarray:
        shown.append(painting)
        return np.zeros((size, size, 3), np.uint8)

    monkeypatch.setattr(Painting, "paint", paint)
    SHEETS[sheet](Wish(subject="cat" if sheet != "subjects" else None), SIZE)
    assert len(shown) == count
    for value in (v for values in DIALS.values() for v in values):
        assert (sheet == "dials") == any(value in p.to_dict().values() for p in shown)


def test_what_is_fixed_stays() -> None:
    wish = Wish("vase", "watercolor", PALETTES[4], 3)
    assert wish.painting(7) == Painting("vase", "watercolor", PALETTES[4])
    assert wish.painting(0) == wish.painting(9)
    assert Wish().painting(0).palette != Wish().painting(1).palette


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["styles", "--subject", "lighthose", "--out", "a.png"], "'lighthose'.*lighthouse"),
        (["subjects", "--style", "crayon", "--out", "a.png"], "--style 'crayon'"),
        (["subjects", "--palette", "teal", "--out", "a.png"], "--palette 'teal'.*teal and gold"),
        (["dials", "--size", "4", "--out", "a.png"], "--size 4.*16 to 1024"),
        (["dials", "--seed", "-1", "--out", "a.png"], "--seed -1"),
        (["dials", "--out", "nowhere/a.png"], "nowhere"),
        (["dials", "--out", "a.txt"], "a.txt.*PNG"),
        (["dials"], "--out"),
        (["boats", "--out", "a.png"], "boats"),
        ([], "sheet"),
    ],
)
def test_bad_input_is_answered_in_one_sentence(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert output.err.endswith(".\n")
    assert re.search(says, output.err)


def test_a_single_picture_can_be_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "cat.png"
    assert main(["styles", "--subject", "cat", "--style", "mosaic", "--out", str(out)]) == 0
    with Image.open(out) as picture:
        assert picture.width < 2 * 160


def test_every_style_is_timed(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(milliseconds(32)) == set(STYLES)
    assert main(["random", "--time"]) == 0
    assert "the median style" in capsys.readouterr().out
