"""The only bridge between messages and domain values, in both directions: `*_out` makes messages, `*_in` values."""

from runfold.wire.convert.datasets import (
    dataset_in,
    dataset_out,
    dataset_summary_in,
    dataset_summary_out,
    input_in,
    use_in,
    use_out,
)
from runfold.wire.convert.experiments import experiment_in, experiment_out, summary_in, summary_out
from runfold.wire.convert.files import file_out
from runfold.wire.convert.keys import key_kind_in, key_kind_out, key_stats_in, key_stats_out
from runfold.wire.convert.metrics import (
    batch_body,
    batch_in,
    metric_in,
    metric_of_run_out,
    metric_out,
    sampled_in,
    sampled_out,
)
from runfold.wire.convert.records import new_run_in, new_run_out, record_in, record_info_in, record_info_out, record_out
from runfold.wire.convert.runs import run_info_out, run_out
from runfold.wire.convert.summaries import groups_in, groups_out, table_in, table_out
from runfold.wire.convert.values import (
    maybe_number_in,
    maybe_number_out,
    number_in,
    number_out,
    run_id_in,
    status_in,
    status_out,
    tags_in,
    tags_out,
    view_type_in,
    view_type_out,
)
from runfold.wire.convert.views import view_in, view_out

__all__ = [
    "batch_body",
    "batch_in",
    "dataset_in",
    "dataset_out",
    "dataset_summary_in",
    "dataset_summary_out",
    "experiment_in",
    "experiment_out",
    "file_out",
    "groups_in",
    "groups_out",
    "input_in",
    "key_kind_in",
    "key_kind_out",
    "key_stats_in",
    "key_stats_out",
    "maybe_number_in",
    "maybe_number_out",
    "metric_in",
    "metric_of_run_out",
    "metric_out",
    "new_run_in",
    "new_run_out",
    "number_in",
    "number_out",
    "record_in",
    "record_info_in",
    "record_info_out",
    "record_out",
    "run_id_in",
    "run_info_out",
    "run_out",
    "sampled_in",
    "sampled_out",
    "status_in",
    "status_out",
    "summary_in",
    "summary_out",
    "table_in",
    "table_out",
    "tags_in",
    "tags_out",
    "use_in",
    "use_out",
    "view_in",
    "view_out",
    "view_type_in",
    "view_type_out",
]
