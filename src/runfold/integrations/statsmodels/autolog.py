"""Autologging of statsmodels: every `fit`, its measures and its summary. Results have no safe form, so none is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runfold.integrations.recording import record_params
from runfold.integrations.watching import Call, Settings, Watcher, quietly, watch
from runfold.tracking.fluent import artifacts, logging

_MEASURES = ("rsquared", "rsquared_adj", "aic", "bic", "llf", "fvalue", "f_pvalue", "mse_resid", "mse_model", "nobs")


def turn_on(settings: Settings) -> None:
    import statsmodels.api  # noqa: F401 - defines the models
    from statsmodels.base.model import Model

    known = getattr(Model, "__runfold_settings__", None)
    if known is not None:
        known.take_over(settings)
        return
    Model.__runfold_settings__ = settings
    for kind in (Model, *_below(Model)):
        if "fit" in kind.__dict__:
            watch(kind, "fit", _Fit(), settings)


def _below(base: type) -> Iterator[type]:
    derived: type
    for derived in type.__subclasses__(base):
        yield derived
        yield from _below(derived)


class _Fit(Watcher):
    def before(self, call: Call) -> None:
        if not call.is_inner:
            kind = type(call.owner)
            record_params({"model": kind.__name__, **call.kwargs})
            formula = getattr(call.owner, "formula", None)
            logging.set_tags({"estimator_class": f"{kind.__module__}.{kind.__qualname__}", "formula": formula or ""})

    def after(self, call: Call, result: Any) -> None:
        if call.is_inner:
            return
        quietly(call.settings, _record_measures, result)
        quietly(call.settings, lambda: artifacts.log_text(str(result.summary()), "summary.txt"))


def _record_measures(result: Any) -> None:
    found = {name: getattr(result, name, None) for name in _MEASURES}
    logging.log_metrics({name: float(value) for name, value in found.items() if isinstance(value, int | float)})
