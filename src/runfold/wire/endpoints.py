"""The table of calls: one row per call, and nothing about HTTP is said twice.

From these rows come the server's routes, the REST store, `/openapi.json`, the web UI's types, the permission check and
`docs/reference/rest.md`. A new call is a row, its two Structs and a function in `server/calls/`.
"""

from __future__ import annotations

from functools import partial

from runfold.wire.access_endpoints import ACCESS_ENDPOINTS
from runfold.wire.audit_endpoints import AUDIT_ENDPOINTS
from runfold.wire.endpoint import Body, Endpoint, Family, Permission, call
from runfold.wire.messages import artifacts as files
from runfold.wire.messages import (
    datasets,
    experiments,
    housekeeping,
    jobs,
    keys,
    metrics,
    projects,
    registration,
    runs,
    views,
)
from runfold.wire.messages.base import Empty, RunRef
from runfold.wire.model_endpoints import MODEL_ENDPOINTS
from runfold.wire.retention_endpoints import RETENTION_ENDPOINTS
from runfold.wire.target_endpoints import TARGET_ENDPOINTS
from runfold.wire.workspace_endpoints import WORKSPACE_ENDPOINTS

__all__ = ["ENDPOINTS", "Body", "Endpoint", "Family", "Permission"]

_mlflow = partial(call, Family.MLFLOW)
_proxy = partial(call, Family.MLFLOW_ARTIFACTS)
_runfold = partial(call, Family.RUNFOLD)
_root = partial(call, Family.ROOT)
_PUBLIC, _READ, _EDIT, _MANAGE, _ADMIN = Permission
_JSON, _FORM, _TEXT, _FILE, _LINES, _EVENTS = Body

# One row, one call: the formatter would make a page of each.
# fmt: off
_EXPERIMENTS = (
    _mlflow("POST", "experiments/create", experiments.CreateExperiment, experiments.CreateExperimentReply,
            _EDIT, "create_experiment", "Create an experiment."),
    _mlflow("GET", "experiments/get", experiments.GetExperiment, experiments.ExperimentReply,
            _READ, "get_experiment", "Get an experiment, deleted ones included."),
    _mlflow("GET", "experiments/get-by-name", experiments.GetExperimentByName, experiments.ExperimentReply,
            _READ, "find_experiment_by_name", "Get an experiment by its name, deleted ones included."),
    _mlflow("POST GET", "experiments/search", experiments.SearchExperiments, experiments.SearchExperimentsReply,
            _READ, "search_experiments", "Find experiments; `max_results` is required, as MLflow has it."),
    _mlflow("POST", "experiments/update", experiments.UpdateExperiment, Empty,
            _EDIT, "rename_experiment", "Rename an experiment."),
    _mlflow("POST", "experiments/delete", experiments.ExperimentRef, Empty,
            _MANAGE, "delete_experiment", "Move an experiment and its runs to the trash."),
    _mlflow("POST", "experiments/restore", experiments.ExperimentRef, Empty,
            _MANAGE, "restore_experiment", "Bring an experiment and its runs back from the trash."),
    _mlflow("POST", "experiments/set-experiment-tag", experiments.SetExperimentTag, Empty,
            _EDIT, "set_experiment_tag", "Set a tag of an experiment."),
    _mlflow("POST", "experiments/delete-experiment-tag", experiments.DeleteExperimentTag, Empty,
            _EDIT, "delete_experiment_tag", "Remove a tag of an experiment."),
    _mlflow("POST", "experiments/search-datasets", datasets.SearchDatasets, datasets.SearchDatasetsReply,
            _READ, "search_datasets", "List the datasets that the runs of up to 20 experiments used."),
    _runfold("POST", "experiments/discard", experiments.ExperimentRef, experiments.DiscardExperimentReply,
             _EDIT, "discard_experiment", "Take back an experiment that holds nothing."),
    _runfold("POST", "experiments/list", experiments.ListExperiments, experiments.ListExperimentsReply,
             _READ, "summarize_experiments", "List all experiments with counts and recent activity, by name."),
)

