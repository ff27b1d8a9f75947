"""ViPer's released extractor, with tiny random weights of its kind and an adapter for them."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import Idefics2ForConditionalGeneration

from tests.extraction.stage import Known
from tests.extraction.tiny_vlm import build_adapter, build_idefics2
from viper.cli import parts
from viper.errors import CutOff, LanguageModelError, ModelUnavailable, Unreachable
from viper.extraction import Extraction
from viper.extraction.adapter import merge
from viper.extraction.checkpoint import Checkpoint
from viper.extraction.prompts import PROMPTS
from viper.extraction.released import RELEASED, ReleasedExtractor
from viper.preference import Comment
from viper.settings import Settings

REPLY = (
    "Liked Art Features: teal, flowing lines, boats\n"
    "Disliked Art Features: busy composition, Busy, vivid colours"
)
COMMENTS = (
    Comment(image="curated:001", text="Lovely. I adore the Teal! <image>", stance="like"),
    Comment(text="Too busy for me; a teal one is fine", stance="dislike"),
    Comment(image="curated:001", stance="like"),
)
PICTURES = Known(pictures={"curated:001": Image.new("RGB", (640, 480), "teal")})


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_idefics2(tmp_path_factory.mktemp("base"), recites=REPLY)


@pytest.fixture(scope="module")
def babbling(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_idefics2(tmp_path_factory.mktemp("babbling"))


@pytest.fixture(scope="module")
def found(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Extraction:
    adapter = build_adapter(tmp_path_factory.mktemp("adapter"), base)
    return ReleasedExtractor(f"{base}+{adapter}").extract(COMMENTS, pictures=PICTURES)


class TestReading:
    def test_two_lists_become_attributes_of_the_taxonomy(self, found: Extraction) -> None:
        liked = {a.attribute: a for a in found.preference.liked}
        assert liked.keys() == {"teal", "flowing lines"}
        assert {a.attribute for a in found.preference.disliked} == {"cluttered", "vivid colors"}
        assert all(a.facet for a in (*found.preference.liked, *found.preference.disliked))

    def test_all_are_said_plainly_however_often_they_are_said(self, found: Extraction) -> None:
        both = (*found.preference.liked, *found.preference.disliked)
        assert {a.strength for a in both} == {0.7}

    def test_evidence_is_where_the_words_are(self, found: Extraction) -> None:
        quotes = {
            a.attribute: [(e.comment, e.quote) for e in a.evidence]
            for a in (*found.preference.liked, *found.preference.disliked)
        }
        assert quotes["teal"] == [(0, "I adore the Teal!"), (1, "a teal one is fine")]
        assert quotes["cluttered"] == [(1, "Too busy for me")]
        assert quotes["flowing lines"] == quotes["vivid colors"] == []

    def test_what_is_left_out_is_told(self, found: Extraction) -> None:
        silent, subjects = found.preference.warnings
        assert silent.startswith("1 comment has no words")
        assert subjects.endswith("not how: boats.")

    def test_it_tells_who_read(self, found: Extraction) -> None:
        assert found.raw_replies == (REPLY,)
        assert found.preference.extractor.kind == "viper2024"
        assert found.model is not None
        assert "+" in found.model
        assert found.prompt_sha256 == found.preference.extractor.prompt_sha256
        assert found.tokens is not None
        assert found.tokens > len(REPLY)
        assert found.output_tokens == len(REPLY) + 1

    def test_clicks_alone_ask_nothing(self) -> None:
        clicks = [Comment(image="curated:001", stance="like")] * 2
        found = ReleasedExtractor("no-such-model").extract(clicks, pictures=PICTURES)
        assert found.preference.is_empty
        assert found.preference.warnings[0].startswith("2 comments have no words")


class TestQuestion:
    def test_pictures_and_comments_alternate_as_released(self, base: Path) -> None:
        message = ReleasedExtractor(str(base))._message(COMMENTS[:2], PICTURES)
        prompt, picture, first, second = message.parts
        assert isinstance(prompt, str)
        assert prompt.startswith("I will provide a set of artworks along with")
        assert prompt.endswith("Here are the images and their corresponding comments:\n    ")
        assert isinstance(picture, Image.Image)
        assert (first, second) == (
            "Comment 1: Lovely. I adore the Teal! <image>",
            "Comment 2: Too busy for me; a teal one is fine",
        )

    def test_pictures_are_small_and_in_one_piece_and_only_they_are_pictures(
        self, base: Path
    ) -> None:
        extractor = ReleasedExtractor(str(base))
        extractor._checkpoint.load()
        loaded = extractor._checkpoint._loaded
        assert loaded is not None
        message = extractor._message(COMMENTS[:1], PICTURES)
        inputs = extractor._checkpoint._inputs(loaded, [message])
        assert inputs["pixel_values"].shape == (1, 1, 3, 378, 448)
        tokenizer = loaded.processor.tokenizer
        tokens = inputs["input_ids"][0].tolist()
        assert tokens.count(tokenizer.convert_tokens_to_ids("<image>")) == 4
        text = tokenizer.decode(tokens)
        assert text.startswith("<start>User: I will provide")
        assert text.endswith("< image><end_of_utterance>\nAssistant:")

    def test_the_readme_lists_the_prompts(self) -> None:
        readme = (PROMPTS / "README.md").read_text(encoding="utf-8")
        assert "`viper2024.txt`" in readme
        assert "`viper2024_comment.txt`" in readme

    def test_the_numbers_are_the_released_ones_unless_set(self, base: Path) -> None:
        assert ReleasedExtractor()._checkpoint.name == RELEASED
        for dtype, expected in {"auto": torch.float32, "bf16": torch.bfloat16}.items():
            checkpoint = ReleasedExtractor(str(base), dtype=dtype)._checkpoint
            checkpoint.load()
            assert checkpoint._loaded is not None
            assert checkpoint._loaded.model.dtype == expected


class TestFaults:
    def test_the_deadline_holds(self, babbling: Path) -> None:
        extractor = ReleasedExtractor(str(babbling), deadline_s=1.0, max_new_tokens=60_000)
        with pytest.raises(Unreachable, match="no complete answer in time"):
            extractor.extract(COMMENTS, pictures=PICTURES)

    def test_a_babbling_model_is_cut_off_with_its_text_kept(self, babbling: Path) -> None:
        extractor = ReleasedExtractor(str(babbling), max_new_tokens=8)
        with pytest.raises(CutOff, match="cannot be used") as caught:
            extractor.extract(COMMENTS, pictures=PICTURES)
        assert len(caught.value.raw_replies) == 1

    def test_a_list_that_is_cut_off_counts_as_far_as_it_goes(self, base: Path) -> None:
        extractor = ReleasedExtractor(
            str(base), max_new_tokens=len("Liked Art Features: teal, flo")
        )
        found = extractor.extract(COMMENTS, pictures=PICTURES).preference
        assert [a.attribute for a in found.liked] == ["teal"]
        assert "cut off within its last keyword, 'flo'" in found.warnings[1]

    def test_a_reply_without_lists_is_one_sentence(self, tmp_path: Path) -> None:
        extractor = ReleasedExtractor(str(build_idefics2(tmp_path, recites="I cannot say.")))
        with pytest.raises(LanguageModelError, match="no heading such as") as caught:
            extractor.extract(COMMENTS, pictures=PICTURES)
        assert caught.value.raw_replies == ("I cannot say.",)

    def test_comments_that_do_not_fit_are_told(self, tmp_path: Path) -> None:
        extractor = ReleasedExtractor(str(build_idefics2(tmp_path, window=64)))
        with pytest.raises(CutOff, match="takes 64"):
            extractor.extract(COMMENTS, pictures=PICTURES)

    def test_missing_weights_are_one_sentence(self) -> None:
        with pytest.raises(ModelUnavailable, match=r"idefics2-8b.*cannot be loaded"):
            ReleasedExtractor().extract(COMMENTS, pictures=PICTURES)


class TestAdapter:
    def test_merged_weights_answer_as_base_and_adapter_do(
        self, babbling: Path, tmp_path: Path
    ) -> None:
        adapter = build_adapter(tmp_path, babbling)
        plain, merged = logits(babbling), logits(babbling, merged=adapter)
        beside = logits(babbling, beside=adapter)
        assert torch.allclose(merged, beside, atol=1e-5)
        assert not torch.allclose(merged, plain, atol=1e-3)

    def test_a_rank_stabilized_adapter_is_scaled_so(self, babbling: Path, tmp_path: Path) -> None:
        adapter = build_adapter(tmp_path, babbling, use_rslora=True)
        beside = logits(babbling, beside=adapter, scale=3 / 2**0.5)
        assert torch.allclose(logits(babbling, merged=adapter), beside, atol=1e-5)

    def test_base_and_adapter_are_loaded_by_one_name(self, babbling: Path, tmp_path: Path) -> None:
        adapter = build_adapter(tmp_path / "adapter", babbling)
        checkpoint = Checkpoint(f"{babbling} + {adapter}")
        checkpoint.load()
        assert checkpoint._loaded is not None
        assert torch.equal(logits_of(checkpoint._loaded.model), logits(babbling, merged=adapter))

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"peft_type": "IA3"}, "not LoRA"),
            ({"use_dora": True}, "not plain LoRA: use_dora"),
            ({"bias": "all"}, "not plain LoRA: bias"),
            ({"modules_to_save": ["lm_head"]}, "not plain LoRA: modules_to_save"),
        ],
    )
    def test_other_adapters_are_told(
        self, babbling: Path, tmp_path: Path, changes: dict[str, Any], reason: str
    ) -> None:
        self.refused(babbling, build_adapter(tmp_path, babbling, **changes), reason)

    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            ("base_model.model.nowhere.lora_A.weight", "another model: nowhere"),
            ("base_model.model.lm_head.lora_A.weight", "another model: lm_head"),
            ("base_model.model.lm_head.weight", "not plain LoRA: base_model"),
        ],
    )
    def test_strange_weights_are_told(
        self, babbling: Path, tmp_path: Path, name: str, reason: str
    ) -> None:
        file = build_adapter(tmp_path, babbling) / "adapter_model.safetensors"
        save_file({**load_file(file), name: torch.zeros(2, 8)}, file)
        self.refused(babbling, tmp_path, reason)

    def test_an_adapter_of_another_size_is_told(self, babbling: Path, tmp_path: Path) -> None:
        file = build_adapter(tmp_path, babbling) / "adapter_model.safetensors"
        save_file({name: w[:1].clone() for name, w in load_file(file).items()}, file)
        self.refused(babbling, tmp_path, "of another size")

    def test_missing_files_are_told(self, babbling: Path, tmp_path: Path) -> None:
        self.refused(babbling, tmp_path, "adapter_config.json")
        (build_adapter(tmp_path, babbling) / "adapter_model.safetensors").unlink()
        self.refused(babbling, tmp_path, "adapter_model.safetensors")

    def test_an_adapter_alone_is_told(self, babbling: Path, tmp_path: Path) -> None:
        with pytest.raises(ModelUnavailable, match=r"is an adapter: expected .* BASE\+ADAPTER"):
            Checkpoint(str(build_adapter(tmp_path, babbling))).load()

    def refused(self, base: Path, adapter: Path, reason: str) -> None:
        with pytest.raises(ModelUnavailable, match=rf"cannot be loaded \(.*{reason}"):
            Checkpoint(f"{base}+{adapter}").load()


def test_the_settings_choose_it(base: Path, tmp_path: Path) -> None:
    adapter = build_adapter(tmp_path, base)
    chosen = Settings(extractor="viper2024", llm_model=f"{base}+{adapter}", device="cpu")
    found = parts.extractor(chosen).extract(COMMENTS, pictures=PICTURES)
    assert found.preference.extractor.kind == "viper2024"
    assert parts.extractor(Settings(extractor="viper2024", device="cpu")) is not None


def test_local_takes_an_adapter_as_well_and_is_loaded_at_once(tmp_path: Path) -> None:
    missing = Settings(extractor="local", llm_model=str(tmp_path / "none"), device="cpu")
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        parts.extractor(missing)


def logits(
    base: Path, *, merged: Path | None = None, beside: Path | None = None, scale: float = 3 / 2
) -> torch.Tensor:
    """What a checkpoint thinks, with an adapter in its weights or computed beside them."""
    model = Idefics2ForConditionalGeneration.from_pretrained(base).eval()
    if merged is not None:
        merge(str(merged), into=model)
    if beside is not None:
        assert json.loads((beside / "adapter_config.json").read_text("utf-8"))["r"] == 2
        tensors = load_file(beside / "adapter_model.safetensors")
        for name, module in model.named_modules():
            down = tensors.get(f"base_model.model.{name}.lora_A.weight")
            if down is not None:
                up = tensors[f"base_model.model.{name}.lora_B.weight"]
                module.register_forward_hook(
                    lambda _, x, y, down=down, up=up: y + scale * (x[0] @ down.T @ up.T)
                )
    return logits_of(model)


def logits_of(model: Any) -> torch.Tensor:
    dice = torch.Generator().manual_seed(2)
    image = model.config.image_token_id
    with torch.inference_mode():
        out = model(
            input_ids=torch.tensor([[5, image, image, image, image, *range(60, 90)]]),
            pixel_values=torch.rand((1, 1, 3, 392, 392), generator=dice),
        )
    return torch.Tensor(out.logits)
