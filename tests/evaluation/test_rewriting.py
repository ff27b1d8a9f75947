"""Prompts rewritten for an evaluation: asked once, kept, and never in the way of a run."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.extraction.conftest import stage
from tests.extraction.stage import Play, Stage, fails, says
from viper.evaluation.kept import Kept
from viper.evaluation.methods import REWRITTEN, methods
from viper.evaluation.rewriting import Rewriter
from viper.extraction.openai_model import OpenAIModel
from viper.generation import GenerationRequest
from viper.preference import Attribute, VisualPreference

__all__ = ["stage"]

Stages = Callable[..., Stage]

TASTE = VisualPreference(liked=(Attribute(attribute="teal"),))
WISH = GenerationRequest(
    prompt="two boats", rule="fusion", preference=TASTE, liked_degree=1.0, disliked_degree=1.0
)
WRITTEN = "two boats in teal"


def writes(prompt: str) -> Play:
    return says(json.dumps({"prompt": prompt}))


def rewriter(server: Stage, folder: Path, *, window: int = 10_000) -> Rewriter:
    model = OpenAIModel("m", base_url=server.url, attempts=1).seeded(7)
    return Rewriter(model, lambda text: len(text) <= window, Kept(folder))


def words(request: GenerationRequest) -> tuple[str, str | None]:
    assert request.fused is not None
    return request.fused.prompt, request.fused.model


def test_a_prompt_is_rewritten_once_with_the_seed_of_the_run(stage: Stages, tmp_path: Path) -> None:
    server = stage(writes(WRITTEN), fails(400))
    first, took = rewriter(server, tmp_path)(WISH)
    again = rewriter(server, tmp_path)
    second, kept = again(WISH.model_copy(update={"seed": 3}))
    assert words(first) == words(second) == (WRITTEN, "m")
    assert (second.seed, kept) == (3, took)
    assert took > 0
    (request,) = server.requests
    assert request["seed"] == 7
    assert again.to_dict() == {
        "model": "m", "prompts": 1, "by_template": 0, "first_failure": None,
    }  # fmt: skip


def test_a_server_that_knows_no_seeds_is_asked_without(stage: Stages, tmp_path: Path) -> None:
    server = stage(fails(400, "Unsupported parameter: 'seed'"), writes(WRITTEN))
    assert words(rewriter(server, tmp_path)(WISH)[0]) == (WRITTEN, "m")
    assert ["seed" in request for request in server.requests] == [True, False]


@pytest.mark.parametrize("failure", [fails(500), says("no idea"), says(None, refusal="no")])
def test_where_it_fails_the_template_takes_over_and_is_counted(
    stage: Stages, tmp_path: Path, failure: Play
) -> None:
    server = stage(failure)
    rewrite = rewriter(server, tmp_path)
    assert words(rewrite(WISH)[0]) == ("two boats, teal", None)
    told = rewrite.to_dict()
    assert (told["prompts"], told["by_template"]) == (1, 1)
    assert "word by word" in told["first_failure"]
    assert not [*tmp_path.iterdir()], "a failure is no answer to keep"


def test_another_taste_or_prompt_is_another_question(stage: Stages, tmp_path: Path) -> None:
    server = stage(writes(WRITTEN))
    rewrite = rewriter(server, tmp_path)
    gold = VisualPreference(liked=(Attribute(attribute="gold"),))
    for changes in ({}, {"preference": gold}, {"prompt": "two boats at sea"}):
        rewrite(WISH.model_copy(update=changes))
    assert len({json.dumps(request["messages"][1]) for request in server.requests}) == 3


def test_nothing_liked_asks_nothing_and_is_no_failure(stage: Stages, tmp_path: Path) -> None:
    server = stage(fails(500))
    rewrite = rewriter(server, tmp_path)
    request, _ = rewrite(WISH.model_copy(update={"preference": VisualPreference()}))
    assert words(request) == ("two boats", None)
    assert (server.requests, rewrite.to_dict()["by_template"]) == ([], 0)


def test_without_a_language_model_there_is_no_such_method(stage: Stages, tmp_path: Path) -> None:
    rewrite = rewriter(stage(writes(WRITTEN)), tmp_path)
    assert {*methods(2, rewrite)} - {*methods(2)} == {REWRITTEN}
