"""How well comments are read without a language model: `python benchmarks/extraction.py [--json]`.

Development comments were seen while the reader was written. Held-out ones were written by others,
who did not know the reader; they were unseen once, and are development comments too by now. Blind
ones came later, in the proportions of life; they were unseen until the reader was done, and have
been looked at since. So only figures at first sight tell how well unknown comments are read.
Comments in other languages are for language models: they are counted apart, and only what is read
into them falsely matters here.

Held-out at first sight (219 comments in English): F1 0.64 (precision 0.73, recall 0.57), stance
accuracy 0.90, grounding accuracy 0.71, 0.25 false attributes and 0.9 ms a comment. Then one half
was looked at, and what was learned there lifted the other, unseen half from F1 0.67 to 0.72.

Blind at first sight (130 comments in English): F1 0.698 (precision 0.747, recall 0.655), stance
accuracy 0.933, grounding accuracy 0.833, 0.292 false attributes and 1.5 ms a comment.

`--fuzz N` reads N generated and mutated comments instead, and fails on a crash or a large reply.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from viper.curation import load_curated
from viper.extraction import Extraction
from viper.extraction.offline import OfflineExtractor
from viper.extraction.reading import MAX_ATTRIBUTES
from viper.preference import Comment
from viper.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy
    from PIL.Image import Image

FIXTURES = Path(__file__).parents[1] / "tests" / "fixtures"
FILES = {
    "development": "comments.json",
    "held-out": "held_out_comments.json",
    "blind": "blind_comments.json",
}
Part = Literal["development", "held-out", "blind"]
Said = tuple[str, str]
"""Side, `+` or `-`, and the name of an attribute."""


@dataclass(frozen=True)
class Case:
    """A comment and how people read it."""

    comment: Comment
    kind: str
    is_english: bool
    expected: frozenset[Said]
    also_fine: frozenset[Said]
    """Readings one may or may not have: neither hit nor false."""


class Labeled:
    """A file of labeled comments with the pictures they speak of; implements `Pictures`."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.cases = tuple(_case(record) for record in data["comments"])
        self._invented: Mapping[str, Any] = data.get("pictures", {})
        self._curated = load_curated()

    def known_attributes(self, image: str | None) -> Mapping[str, tuple[str, ...]]:
        """Of a picture invented for the file, else of the curated one."""
        if image is not None and image in self._invented:
            return {facet: tuple(names) for facet, names in self._invented[image].items()}
        return self._curated.known_attributes(image)

    def open(self, image: str | None) -> "Image | None":
        """None: the reader is measured, not its eyes."""
        return None


def load(part: Part) -> Labeled:
    """The labeled comments of one part.

    Raises:
        FileNotFoundError: There are none yet.
    """
    return Labeled(json.loads(FIXTURES.joinpath(FILES[part]).read_text(encoding="utf-8")))


def _case(record: Mapping[str, Any]) -> Case:
    kind = str(record.get("kind", ""))
    image = record.get("picture", record.get("image"))
    comment = Comment(image=image, text=record["text"], stance=record.get("stance"))
    english = record.get("language", "en") in ("en", None, "english") and "language" not in kind
    fine = record.get("also_fine", ())
    either = [] if isinstance(fine, dict) else [name for name in fine if isinstance(name, str)]
    sides = {side: _on(side, fine) for side in ("liked", "disliked")}
    return Case(
        comment,
        kind,
        english,
        _signed(record["liked"], "+") | _signed(record["disliked"], "-"),
        _signed([*either, *sides["liked"]], "+") | _signed([*either, *sides["disliked"]], "-"),
    )


def _on(side: str, fine: Any) -> Sequence[str]:
    # Written as {side: [name, ...]} or as [[side, name], ...].
    if isinstance(fine, dict):
        return tuple(fine.get(side, ()))
    return [pair[1] for pair in fine if not isinstance(pair, str) and pair[0] == side]


def _signed(names: Sequence[str], side: str) -> frozenset[Said]:
    return frozenset((side, canonical(name)) for name in names)