_RUNS = (
    _mlflow("POST", "runs/create", runs.CreateRun, runs.RunReply,
            _EDIT, "create_run", "Start a run."),
    _mlflow("GET", "runs/get", RunRef, runs.RunReply,
            _READ, "get_run", "Get a run, deleted ones included."),
    _mlflow("POST", "runs/update", runs.UpdateRun, runs.UpdateRunReply,
            _EDIT, "update_run", "Change the status, end time or name of a run."),
    _mlflow("POST", "runs/delete", runs.DeleteOrRestoreRun, Empty,
            _EDIT, "delete_runs", "Move a run to the trash."),
    _mlflow("POST", "runs/restore", runs.DeleteOrRestoreRun, Empty,
            _EDIT, "restore_runs", "Bring a run back from the trash."),
    _mlflow("POST", "runs/search", runs.SearchRuns, runs.SearchRunsReply,
            _READ, "search_runs", "Find runs by a filter, in an order."),
    _mlflow("POST", "runs/log-batch", metrics.LogBatch, Empty,
            _EDIT, "submit_batch", "Log metrics, params and tags: all or nothing."),
    _mlflow("POST", "runs/log-metric", metrics.LogMetric, Empty,
            _EDIT, "submit_batch", "Log one point of a metric."),
    _mlflow("POST", "runs/log-parameter", metrics.LogParam, Empty,
            _EDIT, "submit_batch", "Log a param; the same value again changes nothing, another one is refused."),
    _mlflow("POST", "runs/set-tag", runs.SetTag, Empty,
            _EDIT, "set_tag", "Set a tag of a run."),
    _mlflow("POST", "runs/delete-tag", runs.DeleteTag, Empty,
            _EDIT, "delete_tag", "Remove a tag of a run."),
    _mlflow("POST", "runs/log-inputs", datasets.LogInputs, Empty,
            _EDIT, "log_inputs", "Note the datasets and logged models that a run read."),
    _mlflow("POST", "runs/log-model", runs.LogModel, Empty,
            _EDIT, "log_model", "Append a model to the tag `mlflow.log-model.history`."),
    _runfold("POST", "runs/create", runs.CreateRunRecord, runs.RunRecordReply,
             _EDIT, "create_run", "Start a run, under an id of the caller's own if wished."),
    _runfold("POST", "runs/get", runs.GetRunRecord, runs.RunRecordReply,
             _READ, "get_run", "Get a run with all that is known of it."),
    _runfold("POST", "runs/search", runs.SearchRunRecords, runs.SearchRunRecordsReply,
             _READ, "search_runs", "Find runs; the answer holds the columns that are named, and no others."),
    _runfold("POST", "runs/group", runs.GroupRuns, runs.GroupRunsReply,
             _READ, "group_runs", "Group all runs that fit, with the mean, deviation and quartiles of metrics."),
    _runfold("POST", "runs/table", runs.ReadRunTable, runs.ReadRunTableReply,
             _READ, "read_table", "Get fields of the runs that fit as columns; of many runs, a random sample."),
    _runfold("POST", "runs/update", runs.UpdateRunRecord, runs.RunInfoReply,
             _EDIT, "update_run", "Change the status, end time or name of a run."),
    _runfold("POST", "runs/register", registration.RegisterRun, registration.RegisterRunReply,
             _EDIT, "register_run", "Record a finished run from one document: all or nothing."),
    _runfold("POST", "runs/register-stream", Empty, registration.RegisterLineReply,
             _EDIT, "register_run", "Record finished runs, one document a line; the answers come line by line.",
             _LINES, _LINES),
    _runfold("POST", "runs/heartbeat", runs.RunIds, Empty,
             _EDIT, "heartbeat", "Say that the clients of these runs live."),
    _runfold("POST", "runs/delete", runs.RunIds, Empty,
             _EDIT, "delete_runs", "Move runs to the trash: all or none."),
    _runfold("POST", "runs/restore", runs.RunIds, Empty,
             _EDIT, "restore_runs", "Bring runs back from the trash: all or none."),
    _runfold("POST", "runs/move", runs.MoveRuns, Empty,
             _EDIT, "move_runs", "Put runs into another experiment."),
    _runfold("POST", "runs/delete-metric", runs.DeleteMetric, Empty,
             _EDIT, "delete_metric", "Remove a series of a run, or its points after a step."),
    _runfold("POST", "runs/delete-param", runs.DeleteParam, Empty,
             _EDIT, "delete_param", "Remove a param of a run."),
    _runfold("POST", "runs/log-datasets", datasets.LogDatasets, Empty,
             _EDIT, "log_inputs", "Note datasets that a run read or made."),
    _runfold("POST", "runs/changes", runs.ReadChanges, runs.ReadChangesReply,
             _READ, "changed_runs", "Get the runs of experiments that changed after a cursor."),
    _runfold("GET", "runs/events", runs.WatchChanges, runs.ReadChangesReply,
             _READ, "changed_runs", "Follow the runs of experiments as server-sent events.", _JSON, _EVENTS),
)

