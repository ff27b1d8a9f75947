"""One comment, read: named attributes, vague words resolved from the picture, and doubts."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from viper.extraction.clauses import Clause, Word, clauses
from viper.extraction.feelings import cues_in, without_overlaps
from viper.extraction.grounding import most_salient, of_facet
from viper.extraction.lexicon import Lexicon
from viper.extraction.matching import COPULAS, Match, Matcher
from viper.extraction.polarity import Background, Parsed, backgrounds, feeling, parse
from viper.extraction.reply import Sided
from viper.extraction.revision import decided, is_overdone
from viper.extraction.similarity import Similarity
from viper.extraction.spelling import MAX_LETTERS, Speller
from viper.extraction.subjects import is_subject
from viper.extraction.voice import is_sarcastic, of_somebody_else, without_commands
from viper.preference import Attribute, Comment, Evidence
from viper.taxonomy import TasteAttribute, Taxonomy

HINTED = 0.3
"""Strength of what a bare "I love it" or a click says about one of a picture's attributes."""
VAGUE = 0.6
"""At most this, where "lovely colors" is resolved from the picture."""
MAX_CANDIDATES = 12
"""Words of one comment that are looked up by meaning; bounds the time of a rambling one."""
ENGLISH = 0.2
"""Share of little words that English has; other languages are not put right."""
PREDICATED = ("mood", "brightness", "saturation", "color temperature")
"""Facets whose words people also use of things that are in no picture: "my boss is dull"."""
MAX_ATTRIBUTES = 40
"""Of one comment."""


@dataclass(frozen=True)
class Reading:
    """What one comment says."""

    sided: tuple[Sided, ...] = ()
    doubts: tuple[str, ...] = ()
    understood: bool = True
    """False if the comment has words, and none of them is about how the picture looks."""


