"""What the comments meant: versions of a preference, and the readings they came from."""

import json
from collections.abc import Set

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from viper.errors import NotFound
from viper.preference import VisualPreference
from viper.store.database import Database
from viper.store.rows import extraction_value, version_row, version_value
from viper.store.scope import owned_profile
from viper.store.tables import (
    AttributeRow,
    CommentRow,
    ExtractionCommentRow,
    ExtractionRow,
    ProfileRow,
    VersionRow,
)
from viper.store.values import Extraction, PreferenceVersion, StoredExtraction


class Preferences:
    """The history of each profile's preference. A version is never changed, only followed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def current(self, owner: str, profile: str) -> PreferenceVersion:
        """The newest version; number 0 and an empty preference if there is none yet.

        Raises:
            NotFound: The profile does not exist, or not for this owner.
        """
        with self._database.read() as session:
            row = owned_profile(session, owner, profile=profile)
            return _current(session, row)

    def at(self, owner: str, profile: str, *, number: int) -> PreferenceVersion:
        """One version.

        Raises:
            NotFound: The profile or the version does not exist, or not for this owner.
        """
        with self._database.read() as session:
            row = owned_profile(session, owner, profile=profile)
            version = session.scalar(_versions(row).where(VersionRow.number == number))
            if version is None:
                raise NotFound(f"Profile {row.name!r} has no version {number!r}.")
            return version_value(version, name=row.name)

    def versions(
        self, owner: str, profile: str, *, limit: int | None = None
    ) -> tuple[PreferenceVersion, ...]:
        """All versions, or the newest `limit`, newest first.

        Raises:
            NotFound: The profile does not exist, or not for this owner.
        """
        with self._database.read() as session:
            row = owned_profile(session, owner, profile=profile)
            found = session.scalars(_versions(row).limit(limit))
            return tuple(version_value(version, name=row.name) for version in found)

    def save(
        self,
        owner: str,
        profile: str,
        *,
        preference: VisualPreference,
        note: str = "",
        extraction: int | None = None,
    ) -> int:
        """Writes a version after the current one, and returns its number.

        A preference equal to the current one makes no version: its number is returned.
        `Evidence.comment` must be the id of a comment of this profile. One that is not, as in a
        file made elsewhere or after the comment was deleted, is stored as None; image and quote
        are kept. The name of the preference does not count, a version is named as its profile.

        Raises:
            NotFound: The profile or the extraction does not exist, or not for this owner.
        """
        with self._database.write() as session:
            row = owned_profile(session, owner, profile=profile)
            if extraction is not None:
                _require_extraction(session, row, extraction)
            current = _current(session, row)
            new = PreferenceVersion(
                number=current.number + 1,
                parent=current.number or None,
                note=note,
                extraction=extraction,
                preference=preference.relinked(
                    {comment: comment for comment in _comment_ids(session, row)}
                ).rename(row.name),
            )
            return self._append(session, row, current, new)

    def restore(self, owner: str, profile: str, *, number: int) -> int:
        """Writes a version equal to that one, and returns the new number.

        Its parent is the old version's parent, so that undoing again goes further back. Number 0
        is the empty preference before the first version.

        Raises:
            NotFound: The profile or the version does not exist, or not for this owner.
        """
        with self._database.write() as session:
            row = owned_profile(session, owner, profile=profile)
            current = _current(session, row)
            if number == 0:
                old = PreferenceVersion(number=0, preference=VisualPreference(name=row.name))
            else:
                old = self.at(owner, profile, number=number)
            new = old.model_copy(
                update={
                    "number": current.number + 1,
                    "note": f"Back to version {number}",
                    "extraction": None,
                }
            )
            return self._append(session, row, current, new)

    def _append(
        self,
        session: Session,
        profile: ProfileRow,
        current: PreferenceVersion,
        new: PreferenceVersion,
    ) -> int:
        if current.number and new.preference == current.preference:
            return current.number
        version = version_row(new.preference)
        version.profile_id = profile.id
        version.number, version.parent, version.note = new.number, new.parent, new.note
        version.extraction_id = new.extraction
        version.created = self._database.now()
        session.add(version)
        session.flush()
        return version.number

    def record_extraction(self, owner: str, profile: str, *, extraction: Extraction) -> int:
        """Keeps what a reading of comments said and cost, and returns its id.

        Comments that were deleted while they were read are left out of the record, and then the
        raw reply too, since it may quote them.

        Raises:
            NotFound: The profile does not exist, or not for this owner.
        """
        with self._database.write() as session:
            row = owned_profile(session, owner, profile=profile)
            there = set(extraction.comments) & _comment_ids(session, row)
            complete = len(there) == len(set(extraction.comments))
            stored = ExtractionRow(
                **extraction.model_dump(exclude={"comments", "warnings", "raw_reply"}),
                owner_id=owner,
                profile_id=profile,
                raw_reply=extraction.raw_reply if complete else None,
                warnings=json.dumps(extraction.warnings, ensure_ascii=False),
                created=self._database.now(),
                comments=[ExtractionCommentRow(comment_id=comment) for comment in sorted(there)],
            )
            session.add(stored)
            session.flush()
            return stored.id

    def extractions(self, owner: str, profile: str) -> tuple[StoredExtraction, ...]:
        """All readings of a profile's comments, newest first.

        Raises:
            NotFound: The profile does not exist, or not for this owner.
        """
        query = (
            select(ExtractionRow)
            .where(ExtractionRow.owner_id == owner, ExtractionRow.profile_id == profile)
            .order_by(ExtractionRow.id.desc())
            .options(selectinload(ExtractionRow.comments))
        )
        with self._database.read() as session:
            owned_profile(session, owner, profile=profile)
            return tuple(extraction_value(row) for row in session.scalars(query))


def _versions(profile: ProfileRow) -> Select[VersionRow]:
    """The versions of a profile that was found for its owner, newest first."""
    return (
        select(VersionRow)
        .where(VersionRow.profile_id == profile.id)
        .order_by(VersionRow.number.desc())
        .options(selectinload(VersionRow.attributes).selectinload(AttributeRow.evidence))
    )


def _current(session: Session, profile: ProfileRow) -> PreferenceVersion:
    newest = session.scalar(_versions(profile).limit(1))
    if newest is None:
        return PreferenceVersion(number=0, preference=VisualPreference(name=profile.name))
    return version_value(newest, name=profile.name)


def _comment_ids(session: Session, profile: ProfileRow) -> Set[int]:
    query = select(CommentRow.id).where(
        CommentRow.owner_id == profile.owner_id, CommentRow.profile_id == profile.id
    )
    return set(session.scalars(query))


def _require_extraction(session: Session, profile: ProfileRow, extraction: int) -> None:
    row = session.get(ExtractionRow, extraction)
    if row is None or (row.owner_id, row.profile_id) != (profile.owner_id, profile.id):
        raise NotFound(f"There is no extraction {extraction!r}.")
