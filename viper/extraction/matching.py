"""Where a clause names an attribute or a facet: synonyms and inflections.

Phrases of the taxonomy are matched longest first. A facet's generic words ("colors", "the light")
are matched too: they name no attribute, but say what praise or blame is about.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from viper.extraction.lexicon import Lexicon, phrase
from viper.extraction.scattered import PhraseFinder, Scattered
from viper.taxonomy import TasteAttribute, Taxonomy


@dataclass(frozen=True)
class Match:
    """Words `start` to `stop` of a clause name an attribute, or only a facet."""

    start: int
    stop: int
    attribute: TasteAttribute | None
    """None if only the facet is named."""
    facet: str
    surface: str
    """The phrase of the taxonomy that matched."""
    comparative: bool = False
    """In a form such as "darker": on its own a wish."""
    certain: bool = True
    """False for a similar meaning."""


class Matcher:
    """Finds the phrases of one taxonomy."""

    def __init__(self, taxonomy: Taxonomy, lexicon: Lexicon) -> None:
        """Indexes all phrases of the taxonomy, and the idioms that stand for them."""
        self._taxonomy = taxonomy
        self._lexicon = lexicon
        self._entries: dict[str, list[tuple[tuple[str, ...], str, TasteAttribute | None, str]]] = {}
        self._vocabulary: set[str] = set()
        self._scattered = PhraseFinder(taxonomy, lexicon)
        for surface, attribute, facet in self._phrases():
            self._index(surface, attribute, facet)
        for entries in self._entries.values():
            # A phrase that names an attribute beats an equal one that only names a facet.
            entries.sort(key=lambda entry: (-len(entry[0]), entry[2] is None))

    def _phrases(self) -> Iterator[tuple[str, TasteAttribute | None, str]]:
        """Everything that names an attribute or only a facet, with both."""
        taxonomy, lexicon = self._taxonomy, self._lexicon
        names: set[str] = set()
        for facet in taxonomy.facets.values():
            names.update(facet.generic)
            yield from ((word, None, facet.name) for word in facet.generic)
        for surface, name in taxonomy.phrases().items():
            attribute = taxonomy.attributes[name]
            yield surface, attribute, attribute.facet
            head, _, tail = surface.rpartition(" ")
            if tail in lexicon.words("style_nouns") and " " in head and not taxonomy.find(head):
                yield head, attribute, attribute.facet  # "soviet poster" of "soviet poster style"
        for word, target in lexicon.quantity.items():
            if word not in names and (meant := taxonomy.find(target)) is not None:
                yield word, None, meant.facet
        for surface, target in (*lexicon.data["causatives"].items(), *lexicon.idioms.items()):
            if (meant := taxonomy.find(target)) is not None:
                yield surface, meant, meant.facet

    def find(self, words: Sequence[str]) -> tuple[Match, ...]:
        """Matches in order; none overlaps another."""
        forms = [self._forms(word) for word in words]
        found: list[Match] = []
        index = 0
        while index < len(words):
            match = self._at(words, forms, index)
            if match is None:
                index += 1
            else:
                found.append(match)
                index = match.stop
        return tuple(self._in_context(words, self._with_scattered(words, found)))

    def _with_scattered(self, words: Sequence[str], matches: Sequence[Match]) -> Sequence[Match]:
        """Matches, and phrases in another word order in place of the shorter ones they contain."""
        found = list(matches)
        for phrase_ in sorted(self._scattered.find(words), key=lambda s: -len(s.places)):
            inside = [m for m in found if any(m.start <= p < m.stop for p in phrase_.places)]
            lengths = (
                self._scattered.weight(words[m.start : m.stop]) for m in inside if m.attribute
            )
            longest = max(lengths, default=0)
            first, last = phrase_.places[0], phrase_.places[-1]
            named = [m for m in inside if m.attribute is not None]
            # "Moody blues" are no blue mood, but "the blue is moody" may be.
            turned = last - first + 1 == len(phrase_.places) == len(named)
            if longest < len(phrase_.places) and not turned:
                kept = [m for m in found if m not in inside or m.attribute is None]
                match = self._placed(words, phrase_)
                found = [m for m in kept if m.stop <= match.start or m.start >= match.stop]
                found.append(match)
        return sorted(found, key=lambda m: m.start)

    def _placed(self, words: Sequence[str], found: Scattered) -> Match:
        first, last = found.places[0], found.places[-1]
        if last - first + 1 > len(found.places):
            first = last  # what stands between belongs to the last word: "the light isn't soft"
        compared = self._is_comparative(words[last], self._forms(words[last]))
        attribute = found.attribute
        return Match(first, last + 1, attribute, attribute.facet, found.surface, compared)

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word of any phrase."""
        return frozenset(self._vocabulary)

    def knows(self, word: str) -> bool:
        """True if the word is part of any phrase."""
        return any(form in self._vocabulary for form in self._forms(word))

    def _index(self, surface: str, attribute: TasteAttribute | None, facet: str) -> None:
        spelling = self._lexicon.spelling
        words = tuple(spelling.get(word, word) for word in phrase(surface.casefold()))
        if not words:
            return
        self._vocabulary.update(words)
        for first in {words[0], *singular(words[0])}:
            self._entries.setdefault(first, []).append((words, surface, attribute, facet))

    def _forms(self, word: str) -> tuple[str, ...]:
        return (word, *inflections(word), *_decade(word))

    def _at(
        self, words: Sequence[str], forms: Sequence[tuple[str, ...]], start: int
    ) -> Match | None:
        best: tuple[int, int, Match] | None = None
        for rank, form in enumerate(forms[start]):
            for phrase_words, surface, attribute, facet in self._entries.get(form, ()):
                stop = start + len(phrase_words)
                if stop > len(words) or not all(
                    _same(phrase_words[i], forms[start + i]) for i in range(len(phrase_words))
                ):
                    continue
                if facet == "pattern" and phrase_words == (f"{form}s",):
                    continue  # a pattern has dots and checks; "I checked", "on the dot" have none
                if surface in self._lexicon.data["causatives"] and words[start] != phrase_words[0]:
                    continue  # "flattens" tells, "flatten" asks
                if attribute is None and self._is_verb(words, start):
                    continue  # "looks cool" speaks of no style
                key = (-len(phrase_words), rank)
                if best is None or key < best[:2]:
                    compared = (
                        self._is_comparative(words[start], forms[start])
                        or surface in self._lexicon.data["causatives"]
                    )
                    match = Match(start, stop, attribute, facet, surface, comparative=compared)
                    best = (*key, match)
        return best[2] if best else None

    def _is_verb(self, words: Sequence[str], place: int) -> bool:
        """True for generic words that name no facet here: "where to look", "I shade my eyes"."""
        if words[place] in self._lexicon.words("never_a_facet"):
            return True
        return words[place] in _ALSO_VERBS and place > 0 and words[place - 1] in _BEFORE_VERBS

    def _is_comparative(self, word: str, forms: tuple[str, ...]) -> bool:
        """True for "darker", which has a positive degree that is known; not for "silver"."""
        return word.endswith("er") and any(self._taxonomy.find(form) for form in forms[1:])

    def _in_context(self, words: Sequence[str], matches: Sequence[Match]) -> Iterator[Match]:
        """Adjectives that mean another thing with a noun: "the light is soft" is soft light."""
        for place, match in enumerate(matches):
            noun = self._noun_of(words, matches, place)
            if match.attribute is None or noun is None or noun.facet == match.facet:
                yield match
                continue
            generic = self._taxonomy.facets[noun.facet].generic
            options = (self._taxonomy.find(f"{match.surface} {g}") for g in generic)
            found = next((a for a in options if a is not None and a.facet == noun.facet), None)
            if found is None:
                yield match
            else:
                yield Match(
                    match.start,
                    match.stop,
                    found,
                    found.facet,
                    match.surface,
                    comparative=match.comparative,
                    certain=match.certain,
                )

    def _noun_of(self, words: Sequence[str], matches: Sequence[Match], place: int) -> Match | None:
        """The facet noun an adjective belongs to: right after it, or before "is", or None."""
        match = matches[place]
        for other in matches[place + 1 :]:
            between = words[match.stop : other.start]
            if other.attribute is None and all(w in ("and", "of") for w in between):
                return other
            if other.attribute is None:
                break
        for other in reversed(matches[:place]):
            between = words[other.stop : match.start]
            if other.attribute is None and set(between) & COPULAS:
                return other
        return None


