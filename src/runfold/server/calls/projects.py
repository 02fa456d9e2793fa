"""Registered projects. The server keeps what it is told of them and fetches no code."""

from __future__ import annotations

from collections.abc import Mapping

from runfold.domain.registered_project import RegisteredProject
from runfold.server.bind import Answer
from runfold.server.services import Services
from runfold.wire import convert
from runfold.wire.messages import projects
from runfold.wire.messages.base import Empty


def create(services: Services, request: projects.CreateProject) -> projects.ProjectReply:
    settings = convert.project_settings_in(request.settings)
    return _reply(services.store.create_project(settings, user_id=request.user_id))


def update(services: Services, request: projects.UpdateProject) -> projects.ProjectReply:
    return _reply(services.store.update_project(convert.project_settings_in(request.settings)))


def rename(services: Services, request: projects.RenameProject) -> projects.ProjectReply:
    return _reply(services.store.rename_project(request.name, request.new_name))


def record_reading(services: Services, request: projects.RecordProjectReading) -> projects.ProjectReply:
    reading = convert.project_reading_in(request.reading)
    return _reply(services.store.record_project_reading(request.name, reading))


def get(services: Services, request: projects.ProjectRef) -> projects.ProjectReply:
    return _reply(services.store.get_project(request.name))


def list_projects(services: Services, request: Empty) -> projects.ProjectsReply:
    return projects.ProjectsReply(projects=tuple(map(convert.project_out, services.store.list_projects())))


def delete(services: Services, request: projects.ProjectRef) -> Empty:
    services.store.delete_project(request.name)
    return Empty()


def _reply(project: RegisteredProject) -> projects.ProjectReply:
    return projects.ProjectReply(project=convert.project_out(project))


ANSWERS: Mapping[str, Answer] = {
    "projects/create": create,
    "projects/update": update,
    "projects/rename": rename,
    "projects/record-reading": record_reading,
    "projects/get": get,
    "projects/list": list_projects,
    "projects/delete": delete,
}
