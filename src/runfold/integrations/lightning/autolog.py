"""Autologging of Lightning: `Trainer.fit`, with a callback for every epoch, and what `test` and `validate` find."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from runfold.integrations.pytorch.autolog import optimizer_params, record_module
from runfold.integrations.recording import first_rows, record_metrics, record_params
from runfold.integrations.watching import Call, Settings, Watcher, listen, quietly, watch
from runfold.tracking import active
from runfold.tracking.fluent import artifacts, logging

# It is one framework under two names, which a script may have imported both.
_PACKAGES = ("lightning.pytorch", "pytorch_lightning")
_RUN = "_runfold_run_id"
_TRAINER_PARAMS = ("max_epochs", "max_steps", "accumulate_grad_batches", "gradient_clip_val", "precision")


def turn_on(settings: Settings) -> None:
    for package in [sys.modules[one] for one in _PACKAGES if one in sys.modules]:
        trainer = package.Trainer
        known = getattr(trainer.fit, "__runfold_settings__", None)
        if known is not None:
            known.take_over(settings)
            continue
        watch(trainer, "fit", _Fit(), settings)
        for name in ("test", "validate"):
            listen(trainer, name, _hear_evaluation, settings)


class _Fit(Watcher):
    def concerns(self, call: Call) -> bool:
        """Training on several devices runs the script once for each."""
        return bool(call.owner.is_global_zero)

    def before(self, call: Call) -> None:
        if call.is_inner:
            return
        call.memory = _callback(call.settings, call.owner)
        call.owner.callbacks.append(call.memory)
        run = active.current_run()
        setattr(call.owner, _RUN, None if run is None else run.info.run_id)
        for record in (_record_params, _record_data):
            quietly(call.settings, record, call)

    def after(self, call: Call, result: Any) -> None:
        if call.is_inner or call.memory is None:
            return
        call.owner.callbacks.remove(call.memory)
        for record in (_record_stop, _record_summary, _record_model):
            quietly(call.settings, record, call)


def _module(call: Call) -> Any:
    return call.argument(0, "model")


def _record_params(call: Call) -> None:
    trainer, module = call.owner, _module(call)
    own = {name: getattr(trainer, name, None) for name in _TRAINER_PARAMS}
    for stopping in _stoppings(trainer):
        own |= {name: getattr(stopping, name, None) for name in ("monitor", "patience", "min_delta", "mode")}
    data = getattr(call.argument(3, "datamodule"), "hparams", {})
    record_params({"model_class": type(module).__name__, **own, **dict(data), **dict(getattr(module, "hparams", {}))})
    kind = type(module)
    logging.set_tags({"estimator_name": kind.__name__, "estimator_class": f"{kind.__module__}.{kind.__qualname__}"})


def _record_data(call: Call) -> None:
    """Loaders read their data when asked to, so only what they say of themselves is noted."""
    loader = call.argument(1, "train_dataloaders")
    if hasattr(loader, "batch_size"):
        record_params({"batch_size": loader.batch_size, "n_batches": _length(loader)})


def _length(loader: Any) -> int | None:
    try:
        return len(loader)
    except TypeError:
        return None


def _stoppings(trainer: Any) -> list[Any]:
    return [one for one in trainer.callbacks if any(base.__name__ == "EarlyStopping" for base in type(one).__mro__)]


def _record_stop(call: Call) -> None:
    for stopping in _stoppings(call.owner):
        record_metrics({"stopped_epoch": stopping.stopped_epoch, "best_score": stopping.best_score})


def _record_summary(call: Call) -> None:
    module = _module(call)
    artifacts.log_text(str(module), "model_summary.txt")
    sizes = [(one.numel(), one.requires_grad) for one in module.parameters()]
    trained = sum(size for size, is_trained in sizes if is_trained)
    record_metrics({"n_weights": sum(size for size, _ in sizes), "n_trainable_weights": trained})


def _record_model(call: Call) -> None:
    """Without its trainer, which holds the data and cannot be written."""
    module = _module(call)
    module.trainer, trainer = None, module.trainer
    try:
        record_module(call.settings, module, call.memory.example if call.settings.examples else None)
    finally:
        module.trainer = trainer


def _hear_evaluation(call: Call, result: Any) -> None:
    """What `test` and `validate` find belongs to the run of the training before."""
    run_id = getattr(call.owner, _RUN, None)
    if call.owner.is_global_zero and (run_id is not None or active.current_run() is not None):
        found = {name: value for one in result for name, value in one.items()}
        record_metrics(found, call.owner.current_epoch, run_id=run_id)


def _callback(settings: Settings, trainer: Any) -> Any:
    callbacks = sys.modules[f"{_package(trainer)}.callbacks"]

    class LogEpochs(callbacks.Callback):  # type: ignore[name-defined, misc]
        """Logs an epoch when the next one begins: only then have all hooks of the module had their say.

        Attributes:
            example: rows of the first batch.
        """

        def __init__(self) -> None:
            self.example: Any = None
            self._has_optimizers = False
            self._epoch: int | None = None
            self._before: set[str] = set()
            self._validated: set[str] = set()
            self._has_validated = False

        def on_train_batch_start(self, trainer: Any, pl_module: Any, batch: Any, batch_idx: int) -> None:
            if self.example is None and not self._has_optimizers:
                self._has_optimizers = True
                quietly(settings, self._look_at, trainer, batch)

        def on_validation_start(self, trainer: Any, pl_module: Any) -> None:
            self._before = set(trainer.callback_metrics)

        def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
            if not trainer.sanity_checking:
                self._validated |= set(trainer.callback_metrics) - self._before
                self._has_validated = True

        def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
            self._epoch = trainer.current_epoch

        def on_train_epoch_start(self, trainer: Any, pl_module: Any) -> None:
            quietly(settings, self._record_epoch, trainer)

        def on_train_end(self, trainer: Any, pl_module: Any) -> None:
            quietly(settings, self._record_epoch, trainer)

        def _look_at(self, trainer: Any, batch: Any) -> None:
            self.example = _rows_of(batch)
            for number, optimizer in enumerate(trainer.optimizers, start=1):
                record_params(optimizer_params(optimizer, f"optimizer_{number}" if number > 1 else "optimizer"))

        def _record_epoch(self, trainer: Any) -> None:
            epoch, self._epoch = self._epoch, None
            if epoch is not None and epoch % settings.every == 0:
                # Lightning shows the measures of the last validation until there is another.
                old = set() if self._has_validated else self._validated
                record_metrics({key: one for key, one in trainer.callback_metrics.items() if key not in old}, epoch)
            self._has_validated = False

    return LogEpochs()


def _package(trainer: Any) -> str:
    """Which of the two names the trainer's class comes from, also if it is one that was derived from it."""
    modules = [base.__module__ for base in type(trainer).__mro__]
    return next(one for one in _PACKAGES if any(module.startswith(one) for module in modules))


def _rows_of(batch: Any) -> Any:
    """The first rows of the inputs of a batch, as arrays; None of batches of another kind.

    By custom a batch is a pair of inputs and targets, or a dict.
    """
    inputs = batch[0] if isinstance(batch, list | tuple) and batch else batch
    if isinstance(inputs, Mapping):
        return None  # which of them are inputs and which targets, nobody says
    return first_rows(inputs.detach().cpu().numpy()) if hasattr(inputs, "detach") else None
