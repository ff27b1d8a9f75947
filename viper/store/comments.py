"""What people typed: on disk before anything else is tried with it."""

from sqlalchemy import delete, select, update

from viper.preference import Comment
from viper.store.database import Database
from viper.store.rows import comment_value
from viper.store.scope import owned_comment, owned_profile
from viper.store.tables import CommentRow, ExtractionCommentRow, ExtractionRow, SkipRow
from viper.store.values import StoredComment


class Comments:
    """The comments of each profile, and the curated images that were passed over."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, owner: str, profile: str, *, comment: Comment) -> StoredComment:
        """Stores a comment at once; one about a skipped image ends the skip.

        Raises:
            NotFound: The profile does not exist, or not for this owner.
        """
        with self._database.write() as session:
            owned_profile(session, owner, profile=profile)
            row = CommentRow(
                owner_id=owner,
                profile_id=profile,
                **comment.model_dump(),
                created=self._database.now(),
            )
            session.add(row)
            if comment.image is not None:
                session.execute(
                    delete(SkipRow).where(
                        SkipRow.owner_id == owner,
                        SkipRow.profile_id == profile,
                        SkipRow.image == comment.image,
                    )
                )
            session.flush()
            return comment_value(row)

    def edit(self, owner: str, comment: int, *, text: Comment) -> StoredComment:
        """Replaces what a comment says. Evidence keeps quoting what was read at its time.

        Raises:
            NotFound: It does not exist, or not for this owner.
        """
        with self._database.write() as session:
            row = owned_comment(session, owner, comment=comment)
            for field, value in text.model_dump().items():
                setattr(row, field, value)
            row.edited = self._database.now()
            session.flush()
            return comment_value(row)

    def delete(self, owner: str, comment: int) -> None:
        """Deletes a comment with the evidence that quotes it and the raw replies that read it.

        Versions of the past keep the attributes found with its help, in no words of theirs;
        `VisualPreference.without_comment` makes the next version one without it.

        Raises:
            NotFound: It does not exist, or not for this owner.
        """
        with self._database.write() as session:
            owned_comment(session, owner, comment=comment)
            readings = select(ExtractionCommentRow.extraction_id).where(
                ExtractionCommentRow.comment_id == comment
            )
            session.execute(
                update(ExtractionRow)
                .where(ExtractionRow.owner_id == owner, ExtractionRow.id.in_(readings))
                .values(raw_reply=None)
            )
            session.execute(
                delete(CommentRow).where(CommentRow.id == comment, CommentRow.owner_id == owner)
            )
            session.expire_all()

    def list(self, owner: str, profile: str) -> tuple[StoredComment, ...]:
        """All comments of a profile, oldest first.

        Raises:
            NotFound: The profile does not exist, or not for this owner.
        """
        query = select(CommentRow).where(
            CommentRow.owner_id == owner, CommentRow.profile_id == profile
        )
        with self._database.read() as session:
            owned_profile(session, owner, profile=profile)
            return tuple(
                comment_value(row) for row in session.scalars(query.order_by(CommentRow.id))
            )

    def skip(self, owner: str, profile: str, *, image: str) -> None:
        """Remembers that a curated image was passed over. It says nothing about taste.

        Raises:
            NotFound: The profile does not exist, or not for this owner.
        """
        with self._database.write() as session:
            owned_profile(session, owner, profile=profile)
            if session.get(SkipRow, (owner, profile, image)) is None:
                now = self._database.now()
                row = SkipRow(owner_id=owner, profile_id=profile, image=image, created=now)
                session.add(row)

    def skipped(self, owner: str, profile: str) -> tuple[str, ...]:
        """The images passed over and not commented on since, in that order.

        Raises:
            NotFound: The profile does not exist, or not for this owner.
        """
        query = select(SkipRow.image).where(
            SkipRow.owner_id == owner, SkipRow.profile_id == profile
        )
        with self._database.read() as session:
            owned_profile(session, owner, profile=profile)
            return tuple(session.scalars(query.order_by(SkipRow.created, SkipRow.image)))
