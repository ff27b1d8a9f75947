"""Every row is reached through its owner, and only here: what is not theirs does not exist."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from viper.errors import BadInput, NotFound
from viper.store.tables import CommentRow, ImageRow, OwnerRow, ProfileRow


def ensured_owner(session: Session, owner: str, *, now: datetime) -> OwnerRow:
    """The owner, made if new."""
    if not owner or len(owner) > 128 or owner != "".join(owner.split()):
        raise BadInput(f"Owner {owner!r}: expected 1 to 128 characters without spaces.")
    row = session.get(OwnerRow, owner)
    if row is None:
        row = OwnerRow(id=owner, created=now)
        session.add(row)
        session.flush()
    return row


def owned_profile(session: Session, owner: str, *, profile: str) -> ProfileRow:
    """That profile of theirs."""
    query = select(ProfileRow).where(ProfileRow.id == profile, ProfileRow.owner_id == owner)
    row = session.scalar(query)
    if row is None:
        raise NotFound(f"There is no profile {profile!r}.")
    return row


def owned_comment(session: Session, owner: str, *, comment: int) -> CommentRow:
    """That comment of theirs."""
    query = select(CommentRow).where(CommentRow.id == comment, CommentRow.owner_id == owner)
    row = session.scalar(query)
    if row is None:
        raise NotFound(f"There is no comment {comment!r}.")
    return row


def owned_image(session: Session, owner: str, *, image: str) -> ImageRow:
    """That generated picture of theirs."""
    query = select(ImageRow).where(ImageRow.id == image, ImageRow.owner_id == owner)
    row = session.scalar(query)
    if row is None:
        raise NotFound(f"There is no picture {image!r}.")
    return row
