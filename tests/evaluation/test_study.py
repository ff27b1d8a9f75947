"""`viper evaluate`: figures mean what they say, a short form runs, and a stopped one goes on."""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from viper.cli import main
from viper.errors import BadInput
from viper.evaluation import study as studies
from viper.evaluation.identity import fingerprint
from viper.evaluation.looks import facets
from viper.evaluation.methods import DEFAULT, DEGREES, PLAIN, Drawn, Wish, methods
from viper.evaluation.page import Section, markdown, page
from viper.evaluation.people import person
from viper.evaluation.plan import COMMENTS, NEIGHBORS, QUICK, TRUE, Plan, Sizes, after, tasks
from viper.evaluation.study import check_request
from viper.evaluation.summary import Summary
from viper.generation import GenerationRequest
from viper.judging import Score, Scorer
from viper.preference import Attribute, VisualPreference

PLAN = Plan(seed=2, split="development", sizes=QUICK)
EXTRA = (*(after(count) for count in COMMENTS[:-1]), TRUE)

# -- figures -------------------------------------------------------------------------------------


def record(index: int, looks: Mapping[str, Sequence[str]], *, lost: Sequence[str] = ()) -> Any:
    """A person whose pictures have these looks by method, nothing otherwise; `lost` no subject."""
    who = person(index, seed=PLAN.seed, split=PLAN.split)
    names = (*methods(PLAN.sizes.candidates), *EXTRA)

    def shown(method: str) -> dict[str, Any]:
        row = [float(name in looks.get(method, ())) for name in facets()]
        return {
            "looks": [row], "subjects": ["dog" if method in lost else "cat"],
            "shows": [0.0 if method in lost else 1.0], "spread": 2.0 if method == PLAIN else 1.0,
            "passes": [32 if method == PLAIN else 64], "seconds": [1.0],
        }  # fmt: skip

    score = {"pairs": [1.0, 0.5], "judged": [1.0], "forecasts": [[0.9, True]]}
    return {
        "index": index, "seed": who.seed, "kind": who.kind, "subjects": ["cat"],
        "comments": ["<script>"], "methods": {name: shown(name) for name in names}, "score": score,
    }  # fmt: skip


def loved(index: int) -> str:
    """What a person likes most where a cat is shown."""
    return next(iter(person(index, seed=PLAN.seed, split=PLAN.split).tastes[-1].side(1)))


def test_a_picture_with_what_a_person_loves_wins_and_costs_what_it_costs() -> None:
    people = [record(i, {DEFAULT: [loved(i)], TRUE: [loved(i)]}) for i in (0, 2)]
    found = Summary(PLAN, people).to_dict()
    default, plain = found["methods"][DEFAULT], found["methods"][PLAIN]
    assert (default["win_vs_plain"], default["cost_ratio"]) == (1.0, 2.0)
    assert (default["diversity_ratio"], default["fidelity_drop"]) == (0.5, 0.0)
    assert (plain["win_vs_plain"], plain["cost_ratio"], plain["fidelity_drop"]) == (0.5, 1.0, 0.0)
    assert found["win_by_comments"] == {"3": 0.5, "8": 1.0}
    assert found["extraction_gap"] == 0.0
    assert found["score"] == {"single": 0.75, "mixed": None, "ece": pytest.approx(0.1)}


def test_nobody_wins_by_losing_what_was_asked_for() -> None:
    (one,) = [record(0, {DEFAULT: [loved(0)]}, lost=[DEFAULT])]
    figures = Summary(PLAN, [one]).figures(DEFAULT)
    names = ("win_vs_plain", "taste_win", "fidelity_drop")
    assert [f.value for name in names if (f := figures[name])] == [0.0, 1.0, 1.0]


def test_own_pictures_are_compared_with_those_of_neighbors_only() -> None:
    people = [record(i, {DEFAULT: [loved(i)]}) for i in (0, 2, NEIGHBORS + 1)]
    both = Summary(PLAN, people).own_vs_other
    assert both is not None
    assert (both.n, both.value) == (2, 1.0)
    assert Summary(PLAN, people[:1]).own_vs_other is None


def test_what_comes_from_others_is_escaped() -> None:
    section = Section("t", ("<b>",), ("a|b",), [["<script>"]], [("x.png", '"<i>"')])
    assert not {"<script>", "<b>", '"<i>'} & set(page([section]).replace("<i>", '"<i>').split('"'))
    assert "<script>" not in page([section])
    assert "a\\|b" in markdown([section])


# -- methods -------------------------------------------------------------------------------------


class Likes:
    """A scorer that prefers pictures by how red they are."""

    name = "red"

    def score(
        self, pictures: Sequence[Image.Image], **known: object
    ) -> tuple[Score, ...]:  # what it is told does not matter
        return tuple(Score(self._red(p), True, ()) for p in pictures)

    def agreement(self, pictures: Sequence[Image.Image], text: str) -> tuple[float, ...]:
        return tuple(self._red(p) for p in pictures)

    @staticmethod
    def _red(picture: Image.Image) -> float:
        value = picture.getpixel((0, 0))
        assert isinstance(value, tuple)
        return value[0] / 255


