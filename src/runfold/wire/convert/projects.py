"""Registered projects."""

from __future__ import annotations

import msgspec

from runfold.domain.project import Project
from runfold.domain.registered_project import ProjectReading, ProjectSettings, RegisteredProject
from runfold.errors import InvalidValue
from runfold.wire.convert.jobs import job_in, job_out
from runfold.wire.messages.projects import ProjectMessage, ProjectReadingMessage, ProjectSettingsMessage, ProjectSpec


def project_settings_out(settings: ProjectSettings) -> ProjectSettingsMessage:
    return msgspec.convert(settings, ProjectSettingsMessage, from_attributes=True)


def project_settings_in(message: ProjectSettingsMessage) -> ProjectSettings:
    return msgspec.convert(message, ProjectSettings, from_attributes=True)


def project_reading_out(reading: ProjectReading) -> ProjectReadingMessage:
    spec = None if reading.spec is None else msgspec.convert(msgspec.to_builtins(reading.spec), ProjectSpec)
    return ProjectReadingMessage(spec=spec, commit=reading.commit, problem=reading.problem)


def project_reading_in(message: ProjectReadingMessage) -> ProjectReading:
    """Raises InvalidValue when the spec breaks a rule of specs, such as the names of parameters."""
    try:
        # Messages leave out what is as usual, and so does what is made of them.
        spec = None if message.spec is None else msgspec.convert(msgspec.to_builtins(message.spec), Project)
    except msgspec.ValidationError as error:
        raise InvalidValue(f"The spec of the project cannot be used: {error}") from None
    return ProjectReading(spec=spec, commit=message.commit, problem=message.problem)


def project_out(project: RegisteredProject) -> ProjectMessage:
    return ProjectMessage(
        settings=project_settings_out(project.settings),
        reading=project_reading_out(project.reading),
        creation_time_ms=project.creation_time_ms,
        last_update_time_ms=project.last_update_time_ms,
        read_time_ms=project.read_time_ms,
        user_id=project.user_id,
        n_jobs=project.n_jobs,
        last_job=None if project.last_job is None else job_out(project.last_job),
    )


def project_in(message: ProjectMessage) -> RegisteredProject:
    return RegisteredProject(
        settings=project_settings_in(message.settings),
        reading=project_reading_in(message.reading),
        creation_time_ms=message.creation_time_ms,
        last_update_time_ms=message.last_update_time_ms,
        read_time_ms=message.read_time_ms,
        user_id=message.user_id,
        n_jobs=message.n_jobs,
        last_job=None if message.last_job is None else job_in(message.last_job),
    )
