"""The gallery: generated pictures and what their owner says about them."""

from datetime import UTC, date
from typing import Any, Literal

from sqlalchemy import ColumnElement, case, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager

from viper.errors import BadInput, NotFound
from viper.store.database import Database
from viper.store.rows import picture_value
from viper.store.scope import ensured_owner, owned_comment, owned_image, owned_profile
from viper.store.tables import FeedbackRow, ImageRow, UsageRow, VersionRow
from viper.store.values import Feedback, Picture, StoredPicture, new_id

Order = Literal["newest", "rating", "score"]
"""Newest first; best rated first; most promising first. What has no rating or score comes last."""

_RATING = func.coalesce(
    FeedbackRow.rating,
    # A like or dislike without stars stands between the stars it could mean.
    case((FeedbackRow.stance == "like", 4), (FeedbackRow.stance == "dislike", 2)),
)
_ORDERS: dict[Order, tuple[ColumnElement[Any], ...]] = {
    "newest": (),
    "rating": (_RATING.is_(None), _RATING.desc()),
    "score": (ImageRow.score.is_(None), ImageRow.score.desc()),
}


class Images:
    """The pictures of each owner. Files are the caller's; here is where each one lies."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, owner: str, picture: Picture, *, image: str | None = None) -> StoredPicture:
        """Adds a picture whose file is written, and counts it for today.

        Args:
            owner: Whose it is; made if new.
            picture: Where it lies and how it was made.
            image: Its id, made by `new_id`, where the file is already named by it.

        Raises:
            NotFound: The profile or its version does not exist, or not for this owner.
            BadInput: The id or the file is on record already.
        """
        now = self._database.now()
        with self._database.write() as session:
            ensured_owner(session, owner, now=now)
            if picture.profile is not None:
                self._require_version(owner, picture.profile, picture.version)
            row = ImageRow(
                **picture.model_dump(exclude={"profile"}),
                id=image or new_id(),
                owner_id=owner,
                profile_id=picture.profile,
                created=now,
            )
            try:
                with session.begin_nested():
                    session.add(row)
            except IntegrityError as error:
                raise BadInput(f"Picture {picture.file!r} is on record already.") from error
            self._count(owner, now.astimezone(UTC).date())
            return picture_value(row)

    def get(self, owner: str, image: str) -> StoredPicture:
        """One picture.

        Raises:
            NotFound: It does not exist, or not for this owner.
        """
        with self._database.read() as session:
            return picture_value(owned_image(session, owner, image=image))

    def page(
        self,
        owner: str,
        *,
        profile: str | None = None,
        order: Order = "newest",
        limit: int = 50,
        offset: int = 0,
    ) -> tuple[StoredPicture, ...]:
        """Some pictures: those of one profile, or all; ties are broken by the newest first.

        Raises:
            NotFound: The profile does not exist, or not for this owner.
        """
        query = (
            select(ImageRow)
            .outerjoin(ImageRow.feedback)
            .options(contains_eager(ImageRow.feedback))
            .where(*self._of(owner, profile))
            .order_by(*_ORDERS[order], ImageRow.number.desc())
            .limit(limit)
            .offset(offset)
        )
        with self._database.read() as session:
            return tuple(picture_value(row) for row in session.scalars(query))

    def with_feedback(self, owner: str, *, profile: str | None = None) -> tuple[StoredPicture, ...]:
        """All pictures that their owner said something about, newest first.

        Raises:
            NotFound: The profile does not exist, or not for this owner.
        """
        query = (
            select(ImageRow)
            .join(ImageRow.feedback)
            .options(contains_eager(ImageRow.feedback))
            .order_by(ImageRow.number.desc())
        )
        with self._database.read() as session:
            rows = session.scalars(query.where(*self._of(owner, profile)))
            return tuple(p for p in map(picture_value, rows) if p.feedback is not None)

    def count(self, owner: str, *, profile: str | None = None) -> int:
        """How many pictures `page` would give without a limit.

        Raises:
            NotFound: The profile does not exist, or not for this owner.
        """
        query = select(func.count()).select_from(ImageRow).where(*self._of(owner, profile))
        with self._database.read() as session:
            return session.scalars(query).one()

    def delete(self, owner: str, image: str) -> str:
        """Deletes a picture with its feedback, and returns its file, which is still to be removed.

        Raises:
            NotFound: It does not exist, or not for this owner.
        """
        with self._database.write() as session:
            file = owned_image(session, owner, image=image).file
            session.execute(
                delete(ImageRow).where(ImageRow.id == image, ImageRow.owner_id == owner)
            )
            session.expire_all()
            return file

    def rate(self, owner: str, image: str, *, feedback: Feedback | None) -> StoredPicture:
        """Says what they think of a picture, in place of what was said before; None takes it back.

        Raises:
            NotFound: The picture or the comment does not exist, or not for this owner.
        """
        with self._database.write() as session:
            row = owned_image(session, owner, image=image)
            if feedback is not None and feedback.comment is not None:
                owned_comment(session, owner, comment=feedback.comment)
            row.feedback = None
            session.flush()
            if feedback is not None:
                row.feedback = FeedbackRow(
                    rating=feedback.rating,
                    stance=feedback.stance,
                    comment_id=feedback.comment,
                    updated=self._database.now(),
                )
            session.flush()
            return picture_value(row)

    def made_on(self, owner: str, day: date | None = None) -> int:
        """Pictures made on a UTC day, by default today, deleted ones included."""
        day = day or self._database.now().astimezone(UTC).date()
        query = select(UsageRow.images).where(UsageRow.owner_id == owner, UsageRow.day == day)
        with self._database.read() as session:
            return session.scalar(query) or 0

    def _of(self, owner: str, profile: str | None) -> tuple[ColumnElement[bool], ...]:
        if profile is None:
            return (ImageRow.owner_id == owner,)
        with self._database.read() as session:
            owned_profile(session, owner, profile=profile)
        return (ImageRow.owner_id == owner, ImageRow.profile_id == profile)

    def _require_version(self, owner: str, profile: str, version: int | None) -> None:
        with self._database.write() as session:
            owned_profile(session, owner, profile=profile)
            query = select(VersionRow.id).where(
                VersionRow.profile_id == profile, VersionRow.number == version
            )
            if version is not None and session.scalar(query) is None:
                raise NotFound(f"There is no version {version!r} of profile {profile!r}.")

    def _count(self, owner: str, day: date) -> None:
        with self._database.write() as session:
            usage = session.get(UsageRow, (owner, day))
            if usage is None:
                session.add(UsageRow(owner_id=owner, day=day, images=1))
            else:
                usage.images += 1