_DATASETS = (
    _runfold("POST", "datasets/list", datasets.ListDatasets, datasets.ListDatasetsReply,
             _READ, "list_datasets", "List the datasets of the workspace, the newest first."),
    _runfold("POST", "datasets/get", datasets.DatasetRef, datasets.DatasetReply,
             _READ, "get_dataset", "Get what is recorded of a dataset: its source, schema and profile."),
)

_SERIES = (
    _mlflow("GET", "metrics/get-history", metrics.GetMetricHistory, metrics.GetMetricHistoryReply,
            _READ, "get_metric_history", "Get the points of a metric by time, step and value."),
    _mlflow("GET", "metrics/get-history-bulk", metrics.GetMetricHistoryBulk, metrics.MetricsOfRunsReply,
            _READ, "get_metric_history", "Get the points of one metric of up to 100 runs."),
    _mlflow("GET", "metrics/get-history-bulk-interval", metrics.GetMetricHistoryBulkInterval,
            metrics.MetricsOfRunsReply,
            _READ, "get_series", "Get points of one metric of up to 100 runs, sampled evenly over the steps."),
    _runfold("POST", "series/sample", metrics.SampleSeries, metrics.SampleSeriesReply,
             _READ, "sample_series", "Get many series reduced to buckets for drawing."),
    _runfold("POST", "series/columns", metrics.ReadColumns, metrics.ReadColumnsReply,
             _READ, "get_series", "Get whole series as columns, as JSON or in a compact binary form."),
)

_KEYS_AND_VIEWS = (
    _runfold("POST", "keys/search", keys.SearchKeys, keys.SearchKeysReply,
             _READ, "search_keys", "List the metric, param and tag keys of experiments, most telling first."),
    _runfold("POST", "keys/values", keys.SearchKeyValues, keys.SearchKeyValuesReply,
             _READ, "search_key_values", "List the values of a param or tag, most frequent first."),
    _runfold("POST", "views/save", views.SaveView, views.ViewReply,
             _EDIT, "save_view", "Save a view, or replace the one with this id."),
    _runfold("POST", "views/get", views.ViewRef, views.ViewReply,
             _READ, "get_view", "Get a saved view."),
    _runfold("POST", "views/list", views.ListViews, views.ListViewsReply,
             _READ, "list_views", "List the saved views of a scope, by name."),
    _runfold("POST", "views/delete", views.ViewRef, Empty,
             _EDIT, "delete_view", "Delete a saved view."),
)

