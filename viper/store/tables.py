"""The tables. Rows never leave this package; `db/README.md` says why each table exists.

Whatever belongs to a person cascades from `owners`, so that one DELETE erases it. A row that
names both an owner and a profile does so by one composite key: no row can join two people.
"""

from datetime import UTC, date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class _Utc(TypeDecorator[datetime]):
    """A moment: UTC in the database, which for SQLite has no time zones, and aware outside."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Constraint names are fixed by rule, since a migration must be able to name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: _Utc()}  # noqa: RUF012 (declared so by SQLAlchemy)


def _owned_profile() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["owner_id", "profile_id"], ["profiles.owner_id", "profiles.id"], ondelete="CASCADE"
    )


class OwnerRow(Base):
    """A person, or a browser."""

    __tablename__ = "owners"

    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    created: Mapped[datetime]


class UsageRow(Base):
    """Pictures made on one UTC day; deleting a picture does not give its place back."""

    __tablename__ = "usage"

    owner_id: Mapped[str] = mapped_column(
        ForeignKey("owners.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    images: Mapped[int]


class ProfileRow(Base):
    """A named taste."""

    __tablename__ = "profiles"
    __table_args__ = (
        UniqueConstraint("owner_id", "name"),
        UniqueConstraint("owner_id", "id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("owners.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    created: Mapped[datetime]


class CommentRow(Base):
    """What a person said about a picture."""

    __tablename__ = "comments"
    __table_args__ = (
        _owned_profile(),
        CheckConstraint("stance IN ('like', 'dislike', 'mixed')", name="stance"),
        Index(None, "owner_id", "profile_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[str] = mapped_column(String(128))
    profile_id: Mapped[str] = mapped_column(String(32))
    image: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    stance: Mapped[str | None] = mapped_column(String(8))
    created: Mapped[datetime]
    edited: Mapped[datetime | None]
    source: Mapped[str] = mapped_column(String(8), server_default="comment")
    """`comment` or `chat`."""


class SkipRow(Base):
    """A curated image that was passed over, which is not a dislike."""

    __tablename__ = "skips"
    __table_args__ = (_owned_profile(),)

    owner_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    profile_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    image: Mapped[str] = mapped_column(String(500), primary_key=True)
    created: Mapped[datetime]


class ExtractionRow(Base):
    """One reading of comments."""

    __tablename__ = "extractions"
    __table_args__ = (
        _owned_profile(),
        Index(None, "owner_id", "profile_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[str] = mapped_column(String(128))
    profile_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(40))
    model: Mapped[str | None] = mapped_column(Text)
    prompt_sha256: Mapped[str | None] = mapped_column(String(64))
    raw_reply: Mapped[str | None] = mapped_column(Text)
    latency_seconds: Mapped[float | None]
    input_tokens: Mapped[int | None]
    output_tokens: Mapped[int | None]
    warnings: Mapped[str] = mapped_column(Text)
    """A JSON list: shown, never searched."""
    error: Mapped[str | None] = mapped_column(Text)
    created: Mapped[datetime]

    comments: Mapped[list["ExtractionCommentRow"]] = relationship(
        order_by="ExtractionCommentRow.comment_id"
    )


class ExtractionCommentRow(Base):
    """Which comments an extraction read."""

    __tablename__ = "extraction_comments"

    extraction_id: Mapped[int] = mapped_column(
        ForeignKey("extractions.id", ondelete="CASCADE"), primary_key=True
    )
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class VersionRow(Base):
    """A preference at one point of a profile's history; written once."""

    __tablename__ = "profile_versions"
    __table_args__ = (
        UniqueConstraint("profile_id", "number"),
        ForeignKeyConstraint(
            ["profile_id", "parent"], ["profile_versions.profile_id", "profile_versions.number"]
        ),
        CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[str] = mapped_column(ForeignKey("profiles.id", ondelete="CASCADE"))
    number: Mapped[int]
    parent: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text)
    extraction_id: Mapped[int | None] = mapped_column(
        ForeignKey("extractions.id", ondelete="SET NULL"), index=True
    )
    extractor_kind: Mapped[str] = mapped_column(String(40))
    extractor_model: Mapped[str | None] = mapped_column(Text)
    extractor_prompt_sha256: Mapped[str | None] = mapped_column(String(64))
    warnings: Mapped[str] = mapped_column(Text)
    created: Mapped[datetime]

    attributes: Mapped[list["AttributeRow"]] = relationship(order_by="AttributeRow.id")


