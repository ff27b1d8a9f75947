"""A person as a whole: known, exported, erased."""

import json
from typing import Any

from sqlalchemy import delete, select

from viper.errors import NotFound
from viper.store.comments import Comments
from viper.store.database import Database
from viper.store.images import Images
from viper.store.preferences import Preferences
from viper.store.profiles import Profiles
from viper.store.scope import ensured_owner
from viper.store.tables import ImageRow, OwnerRow, UsageRow
from viper.store.values import Owner, PreferenceVersion, Profile, StoredPicture

EXPORT_SCHEMA = "viper.export/1"


class Owners:
    """Those to whom everything else belongs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ensure(self, owner: str) -> Owner:
        """That owner, made if new.

        Raises:
            BadInput: The id is empty, longer than 128 characters or has spaces.
        """
        with self._database.write() as session:
            row = ensured_owner(session, owner, now=self._database.now())
            return Owner(id=row.id, created=row.created)

    def export(self, owner: str) -> dict[str, Any]:
        """Everything that is stored about a person, as plain data for `json.dumps`.

        Raises:
            NotFound: There is no such owner.
        """
        with self._database.read() as session:
            row = session.get(OwnerRow, owner)
            if row is None:
                raise NotFound(f"There is no owner {owner!r}.")
            used = select(UsageRow).where(UsageRow.owner_id == owner).order_by(UsageRow.day)
            return {
                "schema": EXPORT_SCHEMA,
                "owner": Owner(id=row.id, created=row.created).model_dump(mode="json"),
                "profiles": [self._profile(owner, p) for p in Profiles(self._database).list(owner)],
                "images": [
                    _picture(picture)
                    for picture in Images(self._database).page(owner, limit=_EVERYTHING)
                ],
                "images_per_day": {u.day.isoformat(): u.images for u in session.scalars(used)},
            }

    def erase(self, owner: str) -> tuple[str, ...]:
        """Deletes everything about a person for good.

        Returns:
            The files of their pictures, relative to the data folder, which are still to be removed.

        Raises:
            NotFound: There is no such owner.
        """
        with self._database.write() as session:
            if session.get(OwnerRow, owner) is None:
                raise NotFound(f"There is no owner {owner!r}.")
            files = tuple(session.scalars(select(ImageRow.file).where(ImageRow.owner_id == owner)))
            session.execute(delete(OwnerRow).where(OwnerRow.id == owner))
            session.expire_all()
        self._database.forget()
        return files

    def _profile(self, owner: str, profile: Profile) -> dict[str, Any]:
        comments = Comments(self._database)
        preferences = Preferences(self._database)
        extractions = preferences.extractions(owner, profile.id)
        return {
            **profile.model_dump(mode="json", exclude={"version", "comments"}),
            "comments": [
                c.model_dump(mode="json", exclude={"profile"})
                for c in comments.list(owner, profile.id)
            ],
            "skipped": list(comments.skipped(owner, profile.id)),
            "extractions": [e.model_dump(mode="json") for e in extractions],
            "versions": [_version(v) for v in preferences.versions(owner, profile.id)],
        }


_EVERYTHING = 2**31 - 1


def _version(version: PreferenceVersion) -> dict[str, Any]:
    plain = version.model_dump(mode="json", exclude={"preference"})
    return {**plain, "preference": version.preference.to_dict()}


def _picture(stored: StoredPicture) -> dict[str, Any]:
    plain = stored.model_dump(mode="json")
    plain["picture"]["recipe"] = json.loads(stored.picture.recipe)
    return plain
