"""Where the files of a model lie."""

from __future__ import annotations

from runfold.stores.model_uris import locate_model
from runfold.tracking import active


def artifact_uri(model_uri: str) -> str:
    """The location that a `models:/` or `runs:/` URI means; any other address is returned as it is.

    Raises:
        NotFound: no such model, version, stage or run.
        InvalidValue: no such alias, or the URI cannot be read.
    """
    return locate_model(active.session().store, model_uri).location
