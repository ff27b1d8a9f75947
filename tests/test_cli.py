"""The `viper` command on real, small parts: what it prints, what it writes, how it fails."""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import viper
from viper.cli import main
from viper.curation import load_curated
from viper.generation.recipe import read_recipe
from viper.preference import Attribute, Evidence, VisualPreference
from viper.training.paintings import HELD_OUT, paint_shard

ROOT = Path(__file__).resolve().parent.parent
TASTE = VisualPreference(
    liked=(
        Attribute(attribute="teal", facet="color palette", strength=0.9),
        Attribute(attribute="art deco", facet="art style", strength=0.7),
    ),
    disliked=(Attribute(attribute="red", facet="color palette", strength=0.8),),
)


@dataclass(frozen=True)
class Result:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its stdout, which holds JSON and nothing else."""
        return json.loads(self.out)


Run = Callable[..., Result]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Result:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Result(code, out, err)

    return run


@pytest.fixture
def taste(tmp_path: Path) -> Path:
    """A preference file."""
    file = tmp_path / "taste.json"
    file.write_text(TASTE.to_json(), encoding="utf-8")
    return file


@pytest.fixture
def tiny(
    tiny_sd: Path, tiny_scorer: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[object]]:
    """Options of a `generate` that takes a moment."""
    monkeypatch.setenv("VIPER_SCORER", str(tiny_scorer))

    def options(*more: object) -> list[object]:
        return ["generate", "a boat", "--model", tiny_sd, "--steps", 2, "--json", *more]

    return options


def files_of(result: Result) -> list[Path]:
    assert result.code == 0, result.err
    return [Path(entry["file"]) for entry in result.json["images"]]


# -- help ------------------------------------------------------------------------------------------


def test_help_lists_every_command(run: Run) -> None:
    result = run("--help")
    commands = set(re.findall(r"^  ([a-z]+) ", result.out, flags=re.MULTILINE))
    assert result.code == 0
    assert commands >= {
        "serve", "extract", "generate", "score", "recipe",
        "profiles", "curate", "train", "db", "doctor",
    }  # fmt: skip
    assert run("--version").out.strip() == viper.__version__


@pytest.mark.parametrize("arguments", [["--help"], ["profiles"], ["generate", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom viper.cli import main\n"
        f"main({arguments!r})\n"
        "heavy = {'torch', 'diffusers', 'transformers', 'gradio', 'openai', 'sqlalchemy'}\n"
        "print(*sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "Usage" in done.stdout + done.stderr
    assert done.stderr.splitlines()[-1] == ""


def test_the_command_runs_as_a_process(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "viper.cli", "recipe", str(tmp_path / "no.png")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"viper: {tmp_path}/no.png: there is no such file.\n"


# -- extract ---------------------------------------------------------------------------------------


def test_extract_reads_the_example_of_the_readme(run: Run) -> None:
    result = run("extract", ROOT / "examples" / "comments.json", "--extractor", "offline")
    preference = VisualPreference.from_json(result.out)
    assert result.code == 0
    assert {"teal", "gold", "art deco"} <= {a.attribute for a in preference.liked}
    assert "magenta" in {a.attribute for a in preference.disliked}
    assert all(a.evidence for a in (*preference.liked, *preference.disliked))
    assert preference.extractor.kind == "offline"


def test_extract_reads_what_a_user_said_in_a_chat(run: Run, tmp_path: Path) -> None:
    chat = tmp_path / "chat.json"
    turns = [
        {"role": "user", "content": "I love the teal!"},
        {"role": "assistant", "content": "I love magenta!"},
    ]
    chat.write_text(json.dumps(turns), encoding="utf-8")
    said = tmp_path / "said.json"
    said.write_text('{"comments": [{"text": "I love gold!"}]}', encoding="utf-8")
    alone = run("extract", "--history", chat).json["liked"]
    assert [(a["attribute"], a["strength"]) for a in alone] == [("teal", 0.4)]
    assert [e["kind"] for e in alone[0]["evidence"]] == ["chat"]
    both = run("extract", said, "--history", chat).json["liked"]
    assert [(a["attribute"], a["strength"]) for a in both] == [("gold", 0.9), ("teal", 0.4)]


def test_show_tells_both_sides_of_a_conflict_and_what_was_deleted(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "torn.json"
    for_it = Evidence(comment=0, quote="so teal")
    click = Evidence(comment=1, kind="click", strength=0.3)
    torn = VisualPreference(
        liked=(Attribute(attribute="teal", evidence=(for_it,)), Attribute(attribute="gold")),
        disliked=(Attribute(attribute="teal", evidence=(click,)),),
    )
    file.write_text(torn.remove("liked", "gold").to_json(), encoding="utf-8")
    assert run("profiles", "import", file, "--name", "torn").code == 0
    told = run("profiles", "show", "torn").err.splitlines()
    conflict = told.index(
        "conflict: teal and teal: liked in one place and disliked in another "
        "(one side rests on clicks or chats alone)"
    )
    assert told[conflict + 1 : conflict + 3] == [
        "  likes teal (own words, 0.70)  'so teal'",
        "  dislikes teal (own words, 0.30)  a click",
    ]
    assert "deleted: gold (liked)" in told


def test_extract_reads_what_an_editor_marked_as_utf_8(run: Run, tmp_path: Path) -> None:
    said = tmp_path / "said.json"
    said.write_text('{"comments": [{"text": "I love teal"}]}', encoding="utf-8-sig")
    assert run("extract", said).json["liked"][0]["attribute"] == "teal"


def test_extract_reads_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        class buffer:
            read = staticmethod(lambda: b'{"comments": [{"text": "I love teal"}]}')

    monkeypatch.setattr(sys, "stdin", Input)
    result = run("extract", "-", "--name", "mine")
    assert result.json["name"] == "mine"
    assert result.json["liked"][0]["attribute"] == "teal"


# -- generate, recipe, score -----------------------------------------------------------------------


def test_the_same_request_gives_the_same_bytes(
    run: Run, tiny: Callable[..., list[object]], taste: Path
) -> None:
    options = tiny("--preference", taste, "--degree", 0.8, "--seed", 7, "--count", 2)
    first = files_of(run(*options, "--out", "a"))
    second = files_of(run(*options, "--out", "b"))
    assert [f.read_bytes() for f in first] == [f.read_bytes() for f in second]
    assert [read_recipe(f).seed for f in first] == [7, 8]
    assert first[0].read_bytes() != first[1].read_bytes()


def test_degree_zero_is_the_plain_model_bit_for_bit(
    run: Run, tiny: Callable[..., list[object]], taste: Path
) -> None:
    options = tiny("--preference", taste, "--seed", 3)
    (zero,) = files_of(run(*options, "--degree", 0))
    (none,) = files_of(run(*options, "--rule", "none"))
    (full,) = files_of(run(*options, "--degree", 1))
    assert pixels(zero) == pixels(none) != pixels(full)
    assert read_recipe(zero).passes == read_recipe(none).passes < read_recipe(full).passes


def test_single_degrees_win_over_the_common_one(
    run: Run, tiny: Callable[..., list[object]], taste: Path
) -> None:
    result = run(*tiny("--preference", taste, "--degree", 0.6, "--disliked-degree", 0.1))
    recipe = result.json["images"][0]["recipe"]
    assert (recipe["liked_degree"], recipe["disliked_degree"]) == (0.6, 0.1)


def test_sdxl_runs_through_the_same_command(
    run: Run, tiny: Callable[..., list[object]], tiny_sdxl: Path, taste: Path
) -> None:
    (file,) = files_of(run(*tiny("--preference", taste, "--model", tiny_sdxl)))
    assert read_recipe(file).model_id == str(tiny_sdxl)


def test_a_recipe_draws_its_picture_again(
    run: Run, tiny: Callable[..., list[object]], taste: Path, tmp_path: Path
) -> None:
    (_, file) = files_of(run(*tiny("--preference", taste, "--count", 2, "--size", "64x128")))
    told = run("recipe", file)
    assert told.json["size"] == [64, 128]
    recipe = tmp_path / "recipe.json"
    recipe.write_text(told.out, encoding="utf-8")
    for source in (file, recipe):
        (again,) = files_of(run("generate", "--recipe", source, "--out", "again", "--json"))
        assert pixels(again) == pixels(file)
    (other,) = files_of(run("generate", "--recipe", recipe, "--seed", 99, "--json"))
    assert pixels(other) != pixels(file)


def test_best_of_keeps_the_best_of_its_candidates(
    run: Run, tiny: Callable[..., list[object]], taste: Path
) -> None:
    options = tiny("--preference", taste, "--seed", 20)
    scores = {e["seed"]: e["score"] for e in run(*options, "--count", 4).json["images"]}
    kept = run(*options, "--count", 2, "--best-of", 2).json["images"]
    for entry, candidates in zip(kept, [(20, 21), (22, 23)], strict=True):
        assert entry["seed"] == max(candidates, key=scores.__getitem__)
        assert entry["score"] == pytest.approx(scores[entry["seed"]])


def test_auto_chooses_a_degree_and_says_why(
    run: Run, tiny: Callable[..., list[object]], taste: Path
) -> None:
    result = run(*tiny("--preference", taste, "--degree", "auto", "--auto-weight", 0.7))
    recipe = result.json["images"][0]["recipe"]
    chosen = recipe["chosen_degree"]
    assert chosen["weight"] == 0.7
    best = max(c["objective"] for c in chosen["candidates"])
    assert best in [
        c["objective"] for c in chosen["candidates"] if c["degree"] == recipe["liked_degree"]
    ]
    assert f"{recipe['liked_degree']:g} chosen: predicted liking" in result.err


def test_a_refiner_and_a_lora_are_drawn_with_again(
    run: Run, tiny_sdxl: Path, tiny_refiner: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch
    from safetensors.torch import save_file

    layer = "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_q"
    lora = tmp_path / "ink.safetensors"
    ends = {"lora_A": torch.ones(1, 8), "lora_B": torch.ones(8, 1)}
    save_file({f"{layer}.{end}.weight": value for end, value in ends.items()}, lora)
    ask = ["generate", "a boat", "--model", tiny_sdxl, "--steps", 5, "--json"]
    extras = ["--refiner", tiny_refiner, "--lora", f"{lora}:0.5", "--lora", f"{lora}:0.25"]
    (file,) = files_of(run(*ask, *extras))
    recipe = read_recipe(file)
    assert recipe.refiner == str(tiny_refiner)
    assert [(added.name, added.weight) for added in recipe.loras] == [
        (str(lora), 0.5),
        (str(lora), 0.25),
    ]
    (again,) = files_of(run("generate", "--recipe", file, "--out", "again", "--json"))
    assert again.read_bytes() == file.read_bytes()
    (plain,) = files_of(run(*ask))
    monkeypatch.setenv("VIPER_REFINER", str(tiny_refiner))
    monkeypatch.setenv("VIPER_LORA", f"{lora}:0.5,{lora}:0.25")
    (by_setting,) = files_of(run(*ask, "--out", "settings"))
    assert by_setting.read_bytes() == file.read_bytes()
    (still,) = files_of(run("generate", "--recipe", plain, "--out", "still", "--json"))
    assert still.read_bytes() == plain.read_bytes() != file.read_bytes()
    assert "ink.safetensors, weight 0.5" in run("doctor").out + run("doctor").err
    refused = run(*ask, "--lora", "ink.safetensors:nan")
    assert (refused.code, refused.err.count("\n")) == (2, 1)


def test_a_style_picture_is_drawn_like_and_asked_for_again(
    run: Run, tiny_sd: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.tiny_ip_adapter import build_tiny_ip_adapter

    adapter = build_tiny_ip_adapter(tmp_path / "adapter", tiny_sd)
    like, other = tmp_path / "like.png", tmp_path / "other.jpg"
    Image.radial_gradient("L").save(like)
    Image.linear_gradient("L").save(other)
    ask = ["generate", "a boat", "--model", tiny_sd, "--steps", 2, "--json"]
    (file,) = files_of(
        run(*ask, "--ip-adapter", adapter, "--style-image", like, "--style-weight", 0.7)
    )
    recipe = read_recipe(file)
    assert recipe.style is not None
    assert recipe.style.images == (hashlib.sha256(like.read_bytes()).hexdigest(),)
    assert (recipe.style.adapter, recipe.style.weight) == (str(adapter), 0.7)
    assert "like.png" not in recipe.to_json()
    redraw = ["generate", "--recipe", file, "--json"]
    (again,) = files_of(run(*redraw, "--style-image", like, "--out", "again"))
    assert again.read_bytes() == file.read_bytes()
    (plain,) = files_of(run(*ask))
    monkeypatch.setenv("VIPER_IP_ADAPTER", str(adapter))
    (left_out,) = files_of(run(*redraw, "--style-weight", 0, "--out", "without"))
    assert Image.open(left_out).tobytes() == Image.open(plain).tobytes()
    added = ["generate", "--recipe", plain, "--style-image", like, "--style-weight", 0.7, "--json"]
    (styled,) = files_of(run(*added, "--out", "added"))
    assert Image.open(styled).tobytes() == Image.open(file).tobytes()
    assert "for style pictures" in run("doctor").out + run("doctor").err
    words = tmp_path / "words.png"
    words.write_text("no picture")
    for wrong, said in (
        ([*redraw], "give the same files again"),
        ([*redraw, "--style-image", other], "not those of the recipe"),
        ([*ask, "--style-image", words], "words.png: expected a picture"),
        ([*ask, "--style-image", like, "--style-weight", 2], "style_weight"),
        ([*ask, "--style-image", like, "--ip-adapter", ""], "without an IP-Adapter"),
        ([*ask, "--ip-adapter", like], "is no .safetensors file"),
        ([*ask, "--model", "builtin"], "cannot act on builtin"),
    ):
        refused = run(*wrong)
        assert (refused.code, refused.err.count("\n")) == (2, 1), refused.err
        assert said in refused.err


def test_where_the_refiner_begins_is_drawn_with_again(
    run: Run, tiny_sdxl: Path, tiny_refiner: Path
) -> None:
    ask = ["generate", "a boat", "--model", tiny_sdxl, "--steps", 5, "--json"]
    refined = [*ask, "--refiner", tiny_refiner]
    (usual,) = files_of(run(*refined))
    (early,) = files_of(run(*refined, "--refiner-start", 0.4))
    assert (read_recipe(usual).refiner_start, read_recipe(early).refiner_start) == (0.8, 0.4)
    assert pixels(early) != pixels(usual)
    again = ["generate", "--recipe", early, "--out", "again", "--json"]
    assert files_of(run(*again))[0].read_bytes() == early.read_bytes()
    (late,) = files_of(run(*again, "--refiner-start", 0.8))
    assert late.read_bytes() == usual.read_bytes()
    (left_out,) = files_of(run(*refined, "--refiner-start", 1))
    assert pixels(left_out) == pixels(files_of(run(*ask, "--out", "plain"))[0])


def test_fusion_rewrites_the_prompt_and_its_recipe_needs_no_rewriting(
    run: Run, tiny: Callable[..., list[object]], taste: Path
) -> None:
    result = run(*tiny("--preference", taste, "--rule", "fusion", "--degree", 1))
    (file,) = files_of(result)
    recipe = read_recipe(file)
    assert recipe.fused is not None
    assert recipe.fused.prompt == "a boat, teal, art deco"
    assert recipe.fused.negative_prompt == "red"
    assert "Drawn as: a boat, teal, art deco" in result.err
    (again,) = files_of(run("generate", "--recipe", file, "--out", "again", "--json"))
    assert pixels(again) == pixels(file)
    (other,) = files_of(run("generate", "a cat", "--recipe", file, "--out", "other", "--json"))
    other_words = read_recipe(other).fused
    assert other_words is not None
    assert other_words.prompt == "a cat, teal, art deco"


def test_what_the_prompt_contradicts_is_told(
    run: Run, tiny: Callable[..., list[object]], taste: Path
) -> None:
    command = tiny("--preference", taste, "--count", 2, "--explore")
    command[1] = "a black and white boat"
    result = run(*command)
    first, second = (entry["recipe"] for entry in result.json["images"])
    assert first["contradicted"] == {"teal": "black and white"}
    assert 'Left out because the prompt says "black and white": teal.' in result.err
    assert (first["explored"], second["explored"]) == (False, True)
    assert "explores" in result.err


def test_score_is_repeatable_and_explains_itself(
    run: Run, tiny_scorer: Path, taste: Path, tmp_path: Path
) -> None:
    images = [tmp_path / f"{color}.png" for color in ("teal", "red")]
    for image in images:
        Image.new("RGB", (48, 48), image.stem).save(image)
    command = ["score", *images, "--preference", taste, "--scorer", tiny_scorer, "--json"]
    result = run(*command)
    assert [entry["image"] for entry in result.json["scores"]] == [str(i) for i in images]
    assert all(0 <= entry["value"] <= 1 for entry in result.json["scores"])
    assert {r["attribute"] for r in result.json["scores"][0]["reasons"]} == {
        "teal", "art deco", "red"
    }  # fmt: skip
    assert run(*command).out == result.out
    by_example = run(*command, "--liked", images[0], "--disliked", images[1])
    teal, red = (entry["value"] for entry in by_example.json["scores"])
    assert teal > red


def pixels(file: Path) -> bytes:
    with Image.open(file) as image:
        return image.tobytes()


# -- profiles and the database ---------------------------------------------------------------------


def test_profiles_from_import_to_delete(
    run: Run, taste: Path, tmp_path: Path, tiny: Callable[..., list[object]]
) -> None:
    assert run("profiles", "list", "--json").json == []
    assert run("profiles", "import", taste, "--name", "evenings").code == 0
    assert [p["name"] for p in run("profiles", "list", "--json").json] == ["evenings"]
    assert run("profiles", "rename", "evenings", "mornings").code == 0
    assert (
        VisualPreference.from_json(run("profiles", "export", "mornings").out).liked == TASTE.liked
    )
    copy = tmp_path / "copy.json"
    assert run("profiles", "export", "mornings", "--out", copy).out == ""
    assert VisualPreference.from_json(copy.read_text(encoding="utf-8")).disliked == TASTE.disliked
    shown = run("profiles", "show", "mornings")
    assert "likes teal" in shown.err
    assert "dislikes red" in shown.err
    drawn = run(*tiny("--profile", "mornings")).json["images"][0]["recipe"]
    assert [a["attribute"] for a in drawn["preference"]["liked"]] == ["teal", "art deco"]
    assert run("profiles", "delete", "mornings").code == 0
    assert run("profiles", "list", "--json").json == []


def test_profiles_of_another_owner_are_not_there(run: Run, taste: Path) -> None:
    run("profiles", "import", taste, "--name", "mine")
    assert run("profiles", "list", "--owner", "other", "--json").json == []
    result = run("profiles", "export", "mine", "--owner", "other")
    assert (result.code, result.out) == (2, "")


def test_the_database_is_made_checked_copied_and_emptied(
    run: Run, taste: Path, tmp_path: Path, place: Path
) -> None:
    assert run("db", "check").code == 1
    assert run("db", "upgrade").code == 0
    assert run("db", "check").code == 0
    run("profiles", "import", taste, "--name", "mine")
    assert run("db", "backup", tmp_path / "copy.sqlite3").code == 0
    assert (tmp_path / "copy.sqlite3").stat().st_size > 0
    assert run("db", "export-owner", "local").json["profiles"][0]["name"] == "mine"
    assert run("db", "erase-owner", "local").code == 0
    assert run("db", "export-owner", "local").code == 2


def test_doctor_names_what_is_chosen_and_missing(
    run: Run, monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    monkeypatch.setenv("VIPER_EXTRACTOR", "openai")
    result = run("doctor", "--json")
    said = {finding["text"]: finding["verdict"] for finding in result.json}
    assert result.code == 1
    assert next(v for t, v in said.items() if t.startswith("VIPER_LLM_MODEL")) == "bad"
    assert next(v for t, v in said.items() if t.startswith("torch ")) == "good"
    assert any(str(place) in text for text in said)
    assert all(text in result.err for text in said)


@pytest.mark.parametrize(
    ("name", "value", "text", "verdict"),
    [
        ("VIPER_ENGINE", "ray", "VIPER_ENGINE ray", "bad"),
        ("VIPER_SCORER", "openai", "VIPER_LLM_MODEL: the scorer openai needs it", "bad"),
        ("VIPER_SCORER", "viper2024", "Scorer: ViPer's released proxy", "good"),
    ],
)
def test_doctor_knows_engines_and_judges(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, text: str, verdict: str
) -> None:
    monkeypatch.setenv(name, value)
    result = run("doctor", "--json")
    said = {finding["text"]: finding["verdict"] for finding in result.json}
    assert [v for t, v in said.items() if t.startswith(text)] == [verdict]
    assert result.code == (1 if verdict == "bad" else 0)


def test_curate_makes_a_set_that_comments_can_name(run: Run, tmp_path: Path) -> None:
    assert run("curate", "--out", "set", "--count", 8).code == 0
    curated = load_curated(tmp_path / "set")
    assert len(curated.images) == 8
    assert curated.damaged() == ()


def test_train_makes_a_model_that_generates_and_judges(
    run: Run, tmp_path: Path, taste: Path
) -> None:
    paintings = tmp_path / "runs" / "paintings"
    paint_shard(paintings, 0, 256, count=5)
    paint_shard(paintings, HELD_OUT, 256, count=12)
    early = run("train", "denoiser", "--preset", "tiny", "--paintings", 1, "--minutes", 0.001)
    assert (early.code, "viper train autoencoder" in early.err) == (2, True)
    for part in ("autoencoder", "denoiser", "encoder"):
        done = run("train", part, "--preset", "tiny", "--paintings", 1, "--minutes", 0.001)
        assert (done.code, done.out) == (0, "")
    model = tmp_path / "runs" / "builtin_model" / "generator"
    (file,) = files_of(run("generate", "a boat", "--model", model, "--steps", 1, "--json"))
    with Image.open(file) as image:
        assert image.size == (256, 256)


# -- bad input -------------------------------------------------------------------------------------

LONG = "a " * 5_000
UNLOADED = ("generate", "x", "--preference", "taste.json", "--model", "./no")

BAD: dict[str, tuple[Sequence[str], str]] = {
    "missing comments": (["extract", "no.json"], r"no\.json: there is no such file"),
    "a folder of comments": (["extract", "folder"], "folder: cannot be read"),
    "broken JSON": (["extract", "broken.json"], r"broken\.json: not valid JSON"),
    "no text": (["extract", "picture.png"], r"picture\.png: expected UTF-8 text"),
    "nothing to read": (["extract"], "--history FILE"),
    "a broken chat": (["extract", "--history", "broken.json"], r"broken\.json: not valid JSON"),
    "no comments": (["extract", "none.json"], "non-empty list"),
    "an empty comment": (["extract", "empty.json"], "comment 0: .*needs a text or a stance"),
    "an unknown curated picture": (["extract", "unknown.json"], "curated"),
    "a comment on no file": (["extract", "nofile.json"], r"nowhere\.png: .*no such file"),
    "a comment on a file that cannot be": (["extract", "long.json"], "aaa: .*no such file"),
    "a taste without a name": (["extract", "ok.json", "--name", " "], "--name"),
    "a taste with a long name": (["extract", "ok.json", "--name", LONG], "--name"),
    "an unknown extractor": (
        ["extract", "ok.json", "--extractor", "magic"],
        "--extractor: .*'offline', got 'magic'",
    ),
    "no language model": (["extract", "ok.json", "--extractor", "openai"], "VIPER_LLM_MODEL"),
    "no prompt": (["generate"], "prompt is missing"),
    "an empty prompt": (["generate", " "], "prompt is empty"),
    "a long prompt": (["generate", LONG], "10000 characters, at most 2000"),
    "a high degree": (["generate", "x", "--degree", "1.5"], "--degree '1.5'.*from 0 to 1"),
    "a degree of no number": (["generate", "x", "--degree", "nan"], "--degree 'nan'.*from 0 to 1"),
    "a weight without auto": (["generate", "x", "--auto-weight", "0.3"], "add --degree auto"),
    "pictures into a file": (["generate", "x", "--out", "text.png"], "--out .*a folder"),
    "auto for no taste": (["generate", "x", "--degree", "auto"], "--degree auto needs a taste"),
    "auto and a degree": (
        ["generate", "x", "--degree", "auto", "--liked-degree", "0.3"],
        "auto sets both degrees",
    ),
    "no degree": (["generate", "x", "--degree", "much"], "--degree 'much': expected a number"),
    "an unknown rule": (["generate", "x", "--rule", "magic"], "rule.*magic"),
    "no pictures": (["generate", "x", "--count", "0"], "count.*0"),
    "a size of one side": (["generate", "x", "--size", "64"], "--size '64': expected width"),
    "a tiny size": (["generate", "x", "--size", "8x8"], "width.*8"),
    "a start of no refiner": (
        [*UNLOADED, "--refiner-start", "0.5"],
        "--refiner-start .*--refiner",
    ),
    "a start beyond the end": ([*UNLOADED, "--refiner-start", "2"], "--refiner-start"),
    "nothing to explore": (
        [*UNLOADED, "--explore"],
        "--explore .*--count 2",
    ),
    "exploring without taste": (["generate", "x", "--count", "2", "--explore"], "--explore needs"),
    "exploring around nothing": (
        [*UNLOADED, "--count", "2", "--explore", "--degree", "0"],
        "--explore .*degree",
    ),
    "auto without a degree to choose": (
        [*UNLOADED, "--degree", "auto", "--rule", "none"],
        "rule none",
    ),
    "auto for fusion": (
        [*UNLOADED, "--degree", "auto", "--rule", "fusion"],
        "rule fusion",
    ),
    "too many candidates": (
        [*UNLOADED, "--best-of", "99"],
        "best-of 99",
    ),
    "best of without taste": (["generate", "x", "--best-of", "4"], "--preference"),
    "an unknown model": (["generate", "x", "--model", "nobody/nothing"], "nobody/nothing"),
    "a model that is no folder": (["generate", "x", "--model", "./no"], r"\./no does not exist"),
    "a missing preference": (["generate", "x", "--preference", "no.json"], r"no\.json"),
    "a broken preference": (["generate", "x", "--preference", "broken.json"], r"broken\.json"),
    "an unknown attribute": (["generate", "x", "--preference", "odd.json"], r"odd\.json.*liked"),
    "two tastes": (
        ["generate", "x", "--preference", "a.json", "--profile", "p"],
        "--preference and --profile",
    ),
    "an unknown profile": (["generate", "x", "--profile", "nobody"], "nobody"),
    "a bottomless recipe": (["generate", "--recipe", "deep.json"], r"deep\.json: .*JSON"),
    "a recipe of no picture": (["generate", "--recipe", "text.png"], r"text\.png: not a picture"),
    "an unknown option": (["generate", "x", "--degre", "1"], "--degre"),
    "an unknown command": (["paint"], "paint"),
    "no recipe": (["recipe", "picture.png"], "carries no recipe"),
    "no picture": (["recipe", "text.png"], "not a picture"),
    "a missing picture": (["score", "no.png", "--preference", "taste.json"], "no such file"),
    "a score of no picture": (
        ["score", "text.png", "--preference", "taste.json"],
        r"text\.png: expected a picture",
    ),
    "a score by nothing": (["score", "picture.png"], "--preference"),
    "an unknown scorer": (
        ["score", "picture.png", "--preference", "taste.json", "--scorer", "nobody/nothing"],
        "nobody/nothing",
    ),
    "an unknown profile to show": (["profiles", "show", "nobody"], "nobody"),
    "a bad import": (["profiles", "import", "broken.json"], r"broken\.json"),
    "a profile of two lines": (
        ["profiles", "import", "taste.json", "--name", "a\nb"],
        "Profile name .*1 to 80 characters in one line",
    ),
    "a profile without a name": (["profiles", "import", "taste.json", "--name", ""], "1 to 80"),
    "a name of no text": (["profiles", "import", "taste.json", "--name", "\udcff"], "UTF-8"),
    "a set into a file": (["curate", "--out", "text.png"], "--out .*a folder"),
    "a run into a file": (["train", "encoder", "--folder", "text.png"], "--folder .*a folder"),
    "an owner of no text": (["db", "export-owner", "\udcff"], "UTF-8"),
    "a prompt of no text": (["generate", "\udcff"], "prompt"),
    "an unknown owner": (["db", "export-owner", "nobody"], "nobody"),
    "a bad port": (["serve", "--port", "99999"], "'--port': .*65535"),
}


@pytest.mark.parametrize(("arguments", "says"), BAD.values(), ids=BAD)
def test_bad_input_is_one_line_and_exit_2(
    run: Run, taste: Path, tmp_path: Path, arguments: Sequence[str], says: str
) -> None:
    contents = {
        "broken.json": "{",
        "none.json": '{"comments": []}',
        "empty.json": '{"comments": [{"text": " "}]}',
        "unknown.json": '{"comments": [{"image": "curated:nope", "text": "x"}]}',
        "nofile.json": '{"comments": [{"image": "nowhere.png", "text": "x"}]}',
        "ok.json": '{"comments": [{"text": "I love teal"}]}',
        "odd.json": '{"schema": "viper.preference/1", "liked": [{"attribute": "", "strength": 2}]}',
        "text.png": "no picture",
        "deep.json": "[" * 100_000,
        "long.json": json.dumps({"comments": [{"image": "a" * 5_000, "text": "x"}]}),
    }
    for name, text in contents.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "folder").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "picture.png")
    result = run(*arguments)
    assert (result.code, result.out) == (2, "")
    assert re.fullmatch(r"viper: [^\n]+\n", result.err)
    assert re.search(says, result.err)
    assert "Traceback" not in result.err


def test_a_judge_that_cannot_be_is_refused_before_drawing(
    run: Run, taste: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIPER_SCORER", "openai")
    result = run("generate", "x", "--preference", taste, "--model", "./no")
    assert (result.code, result.out) == (2, "")
    assert "VIPER_LLM_MODEL" in result.err


@pytest.mark.parametrize(
    "command",
    [
        ["extract", "said.json", "--extractor", "openai"],
        ["score", "boat.png", "--preference", "taste.json", "--scorer", "openai"],
    ],
    ids=lambda command: command[0],
)
@pytest.mark.parametrize("address", [None, "https://api.openai.com/v1"])
def test_a_missing_key_is_named_before_anybody_is_asked(
    run: Run,
    taste: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
    address: str | None,
) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "boat.png")
    (tmp_path / "said.json").write_text('{"comments": [{"text": "I love teal"}]}', "utf-8")
    monkeypatch.setenv("VIPER_LLM_MODEL", "gpt-4o")
    if address is not None:
        monkeypatch.setenv("OPENAI_BASE_URL", address)
    result = run(*command)
    assert (result.code, result.out) == (2, "")
    assert re.fullmatch(r"viper: [^\n]*OPENAI_API_KEY[^\n]+\n", result.err)


def test_without_a_key_auto_reads_offline_and_names_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "said.json").write_text('{"comments": [{"text": "I love teal"}]}', "utf-8")
    monkeypatch.setenv("VIPER_LLM_MODEL", "gpt-4o")
    result = run("extract", "said.json")
    assert result.json["liked"][0]["attribute"] == "teal"
    assert "read offline" in result.err
    assert "OPENAI_API_KEY" in result.err
    doctor = {finding["text"]: finding["verdict"] for finding in run("doctor", "--json").json}
    assert [v for t, v in doctor.items() if t.startswith("OPENAI_API_KEY")] == ["bad"]


def test_an_engine_of_another_version_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIPER_ENGINE", "ray")
    result = run("generate", "x")
    assert (result.code, result.out) == (2, "")
    assert "VIPER_ENGINE" in result.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_one_line(run: Run) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "viper.cli", "profiles", "list", "--json"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("viper: The result cannot be written")


def test_a_wrong_setting_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIPER_MODLE", "builtin")
    result = run("profiles", "list")
    assert (result.code, result.out) == (2, "")
    assert "VIPER_MODEL" in result.err
