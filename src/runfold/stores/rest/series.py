"""Points of a server's metrics."""

from __future__ import annotations

from collections.abc import Sequence

from runfold.domain.ids import RunId
from runfold.domain.metric import Metric, SampledSeries, Series
from runfold.domain.page import Page
from runfold.errors import InvalidValue
from runfold.stores.base import SeriesQuery
from runfold.stores.rest.connection import Connection
from runfold.wire import convert
from runfold.wire.messages import metrics


class RestSeries:
    _connection: Connection

    def get_metric_history(
        self, run_id: RunId, key: str, *, max_results: int | None = None, page_token: str = ""
    ) -> Page[Metric]:
        request = metrics.GetMetricHistory(
            run_id=run_id, metric_key=key, max_results=max_results, page_token=page_token
        )
        reply = self._connection.call("mlflow:metrics/get-history", request, metrics.GetMetricHistoryReply)
        return Page(tuple(map(convert.metric_in, reply.metrics)), reply.next_page_token)

    def get_series(self, run_ids: Sequence[RunId], keys: Sequence[str]) -> tuple[Series, ...]:
        import numpy as np

        request = metrics.ReadColumns(run_ids=tuple(run_ids), keys=tuple(keys))
        reply = self._connection.call("series/columns", request, metrics.ReadColumnsReply)
        return tuple(
            Series(
                run_id=found.run_id,
                key=found.key,
                steps=np.array(found.steps, dtype=np.int64),
                timestamps_ms=np.array(found.timestamps_ms, dtype=np.int64),
                values=np.array([convert.number_in(value) for value in found.values], dtype=np.float64),
            )
            for found in reply.series
        )

    def sample_series(self, query: SeriesQuery) -> tuple[SampledSeries, ...]:
        if query.axis not in list(metrics.Axis):
            raise InvalidValue(f"axis is {query.axis!r}; it must be 'step' or 'time'.")
        request = metrics.SampleSeries(
            run_ids=query.run_ids,
            keys=query.keys,
            n_buckets=query.n_buckets,
            axis=metrics.Axis(query.axis),
            start=query.start,
            end=query.end,
        )
        reply = self._connection.call("series/sample", request, metrics.SampleSeriesReply)
        return tuple(map(convert.sampled_in, reply.series))
