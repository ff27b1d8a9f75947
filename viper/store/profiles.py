"""Named tastes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Select, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from viper.errors import BadInput, NotFound
from viper.store.database import Database
from viper.store.scope import ensured_owner, owned_profile
from viper.store.tables import CommentRow, ProfileRow, VersionRow
from viper.store.values import Profile, new_id

DEFAULT_NAME = "default"
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Profiles:
    """The profiles of each owner; a name occurs once per owner."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, owner: str) -> tuple[Profile, ...]:
        """All of them, oldest first."""
        with self._database.read() as session:
            return _loaded(session, _of(owner))

    def get(self, owner: str, profile: str) -> Profile:
        """That one.

        Raises:
            NotFound: It does not exist, or not for this owner.
        """
        with self._database.read() as session:
            found = _loaded(session, _of(owner).where(ProfileRow.id == profile))
        if not found:
            raise NotFound(f"There is no profile {profile!r}.")
        return found[0]

    def named(self, owner: str, name: str) -> Profile:
        """The one of that name.

        Raises:
            NotFound: There is none; the message lists the names there are.
        """
        profiles = self.list(owner)
        for profile in profiles:
            if profile.name == name.strip():
                return profile
        names = ", ".join(repr(profile.name) for profile in profiles) or "none yet"
        raise NotFound(f"There is no profile named {name!r}; there are: {names}.")

    def get_or_default(self, owner: str, profile: str | None = None) -> Profile:
        """That one if it is theirs, else their oldest one, else a new one named "default".

        For a profile that a browser remembers, which may have been deleted since.
        """
        with self._database.write() as session:
            ensured_owner(session, owner, now=self._database.now())
            profiles = _loaded(session, _of(owner))
            if not profiles:
                return self.create(owner, name=DEFAULT_NAME)
            return next((p for p in profiles if p.id == profile), profiles[0])

    def create(self, owner: str, *, name: str) -> Profile:
        """A new, empty one.

        Raises:
            BadInput: The name is taken, empty or longer than 80 characters.
        """
        now = self._database.now()
        with self._database.write() as session:
            ensured_owner(session, owner, now=now)
            row = ProfileRow(id=new_id(), owner_id=owner, name=_checked(name), created=now)
            with _unique_name(session, row.name):
                session.add(row)
            return _loaded(session, _of(owner).where(ProfileRow.id == row.id))[0]

    def rename(self, owner: str, profile: str, *, name: str) -> Profile:
        """The same one under another name.

        Raises:
            NotFound: It does not exist, or not for this owner.
            BadInput: As `create`.
        """
        with self._database.write() as session:
            row = owned_profile(session, owner, profile=profile)
            checked = _checked(name)
            with _unique_name(session, checked):
                row.name = checked
            return _loaded(session, _of(owner).where(ProfileRow.id == profile))[0]

    def delete(self, owner: str, profile: str) -> None:
        """Deletes it with its comments, versions and extractions; its pictures stay.

        Raises:
            NotFound: It does not exist, or not for this owner.
        """
        with self._database.write() as session:
            owned_profile(session, owner, profile=profile)
            session.execute(
                delete(ProfileRow).where(ProfileRow.id == profile, ProfileRow.owner_id == owner)
            )
            session.expire_all()


def _of(owner: str) -> Select[ProfileRow, int, int]:
    version = (
        select(func.coalesce(func.max(VersionRow.number), 0))
        .where(VersionRow.profile_id == ProfileRow.id)
        .scalar_subquery()
    )
    comments = (
        select(func.count())
        .where(CommentRow.profile_id == ProfileRow.id, CommentRow.owner_id == ProfileRow.owner_id)
        .scalar_subquery()
    )
    return (
        select(ProfileRow, version, comments)
        .where(ProfileRow.owner_id == owner)
        .order_by(ProfileRow.created, ProfileRow.id)
    )


def _loaded(session: Session, query: Select[ProfileRow, int, int]) -> tuple[Profile, ...]:
    return tuple(
        Profile(id=row.id, name=row.name, created=row.created, version=version, comments=comments)
        for row, version, comments in session.execute(query)
    )


def _checked(name: str) -> str:
    stripped = name.strip()
    if not 1 <= len(stripped) <= 80 or _CONTROL.search(stripped):
        raise BadInput(f"Profile name {name[:90]!r}: expected 1 to 80 characters in one line.")
    return stripped


@contextmanager
def _unique_name(session: Session, name: str) -> Iterator[None]:
    """What is written inside gives a profile that name, or is undone alone."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        raise BadInput(
            f"There is already a profile named {name!r}; choose another name."
        ) from error
