from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viper.preference import Attribute, Conflict, Evidence, VisualPreference
from viper.studio import Knowledge
from viper.web import markup

NASTY = "<img src=x onerror=alert(1)>\" ' ${alert(1)} {{value}} `x` </script>"


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def _seen(html: str) -> _Seen:
    seen = _Seen()
    seen.feed(html)
    return seen


@given(st.text())
def test_escaped_text_is_text_and_no_template(text: str) -> None:
    escaped = markup.esc(text)
    assert not set(escaped) & set("<>\"'{}$`")
    element = _seen(f'<p title="{escaped}">{escaped}</p>')
    assert element.tags == ["p"]
    assert element.attributes == ["title"]


def test_what_was_escaped_is_read_as_it_was() -> None:
    assert _seen(f"<p>{markup.esc(NASTY)}</p>").text == NASTY


@pytest.mark.parametrize("show", ["facets", "known", "notice"])
def test_words_of_people_never_become_markup(show: str) -> None:
    attribute = Attribute(
        attribute=NASTY, facet=NASTY, evidence=(Evidence(quote=NASTY, image=NASTY),)
    )
    preference = VisualPreference(liked=(attribute,), warnings=(NASTY,))
    clash = Conflict(sides=(("liked", attribute), ("disliked", attribute)), reason=NASTY)
    knowledge = Knowledge(comments=1, level=0.3, preference=preference, conflicts=(clash,))
    html = {
        "facets": lambda: markup.facets(preference),
        "known": lambda: markup.known(knowledge),
        "notice": lambda: markup.notice(NASTY),
    }[show]()
    seen = _seen(html)
    assert not {"img", "script"} & set(seen.tags)
    assert not any(name.startswith("on") for name in seen.attributes)
    assert NASTY in seen.text
    assert not set(html) & set("{}$`")