def test_every_method_asks_for_what_it_is() -> None:
    asked: list[GenerationRequest] = []

    def draw(request: GenerationRequest) -> Drawn:
        asked.append(request)
        return Drawn(Image.new("RGB", (8, 8), (60 * len(asked), 0, 0)), 32, 1.0)

    liked = (Attribute(attribute="teal"), Attribute(attribute="gold"))
    taste = VisualPreference(liked=liked, disliked=(Attribute(attribute="gray"),))
    scorer: Scorer = Likes()
    requests: dict[str, list[GenerationRequest]] = {}
    for name, method in methods(3).items():
        asked.clear()
        drawn = method(Wish("a cat", 5, taste), draw, scorer)
        requests[name] = [*asked]
        assert drawn.passes == 32 * len(asked)
        assert drawn.image.getpixel((0, 0)) == (60 * len(asked), 0, 0), "the last is the reddest"
    assert [r.rule for r in requests[PLAIN]] == ["none"]
    assert [r.rule for r in requests["fusion"]] == ["fusion"]
    assert [r.prompt.count("teal") for r in requests["pmg"]] == [1, 2]
    assert [r.liked_degree for r in requests["pmg-degrees"][1:]] == [*DEGREES]
    assert [r.seed for r in requests["best-of-3"]] == [5, 6, 7]
    assert [r.seed for r in requests[f"{DEFAULT}x2"]] == [5, 6]
    assert requests["viper2024"][0].liked_degree == requests["viper2024"][0].disliked_degree
    assert {r.rule for r in requests["viper2024-paper"]} == {"condition"}


def test_without_likes_keywords_change_nothing() -> None:
    def draw(request: GenerationRequest) -> Drawn:
        assert request.rule == "none"
        return Drawn(Image.new("RGB", (8, 8)), 32, 1.0)

    wish = Wish("a cat", 5, VisualPreference())
    assert methods(2)["pmg"](wish, draw, Likes()).passes == 32


# -- plans ---------------------------------------------------------------------------------------


def test_neighbors_share_prompts_and_others_do_not() -> None:
    plan = Plan(sizes=Sizes(prompts=8))
    assert tasks(plan, 0) == tasks(plan, NEIGHBORS - 1)
    assert not {t.seed for t in tasks(plan, 0)} & {t.seed for t in tasks(plan, NEIGHBORS)}
    assert len({t.subject for t in tasks(plan, 0)}) == 8
    apart = sorted(t.seed for i in (0, NEIGHBORS) for t in tasks(plan, i))
    assert all(b - a >= plan.sizes.candidates for a, b in pairwise(apart))


def test_another_plan_is_another_result() -> None:
    assert fingerprint(PLAN) == fingerprint(Plan(seed=2, split="development", sizes=QUICK))
    assert fingerprint(PLAN) != fingerprint(Plan(seed=3, split="development", sizes=QUICK))


@pytest.mark.parametrize("arguments", [["--people", "0"], ["--people", "1001"], ["--seed", "-1"]])
def test_numbers_out_of_range_are_told_in_one_line(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", *arguments, "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert arguments[0] in told
    assert not (tmp_path / "out").exists()


def test_a_file_is_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "file"
    file.write_text("mine", encoding="utf-8")
    for out in (file, file / "below"):
        assert main(["evaluate", "--people", "1", "--out", str(out)]) == 2
        assert "--out" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == "mine"
    with pytest.raises(BadInput, match="--out"):
        check_request(PLAN, 1, file)


# -- the short form ------------------------------------------------------------------------------


def test_a_short_evaluation_runs_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["evaluate", "--quick", "--development", "--workers", "1", "--json"]
    command += ["--seed", "2", "--out", str(tmp_path)]
    assert main([*command, "--people", "1"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert first["own_vs_other"] == {"rate": None, "ci95": None}
    (kept,) = tmp_path.glob("work/*/person-000.json")
    written = kept.stat().st_mtime_ns
    assert main([*command, "--people", "2"]) == 0
    both = json.loads(capsys.readouterr().out)
    assert kept.stat().st_mtime_ns == written, "nobody is measured twice"
    assert both["people"] == 2
    assert both["default"] in both["methods"]
    keys = {"win_vs_plain", "ci95", "fidelity_drop", "cost_ratio", "diversity_ratio"}
    for figures in both["methods"].values():
        assert keys <= figures.keys()
        low, high = figures["ci95"]
        assert 0 <= low <= figures["win_vs_plain"] <= high <= 1
    assert both["methods"][PLAIN]["cost_ratio"] == 1
    assert both["methods"][DEFAULT]["cost_ratio"] > 1
    assert both["win_by_comments"].keys() == {"3", "8"}
    assert 0 <= both["own_vs_other"]["rate"] <= 1
    assert {"single", "mixed", "ece"} <= both["score"].keys()
    assert json.loads((tmp_path / "summary.json").read_text(encoding="utf-8")) == both
    assert len(list((tmp_path / "plots").glob("*.png"))) == 6
    for report in ("report.md", "report.html"):
        text = (tmp_path / report).read_text(encoding="utf-8")
        assert "people/001.jpg" in text
        assert (tmp_path / "people" / "001.jpg").is_file()

    def refuse(*work: object) -> None:
        raise AssertionError("everything is there already")

    monkeypatch.setattr(studies, "meet", refuse)
    monkeypatch.setattr(studies, "draw_plain", refuse)
    assert main([*command, "--people", "2"]) == 0
    assert json.loads(capsys.readouterr().out) == both