def canonical(name: str) -> str:
    """What the taxonomy calls it; the name itself if it is free."""
    found = load_taxonomy().find(name)
    return found.name if found else name


def said(extraction: Extraction) -> frozenset[Said]:
    """What was read, with sides."""
    preference = extraction.preference
    return frozenset(
        [("+", a.attribute) for a in preference.liked]
        + [("-", a.attribute) for a in preference.disliked]
    )


@dataclass
class Tally:
    """Hits, false readings and misses."""

    hits: int = 0
    false: int = 0
    missed: int = 0

    def rates(self) -> dict[str, float]:
        """Precision, recall and their harmonic mean."""
        precision = self.hits / max(1, self.hits + self.false)
        recall = self.hits / max(1, self.hits + self.missed)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        return {
            name: round(value, 3)
            for name, value in zip(_RATES, (precision, recall, f1), strict=True)
        }


_RATES = ("precision", "recall", "f1")


@dataclass
class Measured:
    """Everything that is counted over the cases."""

    both: Tally = field(default_factory=Tally)
    groups: dict[str, dict[str, Tally]] = field(
        default_factory=lambda: {"stances": {}, "facets": {}, "kinds": {}}
    )
    comments: int = 0
    sides: Counter[bool] = field(default_factory=Counter)
    """Of attributes that were expected and found on any side: is it the right side?"""
    grounded: Counter[bool] = field(default_factory=Counter)
    """Of vague comments on a picture: were exactly its attributes found?"""
    seconds: float = 0.0
    failures: list[tuple[str, list[Said], list[Said]]] = field(default_factory=list)
    """Text, what is missing, what is false."""

    def add(self, case: Case, found: frozenset[Said]) -> None:
        """Counts one reading."""
        missing, false = case.expected - found, found - case.expected - case.also_fine
        self.comments += 1
        for item in found & case.expected:
            self._count(case, item, "hits")
        for item in missing:
            self._count(case, item, "missed")
        for item in false:
            self._count(case, item, "false")
        for side, name in case.expected:
            other = "-" if side == "+" else "+"
            if (side, name) in found or (other, name) in found:
                self.sides[(side, name) in found] += 1
        if case.comment.image is not None and "vague" in case.kind and case.expected:
            self.grounded[not missing and not false] += 1
        if missing or false:
            self.failures.append((case.comment.text, sorted(missing), sorted(false)))

    def _count(self, case: Case, item: Said, what: Literal["hits", "false", "missed"]) -> None:
        attribute = load_taxonomy().attributes.get(item[1])
        places = {
            "stances": "liked" if item[0] == "+" else "disliked",
            "facets": attribute.facet if attribute else "free",
            "kinds": case.kind,
        }
        tallies = [self.groups[group].setdefault(name, Tally()) for group, name in places.items()]
        for tally in (self.both, *tallies):
            setattr(tally, what, getattr(tally, what) + 1)

    def report(self) -> dict[str, Any]:
        """The figures, rounded."""
        return {
            "comments": self.comments,
            **self.both.rates(),
            "stance_accuracy": _share(self.sides),
            "grounding_accuracy": _share(self.grounded),
            "false_attributes_per_comment": round(self.both.false / max(1, self.comments), 3),
            "milliseconds_per_comment": round(1000 * self.seconds / max(1, self.comments), 2),
            **{
                group: {name: tally.rates() for name, tally in sorted(tallies.items())}
                for group, tallies in self.groups.items()
            },
        }


def _share(counted: Mapping[bool, int]) -> float | None:
    return round(counted[True] / sum(counted.values()), 3) if counted else None


def measure(reader: OfflineExtractor, labeled: Labeled, *, english: bool = True) -> Measured:
    """Reads every case in English, or not in English, by itself, after warming up."""
    reader.warm_up()
    measured = Measured()
    for case in labeled.cases:
        if case.is_english is english:
            started = time.perf_counter()
            extraction = reader.extract([case.comment], pictures=labeled)
            measured.seconds += time.perf_counter() - started
            measured.add(case, said(extraction))
    return measured


