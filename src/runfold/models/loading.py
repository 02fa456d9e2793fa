"""Load a model: through its flavour, or called alike."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runfold.errors import InvalidValue, NotSupported
from runfold.mlmodel.document import PYFUNC, MLmodel
from runfold.mlmodel.scan import Report, joined, scan_file
from runfold.models.digests import check_digests
from runfold.models.example import read_example
from runfold.models.flavor import Flavor, LoadOptions, file_of
from runfold.models.flavors import flavor_of_model, flavor_of_name
from runfold.models.pickling import require_code
from runfold.models.pyfunc_model import PyFuncModel
from runfold.models.trial import try_first
from runfold.models.uris import fetch_model, fetched_model, read_mlmodel
from runfold.tracking import settings


def load_model(
    model_uri: str | Path,
    *,
    flavor: str | None = None,
    allow_pickle: bool | None = None,
    allow_code: bool | None = None,
    trusted_types: tuple[str, ...] | list[str] = (),
    model_config: Mapping[str, Any] | None = None,
) -> PyFuncModel:
    """Load a model to call it, whatever framework made it.

    Args:
        model_uri: `runs:/<run id>/<path>`, `models:/<name>/<version>`, `models:/<name>@<alias>`, `models:/m-<id>`, a
            folder, or the address of one in an artifact store.
        flavor: which of the model's flavours to call it by, such as a portable twin; None: as the model says.
        allow_pickle: load files that run code while they are loaded. None: as the setting `allow_pickle` says, which
            is no. Pickles that call what no model needs are refused even so.
        allow_code: import Python files that the model brings. None: as the setting `allow_code` says.
        trusted_types: full names of types that safe files may make, beside those known to be harmless.
        model_config: changes of the settings that a Python model was saved with.

    Raises:
        NotFound: there is no such model.
        PermissionDenied: loading it would run code of its own.
        InvalidValue: the folder is damaged; the message says where.
        NotSupported: no flavour here knows it.
        MissingDependency: it needs a package that is not installed.

    Example:
        >>> import runfold
        >>> model = runfold.models.load_model("models:/churn@champion")  # doctest: +SKIP
    """
    options = _options(allow_pickle, allow_code, trusted_types, {"model_config": model_config})
    folder = fetch_model(model_uri)
    try:
        metadata = read_mlmodel(folder.path)
        chosen = _callable_flavor(metadata, str(model_uri), flavor)
        native = _load(chosen, metadata, folder.path, options)
        loaded = chosen.loaded(native, metadata.pyfunc or {})
        example = read_example(metadata, folder.path)
    except BaseException:
        folder.remove()
        raise
    model = PyFuncModel(metadata, loaded, uri=str(model_uri), example=example)
    weakref.finalize(model, folder.remove)  # a Python model may read its artifacts at any time
    return model


def load_native(
    model_uri: str | Path,
    flavor: str | None = None,
    *,
    allow_pickle: bool | None = None,
    allow_code: bool | None = None,
    trusted_types: tuple[str, ...] | list[str] = (),
    **extra: Any,
) -> Any:
    """Load a model as its framework's own object; arguments and errors are those of `load_model`.

    Args:
        flavor: which of the model's flavours; None: the first that is known here.
        extra: arguments of the framework's own.
    """
    options = _options(allow_pickle, allow_code, trusted_types, extra)
    with fetched_model(model_uri) as folder:
        metadata = read_mlmodel(folder)
        chosen = _flavor_of(metadata, str(model_uri), flavor) if flavor else flavor_of_model(metadata)
        if chosen is None:
            raise NotSupported(f"No flavour here knows the model {str(model_uri)!r} ({', '.join(metadata.flavors)}).")
        native = _load(chosen, metadata, folder, options)
        # A Python model comes with what it finds beside itself.
        return chosen.loaded(native, metadata.pyfunc or {}).native if chosen.name == PYFUNC else chosen.native(native)


def _callable_flavor(metadata: MLmodel, model_uri: str, name: str | None) -> Flavor:
    """The flavour that a model is called by.

    Raises:
        InvalidValue: it has none of that name.
        NotSupported: there is none, or none that is known here.
    """
    if name is not None:
        return _flavor_of(metadata, model_uri, name)
    if metadata.pyfunc is None:
        raise NotSupported(
            f"The model {model_uri!r} cannot be called without its framework: it has only "
            f"{', '.join(metadata.native_flavors)}. Load it with runfold.models.load_native."
        )
    found = flavor_of_model(metadata)
    if found is None:
        loader = metadata.pyfunc.get("loader_module")
        raise NotSupported(
            f"The model {model_uri!r} is loaded by {loader!r}, which no flavour here knows; its flavours "
            f"are {', '.join(metadata.flavors)}."
        )
    return found


def _flavor_of(metadata: MLmodel, model_uri: str, name: str) -> Flavor:
    if name not in metadata.flavors:
        raise InvalidValue(f"The model {model_uri!r} has no flavour {name!r}; it has {', '.join(metadata.flavors)}.")
    return flavor_of_name(name)


def get_model_info(model_uri: str | Path) -> MLmodel:
    """What a model says of itself, without loading it."""
    with fetched_model(model_uri) as folder:
        return read_mlmodel(folder)


def scan_model(model_uri: str | Path) -> Report:
    """Look through all files of a model for pickles and what they would call, without loading any."""
    with fetched_model(model_uri) as folder:
        reports = []
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            with path.open("rb") as file:
                reports.append(scan_file(path.relative_to(folder).as_posix(), file))
        return joined(reports)


def _load(flavor: Flavor, metadata: MLmodel, folder: Path, options: LoadOptions) -> Any:
    check_digests(metadata, folder)
    pyfunc = metadata.pyfunc or {}
    conf = metadata.flavors.get(flavor.name, pyfunc)
    code = conf.get("code") or pyfunc.get("code")
    if code:
        _use_code(folder, str(code), options)
    if flavor.is_fragile and not metadata.digests and flavor.serialization_of(conf).is_safe:
        try_first(folder, flavor.name)
    return flavor.load(folder, conf, options)


def _use_code(folder: Path, name: str, options: LoadOptions) -> None:
    """Let the files that were bundled with the model be imported."""
    path = file_of(folder, name)
    require_code(f"the folder {name}", options)
    if str(path) not in sys.path:
        sys.path.insert(0, str(path))


def _options(
    allow_pickle: bool | None, allow_code: bool | None, trusted_types: Any, extra: Mapping[str, Any]
) -> LoadOptions:
    known = settings.load()
    return LoadOptions(
        allow_pickle=known.allow_pickle if allow_pickle is None else allow_pickle,
        allow_code=known.allow_code if allow_code is None else allow_code,
        trusted_types=tuple(trusted_types),
        extra={name: value for name, value in extra.items() if value is not None},
    )
