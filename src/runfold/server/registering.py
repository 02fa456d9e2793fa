"""Registering a version: what may be its source, and what can be told of it without running anything."""

from __future__ import annotations

from runfold.domain.registered_model import ModelVersion, NewModelVersion
from runfold.server.model_sources import check_source
from runfold.server.services import Services


def register(services: Services, new: NewModelVersion) -> ModelVersion:
    """
    Raises:
        InvalidValue: the source may not be named.
        NotFound: no such registered model, source model or run.
    """
    check_source(services.store, new.source, new.run_id)
    return services.store.create_model_version(new)
