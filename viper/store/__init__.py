"""Everything that is kept, and for whom. The only SQLAlchemy.

    store = Store(settings.database_url)
    store.upgrade()                                     once per start: makes or migrates the schema

    store.owners       ensure, export, erase
    store.profiles     list, get, named, get_or_default, create, rename, delete
    store.comments     save, edit, delete, list; skip, skipped
    store.preferences  current, at, versions, save, restore; record_extraction, extractions
    store.images       record, get, page, count, delete, rate, with_feedback, made_on

Every verb takes the owner first and sees only what is theirs: another owner's id is `NotFound`, as
if it did not exist. Every verb is one transaction; `with store.transaction():` makes one of
several. Values come out, rows never do.

Layers, each importing only what is below it:

    owners
    profiles | comments | preferences | images
    rows | scope | schema
    database | tables | values
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from viper.store.comments import Comments
from viper.store.database import Clock, Database, utc_now
from viper.store.images import Images, Order
from viper.store.owners import Owners
from viper.store.preferences import Preferences
from viper.store.profiles import Profiles
from viper.store.schema import SchemaState, backup, state, upgrade
from viper.store.values import (
    Extraction,
    Feedback,
    Owner,
    Picture,
    PreferenceVersion,
    Profile,
    StoredComment,
    StoredExtraction,
    StoredPicture,
    new_id,
)

__all__ = [
    "Extraction",
    "Feedback",
    "Order",
    "Owner",
    "Picture",
    "PreferenceVersion",
    "Profile",
    "SchemaState",
    "Store",
    "StoredComment",
    "StoredExtraction",
    "StoredPicture",
    "new_id",
]


class Store:
    """One database. May be shared by threads; making one connects to nothing.

    Args:
        url: SQLAlchemy URL of an SQLite file or of another database.
        clock: Tells the time that is stored.

    Raises:
        BadInput: The URL is malformed, names a missing driver, or means SQLite in memory.
    """

    def __init__(self, url: str, *, clock: Clock = utc_now) -> None:
        self._database = Database(url, clock=clock)
        self.owners = Owners(self._database)
        self.profiles = Profiles(self._database)
        self.comments = Comments(self._database)
        self.preferences = Preferences(self._database)
        self.images = Images(self._database)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Makes one transaction of the verbs inside: all of them happen, or none.

        Other writers wait for its end, so nothing slow belongs inside, and no `yield`.
        """
        with self._database.write():
            yield

    def upgrade(self) -> bool:
        """Makes or migrates the database if needed; true if it did. Safe to call concurrently.

        Raises:
            BadInput: A newer ViPer or another program made the database, or it cannot be made.
        """
        return upgrade(self._database)

    def check(self) -> SchemaState:
        """Whether the schema is that of this code; changes nothing.

        Raises:
            BadInput: A newer ViPer or another program made the database, or it is none.
        """
        return state(self._database)

    def backup(self, file: Path) -> None:
        """Copies one moment of an SQLite database to a new file, while it is in use.

        Raises:
            BadInput: It is no SQLite database, or the copy cannot be written.
        """
        backup(self._database, file)

    def close(self) -> None:
        """Closes every connection."""
        self._database.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
