"""Whether a list shows a job is whether one may read it, in memory and in SQL."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec

from runfold.config import StoreSettings
from runfold.domain.access import BUILT_IN, Grant, User, parse_place, parse_subject, weigh
from runfold.domain.job import NewJob
from runfold.domain.job_access import abilities_on_job, visible_jobs
from runfold.domain.registered_project import ProjectSettings
from runfold.domain.target import Target, TargetKind
from runfold.stores.sql.store import SqlStore
from runfold.stores.work import JobQuery

ME, OTHER = User(number=7, name="me"), 8
PLACES = ("everything", "workspace:default", "project:a", "project:b", "target:gpu")


def test_lists_show_what_may_be_read(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/store.db", StoreSettings(durability="process"))
    for name in ("a", "b"):
        store.create_project(ProjectSettings(name=name, uri="/p"))
    store.create_target(Target(name="gpu", kind=TargetKind.LOCAL))
    for owner in (ME.number, OTHER):
        for project in ("", "a", "b"):
            for target in ("", "gpu"):
                store.owned_by(owner).submit_job(NewJob(uri="/p", project=project, target=target))
    homes = store.homes_of_jobs([job.job_id for job in store.list_jobs(JobQuery()).items])
    assert len(homes) == 12
    chance = random.Random(5)
    for _ in range(150):
        grants = [
            Grant(subject=parse_subject("user:me"), place=parse_place(place), role=chance.choice(list(BUILT_IN)))
            for place in PLACES
            if chance.random() < 0.5
        ]
        within = tuple(parse_place(place) for place in PLACES[1:] if chance.random() < 0.3) * (chance.random() < 0.3)
        rights = weigh(ME, grants, most=chance.choice(list(BUILT_IN)[1:]).abilities)
        rights = msgspec.structs.replace(rights, within=within)
        visible = visible_jobs(rights, ME.number, "default")
        readable = {job_id for job_id, home in homes.items() if abilities_on_job(rights, ME.number, home)}
        assert {job_id for job_id, home in homes.items() if visible.includes(home)} == readable
        listed = {job.job_id for job in store.list_jobs(JobQuery(), visible=visible).items}
        assert listed == readable
        assert sum(store.count_jobs(JobQuery(), visible=visible).states.values()) == len(readable)
    store.close()
