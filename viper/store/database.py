"""One database: its engine, and transactions that either happen as a whole or not at all.

SQLite gives no transaction around reads and DDL by itself, takes the write lock only at the first
write, and then refuses to wait if somebody else wrote in between. Therefore BEGIN is sent here:
plain for reading, IMMEDIATE for writing, so that writers queue up instead of failing. PostgreSQL
is given the same rule by an advisory lock: what a writer has read stays true until it commits.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from viper.errors import BadInput, ViperError

LOCK_SECONDS = 30
"""How long a writer waits for the one before it."""

_ONE_WRITER = 0x56695065
"""Name of the lock in PostgreSQL: any number that nobody else would lock."""

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The moment, with its zone."""
    return datetime.now(UTC)


class Database:
    """The engine of one URL. Making one connects to nothing.

    Raises:
        BadInput: The URL is malformed, names a driver that is not installed, or means SQLite in
            memory, where every thread would see a database of its own.
    """

    def __init__(self, url: str, *, clock: Clock = utc_now) -> None:
        self.url = _parsed(url)
        self.now = clock
        self.file = Path(self.url.database or "") if self.is_sqlite else None
        self._engine = self.engine()
        self._writing = self._engine.execution_options(viper_write=True)
        self._joined: ContextVar[Session | None] = ContextVar("joined", default=None)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is one file."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def name(self) -> str:
        """The file, or the URL without its password: for messages."""
        return str(self.file) if self.file else self.url.render_as_string(hide_password=True)

    @property
    def in_transaction(self) -> bool:
        """Whether the caller is inside `write`."""
        return self._joined.get() is not None

    def engine(self, *, for_migration: bool = False) -> Engine:
        """A new engine. Migrations rebuild tables, hence theirs has no foreign keys and no pool."""
        arguments = {"timeout": LOCK_SECONDS} if self.is_sqlite else {}
        pool = {"poolclass": NullPool} if for_migration else {}
        try:
            engine = create_engine(self.url, connect_args=arguments, **pool)
        except ModuleNotFoundError as error:
            raise BadInput(
                f"{self.name}: the driver {error.name} is not installed; install it, or name "
                "another one as in postgresql+psycopg://..."
            ) from error
        if self.is_sqlite:
            _prepare_sqlite(engine, foreign_keys=not for_migration)
        return engine

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one moment of the database, or the surrounding transaction."""
        if (joined := self._joined.get()) is not None:
            yield joined
            return
        with self.translated(), Session(self._engine) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction: committed at the end, undone by any error; inner ones join the outer."""
        if (joined := self._joined.get()) is not None:
            yield joined
            joined.flush()
            return
        with self.translated(), Session(self._writing) as session, session.begin():
            self.wait_for_turn(session.connection())
            token = self._joined.set(session)
            try:
                yield session
            finally:
                self._joined.reset(token)

    def wait_for_turn(self, connection: Connection) -> None:
        """Makes the transaction the only writer until it ends; SQLite's BEGIN has done so."""
        if self.url.get_backend_name() == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_ONE_WRITER)))

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turns a fault of the database into one sentence that names it."""
        try:
            yield
        except DBAPIError as error:
            reason = str(error.orig).strip().partition("\n")[0]
            if "not a database" in reason:
                raise BadInput(
                    f"{self.name}: expected an SQLite database, this is another kind of file."
                ) from error
            if "no such table" in reason:
                raise BadInput(
                    f"{self.name}: not set up yet ({reason}); run `viper db upgrade`."
                ) from error
            if "unable to open" in reason:
                raise BadInput(
                    f"{self.name}: cannot be opened; expected a file in a writable folder."
                ) from error
            if "locked" in reason:
                raise ViperError(f"{self.name}: busy for {LOCK_SECONDS} s; try again.") from error
            raise ViperError(f"{self.name}: the database failed ({reason}).") from error

    def forget(self) -> None:
        """Empties the log in which SQLite keeps recent pages, deleted text included.

        Inside a transaction there is nothing to do: the next one that calls this does it.
        """
        if self.file is None or self.in_transaction:
            return
        with self.translated(), closing(self._engine.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.close()

    def dispose(self) -> None:
        """Closes every connection; the next use opens new ones."""
        self._engine.dispose()


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError) as error:
        raise BadInput(
            "The database URL is malformed or of an unknown kind; "
            "expected one such as sqlite:////srv/viper.sqlite3 or postgresql+psycopg://..."
        ) from error
    file = parsed.database or ""
    if parsed.get_backend_name() == "sqlite" and (
        file in {"", ":memory:"} or file.startswith("file:")
    ):
        raise BadInput(f"{url}: expected a path to an SQLite file, as in sqlite:////srv/a.sqlite3.")
    return parsed


def _prepare_sqlite(engine: Engine, *, foreign_keys: bool) -> None:
    @event.listens_for(engine, "connect")
    def set_up(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        assert isinstance(connection, sqlite3.Connection)
        connection.isolation_level = None  # no BEGIN but ours, below
        connection.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
        connection.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten
        connection.execute("PRAGMA synchronous=FULL")  # a stored comment survives a power cut

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("viper_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
