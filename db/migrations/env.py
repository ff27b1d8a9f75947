"""Runs the migrations: on the connection that the store hands over, or on the configured one."""

from typing import Any

from alembic import context
from sqlalchemy import Connection

from viper.settings import load_settings
from viper.store.database import Database
from viper.store.tables import Base


def _plain_type(kind: str, thing: Any, _: Any) -> str | bool:
    """Our own column types are written as what the database stores."""
    if kind == "type" and type(thing).__module__.startswith("viper."):
        return f"sa.{thing.impl_instance!r}"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=_plain_type,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    engine = Database(load_settings().database_url).engine(for_migration=True)
    with engine.begin() as connection:
        _run(connection)
