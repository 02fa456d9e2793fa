"""Registered projects."""

from __future__ import annotations

import msgspec
import pytest

from runfold.domain.job import NewJob
from runfold.domain.project import EntryPoint, EnvironmentKind, EnvironmentSpec, Parameter, ParameterType, Project
from runfold.domain.registered_project import ProjectReading, ProjectSettings, RegisteredProject
from runfold.errors import AlreadyExists, InvalidValue, NotFound
from runfold.stores.base import TrackingStore
from runfold.stores.work import JobQuery
from runfold.testing.stores.records import unique

SPEC = Project(
    name="wine",
    environment=EnvironmentSpec(kind=EnvironmentKind.CONDA, path="conda.yaml"),
    entry_points=(
        EntryPoint(
            name="main",
            command="python train.py {alpha} --solver {solver}",
            help="Fit it.",
            parameters=(
                Parameter(name="alpha", type=ParameterType.FLOAT, default="0.5", minimum=0, maximum=1, help="penalty"),
                Parameter(name="solver", default="cyclic", choices=("cyclic", "random")),
                Parameter(name="key", is_secret=True, environment="KEY"),
            ),
        ),
    ),
    has_file=True,
)


def register(store: TrackingStore, **fields: object) -> RegisteredProject:
    settings = ProjectSettings(name=unique("prøject"), uri="https://host/p.git")
    return store.create_project(msgspec.structs.replace(settings, **fields), user_id="me")


def test_a_project_reads_back_as_it_was_registered(store: TrackingStore) -> None:
    settings = ProjectSettings(
        name=unique("wine quality/é"),
        uri="git@host:team/models.git",
        version="v1.2",
        folder="wine",
        description="Predicts *quality*.",
        credential="env:GIT_TOKEN",
        targets=("gpu-box",),
        queue="gpu",
        experiment_id="7",
    )
    project = store.create_project(settings, user_id="me")
    assert (project.settings, project.reading, project.read_time_ms) == (settings, ProjectReading(), None)
    assert (project.user_id, project.n_jobs, project.last_job) == ("me", 0, None)
    assert store.get_project(settings.name) == project
    assert settings.address == "git@host:team/models.git#wine"


def test_a_name_is_given_once(store: TrackingStore) -> None:
    project = register(store)
    with pytest.raises(AlreadyExists):
        store.create_project(project.settings)


def test_what_was_read_is_kept_until_the_code_is_elsewhere(store: TrackingStore) -> None:
    settings = register(store).settings
    reading = ProjectReading(spec=SPEC, commit="ab" * 20)
    read = store.record_project_reading(settings.name, reading)
    assert read.reading == reading
    assert read.read_time_ms is not None
    described = store.update_project(msgspec.structs.replace(settings, description="new"))
    assert (described.settings.description, described.reading) == ("new", reading)
    moved = store.update_project(msgspec.structs.replace(settings, version="v2"))
    assert (moved.reading, moved.read_time_ms) == (ProjectReading(), None)


def test_a_reading_that_failed_leaves_the_last_spec(store: TrackingStore) -> None:
    name = register(store).settings.name
    assert store.record_project_reading(name, ProjectReading(problem="no network")).reading.problem == "no network"
    store.record_project_reading(name, ProjectReading(spec=SPEC, commit="c1"))
    failed = store.record_project_reading(name, ProjectReading(problem="line 3: no command"))
    assert failed.reading == ProjectReading(spec=SPEC, commit="c1", problem="line 3: no command")
    assert store.record_project_reading(name, ProjectReading(spec=SPEC, commit="c2")).reading.problem == ""
    with pytest.raises(InvalidValue):
        store.record_project_reading(name, ProjectReading())


