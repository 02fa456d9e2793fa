"""The schema that all migrations make is the one that a new store gets."""

from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from runfold.config import StoreSettings
from runfold.domain import known_tags
from runfold.domain.access import Grant, Place, PlaceKind, Role, Subject, SubjectKind
from runfold.domain.job import NewJob
from runfold.domain.run import NewRun
from runfold.errors import AlreadyExists, StoreError, StoreNeedsUpgrade, StoreTooNew
from runfold.stores.open import open_store
from runfold.stores.sql import schema, upkeep
from runfold.stores.sql.engine import Engines
from runfold.stores.sql.migrations.versions import v0018_job_search

SETTINGS = StoreSettings()


def describe(connection: sa.Connection) -> dict[str, object]:
    """Columns, keys and indexes of every table; the order of constraints in a statement means nothing."""
    master = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
    described: dict[str, object] = {}
    for kind, name, sql in connection.exec_driver_sql(master).all():
        if name == schema.VERSION_TABLE:
            continue
        if kind == "table":
            columns = connection.exec_driver_sql(f"PRAGMA table_xinfo({name})").all()
            indexes = connection.exec_driver_sql(f"PRAGMA index_list({name})").all()
            uniques = [index.name for index in indexes if index.unique]
            unique_columns = sorted(
                tuple(column.name for column in connection.exec_driver_sql(f"PRAGMA index_info({index})"))
                for index in uniques
            )
            described[name] = [tuple(column) for column in columns], unique_columns, "WITHOUT ROWID" in sql
        else:
            described[name] = " ".join(sql.split()).replace('"', "")
    return described


def set_version(uri: str, version: str) -> None:
    engines = Engines(uri, SETTINGS)
    with engines.connect_to_write() as connection, connection.begin():
        connection.exec_driver_sql(f"UPDATE {schema.VERSION_TABLE} SET version_num = '{version}'")
    engines.dispose()


@pytest.fixture
def uri(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path}/store.db"
    open_store(address, SETTINGS).close()
    return address


def test_all_migrations_make_the_schema_of_a_new_store(tmp_path: Path, uri: str) -> None:
    migrated = Engines(f"sqlite:///{tmp_path}/migrated.db", SETTINGS)
    created = Engines(uri, SETTINGS)
    with migrated.connect_to_write() as connection, connection.begin():
        upkeep.run_migrations(connection)

    with migrated.connect_to_read() as one, created.connect_to_read() as other:
        assert describe(one) == describe(other)
        assert schema.find_version(one) == schema.find_version(other) == schema.HEAD


def test_a_store_of_a_newer_release_is_refused(uri: str) -> None:
    set_version(uri, "9999")

    with pytest.raises(StoreTooNew, match="schema version 9999"):
        open_store(uri, SETTINGS)
    with pytest.raises(StoreTooNew):
        upkeep.upgrade(uri, SETTINGS)


def test_a_store_of_an_older_release_says_what_to_run(uri: str) -> None:
    with pytest.raises(StoreNeedsUpgrade, match="runfold db upgrade"):
        schema.check_version("0001", uri, revisions=("0001", "0002"))


def test_upgrading_the_newest_schema_changes_nothing(uri: str) -> None:
    assert upkeep.upgrade(uri, SETTINGS) == upkeep.Upgrade(schema.HEAD, schema.HEAD, None)


