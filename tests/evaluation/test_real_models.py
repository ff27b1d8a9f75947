"""`viper evaluate` with another model: tiny real checkpoints draw, tiny real judges report."""

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.extraction.stage import Stage, Turn, says
from viper.cli import main
from viper.evaluation.methods import DEFAULT, PLAIN, REWRITTEN, methods
from viper.evaluation.plan import QUICK

PEOPLE = 2


def answer(turn: Turn) -> None:
    """Rewrites every prompt but the first, and prefers what it sees first."""
    schema = schema_of(turn.request_json)
    if schema == "Rewriting":
        rewritten = [r for r in turn.server.requests if schema_of(r) == schema]
        # The first question, and its repair.
        says("no idea" if len(rewritten) <= 2 else rewriting(turn.request_json))(turn)
    else:
        said: Mapping[str, Mapping[str, object]] = {
            "Choice": {"preferred": "first", "by": 2},
            "Fit": {"fit": 5},
            "Difference": {"difference": 3},
        }
        says(json.dumps(said[schema]))(turn)


def schema_of(request: Mapping[str, Any]) -> str:
    return str(request["response_format"]["json_schema"]["name"])


def rewriting(request: Mapping[str, Any]) -> str:
    wish = request["messages"][1]["content"].splitlines()[0].partition(": ")[2]
    return json.dumps({"prompt": f"{json.loads(wish)} in red"})


@dataclass
class Run:
    """A finished evaluation."""

    command: list[str]
    folder: Path
    server: Stage
    clip: str

    @property
    def summary(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads((self.folder / "summary.json").read_text("utf-8"))
        return read

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(f.read_text("utf-8")) for f in sorted(self.folder.rglob("person-*"))]


def speak_to(server: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIPER_LLM_MODEL", "writer")
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)


@pytest.fixture(scope="module")
def finished(
    tmp_path_factory: pytest.TempPathFactory, tiny_sd: Path, tiny_scorer: Path
) -> Iterator[Run]:
    server, folder = Stage(answer), tmp_path_factory.mktemp("evaluation")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    command = ["evaluate", "--development", "--seed", "2", "--quick", "--steps", "1"]
    command += ["--people", str(PEOPLE), "--out", str(folder), "--json"]
    command += ["--model", str(tiny_sd), "--size", "64x64"]
    for judge in (str(tiny_scorer), "openai:judge"):
        command += ["--judge", judge]
    with pytest.MonkeyPatch.context() as monkeypatch:
        speak_to(server, monkeypatch)
        assert main(command) == 0
        yield Run(command, folder, server, str(tiny_scorer))
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_summary_keeps_its_keys_and_the_first_judge_counts(finished: Run) -> None:
    found = finished.summary
    assert (found["people"], found["seed"], found["default"]) == (PEOPLE, 2, DEFAULT)
    assert found["methods"].keys() == {*methods(QUICK.candidates), REWRITTEN}
    keys = {"win_vs_plain", "ci95", "fidelity_drop", "cost_ratio", "diversity_ratio"}
    assert all(keys <= one.keys() for one in found["methods"].values())
    assert {"win_by_comments", "own_vs_other", "score", "extraction_gap"} <= found.keys()
    assert found["judge"] == finished.clip
    assert [*found["judges"]] == [finished.clip, "openai:judge"]
    assert found["methods"] == found["judges"][finished.clip]["methods"]
    wins = [one["win_vs_plain"] for one in found["methods"].values()]
    assert all(0 <= win <= 1 for win in wins)
    assert len(set(wins)) > 1, "pictures differ, and this judge sees it"
    assert found["methods"][PLAIN]["win_vs_plain"] == 0.5
    assert 0 <= found["own_vs_other"]["rate"] <= 1


def test_pictures_have_the_size_that_was_asked_for(finished: Run) -> None:
    pictures = [*finished.folder.rglob("plain-*.png"), *finished.folder.rglob("own-*.png")]
    assert len(pictures) == QUICK.prompts * (QUICK.candidates + PEOPLE)
    for file in pictures:
        with Image.open(file) as picture:
            assert picture.size == (64, 64)


def test_what_a_judge_cannot_tell_is_null(finished: Run) -> None:
    by = {name: found["methods"] for name, found in finished.summary["judges"].items()}
    for methods_found in by.values():
        assert all(one["taste_win"] is one["gain"] is None for one in methods_found.values())
    assert all(one["fidelity_drop"] is not None for one in by[finished.clip].values())
    # Who always says "the first" says nothing.
    assert {one["win_vs_plain"] for one in by["openai:judge"].values()} == {0.5}
    assert {one["fidelity_drop"] for one in by["openai:judge"].values()} == {0.0}


def test_the_report_has_a_table_for_each_judge_and_tells_who_took_part(finished: Run) -> None:
    found = finished.summary
    versions = found["versions"]
    assert versions["generator"]["version"].startswith("sha256 ")
    assert [one["id"] for one in versions["judges"]] == [*found["judges"]]
    assert versions["language_model"] == "writer"
    for report in ("report.md", "report.html"):
        text = (finished.folder / report).read_text(encoding="utf-8")
        for judge in found["judges"]:
            assert f"Methods, judged by {judge}" in text
        assert versions["generator"]["version"] in text
        assert "writer rewrote" in text


def test_a_prompt_that_nobody_rewrote_falls_back_and_is_counted(finished: Run) -> None:
    told = finished.summary["rewriting"]
    assert told["model"] == "writer"
    assert told["prompts"] == PEOPLE * QUICK.prompts
    assert told["by_template"] == 1
    assert "cannot be used" in told["first_failure"]
    assert [one["rewriting"]["model"] for one in finished.records] == ["writer"] * PEOPLE
    asked = [r for r in finished.server.requests if schema_of(r) == "Rewriting"]
    assert {request["model"] for request in asked} == {"writer"}
    assert {request["seed"] for request in asked} == {2}
    assert len(asked) == PEOPLE * QUICK.prompts + 1
    judged = {r["model"] for r in finished.server.requests if schema_of(r) != "Rewriting"}
    assert judged == {"judge"}


def test_a_run_that_goes_on_asks_only_what_has_no_answer(
    finished: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    speak_to(finished.server, monkeypatch)
    before, plain = len(finished.server.requests), finished.summary["methods"][PLAIN]
    for lost in [*finished.folder.rglob("person-*"), *finished.folder.rglob("between-*")]:
        lost.unlink()
    assert main(finished.command) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == finished.summary
    assert found["methods"][PLAIN] == plain
    assert found["rewriting"]["by_template"] == 0
    # The prompt that fell back is rewritten now, and its picture is another one.
    new = finished.server.requests[before:]
    assert [schema_of(r) for r in new].count("Rewriting") == 1
    assert len(new) < before / 4
