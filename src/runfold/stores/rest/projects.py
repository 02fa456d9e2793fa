"""Registered projects of a server."""

from __future__ import annotations

from runfold.domain.registered_project import ProjectName, ProjectReading, ProjectSettings, RegisteredProject
from runfold.stores.rest.connection import Connection
from runfold.wire import convert
from runfold.wire.messages import projects
from runfold.wire.messages.base import Empty


class RestProjects:
    """`stores.base.ProjectStore`."""

    _connection: Connection

    def create_project(self, settings: ProjectSettings, *, user_id: str = "") -> RegisteredProject:
        request = projects.CreateProject(settings=convert.project_settings_out(settings), user_id=user_id)
        reply = self._connection.call("projects/create", request, projects.ProjectReply, is_repeatable=False)
        return convert.project_in(reply.project)

    def update_project(self, settings: ProjectSettings) -> RegisteredProject:
        request = projects.UpdateProject(settings=convert.project_settings_out(settings))
        return convert.project_in(self._connection.call("projects/update", request, projects.ProjectReply).project)

    def rename_project(self, name: ProjectName, new_name: ProjectName) -> RegisteredProject:
        request = projects.RenameProject(name=name, new_name=new_name)
        reply = self._connection.call("projects/rename", request, projects.ProjectReply, is_repeatable=False)
        return convert.project_in(reply.project)

    def record_project_reading(self, name: ProjectName, reading: ProjectReading) -> RegisteredProject:
        request = projects.RecordProjectReading(name=name, reading=convert.project_reading_out(reading))
        reply = self._connection.call("projects/record-reading", request, projects.ProjectReply)
        return convert.project_in(reply.project)

    def get_project(self, name: ProjectName) -> RegisteredProject:
        request = projects.ProjectRef(name=name)
        return convert.project_in(self._connection.call("projects/get", request, projects.ProjectReply).project)

    def list_projects(self) -> tuple[RegisteredProject, ...]:
        reply = self._connection.call("projects/list", Empty(), projects.ProjectsReply)
        return tuple(map(convert.project_in, reply.projects))

    def delete_project(self, name: ProjectName) -> None:
        self._connection.call("projects/delete", projects.ProjectRef(name=name), Empty, is_repeatable=False)
