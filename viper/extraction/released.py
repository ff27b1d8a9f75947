"""The extractor that ViPer's authors released, so that its published behavior can be compared.

    prompt, picture 1, "Comment 1: ...", picture 2, ... ──► Idefics2 with the VPE adapter
        ──► two lists of keywords ──► VisualPreference

It is asked as its authors ask it: the prompt it was trained with, pictures of 378 to 448 pixels in
one piece, greedy, at most 2000 tokens, repetition penalty 0.99, in float32. It knows words and
pictures only: neither buttons nor strengths nor which comment says what. So a click without words
is not shown to it, every attribute is as strong as something said plainly, and evidence is only
where its words occur in a comment.

Salehi et al., "ViPer: Visual Personalization of Generative Models via Individual Preference
Learning", ECCV 2024; https://github.com/EPFL-VILAB/ViPer.
"""

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from viper.errors import CutOff, LanguageModelError
from viper.extraction import Extraction, Message, Pictures
from viper.extraction.checkpoint import Checkpoint, Written
from viper.extraction.language import preference_of
from viper.extraction.local_model import DEADLINE_S
from viper.extraction.prompts import Prompts
from viper.extraction.reply import Sided
from viper.extraction.subjects import names_only_subjects
from viper.extraction.two_lists import TwoLists, two_lists
from viper.preference import PLAIN, Attribute, Comment, Evidence, ExtractorInfo, Side
from viper.taxonomy import Taxonomy, fold, load_taxonomy

if TYPE_CHECKING:
    from PIL.Image import Image

RELEASED = "HuggingFaceM4/idefics2-8b+EPFL-VILAB/VPE-ViPer"
"""Base and adapter at the hub: 34 GB and 93 MB."""
KIND = "viper2024"
MAX_NEW_TOKENS = 2_000
_PROMPT_NAMES = ("viper2024", "viper2024_comment")
_AFTER_PROMPT = "\n    "
"""White space at the end of the prompt as it was trained; files lose theirs."""
_PROCESSING = {"size": {"longest_edge": 448, "shortest_edge": 378}, "do_image_splitting": False}
_SENTENCE = re.compile(r"[^.!?;\n]+[.!?]*")


class ReleasedExtractor:
    """Implements `Extractor` with the published weights, or others that answer in their form."""

    def __init__(
        self,
        name: str = RELEASED,
        *,
        device: str = "cpu",
        dtype: str = "auto",
        taxonomy: Taxonomy | None = None,
        deadline_s: float = DEADLINE_S,
        max_new_tokens: int = MAX_NEW_TOKENS,
    ) -> None:
        """Nothing is loaded yet.

        Args:
            name: `BASE+ADAPTER`, each an id at the hub or a folder, or one merged checkpoint.
            device: Where it runs, as torch names it.
            dtype: `auto` is `fp32`, as released (34 GB); `bf16` takes half of it.
            taxonomy: What keywords are put onto.
            deadline_s: Seconds for one extraction, loading not counted.
            max_new_tokens: A longer answer is cut off; what is complete in it counts.
        """
        number = "fp32" if dtype == "auto" else dtype
        self._checkpoint = Checkpoint(name, device=device, dtype=number, processing=_PROCESSING)
        self._prompts = Prompts()
        self._taxonomy = taxonomy or load_taxonomy()
        self._deadline_s = deadline_s
        self._max_new_tokens = max_new_tokens

    def extract(
        self, comments: Sequence[Comment], *, pictures: Pictures, name: str = "default"
    ) -> Extraction:
        """As the port `Extractor` says; all comments go into one question.

        Raises:
            ModelUnavailable: The weights cannot be loaded here.
            LanguageModelError: No answer in time, no room for it, or one without any list.
        """
        started = time.monotonic()
        asked = [comment for comment in comments if comment.text.strip()]
        warnings = _silent(len(comments) - len(asked))
        sided: tuple[Sided, ...] = ()
        written: Written | None = None
        if asked:
            self._checkpoint.load()
            written = self._checkpoint.write(
                [self._message(asked, pictures)],
                deadline=time.monotonic() + self._deadline_s,
                max_new_tokens=self._max_new_tokens,
                repetition_penalty=0.99,
            )
            lists = _read(written, self._checkpoint.name)
            sided, left_out = attributes_from(lists, comments, taxonomy=self._taxonomy)
            warnings += (*lists.warnings, *left_out)
        info = ExtractorInfo(
            kind=KIND,
            model=self._checkpoint.name,
            prompt_sha256=self._prompts.sha256(*_PROMPT_NAMES),
        )
        return Extraction(
            preference=preference_of(sided, name=name, info=info, warnings=warnings),
            raw_replies=(written.text,) if written else (),
            model=info.model,
            prompt_sha256=info.prompt_sha256,
            latency_s=time.monotonic() - started,
            tokens=written.tokens if written else None,
            output_tokens=written.output_tokens if written else None,
        )

    def _message(self, asked: Sequence[Comment], pictures: Pictures) -> Message:
        parts: list[str | Image] = [self._prompts.render("viper2024") + _AFTER_PROMPT]
        for number, comment in enumerate(asked, 1):
            picture = pictures.open(comment.image)
            if picture is not None:
                parts.append(picture.convert("RGB"))
            text = self._prompts.render("viper2024_comment", number=number, text=comment.text)
            parts.append(text)
        return Message("user", tuple(parts))


