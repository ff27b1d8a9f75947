"""From a blank database, or none, to the schema of the code; and what is refused on the way."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from viper.errors import BadInput, ViperError
from viper.settings import ROOT
from viper.store import Store, schema
from viper.store.database import Database
from viper.store.tables import Base


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "viper #1.sqlite3"


@pytest.fixture
def store(file: Path) -> Store:
    return Store(f"sqlite:///{file}")


def execute(file: Path, *statements: str) -> None:
    file.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_looking_makes_nothing(store: Store, file: Path) -> None:
    assert store.check() == "empty"
    assert not file.parent.exists()


def test_the_first_start_makes_everything_and_the_next_nothing(store: Store, file: Path) -> None:
    with store:
        assert store.upgrade() is True
        assert store.check() == "current"
        before = file.read_bytes()
        assert store.upgrade() is False
        assert file.read_bytes() == before


def test_an_empty_file_is_a_blank_database(store: Store, file: Path) -> None:
    file.parent.mkdir()
    file.touch()
    with store:
        assert store.check() == "empty"
        assert store.upgrade() is True


def test_the_migrations_make_what_the_models_say(store: Store, file: Path) -> None:
    with store:
        store.upgrade()
    engine = Database(f"sqlite:///{file}").engine()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()
    migrated, made = schema_of(file), file.with_name("made.sqlite3")
    engine = Database(f"sqlite:///{made}").engine()
    Base.metadata.create_all(engine)
    engine.dispose()
    assert {k: v for k, v in migrated.items() if k != "alembic_version"} == schema_of(made)


def schema_of(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """Columns, foreign keys, indexes and checks of each table, in no order."""
    found: dict[str, list[tuple[object, ...]]] = {}
    with closing(sqlite3.connect(file)) as connection:
        for name, sql in connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall():
            found[name] = [("sql", " ".join(part)) for part in sorted(clauses(sql))]
            for pragma in ("table_info", "foreign_key_list", "index_list"):
                rows = connection.execute(f"PRAGMA {pragma}({name})").fetchall()
                # The first column of the last two is a number in order of declaration.
                skip = 0 if pragma == "table_info" else 1
                found[name] += sorted(((pragma, *row[skip:]) for row in rows), key=repr)
    return found


def clauses(sql: str) -> list[list[str]]:
    """The named constraints of a CREATE TABLE statement."""
    lines = [line.strip().rstrip(",") for line in sql.splitlines()]
    return [line.split() for line in lines if line.startswith("CONSTRAINT")]


def test_alembics_own_check_agrees(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIPER_DATABASE_URL", f"sqlite:///{file}")
    file.parent.mkdir()
    config = Config(ROOT / "db" / "alembic.ini", stdout=file.with_suffix(".log").open("w"))
    with pytest.raises(CommandError, match="not up to date"):
        command.check(config)
    command.upgrade(config, "head")
    command.check(config)
    execute(file, "ALTER TABLE images ADD COLUMN stray TEXT")
    with pytest.raises(CommandError, match="stray"):
        command.check(config)
    config.stdout.close()
    with Store(f"sqlite:///{file}") as store:
        assert store.check() == "current"


def made_by_0001(file: Path) -> None:
    """A database of the first revision, with a profile of three versions in it."""
    file.parent.mkdir(exist_ok=True)
    engine = Database(f"sqlite:///{file}").engine(for_migration=True)
    config = Config(ROOT / "db" / "alembic.ini")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    now, version = "2026-01-02 03:04:05.000000", "'offline', NULL, NULL, '[]'"
    execute(
        file,
        f"INSERT INTO owners VALUES ('me', '{now}')",
        f"INSERT INTO profiles VALUES ('{PROFILE}', 'me', 'mine', '{now}')",
        *(
            f"INSERT INTO comments VALUES ({number}, 'me', '{PROFILE}', {image}, '{text}', "
            f"{stance}, '{now}', NULL)"
            for number, image, text, stance in (
                (1, "NULL", "I like teal", "NULL"),
                (2, "'curated:001'", "", "'like'"),
                (7, "NULL", "teal, red!", "'mixed'"),
            )
        ),
        f"INSERT INTO extractions (id, owner_id, profile_id, kind, warnings, created) "
        f"VALUES (1, 'me', '{PROFILE}', 'offline', '[]', '{now}')",
        "INSERT INTO extraction_comments VALUES (1, 1), (1, 2), (1, 7)",
        *(
            f"INSERT INTO profile_versions VALUES ({number}, '{PROFILE}', {number}, "
            f"{number - 1 or 'NULL'}, 'note {number}', 1, {version}, '{now}')"
            for number in (1, 2, 3)
        ),
        "INSERT INTO attributes VALUES (1, 3, 'color palette', 'teal', 'liked', 0.937, 0, 0)",
        "INSERT INTO attributes VALUES (2, 3, NULL, 'my words', 'liked', 0.8, 0, 1)",
        "INSERT INTO attributes VALUES (3, 3, 'mood', 'calm', 'disliked', 0.3, 1, 1)",
        "INSERT INTO attributes VALUES (4, 1, 'color palette', 'teal', 'liked', 0.7, 0, 0)",
        "INSERT INTO attributes VALUES (5, 3, 'color palette', 'red', 'disliked', 0.91, 0, 0)",
        "INSERT INTO evidence VALUES (1, 1, 1, NULL, 'I like teal')",
        "INSERT INTO evidence VALUES (2, 1, 2, 'curated:001', '')",
        "INSERT INTO evidence VALUES (3, 1, 7, NULL, 'teal')",
        "INSERT INTO evidence VALUES (4, 3, 7, NULL, 'red!')",
        "INSERT INTO evidence VALUES (5, 4, 1, NULL, 'I like teal')",
        "INSERT INTO evidence VALUES (6, 5, 7, NULL, 'red!')",
        "INSERT INTO evidence VALUES (7, 5, 7, NULL, 'teal, red!')",
    )


PROFILE = "a" * 32


def test_a_database_of_the_first_revision_loses_nothing(store: Store, file: Path) -> None:
    made_by_0001(file)
    before = contents(file)
    with store:
        assert store.check() == "outdated"
        assert store.upgrade() is True
        after = contents(file)
        for table, rows in before.items():
            if table != "alembic_version":
                assert [
                    row[: len(old)] for row, old in zip(after[table], rows, strict=True)
                ] == rows
        assert [c.id for c in store.comments.list("me", PROFILE)] == [1, 2, 7]
        assert {c.comment.source for c in store.comments.list("me", PROFILE)} == {"comment"}
        preference = store.preferences.current("me", PROFILE).preference
        strengths = {a.attribute: a.strength for a in (*preference.liked, *preference.disliked)}
        assert strengths == {"teal": 0.937, "my words": 0.8, "calm": 0.3, "red": 0.91}
        (calm,) = [a for a in preference.disliked if a.attribute == "calm"]
        assert (calm.muted, calm.pinned, calm.evidence[0].strength) == (True, True, 0.7)
        without = preference.without_comment(7)
        assert [a.attribute for a in without.disliked] == ["calm"]
        (teal,) = [a for a in without.liked if a.attribute == "teal"]
        assert teal.strength == pytest.approx(1 - (1 - 0.937) ** (2 / 3), abs=1e-4)
        store.preferences.restore("me", PROFILE, number=1)
        old = store.preferences.current("me", PROFILE).preference
        assert [(a.attribute, a.strength) for a in old.liked] == [("teal", 0.7)]


def contents(file: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(file)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall()
            for (name,) in names
            if name != "sqlite_sequence"
        }


def test_the_code_knows_the_newest_migration() -> None:
    scripts = ScriptDirectory.from_config(Config(ROOT / "db" / "alembic.ini"))
    assert scripts.get_heads() == [schema.HEAD]


def test_a_migration_that_fails_leaves_nothing(store: Store, file: Path) -> None:
    file.parent.mkdir()
    execute(file)
    database = Database(f"sqlite:///{file}")
    with pytest.raises(ViperError), schema._alone(database) as connection:  # noqa: PT012
        schema._migrate(connection)
        connection.exec_driver_sql("SELECT * FROM nowhere")
    with store:
        assert store.check() == "empty"
        assert store.upgrade() is True


def newer(file: Path) -> None:
    with Store(f"sqlite:///{file}") as store:
        store.upgrade()
    execute(file, "UPDATE alembic_version SET version_num = '9999'")


def of_another_program(file: Path) -> None:
    execute(file, "CREATE TABLE bookmarks (url TEXT)")


def no_database(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("Dear diary, this is not a database at all.\n" * 40, encoding="utf-8")


def a_folder(file: Path) -> None:
    file.mkdir(parents=True)


def in_a_file(file: Path) -> None:
    file.parent.write_text("a file where the folder should be", encoding="utf-8")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (newer, r"made by a newer ViPer \(schema 9999, this one knows \w+\); update ViPer"),
        (of_another_program, "holds tables of another program"),
        (no_database, "expected an SQLite database, this is another kind of file"),
        (a_folder, "cannot be opened"),
        (in_a_file, "its folder cannot be made"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_and_left_as_it_is(
    store: Store, file: Path, make: Callable[[Path], None], message: str
) -> None:
    make(file)
    before = file.read_bytes() if file.is_file() else None
    with store, pytest.raises(BadInput, match=message) as caught:
        store.upgrade()
    assert str(caught.value).startswith(str(file))
    assert "\n" not in str(caught.value)
    assert (file.read_bytes() if file.is_file() else None) == before


def test_using_a_database_that_is_not_set_up_says_what_to_do(store: Store, file: Path) -> None:
    file.parent.mkdir()
    with store, pytest.raises(BadInput, match="run `viper db upgrade`"):
        store.profiles.list("me")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "malformed or of an unknown kind"),
        ("oracle9://host/x", "malformed or of an unknown kind"),
        ("sqlite://", "expected a path to an SQLite file"),
        ("sqlite:///:memory:", "expected a path to an SQLite file"),
        ("sqlite:///file:a?mode=memory&uri=true", "expected a path to an SQLite file"),
        ("mysql+mysqldb://me:hunter2@host/viper", "driver MySQLdb is not installed"),
    ],
)
def test_urls_that_cannot_work_are_one_sentence(url: str, message: str) -> None:
    with pytest.raises(BadInput, match=message) as caught:
        Store(url)
    assert "hunter2" not in str(caught.value)
