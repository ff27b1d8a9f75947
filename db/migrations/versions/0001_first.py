"""The first schema: owners, profiles, comments, extractions, versions, images, feedback."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings a database of the revision before to this one."""
    op.create_table(
        "owners",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owners")),
    )
    op.create_table(
        "profiles",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["owners.id"],
            name=op.f("fk_profiles_owner_id_owners"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profiles")),
        sa.UniqueConstraint("owner_id", "id", name=op.f("uq_profiles_owner_id_id")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_profiles_owner_id_name")),
    )
    op.create_table(
        "usage",
        sa.Column("owner_id", sa.String(length=128), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("images", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["owners.id"], name=op.f("fk_usage_owner_id_owners"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner_id", "day", name=op.f("pk_usage")),
    )
    op.create_table(
        "comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.String(length=128), nullable=False),
        sa.Column("profile_id", sa.String(length=32), nullable=False),
        sa.Column("image", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("stance", sa.String(length=8), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "stance IN ('like', 'dislike', 'mixed')", name=op.f("ck_comments_stance")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "profile_id"],
            ["profiles.owner_id", "profiles.id"],
            name=op.f("fk_comments_owner_id_profile_id_profiles"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_comments_owner_id_profile_id", "comments", ["owner_id", "profile_id"])

    op.create_table(
        "extractions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.String(length=128), nullable=False),
        sa.Column("profile_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("prompt_sha256", sa.String(length=64), nullable=True),
        sa.Column("raw_reply", sa.Text(), nullable=True),
        sa.Column("latency_seconds", sa.Double(), nullable=True),
        sa.Column("input_tokens", sa.Integer(), nullable=True),
        sa.Column("output_tokens", sa.Integer(), nullable=True),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id", "profile_id"],
            ["profiles.owner_id", "profiles.id"],
            name=op.f("fk_extractions_owner_id_profile_id_profiles"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extractions")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_extractions_owner_id_profile_id", "extractions", ["owner_id", "profile_id"])

    op.create_table(
        "skips",
        sa.Column("owner_id", sa.String(length=128), nullable=False),
        sa.Column("profile_id", sa.String(length=32), nullable=False),
        sa.Column("image", sa.String(length=500), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id", "profile_id"],
            ["profiles.owner_id", "profiles.id"],
            name=op.f("fk_skips_owner_id_profile_id_profiles"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("owner_id", "profile_id", "image", name=op.f("pk_skips")),
    )
    op.create_table(
        "extraction_comments",
        sa.Column("extraction_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("fk_extraction_comments_comment_id_comments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["extraction_id"],
            ["extractions.id"],
            name=op.f("fk_extraction_comments_extraction_id_extractions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("extraction_id", "comment_id", name=op.f("pk_extraction_comments")),
    )
    op.create_index("ix_extraction_comments_comment_id", "extraction_comments", ["comment_id"])

    op.create_table(
        "profile_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("extraction_id", sa.Integer(), nullable=True),
        sa.Column("extractor_kind", sa.String(length=40), nullable=False),
        sa.Column("extractor_model", sa.Text(), nullable=True),
        sa.Column("extractor_prompt_sha256", sa.String(length=64), nullable=True),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_profile_versions_number")),
        sa.ForeignKeyConstraint(
            ["extraction_id"],
            ["extractions.id"],
            name=op.f("fk_profile_versions_extraction_id_extractions"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["profile_id", "parent"],
            ["profile_versions.profile_id", "profile_versions.number"],
            name=op.f("fk_profile_versions_profile_id_parent_profile_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"],
            ["profiles.id"],
            name=op.f("fk_profile_versions_profile_id_profiles"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_versions")),
        sa.UniqueConstraint(
            "profile_id", "number", name=op.f("uq_profile_versions_profile_id_number")
        ),
    )
    op.create_index("ix_profile_versions_extraction_id", "profile_versions", ["extraction_id"])

    op.create_table(
        "attributes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("facet", sa.Text(), nullable=True),
        sa.Column("attribute", sa.String(length=80), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("strength", sa.Double(), nullable=False),
        sa.Column("muted", sa.Boolean(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.CheckConstraint("side IN ('liked', 'disliked')", name=op.f("ck_attributes_side")),
        sa.CheckConstraint("strength >= 0 AND strength <= 1", name=op.f("ck_attributes_strength")),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["profile_versions.id"],
            name=op.f("fk_attributes_version_id_profile_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attributes")),
        sa.UniqueConstraint(
            "version_id", "side", "attribute", name=op.f("uq_attributes_version_id_side_attribute")
        ),
    )
    op.create_table(
        "images",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.String(length=128), nullable=False),
        sa.Column("profile_id", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("request", sa.String(length=32), nullable=False),
        sa.Column("file", sa.String(length=500), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("recipe", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["owners.id"], name=op.f("fk_images_owner_id_owners"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["profile_id", "version"],
            ["profile_versions.profile_id", "profile_versions.number"],
            name=op.f("fk_images_profile_id_version_profile_versions"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"],
            ["profiles.id"],
            name=op.f("fk_images_profile_id_profiles"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_images")),
        sa.UniqueConstraint("file", name=op.f("uq_images_file")),
        sa.UniqueConstraint("id", name=op.f("uq_images_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_images_owner_id_number", "images", ["owner_id", "number"])
    op.create_index("ix_images_profile_id_version", "images", ["profile_id", "version"])
    op.create_index("ix_images_request", "images", ["request"])

    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attribute_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("image", sa.Text(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attribute_id"],
            ["attributes.id"],
            name=op.f("fk_evidence_attribute_id_attributes"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("fk_evidence_comment_id_comments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index("ix_evidence_attribute_id", "evidence", ["attribute_id"])
    op.create_index("ix_evidence_comment_id", "evidence", ["comment_id"])

    op.create_table(
        "feedback",
        sa.Column("image_number", sa.Integer(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("stance", sa.String(length=8), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("stance IN ('like', 'dislike')", name=op.f("ck_feedback_stance")),
        sa.CheckConstraint("rating >= 1 AND rating <= 5", name=op.f("ck_feedback_rating")),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("fk_feedback_comment_id_comments"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["image_number"],
            ["images.number"],
            name=op.f("fk_feedback_image_number_images"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("image_number", name=op.f("pk_feedback")),
    )
    op.create_index("ix_feedback_comment_id", "feedback", ["comment_id"])
