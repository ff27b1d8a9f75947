"""Scorers as judges: told the truth, they compare pictures, and never those that they selected."""

import json
from collections.abc import Callable
from multiprocessing.reduction import ForkingPickler
from pathlib import Path

import pytest
from PIL import Image

from tests.extraction.conftest import stage
from tests.extraction.stage import Stage, fails, says
from tests.extraction.tiny_vlm import build_adapter, build_idefics2
from viper.cli import main, parts
from viper.cli.evaluate import Configured
from viper.curation import load_curated
from viper.errors import LanguageModelError
from viper.evaluation.judges import (
    AskedJudge,
    Judge,
    Truth,
    judge_of,
    judged,
    truly_liked_and_disliked,
)
from viper.evaluation.kept import Kept
from viper.evaluation.methods import DEFAULT, PLAIN
from viper.evaluation.people import Person, context, person
from viper.evaluation.plan import Plan
from viper.evaluation.talk import looks_of
from viper.extraction.openai_model import OpenAIModel
from viper.judging.proxy import PAIRS
from viper.judging.vlm import VisionLanguageJudge
from viper.preference import Attribute, VisualPreference
from viper.settings import Settings

__all__ = ["stage"]

Stages = Callable[..., Stage]

RED, TEAL = (Image.new("RGB", (48, 48), color) for color in ("red", "teal"))
TRUTH = Truth(VisualPreference(liked=(Attribute(attribute="teal"),)))


def known(kind: str) -> Person:
    """Somebody of development."""
    everyone = (person(index, seed=2, split="development") for index in range(10))
    return next(one for one in everyone if one.kind == kind)


# -- the truth -----------------------------------------------------------------------------------


def test_of_contextual_people_only_the_taste_that_a_subject_concerns_is_told() -> None:
    who = known("contextual")
    for subject in ("mountain", "cat"):
        told = who.true_preference(subject)
        weights = who.tastes[context(subject)].weights
        assert {a.attribute for side in (told.liked, told.disliked) for a in side} == {*weights}
    assert known("multiple").true_preference("cat") == known("multiple").true_preference()


@pytest.mark.parametrize("kind", ["strong", "weak", "contextual", "contradicting"])
def test_examples_are_pictures_that_please_and_displease_by_their_exact_looks(kind: str) -> None:
    who, curated = known(kind), load_curated()
    liked, disliked = truly_liked_and_disliked(who, "cat", curated)
    pleased = {
        opened.tobytes(): who.pleased_by(looks_of(image), image.subject)
        for image in curated.images
        if (opened := curated.open(image.reference)) is not None
    }
    assert 1 <= len(liked) <= PAIRS
    assert 1 <= len(disliked) <= PAIRS
    least = min(pleased[picture.tobytes()] for picture in liked)
    assert least > max(pleased[picture.tobytes()] for picture in disliked)


# -- one judge -----------------------------------------------------------------------------------


def test_two_scores_decide_alike_from_both_sides(tiny_scorer: Path, tmp_path: Path) -> None:
    scorer = parts.scorer(Settings(scorer=str(tiny_scorer), device="cpu"))
    judge = judge_of(scorer, load_curated(), Kept(tmp_path))
    assert type(judge) is Judge
    one, other, draw = judge.over([(RED, TEAL), (TEAL, RED), (RED, RED.copy())], TRUTH)
    assert {one, other} == {0.0, 1.0}
    assert draw == 0.5
    red, teal = (s.value for s in scorer.score([RED, TEAL], preference=TRUTH.preference))
    assert one == float(red > teal)
    fits = judge.agreement([RED, TEAL], "a teal square")
    assert fits is not None
    assert fits[0] != fits[1]
    assert judge.spread([RED, TEAL])
    assert not judge.truth(known("strong"), "cat").liked