class Reader:
    """Reads comments one by one; holds only lookups."""

    def __init__(
        self, taxonomy: Taxonomy, lexicon: Lexicon, *, matcher: Matcher, similarity: Similarity
    ) -> None:
        self._taxonomy = taxonomy
        self._lexicon = lexicon
        self._matcher = matcher
        self._similarity = similarity
        words = {w for w in matcher.vocabulary if len(w) > 3}
        words |= {w for cue in lexicon.cues for w in cue} | set(lexicon.words("stop"))
        words |= lexicon.words("subjects") | lexicon.words("intensifiers") | set(lexicon.spelling)
        self._speller = Speller(words, is_word=similarity.is_word)

    def read(self, index: int, comment: Comment, known: Mapping[str, tuple[str, ...]]) -> Reading:
        """The reading of one comment.

        Args:
            index: Its place, for the evidence.
            comment: What the person wrote and pressed.
            known: Attributes of its picture by facet, the most salient first.
        """
        spoken = clauses(without_commands(comment.text), self._lexicon)
        parsed = decided(
            [self._parse(c) for c in self._corrected(spoken, comment.text)],
            comment.stance,
            self._lexicon,
        )
        around = backgrounds(parsed, comment.stance, self._lexicon)
        parsed, doubts = self._with_similar(parsed, around)
        sarcastic = comment.stance != "like" and is_sarcastic(comment.text, self._lexicon)
        sarcastic = sarcastic or (comment.stance == "dislike" and is_overdone(parsed))
        page = _Page(index, comment, known, [], sarcastic)
        doubts += self._named(page, parsed, around)
        self._vague(page, parsed, around, doubts)
        bare = not any(part.matches for part in parsed) and self._is_bare(parsed)
        if bare and not page.found:
            self._bare(page, parsed, comment)
        understood = bool(page.found or doubts or bare)
        return Reading(tuple(page.found[:MAX_ATTRIBUTES]), tuple(doubts), understood)

    def _corrected(self, spoken: Sequence[Clause], text: str) -> Sequence[Clause]:
        """Clauses with slips of the pen put right, if the comment is in English at all."""
        words = [w for clause in spoken for w in clause.texts]
        strange = [w for w in words if not self._speller.knows(w)]
        if not strange or len(strange) > MAX_CANDIDATES:
            return spoken
        little = sum(w in self._lexicon.words("stop") for w in words)
        is_foreign = len(strange) > 2 and little < len(words) * ENGLISH
        if is_foreign and any(self._meant(w) == w for w in strange):
            return spoken
        return [
            replace(
                c,
                words=tuple(
                    w if _is_name(text, w) else replace(w, text=self._meant(w.text))
                    for w in c.words
                ),
            )
            for c in spoken
        ]

    def _meant(self, word: str) -> str:
        if word in self._lexicon.words("no_slips"):
            return word
        meant = self._speller.meant(word)
        return self._lexicon.spelling.get(meant, meant)

    def _parse(self, clause: Clause) -> Parsed:
        matches = self._matcher.find(clause.texts)
        cues = cues_in(clause, matches, self._lexicon)
        if self._lexicon.phrases("denials").at(clause.texts, 0) is not None:
            # "It's not that I hate the neon" leaves open what is said of it, and no more.
            return parse(clause, matches if "i" in clause.texts else (), (), self._lexicon)
        if self._is_spared(clause.texts) or (
            cues and of_somebody_else(clause.texts, self._lexicon)
        ):
            return Parsed(clause, (), (), ())
        if clause.texts[:2] == ("nothing", "says"):
            # "Nothing says cozy like a hospital corridor" speaks of the corridor.
            turn = clause.texts.index("like") if "like" in clause.texts else 0
            matches = tuple(m for m in matches if m.start > turn)
        return parse(clause, without_overlaps(matches, cues, self._lexicon), cues, self._lexicon)

    def _is_spared(self, words: tuple[str, ...]) -> bool:
        """True for "it isn't the dots I mind": something else is the matter."""
        opens = self._lexicon.phrases("spared").at(words, 0) is not None
        return opens and "i" in words and bool(self._lexicon.words("objects_to") & set(words))

    def _named(
        self, page: "_Page", parsed: Sequence[Parsed], around: Sequence[Background | None]
    ) -> list[str]:
        """Adds every attribute that is named; returns those nobody can tell the polarity of."""
        doubts = []
        explicit = any(part.tone() is not None for part in parsed)
        for part, background in zip(parsed, around, strict=True):
            for place, match in enumerate(part.matches):
                if match.attribute is None or self._is_of_a_subject(part, match):
                    continue
                value = feeling(part, place, background, self._lexicon, explicit=explicit)
                if value is None:
                    doubts.append(
                        f"It is unclear whether {match.attribute.name!r} is liked in "
                        f"{part.clause.quote(page.comment.text)[:80]!r}."
                    )
                else:
                    page.add(match.attribute, value, part.clause)
        return doubts

    def _vague(
        self,
        page: "_Page",
        parsed: Sequence[Parsed],
        around: Sequence[Background | None],
        doubts: list[str],
    ) -> None:
        """Adds what generic words stand for: "more color", "lovely light"."""
        named = {m.facet for part in parsed for m in part.matches if m.attribute is not None}
        explicit = any(part.tone() is not None for part in parsed)
        for index, (part, background) in enumerate(zip(parsed, around, strict=True)):
            for place, match in enumerate(part.matches):
                if match.attribute is not None or _is_described(part, place):
                    continue
                value = feeling(part, place, background, self._lexicon, explicit=explicit)
                word = part.clause.texts[match.start]
                if value is None:
                    continue
                compared = _is_preferred(parsed, index)
                absent = self._taxonomy.find(self._lexicon.data["absence"].get(word, ""))
                change = part.modifiers[place]
                if absent is not None and change is not None and change.effect == "flip":
                    page.add(absent, -value, part.clause)
                elif change is not None or compared:
                    # What is asked for or preferred is not what this picture has.
                    quantity = self._lexicon.quantity
                    more = quantity.get(match.surface) or quantity.get(word, "")
                    meant = self._taxonomy.find(more)
                    if meant is not None:
                        page.add(meant, value, part.clause)
                elif match.facet not in named and (part.cues or not any(self._contents(part))):
                    doubts += self._grounded(page, part.clause, match.facet, word, value)

    def _grounded(
        self, page: "_Page", clause: Clause, facet: str, word: str, value: float
    ) -> list[str]:
        """Adds what the picture has of the facet; a doubt if that is not known."""
        attributes = of_facet(facet, page.known, self._taxonomy)
        present = self._taxonomy.find(self._lexicon.data["presence"].get(word, ""))
        if not attributes and present is not None:
            # To praise the brushstrokes is to like that they are seen.
            attributes = (present,)
        for attribute in attributes:
            page.add(attribute, _limited(value, VAGUE), clause)
        if attributes:
            return []
        quote = clause.quote(page.comment.text)[:80]
        return [f"It is unclear what {quote!r} means: the picture's {facet} is not known."]

    def _bare(self, page: "_Page", parsed: Sequence[Parsed], comment: Comment) -> None:
        """Adds weak evidence for the looks of a picture that was praised or blamed as a whole."""
        tones = {tone > 0 for part in parsed if (tone := part.tone()) is not None}
        guesses = any(
            word in self._lexicon.words("hypothetical") for p in parsed for word in p.clause.texts
        )
        if len(tones) > 1 or (tones and guesses):
            return
        if not tones and comment.stance not in ("like", "dislike"):
            return
        is_liked = tones.pop() if tones else comment.stance == "like"
        for attribute in most_salient(page.known, self._taxonomy):
            page.add(attribute, HINTED if is_liked else -HINTED, None)

    def _is_of_a_subject(self, part: Parsed, match: Match) -> bool:
        """True for moods of things: "cute puppy" praises no way of painting."""
        words = part.clause.texts
        table = self._lexicon.phrases("not_looks")
        for start in range(max(0, match.start - 3), match.stop):
            found = table.at(words, start)
            if found is not None and start + found[0] > match.start:
                return True
        if match.facet in PREDICATED and any(
            owner in ("my", "our") and is_subject(thing, self._lexicon)
            for owner, thing in itertools.pairwise(words[: match.start])
        ):
            return True
        following = words[match.stop : match.stop + 1]
        if match.surface in self._lexicon.data["causatives"] and set(following) & _OTHER_OBJECTS:
            return True  # "could sharpen a pencil"
        if match.facet == "mood" and set(following) & {"me", "us"}:
            return True  # "it is not disturbing me": a verb
        return match.facet == "mood" and any(is_subject(w, self._lexicon) for w in following)

    def _is_bare(self, parsed: Sequence[Parsed]) -> bool:
        """True if no word carries a meaning beyond praise, blame and "this picture"."""
        return not any(
            word not in self._lexicon.words("picture")
            for part in parsed
            for _, word in self._contents(part)
        )

    def _contents(self, part: Parsed) -> Iterator[tuple[int, str]]:
        """Words that carry a meaning nobody has taken yet, with their places."""
        taken = {i for m in part.matches for i in range(m.start, m.stop)}
        taken |= {i for cue in part.cues for i in range(cue.start, cue.stop)}
        lists = ("stop", "intensifiers", "softeners", "excess", "negators", "hypothetical")
        small = [self._lexicon.words(name) for name in (*lists, "ambivalent")]
        for index, word in enumerate(part.clause.texts):
            meaningful = word.replace("'", "").isalpha() and not any(word in w for w in small)
            if index not in taken and meaningful and not word.endswith("n't"):
                yield index, word

    def _with_similar(
        self, parsed: Sequence[Parsed], around: Sequence[Background | None]
    ) -> tuple[list[Parsed], list[str]]:
        """Clauses with more matches: words the taxonomy does not list, where grammar helps."""
        left = MAX_CANDIDATES
        result: list[Parsed] = []
        doubts: list[str] = []
        for part, background in zip(parsed, around, strict=True):
            found: list[Match] = []
            candidates = list(self._candidates(part))[:left] if background else []
            left -= len(candidates)
            for index, word, noun in candidates:
                attribute = self._similarity.nearest(word, noun.facet if noun else "mood")
                if attribute is not None:
                    doubts.append(f"{word!r} was taken to mean {attribute.name!r}.")
                elif (
                    noun is not None
                    and _may_describe(part, index, noun)
                    and noun.facet in self._lexicon.words("free_facets")
                    and part.cues
                    and (len(word) > 5 or self._similarity.is_word(word))
                ):
                    name = f"{word} {part.clause.texts[noun.start]}"
                    attribute = TasteAttribute(name, noun.facet, (), None)
                else:
                    continue
                found.append(
                    Match(index, index + 1, attribute, attribute.facet, word, certain=False)
                )
            matches = tuple(sorted((*part.matches, *found), key=lambda m: m.start))
            result.append(parse(part.clause, matches, part.cues, self._lexicon) if found else part)
        return result, doubts

    def _candidates(self, part: Parsed) -> Iterator[tuple[int, str, Match | None]]:
        """Words that may describe how it looks, with their place and the facet noun if any.

        They stand beside a facet noun ("swampy colors", "the colors are swampy") or describe the
        whole ("feels hushed").
        """
        words = part.clause.texts
        nouns = [m for m in part.matches if m.attribute is None]
        for index, word in self._contents(part):
            if not 4 <= len(word) <= MAX_LETTERS or is_subject(word, self._lexicon):
                continue
            if word in self._lexicon.words("picture") | self._lexicon.words("no_looks"):
                continue
            noun = next((m for m in nouns if m.start == index + 1), None)
            before = next((m for m in nouns if m.stop <= index), None)
            stop = self._lexicon.words("stop")
            if noun is None and before is not None:
                between = words[before.stop : index]
                if set(between) & COPULAS and all(w in stop for w in between):
                    noun = before
            is_last = index + 1 == len(words)
            if noun is not None or (
                is_last and index and words[index - 1] in self._lexicon.words("predicates")
            ):
                yield index, word, noun