def test_a_missing_store_is_neither_upgraded_nor_checked(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no store"):
        upkeep.upgrade(f"sqlite:///{tmp_path}/none.db", SETTINGS)
    with pytest.raises(StoreError, match="There is no store"):
        upkeep.check(f"sqlite:///{tmp_path}/none.db", SETTINGS)


def test_a_backup_opens_as_a_store_and_never_overwrites(tmp_path: Path, uri: str) -> None:
    store = open_store(uri, SETTINGS)
    store.create_experiment("kept")
    target = tmp_path / "copy.db"

    upkeep.backup(uri, target, SETTINGS)

    store.close()
    copy = open_store(f"sqlite:///{target}", SETTINGS)
    assert copy.find_experiment_by_name("kept") is not None
    copy.close()
    with pytest.raises(AlreadyExists):
        upkeep.backup(uri, target, SETTINGS)


def test_a_check_finds_and_mends_wrong_counts(uri: str) -> None:
    store = open_store(uri, SETTINGS)
    store.create_run(NewRun(experiment_id="0", run_name="one"))
    store.close()
    engines = Engines(uri, SETTINGS)
    with engines.connect_to_write() as connection, connection.begin():
        connection.exec_driver_sql("UPDATE keys SET n_runs = 7")
    engines.dispose()

    faults = [finding for finding in upkeep.check(uri, SETTINGS, repair=True) if finding.is_fault]

    assert [finding.text for finding in faults] == ["The key 'mlflow.runName' says that 7 runs have it; 1 do."]
    assert faults[0].is_repaired
    assert not any(finding.is_fault for finding in upkeep.check(uri, SETTINGS))


def test_a_store_of_the_first_schema_is_upgraded_with_its_records(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/old.db"
    engines = Engines(uri, SETTINGS)
    with engines.connect_to_write() as connection, connection.begin():
        upkeep.run_migrations(connection, to="0001")
        schema.add_first_records(connection, artifact_root="mlflow-artifacts:/")
    engines.dispose()
    with pytest.raises(StoreNeedsUpgrade):
        open_store(uri, SETTINGS)

    done = upkeep.upgrade(uri, SETTINGS)

    assert (done.found, done.now) == ("0001", schema.HEAD)
    assert done.backup is not None
    assert done.backup.exists()
    store = open_store(uri, SETTINGS)
    assert store.get_experiment("0").name == "Default"
    store.close()


def test_jobs_of_before_are_found_as_those_of_today(tmp_path: Path, uri: str) -> None:
    store = open_store(uri, SETTINGS)
    work = NewJob(uri="/p", user_id="ada", parameters={"a": "Ä"}, labels=("gpu",), tags={known_tags.GRID: "g"})
    store.submit_job(work)
    store.close()
    engines = Engines(uri, SETTINGS)
    sought = "SELECT target, user_id, grid, search_text FROM jobs"
    with engines.connect_to_write() as connection, connection.begin():
        today = connection.exec_driver_sql(sought).all()
        connection.exec_driver_sql("UPDATE jobs SET target = '', user_id = '', grid = '', search_text = ''")
        v0018_job_search.fill(connection)
        assert connection.exec_driver_sql(sought).all() == today
    engines.dispose()


def test_what_was_granted_to_groups_before_gets_numbers(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/old.db"
    engines = Engines(uri, SETTINGS)
    row = "INSERT INTO grants (subject_kind, subject_id, place_kind, place_key, role) VALUES "
    with engines.connect_to_write() as connection, connection.begin():
        upkeep.run_migrations(connection, to="0024")
        schema.add_first_records(connection, artifact_root="mlflow-artifacts:/")
        connection.exec_driver_sql("INSERT INTO user_groups (name) VALUES ('vision')")
        for place in ("('group', 1, 'folder', 'a', 1)", "('everyone', 0, 'new', '', 0)", "('group', 1, 'new', '', 1)"):
            connection.exec_driver_sql(row + place)
    engines.dispose()
    upkeep.upgrade(uri, SETTINGS)
    with closing(open_store(uri, SETTINGS)) as store:
        assert [(one.number, one.grant.place.text) for one in store.list_group_grants()] == [
            (1, "folder:a"),
            (2, "new"),
        ]
        place = Place(PlaceKind.FOLDER, "b")
        store.set_grant(Grant(subject=Subject(SubjectKind.GROUP, "vision"), place=place, role=Role.READER))
        assert store.list_group_grants()[-1].number == 3