def attributes_from(
    lists: TwoLists, comments: Sequence[Comment], *, taxonomy: Taxonomy
) -> tuple[tuple[Sided, ...], tuple[str, ...]]:
    """Attributes on the taxonomy, all equally strong, and warnings about what was left out.

    A name or synonym of the taxonomy gives its canonical name and facet; anything else stays
    free-form. Names of things in the picture are left out: subject matter is not taste.
    """
    sided: list[Sided] = []
    subjects: dict[str, None] = {}
    for side, keyword in _sided(lists):
        known = taxonomy.find(keyword)
        if known is None and names_only_subjects(keyword):
            subjects[keyword] = None
            continue
        phrases = (keyword, known.name, *known.synonyms) if known else (keyword,)
        attribute = Attribute(
            attribute=known.name if known else keyword,
            facet=known.facet if known else None,
            strength=PLAIN,
            evidence=tuple(_evidence(phrases, comments)),
        )
        # Two words for one attribute are no second reason for it.
        if (side, attribute.attribute) not in [(s, a.attribute) for s, a in sided]:
            sided.append((side, attribute))
    if not subjects:
        return tuple(sided), ()
    names = ", ".join(list(subjects)[:5])
    return tuple(sided), (f"Left out, because it names what a picture shows, not how: {names}.",)


def _sided(lists: TwoLists) -> Iterator[tuple[Side, str]]:
    yield from (("liked", keyword) for keyword in lists.liked)
    yield from (("disliked", keyword) for keyword in lists.disliked)


def _evidence(phrases: Iterable[str], comments: Sequence[Comment]) -> Iterator[Evidence]:
    """The first sentence of each comment in which one of the phrases occurs as words."""
    words = "|".join(re.escape(fold(phrase)).replace(r"\ ", r"[\s-]+") for phrase in phrases)
    said = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
    for index, comment in enumerate(comments):
        # Of the same length, so that places in it are places in the comment.
        text = comment.text.replace("’", "'")
        spans = [m.span() for m in _SENTENCE.finditer(text) if said.search(m[0])]
        if spans:
            quote = comment.text[slice(*spans[0])].strip()
            yield Evidence(comment=index, image=comment.image, quote=quote, kind=comment.kind)


def _read(written: Written, name: str) -> TwoLists:
    try:
        return two_lists(written.text, cut_off=written.limit is not None)
    except ValueError as error:
        kind = CutOff if written.limit is not None else LanguageModelError
        raise kind(
            f"The answer of {name!r} cannot be used ({error}): try other comments, or another "
            "extractor.",
            raw_replies=(written.text,),
        ) from error


def _silent(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    told = "1 comment has no words" if count == 1 else f"{count} comments have no words"
    return (f"{told}, and ViPer's released extractor knows no buttons: left out.",)
