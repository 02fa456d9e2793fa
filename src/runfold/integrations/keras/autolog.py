"""Autologging of Keras 3 on any backend: `Model.fit`, with a callback that sees every epoch."""

from __future__ import annotations

import sys
from typing import Any

from runfold.integrations.keras.signature import known_signature
from runfold.integrations.recording import record_data, record_metrics, record_model, record_params
from runfold.integrations.watching import Call, Settings, Watcher, quietly, watch
from runfold.models.flavors import flavor_for
from runfold.tracking.fluent import artifacts, logging

# Where `fit` has them, behind the model itself.
_ROWS, _TARGETS, _BATCH, _EPOCHS, _CALLBACKS, _SPLIT, _VALIDATION = 0, 1, 2, 3, 5, 6, 7


def turn_on(settings: Settings) -> None:
    import keras

    known = getattr(keras.Model.fit, "__runfold_settings__", None)
    if known is not None:
        known.take_over(settings)
        return
    # Each backend has a trainer of its own, which `Model` inherits from.
    home = next(one for one in keras.Model.__mro__ if "fit" in one.__dict__)
    watch(home, "fit", _Fit(), settings)


class _Fit(Watcher):
    def before(self, call: Call) -> None:
        if call.is_inner:
            return
        for record in (_add_callback, _record_params, _record_stopping, _record_data):
            quietly(call.settings, record, call)

    def after(self, call: Call, result: Any) -> None:
        _remove_callback(call)
        if call.is_inner:
            return
        for record in (_record_summary, _record_stop, _record_model):
            quietly(call.settings, record, call)


def _add_callback(call: Call) -> None:
    import keras

    settings = call.settings

    class LogEpochs(keras.callbacks.Callback):  # type: ignore[misc]
        """Looks at epochs alone: for batches Keras would have to fetch their measures from the device."""

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if epoch % settings.every == 0 and logs:
                quietly(settings, record_metrics, logs, epoch)

    given, call.memory = call.argument(_CALLBACKS, "callbacks"), LogEpochs()
    if isinstance(given, keras.callbacks.CallbackList):
        given.callbacks.append(call.memory)
    else:
        call.give(_CALLBACKS, "callbacks", [*_listed(given), call.memory])


def _remove_callback(call: Call) -> None:
    """A list of the script's own is left as it was."""
    given = call.argument(_CALLBACKS, "callbacks")
    if call.memory is not None and call.memory in getattr(given, "callbacks", ()):
        given.callbacks.remove(call.memory)


def _listed(given: Any) -> list[Any]:
    return list(given) if isinstance(given, list | tuple) else [] if given is None else [given]


def _callbacks(call: Call, kind: str) -> list[Any]:
    given = call.argument(_CALLBACKS, "callbacks")
    listed = _listed(getattr(given, "callbacks", given))
    return [one for one in listed if any(base.__name__ == kind for base in type(one).__mro__)]


def _record_params(call: Call) -> None:
    model, optimizer = call.owner, call.owner.optimizer
    found: dict[str, Any] = {"model_class": type(model).__name__}
    if optimizer is not None:
        found |= {"optimizer_name": type(optimizer).__name__}
        found |= {f"optimizer_{key}": value for key, value in optimizer.get_config().items() if key != "name"}
    loss = getattr(model, "loss", None)
    found["loss"] = getattr(loss, "name", None) or getattr(loss, "__name__", None) or loss
    epochs, split = call.argument(_EPOCHS, "epochs"), call.argument(_SPLIT, "validation_split")
    found |= {"epochs": 1 if epochs is None else epochs, "batch_size": _batch_size(call), "validation_split": split}
    named = ("initial_epoch", "steps_per_epoch", "validation_steps", "shuffle", "class_weight")
    record_params(found | {name: call.kwargs.get(name) for name in named})
    logging.set_tags({"estimator_name": type(model).__name__})


def _batch_size(call: Call) -> Any:
    """As given, or that of data that comes in batches; Keras takes 32 where nobody says."""
    given = call.argument(_BATCH, "batch_size")
    own = getattr(call.argument(_ROWS, "x"), "batch_size", None)
    return given or own or (32 if hasattr(call.argument(_ROWS, "x"), "shape") else None)


def _record_stopping(call: Call) -> None:
    for one in _callbacks(call, "EarlyStopping"):
        record_params({key: getattr(one, key, None) for key in ("monitor", "patience", "min_delta", "baseline")})


def _record_stop(call: Call) -> None:
    for one in _callbacks(call, "EarlyStopping"):
        record_metrics({"stopped_epoch": one.stopped_epoch, "best_epoch": one.best_epoch})


def _record_data(call: Call) -> None:
    record_data(call.settings, _array(call.argument(_ROWS, "x")), _array(call.argument(_TARGETS, "y")))
    validation = call.argument(_VALIDATION, "validation_data")
    if isinstance(validation, tuple | list) and len(validation) >= 2:
        record_data(call.settings, _array(validation[0]), _array(validation[1]), context="eval")
    elif validation is not None:
        record_data(call.settings, _array(validation), context="eval")


def _array(data: Any) -> Any:
    """Tensors in the processor's memory as arrays; all else as it is."""
    is_tensor = type(data).__name__ in ("EagerTensor", "Tensor", "ArrayImpl")
    return data.numpy() if is_tensor and hasattr(data, "numpy") and getattr(data, "is_cpu", True) else data


def _record_summary(call: Call) -> None:
    lines: list[str] = []
    call.owner.summary(print_fn=lambda line, *_, **__: lines.append(str(line)))
    artifacts.log_text("\n".join(lines), "model_summary.txt")
    record_metrics({"n_weights": call.owner.count_params()})


def _record_model(call: Call) -> None:
    rows = call.argument(_ROWS, "x")
    is_batched = "tensorflow" in sys.modules and hasattr(rows, "element_spec")
    flavor, known = flavor_for(call.owner).name, known_signature(call.owner)
    record_model(call.settings, call.owner, flavor, None if is_batched else _array(rows), signature=known)
