"""Rows to values and back."""

import json

from viper.preference import Attribute, Comment, Evidence, ExtractorInfo, Side, VisualPreference
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
            AttributeRow(
                side=side,
                **attribute.model_dump(exclude={"evidence"}),
                evidence=[
                    EvidenceRow(comment_id=found.comment, image=found.image, quote=found.quote)
                    for found in attribute.evidence
                ],
            )
            for side in sides
            for attribute in preference.side(side)
        ],
    )


def version_value(row: VersionRow, *, name: str) -> PreferenceVersion:
    """A version, its preference named as the profile is named now."""
    preference = VisualPreference(
        name=name,
        liked=tuple(_attribute(a) for a in row.attributes if a.side == "liked"),
        disliked=tuple(_attribute(a) for a in row.attributes if a.side == "disliked"),
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


def _attribute(row: AttributeRow) -> Attribute:
    return Attribute(
        attribute=row.attribute,
        facet=row.facet,
        strength=row.strength,
        evidence=tuple(
            Evidence(comment=found.comment_id, image=found.image, quote=found.quote)
            for found in row.evidence
        ),
        muted=row.muted,
        pinned=row.pinned,
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
