"""Comments to preference by a language model, whichever it is.

comments ──► batches (at most 10 pictures) ──► messages ──► LanguageModel ──► TasteReply
         ──► attributes on the taxonomy ──► one VisualPreference
"""

import json
import time
from collections.abc import Iterator, Sequence

from PIL import Image

from viper.errors import CutOff, LanguageModelError
from viper.extraction import Extraction, LanguageModel, Message, Pictures, Reply
from viper.extraction.prompts import Prompts
from viper.extraction.reply import Sided, TasteReply, attributes_from
from viper.extraction.structured import total
from viper.preference import Comment, ExtractorInfo, VisualPreference
from viper.taxonomy import Taxonomy, load_taxonomy

MAX_PICTURES = 10
"""In one call; servers and small models refuse or forget more."""
MAX_COMMENTS = 20
MAX_CHARACTERS = 12_000
LONGEST_SIDE = 512
"""Pixels; the look of a picture survives, and so does the bill."""
PROMPT_NAMES = ("extract_system", "extract_user", "extract_comment", "repair")

Numbered = tuple[int, Comment]


class LanguageModelExtractor:
    """Asks a language model that sees each picture beside its comment."""

    def __init__(
        self,
        model: LanguageModel,
        *,
        prompts: Prompts | None = None,
        taxonomy: Taxonomy | None = None,
        deadline_s: float = 60.0,
    ) -> None:
        """One extraction, however many calls it takes, ends within `deadline_s` seconds."""
        self._model = model
        self._prompts = prompts or Prompts()
        self._taxonomy = taxonomy or load_taxonomy()
        self._deadline_s = deadline_s

    def extract(
        self, comments: Sequence[Comment], *, pictures: Pictures, name: str = "default"
    ) -> Extraction:
        """As the port `Extractor` says."""
        started = time.monotonic()
        deadline = started + self._deadline_s
        replies: list[Reply[TasteReply]] = []
        for batch in batches(tuple(enumerate(comments))):
            try:
                replies += self._ask(batch, pictures, deadline)
            except LanguageModelError as error:
                error.raw_replies = (*_raw(replies), *error.raw_replies)
                raise
        items = [item for reply in replies for item in reply.value.attributes]
        sided, warnings = attributes_from(items, comments, taxonomy=self._taxonomy)
        told = dict.fromkeys((*(w for reply in replies for w in reply.warnings), *warnings))
        info = ExtractorInfo(
            kind=self._model.kind,
            model=self._model.name,
            prompt_sha256=self._prompts.sha256(*PROMPT_NAMES),
        )
        return Extraction(
            preference=preference_of(sided, name=name, info=info, warnings=tuple(told)),
            raw_replies=_raw(replies),
            model=info.model,
            prompt_sha256=info.prompt_sha256,
            latency_s=time.monotonic() - started,
            tokens=total([reply.tokens for reply in replies]),
        )

    def _ask(
        self, batch: Sequence[Numbered], pictures: Pictures, deadline: float
    ) -> list[Reply[TasteReply]]:
        try:
            return [
                self._model.reply(
                    self._messages(batch, pictures),
                    schema=TasteReply,
                    context={"comments": frozenset(index for index, _ in batch)},
                    deadline=deadline,
                )
            ]
        except CutOff:
            # Half of the comments need half of the answer; one alone cannot be shortened.
            if len(batch) == 1:
                raise
            middle = len(batch) // 2
            halves = (batch[:middle], batch[middle:])
            return [reply for half in halves for reply in self._ask(half, pictures, deadline)]

    def _messages(self, batch: Sequence[Numbered], pictures: Pictures) -> tuple[Message, ...]:
        system = self._prompts.render(
            "extract_system",
            facets="; ".join(f"{f.name} ({f.description})" for f in self._taxonomy.facets.values()),
            vocabulary=self._vocabulary(),
            schema=json.dumps(TasteReply.model_json_schema()),
        )
        parts: list[str | Image.Image] = [self._prompts.render("extract_user", count=len(batch))]
        shown: dict[str, int] = {}
        for index, comment in batch:
            picture, where = None, "none"
            if comment.image in shown:
                where = f"the same as of comment {shown[comment.image]}"
            elif comment.image and (picture := pictures.open(comment.image)) is not None:
                where = "shown after this text"
                shown[comment.image] = index
            known = pictures.known_attributes(comment.image)
            parts.append(
                self._prompts.render(
                    "extract_comment",
                    index=index,
                    stance=comment.stance or "none pressed",
                    picture=where,
                    known=json.dumps({facet: list(names) for facet, names in known.items()}),
                    text=json.dumps(comment.text, ensure_ascii=False),
                )
            )
            if picture is not None:
                parts.append(fitted(picture))
        return (Message("system", (system,)), Message("user", tuple(parts)))

    def _vocabulary(self) -> str:
        return "\n".join(
            f"- {facet}: {', '.join(a.name for a in self._taxonomy.in_facet(facet))}"
            for facet in self._taxonomy.facets
        )


def batches(comments: Sequence[Numbered]) -> Iterator[tuple[Numbered, ...]]:
    """Runs of comments that fit into one call, in order."""
    batch: list[Numbered] = []
    for numbered in comments:
        candidate = [*batch, numbered]
        pictures = {comment.image for _, comment in candidate if comment.image}
        characters = sum(len(comment.text) for _, comment in candidate)
        fits = (
            len(pictures) <= MAX_PICTURES
            and len(candidate) <= MAX_COMMENTS
            and characters <= MAX_CHARACTERS
        )
        if batch and not fits:
            yield tuple(batch)
            candidate = [numbered]
        batch = candidate
    if batch:
        yield tuple(batch)


def fitted(picture: Image.Image) -> Image.Image:
    """The picture in RGB, longest side at most `LONGEST_SIDE`, transparency on white."""
    scale = min(1.0, LONGEST_SIDE / max(picture.size))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    small = picture.convert("RGBA").resize(size, Image.Resampling.LANCZOS)
    canvas = Image.new("RGBA", size, "white")
    return Image.alpha_composite(canvas, small).convert("RGB")


def preference_of(
    sided: Sequence[Sided], *, name: str, info: ExtractorInfo, warnings: tuple[str, ...]
) -> VisualPreference:
    """One preference; what several comments say about an attribute adds up."""
    return VisualPreference(
        name=name,
        liked=tuple(attribute for side, attribute in sided if side == "liked"),
        disliked=tuple(attribute for side, attribute in sided if side == "disliked"),
        extractor=info,
        warnings=warnings,
    )


def _raw(replies: Sequence[Reply[TasteReply]]) -> tuple[str, ...]:
    return tuple(text for reply in replies for text in reply.raw_replies)
