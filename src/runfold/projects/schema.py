"""The JSON Schema of MLproject files, made from the same names and types that `spec` reads."""

from __future__ import annotations

from typing import Any

from runfold.domain.project import NAME, ParameterType

_TEXT = {"type": "string"}
_SCALAR = {"type": ["string", "number", "boolean"]}
_TEXTS = {"type": "array", "items": _SCALAR}


def schema() -> dict[str, Any]:
    """The schema, as draft 2020-12 has it."""
    kind = {"enum": [str(value) for value in ParameterType]}
    parameter = {
        "oneOf": [
            kind,
            {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "type": kind,
                    "default": _SCALAR | {"description": "Used when no value is given."},
                    "environment": _TEXT | {"description": "A variable that gives the default where the job runs."},
                    "help": _TEXT,
                    "choices": _TEXTS | {"description": "The values that are accepted."},
                    "minimum": {"type": "number"},
                    "maximum": {"type": "number"},
                    "secret": {"type": "boolean", "description": "The value is found elsewhere and never recorded."},
                },
            },
        ]
    }
    entry_point = {
        "type": "object",
        "required": ["command"],
        "additionalProperties": False,
        "properties": {
            "command": _TEXT | {"description": "The command; {name} stands for the value of a parameter."},
            "help": _TEXT,
            "parameters": {
                "type": "object",
                "propertyNames": {"pattern": f"^{NAME.pattern}$"},
                "additionalProperties": parameter,
            },
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "MLproject",
        "type": "object",
        "properties": {
            "name": _TEXT,
            "python_env": _TEXT | {"description": "A python_env.yaml or requirements.txt of the project."},
            "conda_env": _TEXT | {"description": "A conda.yaml of the project."},
            "docker_env": {
                "type": "object",
                "required": ["image"],
                "properties": {"image": _TEXT, "volumes": _TEXTS, "environment": {"type": "array"}},
            },
            "entry_points": {"type": "object", "additionalProperties": entry_point},
            "platform": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "targets": _TEXTS | {"description": "By name, the first that can be used."},
                    "hosts": _TEXTS | {"description": "One of them must be the target's host."},
                    "labels": _TEXTS | {"description": "All of them must be labels of the target."},
                    "gpus": {"type": "integer", "minimum": 0},
                    "memory_gib": {"type": "number", "minimum": 0},
                    "image": _TEXT | {"description": "Of a container: a target that runs images."},
                },
            },
        },
    }