_FILES = (
    _mlflow("GET", "artifacts/list", files.ListArtifacts, files.ListArtifactsReply,
            _READ, "get_run", "List a folder of a run's files; paths are relative to the run."),
    _proxy("GET", "artifacts", files.ListProxiedArtifacts, files.ListProxiedArtifactsReply,
           _READ, "", "List a folder; paths are relative to that folder."),
    _proxy("GET", "artifacts/{path}", Empty, Empty,
           _READ, "", "Download a file, or a range of it.", _JSON, _FILE),
    _proxy("PUT", "artifacts/{path}", Empty, Empty,
           _EDIT, "", "Upload a file; it appears when it is complete.", _FILE),
    _proxy("DELETE", "artifacts/{path}", Empty, Empty,
           _EDIT, "", "Delete a file, or a folder with all below it."),
    _proxy("POST", "mpu/create/{path}", files.CreateMultipartUpload, files.CreateMultipartUploadReply,
           _EDIT, "", "Begin an upload in parts that go straight to the store; 501 where it has no such thing."),
    _proxy("POST", "mpu/complete/{path}", files.CompleteMultipartUpload, Empty,
           _EDIT, "", "Join the parts of an upload."),
    _proxy("POST", "mpu/abort/{path}", files.AbortMultipartUpload, Empty,
           _EDIT, "", "Throw the parts of an upload away."),
    _proxy("GET", "presigned/{path}", Empty, files.PresignedReply,
           _READ, "", "Get an address to download a file from without this server; 501 where there is none."),
    _mlflow("POST", "artifacts/presigned-upload-url", files.PresignRunFile, files.PresignedUrlReply,
            _EDIT, "get_run", "Get an address to upload a file of a run to; 501 where there is none."),
    _mlflow("POST", "artifacts/presigned-download-url", files.PresignRunFile, files.PresignedUrlReply,
            _READ, "get_run", "Get an address to download a file of a run from; 501 where there is none."),
    _mlflow("POST", "upload-artifact", files.RunFile, Empty,
            _EDIT, "get_run", "Upload a file of at most 10 MB to a run.", _FILE),
    _root("GET", "get-artifact", files.RunFile, Empty,
          _READ, "get_run", "Download a file of a run.", _JSON, _FILE),
    _runfold("POST", "artifacts/delete", files.DeleteArtifact, Empty,
             _EDIT, "get_run", "Delete a file or folder of a run."),
    _runfold("POST", "artifacts/digest", files.DigestArtifact, files.DigestArtifactReply,
             _READ, "get_run", "Compute the SHA-256 digest of a file of a run, of at most 2 GiB."),
)

_JOBS = (
    _runfold("POST", "jobs/submit", jobs.SubmitJob, jobs.JobReply,
             _EDIT, "submit_job", "Queue a job: an entry point of a project, for an agent to run."),
    _runfold("POST", "jobs/submit-many", jobs.SubmitJobs, jobs.JobsReply,
             _EDIT, "submit_jobs", "Queue several jobs: all of them, or none."),
    _runfold("POST", "jobs/get", jobs.JobRef, jobs.JobReply,
             _READ, "get_job", "Get a job."),
    _runfold("POST", "jobs/list", jobs.ListJobs, jobs.JobsReply,
             _READ, "list_jobs", "List jobs, newest first."),
    _runfold("POST", "jobs/count", jobs.CountJobs, jobs.JobCountsReply,
             _READ, "count_jobs", "Count jobs by state, and list the queues, targets and users that jobs have."),
    _runfold("POST", "jobs/grids", jobs.GetJobGrids, jobs.JobGridsReply,
             _READ, "get_job_grids", "Count the jobs of grids by state: how far each is."),
    _runfold("POST", "jobs/steps", jobs.JobRef, jobs.JobStepsReply,
             _READ, "get_job_steps", "Say what became of a job, step by step."),
    _runfold("POST", "jobs/changes", jobs.ReadJobChanges, jobs.JobChangesReply,
             _READ, "changed_jobs", "List the jobs that changed since a cursor."),
    _runfold("GET", "jobs/events", jobs.WatchJobs, Empty,
             _READ, "changed_jobs", "Follow changes of jobs, and of agents, as server-sent events.", _JSON, _EVENTS),
    _runfold("POST", "jobs/claim", jobs.ClaimJobs, jobs.JobsReply,
             _EDIT, "claim_jobs", "Take the next jobs that an agent may run; a job goes to one agent."),
    _runfold("POST", "jobs/await", jobs.AwaitJobs, jobs.AwaitJobsReply,
             _EDIT, "await_jobs", "Wait until there is a job for an agent, or one of its jobs is to end.", waits=True),
    _runfold("POST", "jobs/beat", jobs.BeatJobs, jobs.BeatJobsReply,
             _EDIT, "beat_jobs", "Renew the leases of an agent's jobs, and learn which of them it is to end."),
    _runfold("POST", "jobs/token", jobs.OpenJobToken, jobs.JobTokenReply,
             _EDIT, "open_job_token", "Give an agent what the command of a job that it holds signs in with."),
    _runfold("POST", "jobs/report", jobs.ReportJob, jobs.JobReply,
             _EDIT, "report_job", "Say how an attempt of a job goes."),
    _runfold("POST", "jobs/cancel", jobs.JobRef, jobs.JobReply,
             _EDIT, "cancel_job", "End a waiting job, or have its agent end it."),
    _runfold("POST", "jobs/retry", jobs.JobRef, jobs.JobReply,
             _EDIT, "retry_job", "Queue a job again that is over."),
    _runfold("POST", "jobs/append-log", jobs.AppendJobLog, Empty,
             _EDIT, "append_job_log", "Add to the output of a job."),
    _runfold("POST", "jobs/read-log", jobs.ReadJobLog, jobs.JobLogReply,
             _READ, "read_job_log", "Read a part of the output of a job."),
    _runfold("POST", "jobs/search-log", jobs.SearchJobLog, jobs.LogMatchesReply,
             _READ, "search_job_log", "Find the lines of a job's output that hold a text."),
    _runfold("POST", "agents/list", Empty, jobs.AgentsReply,
             _READ, "list_agents", "List the agents that have asked for jobs, by name."),
)

