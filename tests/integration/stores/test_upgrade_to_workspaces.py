"""A store from before workspaces: all that it holds lies in the default one, and nobody notices."""

import pytest

from runfold.config import StoreSettings
from runfold.domain.access import Role
from runfold.errors import AlreadyExists
from runfold.stores.base import ExperimentQuery
from runfold.stores.sql import schema, upkeep
from runfold.stores.sql.engine import Engines
from runfold.stores.sql.store import SqlStore

SETTINGS = StoreSettings()
BEFORE = "0013"
_EXPERIMENT = (
    "INSERT INTO experiments (name, artifact_location, lifecycle_stage, creation_time, last_update_time) "
    "VALUES ('%s', '/files', 'active', 1, 1)"
)


@pytest.fixture
def old(uri: str) -> str:
    """With an experiment, one that was made after it and is gone, a model, a target, and who may do something there."""
    engines = Engines(uri, SETTINGS)
    with engines.connect_to_write() as connection, connection.begin():
        upkeep.run_migrations(connection, to=BEFORE)
        schema.add_first_records(connection, artifact_root="mlflow-artifacts:/")
        for statement in (
            _EXPERIMENT % "team/wine",
            _EXPERIMENT % "gone",
            "DELETE FROM experiments WHERE name = 'gone'",
            "INSERT INTO registered_models (name, description, user_id, creation_time, last_update_time) "
            "VALUES ('churn', 'd', '', 1, 1)",
            "INSERT INTO targets (name, description, creation_time, last_update_time) VALUES ('box', '{}', 1, 1)",
            "INSERT INTO users (name, password, is_admin, is_service, is_active, creation_time) "
            "VALUES ('ann', '', false, false, true, 1)",
            "INSERT INTO grants (subject_kind, subject_id, place_kind, place_key, role) "
            "SELECT 'user', id, 'model', 'churn', 1 FROM users",
            "INSERT INTO grants (subject_kind, subject_id, place_kind, place_key, role) "
            "SELECT 'user', id, 'folder', 'team', 2 FROM users",
        ):
            connection.exec_driver_sql(statement)
    engines.dispose()
    return uri


def test_what_was_there_lies_in_the_default_workspace(old: str) -> None:
    upkeep.upgrade(old, SETTINGS)
    store = SqlStore(old, SETTINGS)
    try:
        found = store.find_experiment_by_name("team/wine")
        assert found is not None
        assert (found.workspace, found.artifact_location) == ("default", "/files")
        assert store.get_registered_model("churn").workspace == "default"
        ann = store.get_user("ann")
        rights = store.rights_of(ann, most=Role.MANAGER)
        assert (ann.workspace, rights.on_model("churn")) == ("default", Role.READER.abilities)
        assert rights.on_experiment(found.experiment_id, found.name) == Role.CONTRIBUTOR.abilities
        assert len(store.search_experiments(ExperimentQuery()).items) == 2
        with pytest.raises(AlreadyExists):
            store.create_registered_model("churn")
    finally:
        store.close()


def test_numbers_are_not_given_again(old: str) -> None:
    upkeep.upgrade(old, SETTINGS)
    store = SqlStore(old, SETTINGS)
    try:
        found = store.find_experiment_by_name("team/wine")
        assert found is not None
        assert int(store.create_experiment("next")) == int(found.experiment_id) + 2
        store.create_workspace("vision")
        assert store.in_workspace("vision").create_experiment("team/wine") != found.experiment_id
    finally:
        store.close()
