"""The example that compares two readings, as a person runs it."""

import subprocess
import sys
from pathlib import Path

from viper.preference import Attribute, VisualPreference

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "compare_extractors.py"


def run(*files: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(EXAMPLE), *map(str, files)]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=EXAMPLE.parents[1], timeout=120, check=False
    )


def test_two_readings_side_by_side(tmp_path: Path) -> None:
    teal, gold = Attribute(attribute="teal", strength=0.9), Attribute(attribute="gold")
    readings = {
        "ours": VisualPreference(liked=(teal, gold), disliked=(Attribute(attribute="flat"),)),
        "released": VisualPreference(liked=(Attribute(attribute="teal"),), disliked=(gold,)),
    }
    for name, reading in readings.items():
        (tmp_path / f"{name}.json").write_text(reading.to_json(), encoding="utf-8")
    result = run(tmp_path / "ours.json", tmp_path / "released.json")
    assert result.returncode == 0, result.stderr
    lines = [line.split() for line in result.stdout.splitlines()]
    assert lines[:3] == [
        ["liked", "ours", "released"],
        ["teal", "0.90", "0.70"],
        ["gold", "0.70", "."],
    ]
    assert result.stdout.endswith(
        "ours and released: 1 of 4 attributes in common; on opposite sides: gold\n"
    )


def test_a_file_that_is_no_preference_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[]", encoding="utf-8")
    result = run(tmp_path / "x.json")
    assert result.returncode == 2
    assert result.stderr.startswith(f"{tmp_path / 'x.json'}: expected an object")