def test_the_released_proxy_is_shown_pictures_and_knows_no_prompt(tmp_path: Path) -> None:
    base = build_idefics2(tmp_path / "base")
    adapter = build_adapter(tmp_path / "adapter", base)
    scorer = parts.scorer(Settings(scorer=f"viper2024:{base}+{adapter}", device="cpu"))
    judge = judge_of(scorer, load_curated(), Kept(tmp_path))
    who = known("strong")
    truth = judge.truth(who, "cat")
    assert truth.liked
    assert truth.disliked
    found = judged(judge, [truth], ["a cat"], {PLAIN: [RED], DEFAULT: [TEAL]})
    value = {
        name: scorer.score([one], preference=truth.preference, liked=truth.liked,
                           disliked=truth.disliked)[0].value
        for name, one in ((PLAIN, RED), (DEFAULT, TEAL))
    }  # fmt: skip
    lead = value[DEFAULT] - value[PLAIN]
    assert found[DEFAULT]["over_plain"] == [0.5 if lead == 0 else float(lead > 0)]
    assert found[PLAIN]["over_default"] == [1 - found[DEFAULT]["over_plain"][0]]
    assert found[DEFAULT]["agreement"] == [None]
    assert found[DEFAULT]["spread"] is None


def asked(server: Stage, folder: Path) -> Judge:
    settings = Settings(scorer="openai", llm_model="m", openai_base_url=server.url, device="cpu")
    return judge_of(parts.scorer(settings), load_curated(), Kept(folder))


def test_a_language_model_is_asked_once_even_by_a_run_that_goes_on(
    stage: Stages, tmp_path: Path
) -> None:
    server = stage(
        says(json.dumps({"preferred": "first", "by": 3})),
        says(json.dumps({"preferred": "second", "by": 3})),
        says('{"fit": 7}'),
        says('{"difference": 4}'),
        fails(400),
    )
    for _ in range(2):
        judge = asked(server, tmp_path)
        assert isinstance(judge, AskedJudge)
        assert judge.over([(TEAL, RED), (RED, RED.copy())], TRUTH) == [1.0, 0.5]
        assert judge.agreement([RED], "a boat") == [0.7]
        assert judge.spread([RED, TEAL]) == 0.4
        assert len(server.requests) == 4


def test_no_usable_answer_is_no_answer_and_is_asked_again(stage: Stages, tmp_path: Path) -> None:
    server = stage(says("I would rather not"))
    judge = asked(server, tmp_path)
    assert judge.over([(TEAL, RED)], TRUTH) == [None]
    before = len(server.requests)
    assert judge.over([(TEAL, RED)], TRUTH) == [None]
    assert len(server.requests) > before
    assert not [*tmp_path.iterdir()]


def test_a_server_that_is_gone_stops_the_run(stage: Stages, tmp_path: Path) -> None:
    from viper.cli.judges import Asking

    model = OpenAIModel("m", base_url=stage(fails(503)).url, attempts=1)
    scorer = VisionLanguageJudge("openai:m", Asking(model))
    judge = judge_of(scorer, load_curated(), Kept(tmp_path))
    with pytest.raises(LanguageModelError, match="try again later"):
        judge.over([(TEAL, RED)], TRUTH)


# -- the command ---------------------------------------------------------------------------------


def test_other_processes_load_the_same() -> None:
    settings = Settings(llm_model="m", openai_base_url="http://localhost:1/v1")
    here = Configured(settings, Plan(judges=("openai:m",)))
    there = ForkingPickler.loads(ForkingPickler.dumps(here))
    assert there == here
    assert hash(there) == hash(here)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--judge", "builtin"], "--judge builtin: that is the scorer"),
        (["--model", "some/model"], "name who judges"),
        (["--model", "some/model", "--judge", "world"], "--judge world"),
        (["--judge", "openai"], "VIPER_LLM_MODEL"),
        (["--scorer", "viper2024", "--judge", "builtin"], "--scorer viper2024"),
        (["--judge", "/no/such/folder"], "/no/such/folder"),
        (["--steps", "0"], "steps"),
        (["--size", "64"], "--size '64'"),
        (["--size", "65x64"], "width"),
    ],
)
def test_what_cannot_judge_is_told_in_one_line(
    arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["evaluate", "--people", "1", "--quick", "--workers", "1", "--out", str(tmp_path)]
    assert main([*command, *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line
    assert not [*tmp_path.glob("work/*/plain-*")]


def test_a_folder_by_another_name_is_the_same_scorer(
    tiny_scorer: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    link = tmp_path / "link"
    link.symlink_to(tiny_scorer)
    command = ["evaluate", "--quick", "--out", str(tmp_path / "out")]
    assert main([*command, "--scorer", str(tiny_scorer), "--judge", str(link)]) == 2
    assert "that is the scorer which selects" in capsys.readouterr().err