def random_comments(words: Sequence[str], texts: Sequence[str]) -> "SearchStrategy[Comment]":
    """Comments of any characters, of known words in any order, and known comments mutilated."""
    from hypothesis import strategies as st

    piece = st.one_of(
        st.sampled_from(words), st.text(max_size=8), st.sampled_from([*"!?.,;:-()'\"\n\t👎😍"])
    )
    shuffled = st.lists(piece, max_size=60).map(" ".join)
    known = st.sampled_from(texts)
    cut = st.tuples(known, st.integers(0, 80), piece, st.integers(1, 60)).map(_mutilated)
    joined = st.lists(known, min_size=1, max_size=12).map(" ".join)
    text = st.one_of(st.text(max_size=400), shuffled, cut, joined).map(lambda t: t[:2000])
    stance: SearchStrategy[Any] = st.sampled_from(["like", "dislike", "mixed"])
    image = st.sampled_from([None, "curated:001", "curated:042", "nowhere.png"])
    return st.builds(Comment, image=image, text=text, stance=stance)


def _mutilated(how: tuple[str, int, str, int]) -> str:
    text, place, inserted, times = how
    return text[:place] + inserted * times + text[place + times :]


def check_bounds(comment: Comment, extraction: Extraction) -> None:
    """Raises AssertionError if a reading is larger than a comment can mean."""
    preference = extraction.preference
    found = (*preference.liked, *preference.disliked)
    assert len(found) <= MAX_ATTRIBUTES
    assert len(preference.warnings) <= 12
    # Characters that cannot be shown are quoted as ten.
    assert all(len(warning) <= 1000 for warning in preference.warnings)
    for attribute in found:
        assert 0 < attribute.strength <= 1
        assert len(attribute.attribute) <= 80
        assert all(len(e.quote) <= len(comment.text) for e in attribute.evidence)


def fuzz(reader: OfflineExtractor, count: int) -> None:
    """Reads `count` generated comments; raises on the first crash or unbounded reading."""
    from hypothesis import HealthCheck, Phase, given, settings

    labeled = load("development")
    texts = [case.comment.text for case in labeled.cases]
    words = sorted({word for text in texts for word in text.split()})

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(comment=random_comments(words, texts))
    def read(comment: Comment) -> None:
        check_bounds(comment, reader.extract([comment], pictures=labeled))

    read()


def _table(report: Mapping[str, Any]) -> Iterator[str]:
    for name, value in report.items():
        if not isinstance(value, dict):
            yield f"| {name} | {value} |\n"
    for group in ("stances", "facets", "kinds"):
        yield f"\n| {group} | precision | recall | F1 |\n"
        for name, r in report[group].items():
            yield f"| {name} | {r['precision']:.2f} | {r['recall']:.2f} | {r['f1']:.2f} |\n"


def main() -> None:
    """Measures one part and prints tables, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--part", choices=[*FILES], default="development")
    parser.add_argument("--failures", action="store_true", help="also show what went wrong")
    parser.add_argument("--fuzz", type=int, metavar="N", help="read N random comments instead")
    arguments = parser.parse_args()
    reader = OfflineExtractor()
    if arguments.fuzz:
        fuzz(reader, arguments.fuzz)
        sys.stdout.write(f"{arguments.fuzz} comments: no crash, no unbounded reading\n")
        return
    if not FIXTURES.joinpath(FILES[arguments.part]).is_file():
        parser.error(f"there are no {arguments.part} comments: {FILES[arguments.part]} is missing")
    labeled = load(arguments.part)
    measured = measure(reader, labeled)
    foreign = measure(reader, labeled, english=False).report()
    report = measured.report() | {
        "other_languages": foreign["comments"],
        "other_languages_false": foreign["false_attributes_per_comment"],
    }
    if arguments.failures:
        for text, missing, false in measured.failures:
            sys.stderr.write(f"{text!r}\n    missing {missing}\n    false {false}\n")
    if arguments.json:
        json.dump(report, sys.stdout, indent=1)
    else:
        sys.stdout.writelines(_table(report))


if __name__ == "__main__":
    main()
