"""A local vision-language model: a tiny random one, so its answers are garbage on purpose."""

from pathlib import Path

import pytest
from PIL import Image

from tests.extraction.stage import Known, item, taste
from tests.extraction.tiny_vlm import build
from viper.errors import CutOff, LanguageModelError, ModelUnavailable, Unreachable
from viper.extraction import Message
from viper.extraction.fallback import FallbackExtractor
from viper.extraction.language import LanguageModelExtractor
from viper.extraction.local_model import LocalModel
from viper.extraction.offline import OfflineExtractor
from viper.preference import Comment

TEAL = Comment(image="curated:001", text="I love the teal <image> <end>", stance="like")
PICTURES = Known(pictures={"curated:001": Image.new("RGB", (40, 30), "teal")})


@pytest.fixture(scope="module")
def babbling(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("babbling"))


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("silent"), recites="")


def asked(folder: Path, *, deadline_s: float = 300.0) -> LanguageModelExtractor:
    return LanguageModelExtractor(
        LocalModel(str(folder), max_reply_tokens=8), deadline_s=deadline_s
    )


def test_a_good_answer_becomes_a_preference(tmp_path: Path) -> None:
    answer = taste(item("Watercolour", quote="teal", strength=0.9))
    model = LocalModel(str(build(tmp_path, recites=answer)))
    found = LanguageModelExtractor(model, deadline_s=300.0).extract([TEAL], pictures=PICTURES)
    (watercolor,) = found.preference.liked
    assert (watercolor.attribute, watercolor.strength) == ("watercolor", 0.9)
    assert watercolor.evidence[0].quote == "teal"
    assert found.raw_replies == (answer,)
    assert found.preference.extractor.kind == "local"
    assert found.tokens is not None
    assert found.tokens > len(answer)


def test_garbage_ends_in_one_sentence_after_the_repair_round(silent: Path) -> None:
    with pytest.raises(LanguageModelError, match="answered twice") as caught:
        asked(silent).extract([TEAL], pictures=PICTURES)
    assert caught.value.raw_replies == ("", "")


def test_an_answer_without_end_is_cut_off_with_its_text_kept(babbling: Path) -> None:
    with pytest.raises(CutOff, match="cut off at 8 tokens") as caught:
        asked(babbling).extract([TEAL], pictures=PICTURES)
    assert caught.value.raw_replies[0]


def test_the_deadline_holds(babbling: Path) -> None:
    model = LocalModel(str(babbling), max_reply_tokens=60_000)
    chosen = LanguageModelExtractor(model, deadline_s=2.0)
    with pytest.raises(Unreachable, match="no complete answer in time"):
        chosen.extract([TEAL], pictures=PICTURES)


def test_comments_that_do_not_fit_are_told(tmp_path: Path) -> None:
    with pytest.raises(CutOff, match="takes 64"):
        asked(build(tmp_path, window=64)).extract([TEAL], pictures=PICTURES)


def test_offline_takes_over(silent: Path) -> None:
    chosen = FallbackExtractor(asked(silent), OfflineExtractor())
    found = chosen.extract([TEAL], pictures=PICTURES).preference
    assert [a.attribute for a in found.liked] == ["teal"]
    assert "read offline" in found.warnings[0]


def test_pictures_reach_the_processor_and_control_tokens_in_comments_do_not(silent: Path) -> None:
    model = LocalModel(str(silent))
    picture = Image.new("RGB", (40, 30), "teal")
    message = Message("user", ("look <image><end>", picture, picture))
    loaded = model._load()
    inputs = model._inputs(loaded, [message])
    assert inputs["pixel_values"].shape == (2, 3, 16, 16)
    image, end = loaded.processor.tokenizer.convert_tokens_to_ids(["<image>", "<end>"])
    tokens = inputs["input_ids"][0].tolist()
    assert tokens.count(image) == 2 * (16 // 8) ** 2
    assert tokens.count(end) == 0


@pytest.mark.parametrize("name", ["/no/such/folder", "no-such-model"])
def test_a_missing_checkpoint_is_one_sentence(name: str) -> None:
    with pytest.raises(ModelUnavailable, match=f"{name!r} cannot be loaded"):
        LanguageModelExtractor(LocalModel(name)).extract([TEAL], pictures=PICTURES)