def test_projects_are_listed_by_name_with_their_newest_job(store: TrackingStore) -> None:
    names = [register(store).settings.name for _ in range(3)]
    for number in range(2):
        store.submit_job(NewJob(uri="/p", project=names[1], priority=number))
    mine = [project for project in store.list_projects() if project.settings.name in names]
    assert [project.settings.name for project in mine] == sorted(names)
    counts = {project.settings.name: project.n_jobs for project in mine}
    assert counts == {names[0]: 0, names[1]: 2, names[2]: 0}
    last = store.get_project(names[1]).last_job
    assert last is not None
    assert last.work.priority == 1


def test_a_renamed_project_keeps_its_jobs_and_is_found_by_its_former_name(store: TrackingStore) -> None:
    before = register(store).settings
    reading = ProjectReading(spec=SPEC, commit="c1")
    store.record_project_reading(before.name, reading)
    job = store.submit_job(NewJob(uri="/p", project=before.name))
    new = unique("wine, åged")
    renamed = store.rename_project(before.name, new)
    assert (renamed.settings, renamed.reading) == (msgspec.structs.replace(before, name=new), reading)
    assert store.get_project(before.name) == store.get_project(new) == renamed
    assert store.get_job(job.job_id).work.project == new
    late = store.submit_job(NewJob(uri="/p", project=before.name))
    listed = store.list_jobs(JobQuery(project=before.name)).items
    assert [found.job_id for found in listed] == [late.job_id, job.job_id]
    assert store.get_project(new).n_jobs == 2
    assert store.record_project_reading(before.name, ProjectReading(problem="gone")).settings.name == new
    assert store.update_project(before).settings.name == new
    assert [found.settings.name for found in store.list_projects()].count(new) == 1


def test_a_former_name_is_free_for_another_project(store: TrackingStore) -> None:
    first = register(store).settings.name
    second, third = unique("second"), unique("third")
    store.rename_project(first, second)
    assert store.rename_project(first, third).settings.name == third
    assert store.get_project(second).settings.name == third
    other = register(store, name=first)
    assert store.get_project(first) == other
    with pytest.raises(AlreadyExists):
        store.rename_project(third, first)
    assert store.rename_project(third, second).settings.name == second
    assert store.get_project(third).settings.name == second
    store.delete_project(third)
    for name in (second, third):
        with pytest.raises(NotFound):
            store.get_project(name)


@pytest.mark.parametrize("name", ["", " ", "n" * 300, "a\0b"])
def test_a_project_keeps_its_name_when_the_new_one_cannot_be_used(store: TrackingStore, name: str) -> None:
    project = register(store)
    with pytest.raises(InvalidValue):
        store.rename_project(project.settings.name, name)
    assert store.get_project(project.settings.name) == project
    with pytest.raises(NotFound):
        store.rename_project(unique("none"), "other")


def test_a_project_is_forgotten_and_its_jobs_stay(store: TrackingStore) -> None:
    name = register(store).settings.name
    job = store.submit_job(NewJob(uri="/p", project=name))
    store.delete_project(name)
    assert store.get_job(job.job_id) == job
    for call in (store.get_project, store.delete_project):
        with pytest.raises(NotFound):
            call(name)
    with pytest.raises(NotFound):
        store.record_project_reading(name, ProjectReading(problem="gone"))
    with pytest.raises(NotFound):
        store.update_project(ProjectSettings(name=name, uri="/p"))


@pytest.mark.parametrize(
    "fields",
    [
        {"name": " "},
        {"uri": ""},
        {"queue": ""},
        {"name": "n" * 300},
        {"name": "a\0b"},
        {"credential": "hunter2"},
        {"uri": "https://me:hunter2@example.org/x.git"},
    ],
)
def test_settings_that_cannot_be_used_are_refused(store: TrackingStore, fields: dict[str, str]) -> None:
    with pytest.raises(InvalidValue) as caught:
        register(store, **fields)
    assert "hunter2" not in caught.value.message


def test_no_name_with_a_nul_is_known(store: TrackingStore) -> None:
    for call in (store.get_project, store.delete_project):
        with pytest.raises(NotFound):
            call("a\0b")