class AttributeRow(Base):
    """One liked, disliked or deleted attribute of a version."""

    __tablename__ = "attributes"
    __table_args__ = (
        UniqueConstraint("version_id", "side", "attribute"),
        CheckConstraint("side IN ('liked', 'disliked')", name="side"),
        CheckConstraint("strength >= 0 AND strength <= 1", name="strength"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("profile_versions.id", ondelete="CASCADE"))
    facet: Mapped[str | None] = mapped_column(Text)
    attribute: Mapped[str] = mapped_column(String(80))
    side: Mapped[str] = mapped_column(String(8))
    strength: Mapped[float]
    muted: Mapped[bool]
    pinned: Mapped[bool]
    deleted: Mapped[bool] = mapped_column(server_default=false())
    """Only remembered, so that later comments do not bring it back."""

    evidence: Mapped[list["EvidenceRow"]] = relationship(order_by="EvidenceRow.id")


class EvidenceRow(Base):
    """Where an attribute comes from. It quotes its comment, and goes when the comment goes."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    attribute_id: Mapped[int] = mapped_column(
        ForeignKey("attributes.id", ondelete="CASCADE"), index=True
    )
    comment_id: Mapped[int | None] = mapped_column(
        ForeignKey("comments.id", ondelete="CASCADE"), index=True
    )
    image: Mapped[str | None] = mapped_column(Text)
    quote: Mapped[str] = mapped_column(Text)
    strength: Mapped[float | None]
    """What it says alone. None only if the attribute's strength is to be shared out."""
    kind: Mapped[str] = mapped_column(String(8), server_default="comment")
    """`comment`, `click`, `chat` or `own`."""
    since: Mapped[bool] = mapped_column(server_default=false())
    """Of a deleted attribute: whether it was said after the deletion."""


class ImageRow(Base):
    """A generated picture. It outlives its profile: the recipe holds the preference applied."""

    __tablename__ = "images"
    __table_args__ = (
        ForeignKeyConstraint(
            ["profile_id", "version"],
            ["profile_versions.profile_id", "profile_versions.number"],
            ondelete="SET NULL",
        ),
        Index(None, "owner_id", "number"),
        Index(None, "profile_id", "version"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    """Order of arrival; `id` is what is shown."""
    id: Mapped[str] = mapped_column(String(32), unique=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("owners.id", ondelete="CASCADE"))
    profile_id: Mapped[str | None] = mapped_column(ForeignKey("profiles.id", ondelete="SET NULL"))
    version: Mapped[int | None]
    request: Mapped[str] = mapped_column(String(32), index=True)
    file: Mapped[str] = mapped_column(String(500), unique=True)
    prompt: Mapped[str] = mapped_column(Text)
    seed: Mapped[int] = mapped_column(BigInteger)
    score: Mapped[float | None]
    recipe: Mapped[str] = mapped_column(Text)
    created: Mapped[datetime]

    feedback: Mapped["FeedbackRow | None"] = relationship(
        cascade="all, delete-orphan", passive_deletes=True
    )


class FeedbackRow(Base):
    """What the owner says about a picture; the words are a comment, kept once."""

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint("rating >= 1 AND rating <= 5", name="rating"),
        CheckConstraint("stance IN ('like', 'dislike')", name="stance"),
    )

    image_number: Mapped[int] = mapped_column(
        ForeignKey("images.number", ondelete="CASCADE"), primary_key=True
    )
    rating: Mapped[int | None]
    stance: Mapped[str | None] = mapped_column(String(8))
    comment_id: Mapped[int | None] = mapped_column(
        ForeignKey("comments.id", ondelete="SET NULL"), index=True
    )
    updated: Mapped[datetime]