@dataclass(frozen=True)
class _Page:
    """Where the findings of one comment are collected."""

    index: int
    comment: Comment
    known: Mapping[str, tuple[str, ...]]
    found: list[Sided]
    sarcastic: bool
    """Praise is not meant."""

    def add(self, attribute: TasteAttribute, value: float, clause: Clause | None) -> None:
        if self.sarcastic and attribute.facet == "mood" and value > 0:
            return  # "so cozy, /s" says that it is not
        value = -abs(value) if self.sarcastic else value
        quote = clause.quote(self.comment.text) if clause else " ".join(self.comment.text.split())
        evidence = Evidence(
            comment=self.index, image=self.comment.image, quote=quote, kind=self.comment.kind
        )
        self.found.append(
            (
                "liked" if value > 0 else "disliked",
                Attribute(
                    attribute=attribute.name,
                    facet=attribute.facet,
                    strength=round(abs(value), 4),
                    evidence=(evidence,),
                ),
            )
        )


_OTHER_OBJECTS = frozenset({"a", "an", "my", "your", "his", "her", "their"})


def _is_name(text: str, word: Word) -> bool:
    """True for a capital within a sentence: names of people and places are no slips."""
    before = text[: word.start].rstrip()
    return text[word.start : word.stop].istitle() and before[-1:] not in ("", *".!?:\n\"'(-*")


def _is_preferred(parsed: Sequence[Parsed], index: int) -> bool:
    """True for "I'd rather see X than Y": X is what is wished for."""
    compared = index + 1 < len(parsed) and parsed[index + 1].clause.link == "versus"
    return compared and bool({"rather", "prefer"} & set(parsed[index].clause.texts))


def _may_describe(part: Parsed, index: int, noun: Match) -> bool:
    """False for the crime of "the light is a crime", and where "look" is a verb."""
    words = part.clause.texts
    if noun.start > index:
        return words[noun.start] not in ("look", "looks", "feel", "form", "shot")
    return words[index - 1] not in ("a", "an", "the")


def _is_described(part: Parsed, place: int) -> bool:
    """True if an attribute right before the generic word, or after its "is", describes it."""
    noun = part.matches[place]
    return any(
        other.attribute is not None
        and (other.stop == noun.start or set(part.clause.texts[noun.stop : other.start]) & COPULAS)
        for other in part.matches
    )


def _limited(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))
