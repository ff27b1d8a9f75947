"""Bringing a database to the schema of this code, looking whether it is there, copying it."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sqlalchemy import Connection, inspect, text

from viper.errors import BadInput
from viper.settings import ROOT
from viper.store.database import LOCK_SECONDS, Database

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0002"
"""The newest revision in `db/migrations/versions`; a test compares. Kept here because reading the
migrations costs every start of the program more than all the rest of the database."""

SchemaState = Literal["empty", "outdated", "current"]


def state(database: Database) -> SchemaState:
    """Whether the schema is that of this code; changes nothing, makes no file.

    Raises:
        BadInput: A newer ViPer or another program made it, or it is no database.
    """
    if database.file is not None and not database.file.is_file():
        return "empty"
    with database.translated(), database.read() as session:
        revision = _revision(session.connection(), database)
    return _state_of(revision, database)


def upgrade(database: Database) -> bool:
    """Makes or migrates the database if needed; true if it did anything.

    Several processes may do so at the same time: one works, the others wait and find it done.

    Raises:
        BadInput: As `state`, or the file cannot be made.
    """
    if state(database) == "current":
        return False
    if database.file is not None:
        try:
            database.file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"{database.name}: its folder cannot be made ({error}).") from error
    with _alone(database) as connection:
        if _state_of(_revision(connection, database), database) == "current":
            return False
        _migrate(connection)
        if database.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise BadInput(f"{database.name}: holds rows that belong to nothing; not migrated.")
    return True


def backup(database: Database, target: Path) -> None:
    """Copies one moment of the database, while others go on using it.

    Raises:
        BadInput: It is not SQLite, it does not exist yet, or `target` exists or cannot be written.
    """
    if database.file is None:
        raise BadInput(f"{database.name}: only an SQLite file is copied here; use its own tools.")
    if not database.file.is_file():
        raise BadInput(f"{database.name}: there is no database to copy yet.")
    if target.exists():
        raise BadInput(f"{target}: exists already; name a new file.")
    draft = target.with_name(target.name + ".partial")
    draft.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(database.file, timeout=LOCK_SECONDS)) as connection:
            connection.execute("VACUUM INTO ?", (str(draft),))
        draft.rename(target)
    except (sqlite3.DatabaseError, OSError) as error:
        draft.unlink(missing_ok=True)
        raise BadInput(f"{target}: the copy failed ({error}).") from error


def _revision(connection: Connection, database: Database) -> str | None:
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return revision
    if tables:
        raise BadInput(f"{database.name}: holds tables of another program; name another database.")
    return None


def _state_of(revision: str | None, database: Database) -> SchemaState:
    if revision is None:
        return "empty"
    if revision == HEAD:
        return "current"
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision in known:
        return "outdated"
    raise BadInput(
        f"{database.name}: made by a newer ViPer (schema {revision}, this one knows {HEAD}); "
        "update ViPer, or name another database."
    )


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    """A transaction that no other migration enters at the same time."""
    engine = database.engine(for_migration=True).execution_options(viper_write=True)
    try:
        with database.translated(), engine.connect() as connection:
            if database.is_sqlite:
                _use_wal(connection)
            with connection.begin():
                database.wait_for_turn(connection)
                yield connection
    finally:
        engine.dispose()


def _use_wal(connection: Connection) -> None:
    """Readers and the writer no longer wait for each other; the file remembers the mode.

    Changing it needs the file for itself, and SQLite does not wait for that: hence the loop.
    """
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            raw.execute("PRAGMA journal_mode=WAL").fetchone()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise BadInput(f"{error}: the database cannot be switched to WAL.") from error
            time.sleep(0.05)
        else:
            return


def _migrate(connection: Connection) -> None:
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> "Config":
    from alembic.config import Config

    return Config(ROOT / "db" / "alembic.ini")
