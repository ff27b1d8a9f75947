"""Rows to values and back."""

import json
from typing import Any

from viper.preference import (
    Attribute,
    Comment,
    Deleted,
    Evidence,
    ExtractorInfo,
    Side,
    Sides,
    VisualPreference,
)
from viper.store.tables import (
    AttributeRow,
    CommentRow,
    EvidenceRow,
    ExtractionRow,
    FeedbackRow,
    ImageRow,
    VersionRow,
)
from viper.store.values import (
    Extraction,
    Feedback,
    Picture,
    PreferenceVersion,
    StoredComment,
    StoredExtraction,
    StoredPicture,
)


def comment_value(row: CommentRow) -> StoredComment:
    """What was said, with its id."""
    said = {"image": row.image, "text": row.text, "stance": row.stance}
    said["source"] = row.source
    return StoredComment(
        id=row.id,
        profile=row.profile_id,
        comment=Comment.model_validate(said),
        created=row.created,
        edited=row.edited,
    )


def extraction_value(row: ExtractionRow) -> StoredExtraction:
    """One reading of comments."""
    extraction = Extraction(
        kind=row.kind,
        model=row.model,
        prompt_sha256=row.prompt_sha256,
        comments=tuple(link.comment_id for link in row.comments),
        raw_reply=row.raw_reply,
        latency_seconds=row.latency_seconds,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        warnings=tuple(json.loads(row.warnings)),
        error=row.error,
    )
    return StoredExtraction(id=row.id, created=row.created, extraction=extraction)


def version_row(preference: VisualPreference) -> VersionRow:
    """A version without its place in the history."""
    sides: tuple[Side, Side] = ("liked", "disliked")
    return VersionRow(
        extractor_kind=preference.extractor.kind,
        extractor_model=preference.extractor.model,
        extractor_prompt_sha256=preference.extractor.prompt_sha256,
        warnings=json.dumps(preference.warnings, ensure_ascii=False),
        attributes=[
            _attribute_row(side, attribute)
            for side in sides
            for attribute in (*preference.side(side), *preference.deleted.side(side))
        ],
    )


def _attribute_row(side: Side, attribute: Attribute) -> AttributeRow:
    mentions = attribute.mentions if isinstance(attribute, Deleted) else ()
    return AttributeRow(
        side=side,
        deleted=isinstance(attribute, Deleted),
        **attribute.model_dump(exclude={"evidence", "mentions"}),
        evidence=[
            EvidenceRow(
                since=since, comment_id=found.comment, **found.model_dump(exclude={"comment"})
            )
            for since, group in ((False, attribute.evidence), (True, mentions))
            for found in group
        ],
    )


def version_value(row: VersionRow, *, name: str) -> PreferenceVersion:
    """A version, its preference named as the profile is named now."""
    preference = VisualPreference(
        name=name,
        liked=_side(row, "liked"),
        disliked=_side(row, "disliked"),
        deleted=Sides(liked=_deleted(row, "liked"), disliked=_deleted(row, "disliked")),
        extractor=ExtractorInfo(
            kind=row.extractor_kind,
            model=row.extractor_model,
            prompt_sha256=row.extractor_prompt_sha256,
        ),
        warnings=tuple(json.loads(row.warnings)),
    )
    return PreferenceVersion(
        number=row.number,
        parent=row.parent,
        note=row.note,
        created=row.created,
        extraction=row.extraction_id,
        preference=preference,
    )


def _side(row: VersionRow, side: Side) -> tuple[Attribute, ...]:
    return tuple(
        Attribute(**_fields(a)) for a in row.attributes if a.side == side and not a.deleted
    )


def _deleted(row: VersionRow, side: Side) -> tuple[Deleted, ...]:
    return tuple(
        Deleted(**_fields(a), mentions=_evidence(a, since=True))
        for a in row.attributes
        if a.side == side and a.deleted
    )


def _fields(row: AttributeRow) -> dict[str, Any]:
    names = ("attribute", "facet", "strength", "muted", "pinned")
    fields = {name: getattr(row, name) for name in names}
    return {**fields, "evidence": _evidence(row, since=False)}


def _evidence(row: AttributeRow, *, since: bool) -> tuple[Evidence, ...]:
    names = ("image", "quote", "strength", "kind")
    return tuple(
        Evidence(comment=found.comment_id, **{name: getattr(found, name) for name in names})
        for found in row.evidence
        if found.since == since
    )


def picture_value(row: ImageRow) -> StoredPicture:
    """A picture of the gallery with its feedback."""
    picture = Picture(
        file=row.file,
        prompt=row.prompt,
        seed=row.seed,
        recipe=row.recipe,
        request=row.request,
        profile=row.profile_id,
        # Deleting the profile empties `profile_id`; the number alone then says nothing.
        version=row.version if row.profile_id is not None else None,
        score=row.score,
    )
    feedback = feedback_value(row.feedback)
    return StoredPicture(id=row.id, created=row.created, picture=picture, feedback=feedback)


def feedback_value(row: FeedbackRow | None) -> Feedback | None:
    """What is said about a picture; None also if only a comment was, and it is deleted."""
    if row is None or (row.rating, row.stance, row.comment_id) == (None, None, None):
        return None
    said = {"rating": row.rating, "stance": row.stance, "comment": row.comment_id}
    return Feedback.model_validate(said)
