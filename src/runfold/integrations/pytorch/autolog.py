"""Autologging of PyTorch: what can be seen of a training loop of one's own.

Such a loop calls nothing that knows the loss or an epoch. Seen are the optimisers: their settings, and their learning
rate whenever it changes; and the scalars that a script writes for TensorBoard. Both go to the current run, and nowhere
without one, since nothing says where a loop ends.
"""

from __future__ import annotations

import sys
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from runfold.integrations.recording import record_metrics, record_params
from runfold.integrations.watching import Call, Settings, is_inside, listen, quietly
from runfold.models.logging import log_model
from runfold.tracking import active


def turn_on(settings: Settings) -> None:
    import torch

    known = getattr(torch.optim.Optimizer, "__runfold_settings__", None)
    if known is None:
        torch.optim.Optimizer.__runfold_settings__ = settings
        from torch.optim.optimizer import register_optimizer_step_post_hook

        register_optimizer_step_post_hook(_Optimisers(settings))
    else:
        known.take_over(settings)
    board = sys.modules.get("torch.utils.tensorboard")
    if board is not None:
        listen(board.SummaryWriter, "add_scalar", _hear_scalar, known or settings)


class _Seen(msgspec.Struct):
    """What is known of an optimiser.

    Attributes:
        run_id: of the run it was noted in.
        rate: of its first group, as it was last logged.
    """

    run_id: str
    prefix: str
    steps: int = 0
    rate: float | None = None


class _Optimisers:
    """Called after every step of every optimiser, so it does little."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seen: WeakKeyDictionary[Any, _Seen] = WeakKeyDictionary()

    def __call__(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        if self._settings.is_on:
            quietly(self._settings, self._look_at, optimizer)

    def _look_at(self, optimizer: Any) -> None:
        run = active.current_run()
        if run is None or is_inside(self._settings):
            return
        seen = self._seen.get(optimizer)
        if seen is None or seen.run_id != run.info.run_id:
            seen = self._note(optimizer, run.info.run_id)
        rate = optimizer.param_groups[0].get("lr")
        # One that lies on a device would have to be waited for.
        if isinstance(rate, float) and rate != seen.rate:
            record_metrics({f"{seen.prefix}_lr": rate}, step=seen.steps)
            seen.rate = rate
        seen.steps += 1

    def _note(self, optimizer: Any, run_id: str) -> _Seen:
        others = sum(one.run_id == run_id for one in self._seen.values())
        seen = self._seen[optimizer] = _Seen(run_id, f"optimizer_{others + 1}" if others else "optimizer")
        record_params(optimizer_params(optimizer, seen.prefix))
        return seen


def optimizer_params(optimizer: Any, prefix: str = "optimizer") -> dict[str, Any]:
    """Name and settings, without those that only say how it is computed."""
    left_out = ("foreach", "capturable", "differentiable", "fused", "maximize", "decoupled_weight_decay")
    settings = {f"{prefix}_{key}": value for key, value in optimizer.defaults.items() if key not in left_out}
    return {f"{prefix}_name": type(optimizer).__name__, **settings}


def _hear_scalar(call: Call, result: Any) -> None:
    step = call.argument(2, "global_step")
    if active.current_run() is not None and (step or 0) % call.settings.every == 0:
        record_metrics({call.argument(0, "tag"): call.argument(1, "scalar_value")}, step=int(step or 0))


def record_module(settings: Settings, module: Any, example: Any) -> None:
    """Log a module as the program that a call with the example runs through, else as its weights.

    Args:
        example: a few rows as an array; None: there is none, and only the weights can be kept.
    """
    if not settings.models:
        return
    if example is not None and quietly(settings, _log_program, module, example):
        return
    log_model(module, flavor="pytorch", serialization_format="safetensors")


def _log_program(module: Any, example: Any) -> bool:
    log_model(module, flavor="pytorch", input_example=example)
    return True