_PROJECTS = (
    _runfold("POST", "projects/create", projects.CreateProject, projects.ProjectReply,
             _EDIT, "create_project", "Register a project: where its code is. The server fetches none itself."),
    _runfold("POST", "projects/update", projects.UpdateProject, projects.ProjectReply,
             _EDIT, "update_project", "Replace the settings of a project."),
    _runfold("POST", "projects/rename", projects.RenameProject, projects.ProjectReply,
             _EDIT, "rename_project", "Call a project otherwise; its jobs go with it."),
    _runfold("POST", "projects/record-reading", projects.RecordProjectReading, projects.ProjectReply,
             _EDIT, "record_project_reading", "Keep what somebody found who read the code of a project."),
    _runfold("POST", "projects/get", projects.ProjectRef, projects.ProjectReply,
             _READ, "get_project", "Get a project, with its entry points and their parameters."),
    _runfold("POST", "projects/list", Empty, projects.ProjectsReply,
             _READ, "list_projects", "List the projects, by name."),
    _runfold("POST", "projects/delete", projects.ProjectRef, Empty,
             _MANAGE, "delete_project", "Forget a project; its jobs and runs stay."),
)

_HOUSEKEEPING = (
    _runfold("POST", "trash/list", housekeeping.ListTrash, housekeeping.ListTrashReply,
             _READ, "search_runs", "List what is in the trash."),
    _runfold("POST", "purge", housekeeping.Purge, housekeeping.PurgeReply,
             _ADMIN, "purge", "Say what a purge of the trash frees; with `dry_run: false`, do it."),
    _runfold("POST", "storage", housekeeping.MeasureStorage, housekeeping.MeasureStorageReply,
             _READ, "search_runs", "Count the files and bytes of experiments, or of the runs of one."),
    _runfold("POST", "storage/records", Empty, housekeeping.MeasureRecordsReply,
             _READ, "measure_records", "Say how many bytes the database takes up."),
    _runfold("GET", "server/info", Empty, housekeeping.ServerInfo,
             _PUBLIC, "", "Say what this server is and what it takes."),
    _root("GET", "health", Empty, Empty,
          _PUBLIC, "", "Answer `OK` while the process lives.", _JSON, _TEXT),
    _root("GET", "ready", Empty, Empty,
          _PUBLIC, "ping", "Answer `OK` while the store can be written and read; 503 otherwise.", _JSON, _TEXT),
    _root("GET", "version", Empty, Empty,
          _PUBLIC, "", "The release of MLflow whose calls this server answers.", _JSON, _TEXT),
    _root("GET", "metrics", Empty, Empty,
          _READ, "", "Measurements for Prometheus.", _JSON, _TEXT),
    _root("GET", "openapi.json", Empty, Empty,
          _PUBLIC, "", "This table as an OpenAPI document."),
)
# fmt: on

ENDPOINTS: tuple[Endpoint, ...] = (
    _EXPERIMENTS
    + WORKSPACE_ENDPOINTS
    + _RUNS
    + _DATASETS
    + _SERIES
    + _KEYS_AND_VIEWS
    + _FILES
    + _JOBS
    + _PROJECTS
    + TARGET_ENDPOINTS
    + MODEL_ENDPOINTS
    + ACCESS_ENDPOINTS
    + AUDIT_ENDPOINTS
    + RETENTION_ENDPOINTS
    + _HOUSEKEEPING
)