_ALSO_VERBS = frozenset({"look", "feel", "form", "shade", "frame", "color", "paint", "light"})
_BEFORE_VERBS = frozenset(
    {"to", "i", "you", "we", "they", "can", "can't", "could", "couldn't", "would", "wouldn't"}
    | {"will", "won't", "do", "don't", "did", "didn't", "must", "should", "longer", "i'd", "i'll"}
)

COPULAS = frozenset(
    {"is", "are", "was", "were", "looks", "look", "feels", "feel", "seems", "seem", "being"}
    | {"isn't", "aren't", "wasn't", "weren't", "be", "so", "too"}
)


def _decade(word: str) -> tuple[str, ...]:
    """The decade of a year: "1920s" of "1925"."""
    is_year = len(word) == 4 and word.isdecimal() and word[:2] in ("18", "19", "20")
    return (f"{word[:3]}0s",) if is_year else ()


def singular(word: str) -> tuple[str, ...]:
    """The word without a plural ending, if it may have one."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return ()
    if word.endswith(("nties", "rties", "fties", "xties", "ghties", "neties")):
        return ()  # a decade is no number of years
    if word.endswith("ies"):
        return (word[:-3] + "y",)
    if word.endswith(("shes", "ches", "xes", "sses", "zes")):
        return (word[:-2], word[:-1])
    return (word[:-1],)


_ENDINGS = ("er", "est", "ish", "ness", "ly", "y")


def inflections(word: str) -> tuple[str, ...]:
    """Words this one may be a form of, likeliest first: singular, positive degree, adjective.

    Over-generates on purpose; only forms that a phrase of the taxonomy contains ever count.
    """
    found = dict.fromkeys(singular(word))
    for base in (word, *singular(word)):
        for ending in _ENDINGS:
            stem = base.removesuffix(ending)
            if stem != base and len(stem) >= 3:
                found.update(dict.fromkeys(_stems(stem, ending)))
    return tuple(form for form in found if form != word)


def _stems(stem: str, ending: str) -> Iterator[str]:
    if stem.endswith("i"):
        yield stem[:-1] + "y"
    yield stem
    yield stem + "e"
    if len(stem) > 3 and stem[-1] == stem[-2]:
        yield stem[:-1]
    if ending == "ly" and stem.endswith("al"):
        yield stem.removesuffix("al")


def _same(word: str, forms: tuple[str, ...]) -> bool:
    return word in forms or any(form in forms for form in singular(word))


def edits(first: str, second: str, *, limit: int) -> int:
    """Insertions, deletions, substitutions and swaps of neighbors; `limit` + 1 if more."""
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    rows = [list(range(len(second) + 1))]
    for i, a in enumerate(first, 1):
        row = [i]
        for j, b in enumerate(second, 1):
            cost = min(rows[-1][j] + 1, row[j - 1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
        if min(row) > limit:
            return limit + 1
    return min(rows[-1][-1], limit + 1)
