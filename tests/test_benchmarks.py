"""The benchmarks run, in their smallest form: who has a machine for them need not mend them."""

import importlib
import json
import sys

import pytest


def printed(
    name: str, arguments: list[str], capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch
) -> str:
    patch.setattr(sys, "argv", [f"benchmarks/{name}.py", *arguments])
    importlib.import_module(f"benchmarks.{name}").main()
    return capsys.readouterr().out


def test_many_at_once_on_the_architecture_of_sdxl(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    small = ["--architecture", "sdxl", "--width", "64", "--size", "64", "--steps", "1"]
    told = printed("engine", [*small, "--concurrency", "2", "--json"], capsys, monkeypatch)
    (row,) = json.loads(told)
    assert row["concurrency"] == 2
    assert row["ratios"]["throughput"] > 0


def test_what_a_conversation_tells(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "8 comments" in printed("reading", ["--people", "1"], capsys, monkeypatch)


def test_whether_the_score_is_right(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = json.loads(printed("score", ["--people", "1", "--json"], capsys, monkeypatch))
    assert 0 <= told["ece"] <= 1
