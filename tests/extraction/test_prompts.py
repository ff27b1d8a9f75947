"""Prompt files: strict variables, a stable hash, and a README that tells the truth."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.extraction.stage import item, taste
from viper.errors import BadInput, ModelUnavailable
from viper.extraction.language import PROMPT_NAMES, batches
from viper.extraction.prompts import PROMPTS, Prompts
from viper.extraction.reply import TasteReply, clean, is_plain, quoted, recites
from viper.extraction.structured import parsed
from viper.preference import Comment


class TestPrompts:
    @pytest.fixture
    def prompts(self, tmp_path: Path) -> Prompts:
        (tmp_path / "hello.txt").write_text("Hello $name, $$5 from ${sender}.\n", encoding="utf-8")
        (tmp_path / "broken.txt").write_text("costs 5$ a piece", encoding="utf-8")
        return Prompts(tmp_path)

    def test_variables_are_filled_in_once(self, prompts: Prompts) -> None:
        text = prompts.render("hello", name="$sender", sender="Ada")
        assert text == "Hello $sender, $5 from Ada."

    def test_a_missing_variable_is_named(self, prompts: Prompts) -> None:
        with pytest.raises(BadInput, match="'hello' needs the variable 'sender'"):
            prompts.render("hello", name="you")

    def test_an_unknown_variable_is_named(self, prompts: Prompts) -> None:
        with pytest.raises(BadInput, match="'hello' does not know the variable 'nmae'"):
            prompts.render("hello", name="you", sender="me", nmae="typo")

    def test_a_stray_dollar_is_told(self, prompts: Prompts) -> None:
        with pytest.raises(BadInput, match=r"'broken': a '\$' must start a variable"):
            prompts.render("broken")

    def test_a_missing_file_is_named(self, prompts: Prompts) -> None:
        with pytest.raises(ModelUnavailable, match=r"'no.txt'"):
            prompts.render("no")

    def test_the_hash_changes_with_any_of_the_files(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("a", encoding="utf-8")
        (tmp_path / "b.txt").write_text("b", encoding="utf-8")
        before = Prompts(tmp_path).sha256("a", "b")
        assert Prompts(tmp_path).sha256("a", "b") == before
        (tmp_path / "b.txt").write_text("c", encoding="utf-8")
        assert Prompts(tmp_path).sha256("a", "b") != before

    def test_the_readme_lists_the_extraction_prompts_with_their_variables(self) -> None:
        readme = (PROMPTS / "README.md").read_text(encoding="utf-8")
        for name in PROMPT_NAMES:
            used = set(re.findall(r"\$(\w+)", (PROMPTS / f"{name}.txt").read_text("utf-8")))
            (row,) = [line for line in readme.splitlines() if f"`{name}.txt`" in line]
            assert set(re.findall(r"`(\w+)`", row.split("|")[3])) == used


class TestParsed:
    def test_the_last_valid_object_counts(self) -> None:
        text = f"{taste(item('gold'))} no wait {taste(item('teal'))} {{}}"
        found = parsed(text, schema=TasteReply, context={})
        assert [a.attribute for a in found.attributes] == ["teal"]

    @given(st.text(max_size=200) | st.lists(st.sampled_from('{}[]":,a')).map("".join))
    def test_other_text_is_one_line_of_error(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"\A[^\n]+\Z"):
            parsed(text, schema=TasteReply, context={})

    @given(st.text(max_size=100), st.text(max_size=100))
    def test_prose_around_an_answer_never_hides_it(self, before: str, after: str) -> None:
        before, after = before.replace("{", "("), after.replace("{", "(")
        text = before + taste(item("teal")) + after
        found = parsed(text, schema=TasteReply, context={})
        assert found.attributes[0].attribute == "teal"

    def test_nesting_without_end_is_told(self) -> None:
        with pytest.raises(ValueError, match=r"nested too deeply|broken"):
            parsed('{"a":' * 100_000, schema=TasteReply, context={})


class TestReply:
    @given(st.text())
    def test_clean_text_is_printable_and_stays_clean(self, text: str) -> None:
        cleaned = clean(text)
        assert all(c.isprintable() for c in cleaned)
        assert clean(cleaned) == cleaned

    @pytest.mark.parametrize(
        ("quote", "found"),
        [
            ("don't like the harsh light", "don\u2019t like the Harsh light"),
            ("\uff28arsh  LIGHT!!", "Harsh light"),
            ("I ... harsh light", "I don\u2019t like the Harsh light"),
            ("harsh shadows", None),
            ("light ... harsh", None),
            ("...", None),
            ("", None),
        ],
    )
    def test_a_quote_is_compared_loosely_and_is_what_the_person_wrote(
        self, quote: str, found: str | None
    ) -> None:
        assert quoted(quote, "I don\u2019t like\n the  Har\u200bsh light.") == found

    @given(st.text(max_size=40), st.text(max_size=40))
    def test_a_quote_is_never_longer_than_the_comment(self, quote: str, text: str) -> None:
        assert len(quoted(quote, text) or "") <= len(text)
        whole = clean(text)
        assert (quoted(text, text) or "") in whole

    @pytest.mark.parametrize("name", ["black & white", "art d\u00e9co", "1960s", "wet-on-wet"])
    def test_names_of_looks_are_plain(self, name: str) -> None:
        assert is_plain(name)

    @pytest.mark.parametrize(
        "name",
        [
            "<b>bold</b>",
            "(teal:1.5)",
            "http://x.example",
            "five words are too many",
            "\u0441\u0438\u043d\u0438\u0439",
            "{teal}",
            "-teal",
            "snake_case",
        ],
    )
    def test_other_texts_are_not(self, name: str) -> None:
        assert not is_plain(name)

    def test_three_words_of_the_rules_in_a_row_recite_them(self) -> None:
        assert recites("only how a picture", "Rules: 1. Only how a picture looks.")
        assert not recites("a picture", "Rules: 1. Only how a picture looks.")
        assert not recites("only a picture", "Rules: 1. Only how a picture looks.")

    def test_the_schema_leaves_nothing_optional(self) -> None:
        assert '"default"' not in json.dumps(TasteReply.model_json_schema())


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 4000)), max_size=60))
def test_batches_keep_every_comment_in_order_and_fit(sizes: list[tuple[int, int]]) -> None:
    comments = tuple(
        enumerate(
            Comment(image=f"p{picture}" if picture else None, text="x" * length, stance="like")
            for picture, length in sizes
        )
    )
    found = list(batches(comments))
    assert tuple(numbered for batch in found for numbered in batch) == comments
    for batch in found:
        assert len({c.image for _, c in batch if c.image}) <= 10
        assert len(batch) <= 20
        assert len(batch) == 1 or sum(len(c.text) for _, c in batch) <= 12_000
