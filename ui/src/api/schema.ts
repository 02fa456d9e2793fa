// Made by `npm run api-types` from the server's table of calls. Do not edit.
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * ErrorBody
         * @description What an error answer holds.
         *
         *         Attributes:
         *             error_code: MLflow's name for the meaning.
         *             message: for people.
         *             kind, key: what was looked for or exists already, for `NotFound` and `AlreadyExists`.
         *             position: 0-based offset of the offending character, for a filter or order that does not parse.
         *             request_id: finds the request in the server's log.
         */
        ErrorBody: {
            error_code: string;
            message: string;
            /** @default  */
            kind?: string;
            /** @default  */
            key?: string;
            /** @default null */
            position?: number | null;
            /** @default  */
            request_id?: string;
        };
        /** CreateExperiment */
        CreateExperiment: {
            name: string;
            /** @default  */
            artifact_location?: string;
            /** @default [] */
            tags?: components["schemas"]["Tag"][];
        };
        /** Tag */
        Tag: {
            key: string;
            value: string;
        };
        /** CreateExperimentReply */
        CreateExperimentReply: {
            experiment_id: string;
        };
        /** GetExperiment */
        GetExperiment: {
            experiment_id: string;
        };
        /** ExperimentReply */
        ExperimentReply: {
            experiment: components["schemas"]["ExperimentMessage"];
        };
        /** ExperimentMessage */
        ExperimentMessage: {
            experiment_id: string;
            name: string;
            artifact_location: string;
            lifecycle_stage: string;
            last_update_time: number;
            creation_time: number;
            /** @default [] */
            tags?: components["schemas"]["Tag"][];
            /** @default default */
            workspace?: string;
        };
        /** GetExperimentByName */
        GetExperimentByName: {
            experiment_name: string;
        };
        /**
         * SearchExperiments
         * @description `max_results` has no default: a request without it is refused, as MLflow's servers do.
         */
        SearchExperiments: {
            /** @default 0 */
            max_results?: number;
            /** @default  */
            page_token?: string;
            /** @default  */
            filter?: string;
            /** @default [] */
            order_by?: string[];
            /** @default ACTIVE_ONLY */
            view_type?: components["schemas"]["ViewTypeName"];
        };
        /**
         * ViewTypeName
         * @description `domain.states.ViewType` by name; the order is that of its numbers, from 1.
         * @enum {unknown}
         */
        ViewTypeName: "ACTIVE_ONLY" | "ALL" | "DELETED_ONLY";
        /** SearchExperimentsReply */
        SearchExperimentsReply: {
            /** @default [] */
            experiments?: components["schemas"]["ExperimentMessage"][];
            /** @default  */
            next_page_token?: string;
        };
        /** UpdateExperiment */
        UpdateExperiment: {
            experiment_id: string;
            /** @default  */
            new_name?: string;
        };
        /**
         * Empty
         * @description `{}`: a request without fields, or the answer of a call that has nothing to tell.
         */
        Empty: Record<string, never>;
        /** ExperimentRef */
        ExperimentRef: {
            experiment_id: string;
        };
        /** SetExperimentTag */
        SetExperimentTag: {
            experiment_id: string;
            key: string;
            value: string;
        };
        /** DeleteExperimentTag */
        DeleteExperimentTag: {
            experiment_id: string;
            key: string;
        };
        /** SearchDatasets */
        SearchDatasets: {
            /** @default [] */
            experiment_ids?: string[];
        };
        /** SearchDatasetsReply */
        SearchDatasetsReply: {
            /** @default [] */
            dataset_summaries?: components["schemas"]["DatasetSummaryMessage"][];
        };
        /** DatasetSummaryMessage */
        DatasetSummaryMessage: {
            experiment_id: string;
            name: string;
            digest: string;
            /** @default  */
            context?: string;
        };
        /**
         * DiscardExperimentReply
         * @description Attributes:
         *         is_gone: False: it holds something, and stays.
         */
        DiscardExperimentReply: {
            is_gone: boolean;
        };
        /**
         * ListExperiments
         * @description Attributes:
         *         n_days: how many of the last days `runs_per_day` covers.
         */
        ListExperiments: {
            /** @default ACTIVE_ONLY */
            view_type?: components["schemas"]["ViewTypeName"];
            /** @default 30 */
            n_days?: number;
        };
        /** ListExperimentsReply */
        ListExperimentsReply: {
            experiments: components["schemas"]["ExperimentSummaryMessage"][];
        };
        /**
         * ExperimentSummaryMessage
         * @description An experiment with what a list shows beside its name; of millions of runs, the counts may be some seconds old.
         *
         *         Attributes:
         *             n_running: active runs in state RUNNING whose clients are heard from.
         *             last_run_ms: start of the newest active run.
         *             runs_per_day: runs started on each of the last days, oldest first, UTC days.
         */
        ExperimentSummaryMessage: {
            experiment: components["schemas"]["ExperimentMessage"];
            n_runs: number;
            n_running: number;
            /** @default null */
            last_run_ms?: number | null;
            runs_per_day: number[];
        };
        /** WorkspacesReply */
        WorkspacesReply: {
            /** @default [] */
            workspaces?: components["schemas"]["WorkspaceMessage"][];
        };
        /**
         * WorkspaceMessage
         * @description Attributes:
         *         default_artifact_root: URI below which its new experiments keep their files; absent: where the server does.
         */
        WorkspaceMessage: {
            name: string;
            /** @default  */
            description?: string;
            /** @default  */
            default_artifact_root?: string;
        };
        /**
         * CreateWorkspace
         * @description Attributes:
         *         name: 2 to 63 small letters, digits and hyphens.
         */
        CreateWorkspace: {
            name: string;
            /** @default  */
            description?: string;
            /** @default  */
            default_artifact_root?: string;
        };
        /** WorkspaceReply */
        WorkspaceReply: {
            workspace: components["schemas"]["WorkspaceMessage"];
        };
        /** WorkspaceRef */
        WorkspaceRef: {
            workspace_name: string;
        };
        /**
         * UpdateWorkspace
         * @description What is absent stays.
         */
        UpdateWorkspace: {
            workspace_name: string;
            /** @default null */
            description?: string | null;
            /** @default null */
            default_artifact_root?: string | null;
        };
        /**
         * DeleteMlflowWorkspace
         * @description Attributes:
         *         mode: what becomes of what it holds. `RESTRICT` refuses unless it holds nothing, `SET_DEFAULT` moves it to the
         *             default workspace, `CASCADE` sends it to the trash with the workspace.
         */
        DeleteMlflowWorkspace: {
            workspace_name: string;
            /** @default RESTRICT */
            mode?: components["schemas"]["MlflowDeletionMode"];
        };
        /**
         * MlflowDeletionMode
         * @enum {unknown}
         */
        MlflowDeletionMode: "CASCADE" | "RESTRICT" | "SET_DEFAULT";
        /**
         * MlflowServerInfo
         * @description What MLflow's clients ask for before they send a workspace along. Fields of other features are absent.
         */
        MlflowServerInfo: {
            store_type: string;
            workspaces_enabled: boolean;
        };
        /**
         * DeleteWorkspace
         * @description Attributes:
         *         mode: what becomes of what it holds: `restrict` refuses unless it holds nothing, `move` has it go to another
         *             workspace, `trash` to the trash with this one.
         *         to: with `move`: the other workspace.
         *         dry_run: change nothing and say what it holds, and which names clash.
         */
        DeleteWorkspace: {
            workspace_name: string;
            /** @default restrict */
            mode?: components["schemas"]["DeletionModeName"];
            /** @default default */
            to?: string;
            /** @default false */
            dry_run?: boolean;
        };
        /**
         * DeletionModeName
         * @enum {unknown}
         */
        DeletionModeName: "move" | "restrict" | "trash";
        /**
         * DeletionReply
         * @description Attributes:
         *         clashes: names that keep it from moving, such as `model:churn`: the first 100 of `n_clashes`.
         *         excesses: what else keeps it from moving.
         */
        DeletionReply: {
            name: string;
            mode: components["schemas"]["DeletionModeName"];
            /** @default  */
            to?: string;
            contents: components["schemas"]["ContentsMessage"];
            /** @default [] */
            clashes?: string[];
            /** @default 0 */
            n_clashes?: number;
            /** @default [] */
            excesses?: components["schemas"]["ExcessMessage"][];
            /** @default false */
            is_dry_run?: boolean;
        };
        /**
         * ContentsMessage
         * @description How much a workspace holds, with what is in the trash.
         *
         *         Attributes:
         *             n_running: of the jobs, those that agents have.
         *             n_rules: of retention.
         *             n_grants: on the workspace and on what lies in it.
         *             n_bytes: of files, as far as the server stored them.
         */
        ContentsMessage: {
            /** @default 0 */
            n_experiments?: number;
            /** @default 0 */
            n_runs?: number;
            /** @default 0 */
            n_models?: number;
            /** @default 0 */
            n_versions?: number;
            /** @default 0 */
            n_projects?: number;
            /** @default 0 */
            n_targets?: number;
            /** @default 0 */
            n_secrets?: number;
            /** @default 0 */
            n_views?: number;
            /** @default 0 */
            n_jobs?: number;
            /** @default 0 */
            n_running?: number;
            /** @default 0 */
            n_rules?: number;
            /** @default 0 */
            n_grants?: number;
            /** @default 0 */
            n_bytes?: number;
        };
        /**
         * ExcessMessage
         * @description What does not fit into the quota of the workspace that everything is to go to.
         *
         *         Attributes:
         *             what: runs, bytes or points.
         */
        ExcessMessage: {
            what: string;
            limit: number;
            n_kept: number;
            n_added: number;
        };
        /** TrashedWorkspacesReply */
        TrashedWorkspacesReply: {
            /** @default [] */
            workspaces?: components["schemas"]["TrashedWorkspace"][];
        };
        /** TrashedWorkspace */
        TrashedWorkspace: {
            name: string;
            /** @default  */
            description?: string;
            deleted_time_ms: number;
        };
        /**
         * PurgeWorkspace
         * @description Attributes:
         *         dry_run: change nothing and say what would go.
         */
        PurgeWorkspace: {
            workspace_name: string;
            /** @default true */
            dry_run?: boolean;
        };
        /**
         * PurgeWorkspaceReply
         * @description Attributes:
         *         n_files, n_bytes: files that go with the records, as far as this server can reach them.
         *         unreachable: folders whose files this server does not keep; remove them where they lie.
         */
        PurgeWorkspaceReply: {
            name: string;
            contents: components["schemas"]["ContentsMessage"];
            n_files: number;
            n_bytes: number;
            is_dry_run: boolean;
            /** @default [] */
            unreachable?: string[];
        };
        /** CreateRun */
        CreateRun: {
            /** @default  */
            experiment_id?: string;
            /** @default  */
            user_id?: string;
            /** @default  */
            run_name?: string;
            /** @default 0 */
            start_time?: number;
            /** @default [] */
            tags?: components["schemas"]["Tag"][];
        };
        /** RunReply */
        RunReply: {
            run: components["schemas"]["RunMessage"];
        };
        /**
         * RunMessage
         * @description Attributes:
         *         outputs: absent when the run made no logged model.
         */
        RunMessage: {
            info: components["schemas"]["RunInfoMessage"];
            data: components["schemas"]["RunDataMessage"];
            inputs: components["schemas"]["RunInputsMessage"];
            /** @default null */
            outputs?: components["schemas"]["RunOutputsMessage"] | null;
        };
        /** RunInfoMessage */
        RunInfoMessage: {
            run_id: string;
            run_uuid: string;
            run_name: string;
            experiment_id: string;
            user_id: string;
            status: string;
            start_time: number;
            /** @default null */
            end_time?: number | null;
            artifact_uri: string;
            lifecycle_stage: string;
        };
        /** RunDataMessage */
        RunDataMessage: {
            /** @default [] */
            metrics?: components["schemas"]["MetricMessage"][];
            /** @default [] */
            params?: components["schemas"]["ParamMessage"][];
            /** @default [] */
            tags?: components["schemas"]["Tag"][];
        };
        /** MetricMessage */
        MetricMessage: {
            key: string;
            value: number | ("-Infinity" | "Infinity" | "NaN");
            timestamp: number;
            /** @default 0 */
            step?: number;
        };
        /** ParamMessage */
        ParamMessage: {
            key: string;
            value: string;
        };
        /** RunInputsMessage */
        RunInputsMessage: {
            /** @default [] */
            dataset_inputs?: components["schemas"]["DatasetInputMessage"][];
            /** @default [] */
            model_inputs?: components["schemas"]["ModelInputMessage"][];
        };
        /** DatasetInputMessage */
        DatasetInputMessage: {
            /** @default [] */
            tags?: components["schemas"]["Tag"][];
            dataset: components["schemas"]["DatasetMessage"];
        };
        /** DatasetMessage */
        DatasetMessage: {
            name: string;
            digest: string;
            source_type: string;
            source: string;
            /** @default  */
            schema?: string;
            /** @default  */
            profile?: string;
        };
        /** ModelInputMessage */
        ModelInputMessage: {
            model_id: string;
        };
        /** RunOutputsMessage */
        RunOutputsMessage: {
            /** @default [] */
            model_outputs?: components["schemas"]["ModelOutputMessage"][];
        };
        /** ModelOutputMessage */
        ModelOutputMessage: {
            model_id: string;
            /** @default 0 */
            step?: number;
        };
        /**
         * RunRef
         * @description Names a run; `run_uuid` is what MLflow called it before 1.0 and some clients still do.
         */
        RunRef: {
            /** @default  */
            run_id?: string;
            /** @default  */
            run_uuid?: string;
        };
        /** UpdateRun */
        UpdateRun: {
            /** @default  */
            run_id?: string;
            /** @default  */
            run_uuid?: string;
            /** @default null */
            status?: components["schemas"]["RunStatusName"] | null;
            /** @default null */
            end_time?: number | null;
            /** @default  */
            run_name?: string;
        };
        /**
         * RunStatusName
         * @description `domain.states.RunStatus` by name; the order is that of its numbers, from 1.
         * @enum {unknown}
         */
        RunStatusName: "FAILED" | "FINISHED" | "KILLED" | "RUNNING" | "SCHEDULED";
        /** UpdateRunReply */
        UpdateRunReply: {
            run_info: components["schemas"]["RunInfoMessage"];
        };
        /** DeleteOrRestoreRun */
        DeleteOrRestoreRun: {
            run_id: string;
        };
        /** SearchRuns */
        SearchRuns: {
            /** @default [] */
            experiment_ids?: string[];
            /** @default  */
            filter?: string;
            /** @default ACTIVE_ONLY */
            run_view_type?: components["schemas"]["ViewTypeName"];
            /** @default 1000 */
            max_results?: number;
            /** @default [] */
            order_by?: string[];
            /** @default  */
            page_token?: string;
        };
        /** SearchRunsReply */
        SearchRunsReply: {
            /** @default [] */
            runs?: components["schemas"]["RunMessage"][];
            /** @default  */
            next_page_token?: string;
        };
        /**
         * LogBatch
         * @description Points are decoded straight into domain values: this is the hottest body of all.
         */
        LogBatch: {
            run_id: string;
            /** @default [] */
            metrics?: components["schemas"]["Metric"][];
            /** @default [] */
            params?: components["schemas"]["ParamMessage"][];
            /** @default [] */
            tags?: components["schemas"]["Tag"][];
        };
        /**
         * Metric
         * @description One point of a series.
         *
         *         A batch of a thousand of these is decoded straight from a request, so the time is called `timestamp`
         *         when encoded, as on the wire.
         *
         *         Attributes:
         *             value: any float64; NaN and both infinities are kept.
         *             timestamp_ms: Unix time, >= 0.
         *             step: any int64; negative steps are legal.
         *             model_id: of the logged model that was measured; empty: the run alone.
         *             dataset_name, dataset_digest: what it was measured on; kept with the logged model.
         */
        Metric: {
            key: string;
            value: number;
            timestamp: number;
            /** @default 0 */
            step?: number;
            /** @default  */
            model_id?: string;
            /** @default  */
            dataset_name?: string;
            /** @default  */
            dataset_digest?: string;
        };
        /**
         * LogMetric
         * @description Attributes:
         *         model_id: of the logged model that was measured, on the dataset that is named.
         */
        LogMetric: {
            /** @default  */
            run_id?: string;
            /** @default  */
            run_uuid?: string;
            key: string;
            value: number;
            timestamp: number;
            /** @default 0 */
            step?: number;
            /** @default  */
            model_id?: string;
            /** @default  */
            dataset_name?: string;
            /** @default  */
            dataset_digest?: string;
        };
        /** LogParam */
        LogParam: {
            /** @default  */
            run_id?: string;
            /** @default  */
            run_uuid?: string;
            key: string;
            value: string;
        };
        /** SetTag */
        SetTag: {
            /** @default  */
            run_id?: string;
            /** @default  */
            run_uuid?: string;
            key: string;
            value: string;
        };
        /** DeleteTag */
        DeleteTag: {
            run_id: string;
            key: string;
        };
        /** LogInputs */
        LogInputs: {
            run_id: string;
            /** @default [] */
            datasets?: components["schemas"]["DatasetInputMessage"][];
            /** @default [] */
            models?: components["schemas"]["ModelInputMessage"][];
        };
        /** LogModel */
        LogModel: {
            run_id: string;
            model_json: string;
        };
        /**
         * CreateRunRecord
         * @description Attributes:
         *         run_id: the caller's own id; absent: the server makes one.
         */
        CreateRunRecord: {
            experiment_id: string;
            /** @default null */
            run_id?: string | null;
            /** @default  */
            run_name?: string;
            /** @default  */
            user_id?: string;
            /** @default 0 */
            start_time_ms?: number;
            /** @default {} */
            tags?: {
                [key: string]: string;
            };
            /** @default null */
            parent_run_id?: string | null;
        };
        /** RunRecordReply */
        RunRecordReply: {
            run: components["schemas"]["RunRecord"];
        };
        /** RunRecord */
        RunRecord: {
            info: components["schemas"]["RunRecordInfo"];
            params: {
                [key: string]: string;
            };
            tags: {
                [key: string]: string;
            };
            metrics: {
                [key: string]: components["schemas"]["MetricRecord"];
            };
            datasets: components["schemas"]["DatasetUseMessage"][];
            /** @default [] */
            models?: components["schemas"]["ModelUseMessage"][];
        };
        /**
         * RunRecordInfo
         * @description What every run has.
         *
         *         Attributes:
         *             is_lost: the run says RUNNING but its client has been silent for longer than the server's limit.
         *             last_write_ms: when something was last written to the run, within a second.
         *             change: grows with every change of the run.
         */
        RunRecordInfo: {
            run_id: string;
            experiment_id: string;
            run_name: string;
            status: components["schemas"]["RunStatusName"];
            start_time_ms: number;
            artifact_uri: string;
            lifecycle_stage: string;
            change: number;
            is_lost: boolean;
            /** @default  */
            user_id?: string;
            /** @default null */
            end_time_ms?: number | null;
            /** @default null */
            deleted_time_ms?: number | null;
            /** @default null */
            heartbeat_ms?: number | null;
            /** @default null */
            last_write_ms?: number | null;
            /** @default null */
            parent_run_id?: string | null;
        };
        /**
         * MetricRecord
         * @description A series at a glance: its last point, the extremes, and how many points it has.
         */
        MetricRecord: {
            last: number | ("-Infinity" | "Infinity" | "NaN");
            step: number;
            timestamp_ms: number;
            min: number | ("-Infinity" | "Infinity" | "NaN");
            max: number | ("-Infinity" | "Infinity" | "NaN");
            count: number;
        };
        /**
         * DatasetUseMessage
         * @description A dataset as a run used it.
         *
         *         Attributes:
         *             is_output: the run produced it rather than read it.
         */
        DatasetUseMessage: {
            dataset: components["schemas"]["DatasetMessage"];
            /** @default {} */
            tags?: {
                [key: string]: string;
            };
            /** @default false */
            is_output?: boolean;
        };
        /**
         * ModelUseMessage
         * @description A logged model that a run read, or made at a step.
         */
        ModelUseMessage: {
            model_id: string;
            /** @default false */
            is_output?: boolean;
            /** @default 0 */
            step?: number;
        };
        /** GetRunRecord */
        GetRunRecord: {
            run_id: string;
        };
        /** SearchRunRecords */
        SearchRunRecords: {
            experiment_ids: string[];
            /** @default  */
            filter?: string;
            /** @default [] */
            order_by?: string[];
            /** @default ACTIVE_ONLY */
            view_type?: components["schemas"]["ViewTypeName"];
            /** @default 100 */
            max_results?: number;
            /** @default  */
            page_token?: string;
            /** @default {} */
            columns?: components["schemas"]["ColumnsMessage"];
        };
        /**
         * ColumnsMessage
         * @description What each run comes with. Absent: every key; a list: these keys alone; an empty list: none.
         */
        ColumnsMessage: {
            /** @default null */
            metrics?: string[] | null;
            /** @default null */
            params?: string[] | null;
            /** @default null */
            tags?: string[] | null;
            /** @default true */
            datasets?: boolean;
        };
        /** SearchRunRecordsReply */
        SearchRunRecordsReply: {
            runs: components["schemas"]["RunRecord"][];
            /** @default  */
            next_page_token?: string;
        };
        /**
         * GroupRuns
         * @description Attributes:
         *         by: fields of the filter language: params, tags, attributes, `dataset.name`, `dataset.digest`.
         *         is_all_but: group by all params except those in `by`.
         *         metrics: such as `metrics.loss` or `metrics.loss.min`.
         *         order_by: one of the metrics with ASC or DESC: by the mean; empty: the largest group first.
         *         max_run_ids: name at most so many runs of each group, the newest.
         */
        GroupRuns: {
            experiment_ids: string[];
            by: string[];
            /** @default false */
            is_all_but?: boolean;
            /** @default  */
            filter?: string;
            /** @default ACTIVE_ONLY */
            view_type?: components["schemas"]["ViewTypeName"];
            /** @default [] */
            metrics?: string[];
            /** @default  */
            order_by?: string;
            /** @default 1000 */
            max_results?: number;
            /** @default 0 */
            max_run_ids?: number;
        };
        /**
         * GroupRunsReply
         * @description Attributes:
         *         by: the fields of the values. With `is_all_but`, params in which the runs agree are left out.
         *         n_groups: those that are left out included.
         *         n_runs: how many runs all groups hold.
         */
        GroupRunsReply: {
            by: string[];
            groups: components["schemas"]["RunGroupMessage"][];
            n_groups: number;
            n_runs: number;
        };
        /**
         * RunGroupMessage
         * @description Attributes:
         *         values: one for each field of `by`; null: these runs have none.
         *         metrics: one for each metric asked for.
         */
        RunGroupMessage: {
            values: (string | null)[];
            n_runs: number;
            metrics: components["schemas"]["SpreadMessage"][];
            /** @default [] */
            run_ids?: string[];
        };
        /**
         * SpreadMessage
         * @description The finite values of a metric in a group.
         *
         *         Attributes:
         *             sd: sample standard deviation (n - 1).
         *             q1, median, q3: quartiles, linear between neighbours.
         */
        SpreadMessage: {
            n: number;
            /** @default null */
            mean?: number | ("-Infinity" | "Infinity" | "NaN") | null;
            /** @default null */
            sd?: number | ("-Infinity" | "Infinity" | "NaN") | null;
            /** @default null */
            min?: number | ("-Infinity" | "Infinity" | "NaN") | null;
            /** @default null */
            q1?: number | ("-Infinity" | "Infinity" | "NaN") | null;
            /** @default null */
            median?: number | ("-Infinity" | "Infinity" | "NaN") | null;
            /** @default null */
            q3?: number | ("-Infinity" | "Infinity" | "NaN") | null;
            /** @default null */
            max?: number | ("-Infinity" | "Infinity" | "NaN") | null;
        };
        /**
         * ReadRunTable
         * @description Attributes:
         *         fields: of the filter language. Metrics, times and counts come as numbers, all else as text.
         *         max_runs: of more runs than this a random sample is taken, the same one at each call.
         */
        ReadRunTable: {
            experiment_ids: string[];
            fields: string[];
            /** @default  */
            filter?: string;
            /** @default ACTIVE_ONLY */
            view_type?: components["schemas"]["ViewTypeName"];
            /** @default 5000 */
            max_runs?: number;
        };
        /**
         * ReadRunTableReply
         * @description Attributes:
         *         n_runs: how many runs fit.
         */
        ReadRunTableReply: {
            run_ids: string[];
            run_names: string[];
            columns: components["schemas"]["RunColumnMessage"][];
            n_runs: number;
        };
        /**
         * RunColumnMessage
         * @description Attributes:
         *         values: one for each run; null where it has none. NaN and infinities are text.
         */
        RunColumnMessage: {
            field: string;
            values: (number | string | null)[];
        };
        /** UpdateRunRecord */
        UpdateRunRecord: {
            run_id: string;
            /** @default null */
            status?: components["schemas"]["RunStatusName"] | null;
            /** @default null */
            end_time_ms?: number | null;
            /** @default  */
            run_name?: string;
        };
        /** RunInfoReply */
        RunInfoReply: {
            info: components["schemas"]["RunRecordInfo"];
        };
        /**
         * RegisterRun
         * @description A whole run, recorded all or nothing.
         *
         *         Attributes:
         *             experiment_id, experiment_name: one of them; a name that does not exist yet is created.
         *             metrics: per key the points `[step, timestamp_ms, value]`.
         *             environment: such as `{"python": "3.12.3", "numpy": "2.1"}`; kept as tags `runfold.env.<name>`.
         *             idempotency_key: registering again under the same key answers the first run and writes nothing.
         */
        RegisterRun: {
            /** @default  */
            experiment_id?: string;
            /** @default  */
            experiment_name?: string;
            /** @default null */
            run_id?: string | null;
            /** @default  */
            run_name?: string;
            /** @default  */
            user_id?: string;
            /** @default FINISHED */
            status?: components["schemas"]["RunStatusName"];
            /** @default 0 */
            start_time_ms?: number;
            /** @default null */
            end_time_ms?: number | null;
            /** @default null */
            parent_run_id?: string | null;
            /** @default {} */
            params?: {
                [key: string]: string | number | boolean;
            };
            /** @default {} */
            tags?: {
                [key: string]: string;
            };
            /** @default {} */
            metrics?: {
                [key: string]: components["schemas"]["PointMessage"][];
            };
            /** @default [] */
            datasets?: components["schemas"]["DatasetUseMessage"][];
            /** @default [] */
            artifacts?: components["schemas"]["InlineArtifact"][];
            /** @default {} */
            source?: components["schemas"]["SourceMessage"];
            /** @default {} */
            environment?: {
                [key: string]: string;
            };
            /** @default  */
            description?: string;
            /** @default  */
            idempotency_key?: string;
        };
        /**
         * PointMessage
         * @description `[step, timestamp_ms, value]`.
         */
        PointMessage: [
            number,
            number,
            number
        ];
        /**
         * InlineArtifact
         * @description A file of the run: its content in base64 or as text, or the URI where it already lies.
         *
         *         Attributes:
         *             path: where the file belongs, relative to the run.
         *             base64, text: the content; exactly one of `base64`, `text` and `uri` is given.
         *             uri: where the file lies; kept as a reference, never fetched by the server.
         */
        InlineArtifact: {
            path: string;
            /** @default null */
            base64?: string | null;
            /** @default null */
            text?: string | null;
            /** @default null */
            uri?: string | null;
        };
        /**
         * SourceMessage
         * @description Where the code of a run came from.
         */
        SourceMessage: {
            /** @default  */
            name?: string;
            /** @default  */
            type?: string;
            /** @default  */
            git_commit?: string;
            /** @default  */
            git_branch?: string;
            /** @default  */
            git_repo_url?: string;
            /** @default  */
            entry_point?: string;
        };
        /**
         * RegisterRunReply
         * @description Attributes:
         *         is_new: whether this call created the run.
         */
        RegisterRunReply: {
            run: components["schemas"]["RunRecord"];
            is_new: boolean;
        };
        /**
         * RegisterLineReply
         * @description The answer to one line of a stream of documents: the run, or what was wrong with it.
         *
         *         Attributes:
         *             line: the number of the line, from 1.
         */
        RegisterLineReply: {
            line: number;
            /** @default  */
            run_id?: string;
            /** @default false */
            is_new?: boolean;
            /** @default  */
            error_code?: string;
            /** @default  */
            message?: string;
        };
        /** RunIds */
        RunIds: {
            run_ids: string[];
        };
        /** MoveRuns */
        MoveRuns: {
            run_ids: string[];
            experiment_id: string;
        };
        /**
         * DeleteMetric
         * @description Attributes:
         *         after_step: remove only points with a greater step; absent: the whole series.
         */
        DeleteMetric: {
            run_id: string;
            key: string;
            /** @default null */
            after_step?: number | null;
        };
        /** DeleteParam */
        DeleteParam: {
            run_id: string;
            key: string;
        };
        /** LogDatasets */
        LogDatasets: {
            run_id: string;
            datasets: components["schemas"]["DatasetUseMessage"][];
        };
        /**
         * ReadChanges
         * @description Attributes:
         *         after: the cursor of the answer before; -1 asks for the present cursor alone.
         */
        ReadChanges: {
            experiment_ids: string[];
            /** @default -1 */
            after?: number;
            /** @default 1000 */
            max_results?: number;
            /** @default {} */
            columns?: components["schemas"]["ColumnsMessage"];
        };
        /** ReadChangesReply */
        ReadChangesReply: {
            runs: components["schemas"]["RunRecord"][];
            cursor: number;
        };
        /**
         * WatchChanges
         * @description Attributes:
         *         after: the cursor to start from; absent: from now on. The header `Last-Event-ID` of a browser that
         *             connects again wins over it.
         *         with_values: send params, tags, metrics and datasets too; without, they are empty, so that following
         *             runs with thousands of metrics costs little.
         */
        WatchChanges: {
            experiment_ids: string[];
            /** @default -1 */
            after?: number;
            /** @default false */
            with_values?: boolean;
        };
        /**
         * ListDatasets
         * @description Attributes:
         *         name: only of this name; empty: any.
         *         text: what the name contains, in either case of ASCII letters.
         */
        ListDatasets: {
            /** @default  */
            name?: string;
            /** @default  */
            text?: string;
            /** @default 100 */
            max_results?: number;
            /** @default  */
            page_token?: string;
        };
        /** ListDatasetsReply */
        ListDatasetsReply: {
            /** @default [] */
            datasets?: components["schemas"]["DatasetVersionMessage"][];
            /** @default  */
            next_page_token?: string;
        };
        /**
         * DatasetVersionMessage
         * @description Attributes:
         *         experiment_ids: of the experiments whose runs used it, the first 100; those alone that the caller may read.
         *         n_runs: that used it in these experiments, trash aside.
         */
        DatasetVersionMessage: {
            name: string;
            digest: string;
            source_type: string;
            /** @default [] */
            experiment_ids?: string[];
            /** @default 0 */
            n_runs?: number;
        };
        /** DatasetRef */
        DatasetRef: {
            name: string;
            digest: string;
        };
        /** DatasetReply */
        DatasetReply: {
            dataset: components["schemas"]["DatasetMessage"];
        };
        /** GetMetricHistory */
        GetMetricHistory: {
            /** @default  */
            run_id?: string;
            /** @default  */
            run_uuid?: string;
            metric_key: string;
            /** @default  */
            page_token?: string;
            /** @default null */
            max_results?: number | null;
        };
        /** GetMetricHistoryReply */
        GetMetricHistoryReply: {
            /** @default [] */
            metrics?: components["schemas"]["MetricMessage"][];
            /** @default  */
            next_page_token?: string;
        };
        /** GetMetricHistoryBulk */
        GetMetricHistoryBulk: {
            run_id: string[];
            metric_key: string;
            /** @default 25000 */
            max_results?: number;
        };
        /** MetricsOfRunsReply */
        MetricsOfRunsReply: {
            /** @default [] */
            metrics?: components["schemas"]["MetricOfRunMessage"][];
        };
        /** MetricOfRunMessage */
        MetricOfRunMessage: {
            key: string;
            value: number | ("-Infinity" | "Infinity" | "NaN");
            timestamp: number;
            step: number;
            run_id: string;
        };
        /** GetMetricHistoryBulkInterval */
        GetMetricHistoryBulkInterval: {
            run_ids: string[];
            metric_key: string;
            /** @default null */
            start_step?: number | null;
            /** @default null */
            end_step?: number | null;
            /** @default 2500 */
            max_results?: number;
        };
        /**
         * SampleSeries
         * @description Attributes:
         *         n_buckets: at most so many buckets a series; a shorter series comes whole.
         *         axis: what the buckets divide: steps, or timestamps in ms.
         *         start, end: bounds on the axis, both included.
         */
        SampleSeries: {
            run_ids: string[];
            keys: string[];
            /** @default 320 */
            n_buckets?: number;
            /** @default step */
            axis?: components["schemas"]["Axis"];
            /** @default null */
            start?: number | null;
            /** @default null */
            end?: number | null;
        };
        /**
         * Axis
         * @enum {unknown}
         */
        Axis: "step" | "time";
        /** SampleSeriesReply */
        SampleSeriesReply: {
            series: components["schemas"]["SampledSeriesMessage"][];
        };
        /**
         * SampledSeriesMessage
         * @description Attributes:
         *         n_points: points within the range asked for.
         *         other: of each bucket's first point, its timestamp in ms where steps are divided, its step where times are.
         */
        SampledSeriesMessage: {
            run_id: string;
            key: string;
            n_points: number;
            buckets: components["schemas"]["BucketMessage"][];
            /** @default [] */
            other?: number[];
        };
        /**
         * BucketMessage
         * @description `[x, x_last, n, n_nan, min, max, mean, last]`; the last four are null when every value is NaN.
         */
        BucketMessage: [
            number,
            number,
            number,
            number,
            number | ("-Infinity" | "Infinity" | "NaN") | null,
            number | ("-Infinity" | "Infinity" | "NaN") | null,
            number | ("-Infinity" | "Infinity" | "NaN") | null,
            number | ("-Infinity" | "Infinity" | "NaN") | null
        ];
        /**
         * ReadColumns
         * @description Asks for whole series. With `Accept: application/vnd.runfold.columns` the answer is binary.
         */
        ReadColumns: {
            run_ids: string[];
            keys: string[];
        };
        /** ReadColumnsReply */
        ReadColumnsReply: {
            series: components["schemas"]["SeriesColumns"][];
        };
        /**
         * SeriesColumns
         * @description One series, ordered by (timestamp, step, value).
         */
        SeriesColumns: {
            run_id: string;
            key: string;
            steps: number[];
            timestamps_ms: number[];
            values: (number | ("-Infinity" | "Infinity" | "NaN"))[];
        };
        /**
         * SearchKeys
         * @description Attributes:
         *         kinds: empty: all.
         *         text: what the keys contain, in any case; empty: all.
         */
        SearchKeys: {
            experiment_ids: string[];
            /** @default [] */
            kinds?: components["schemas"]["KeyKindName"][];
            /** @default  */
            text?: string;
            /** @default 1000 */
            max_results?: number;
        };
        /**
         * KeyKindName
         * @description `domain.keys.KeyKind` by name; the order is that of its numbers, from 1.
         * @enum {unknown}
         */
        KeyKindName: "metric" | "param" | "tag";
        /** SearchKeysReply */
        SearchKeysReply: {
            keys: components["schemas"]["KeyStatsMessage"][];
        };
        /**
         * KeyStatsMessage
         * @description Attributes:
         *         n_distinct: distinct values, counted up to a small limit.
         *         variation: 0 when all runs agree, 1 when every run differs.
         */
        KeyStatsMessage: {
            kind: components["schemas"]["KeyKindName"];
            key: string;
            n_runs: number;
            n_distinct: number;
            variation: number;
            /** @default null */
            min?: number | ("-Infinity" | "Infinity" | "NaN") | null;
            /** @default null */
            max?: number | ("-Infinity" | "Infinity" | "NaN") | null;
            /** @default [] */
            examples?: string[];
        };
        /** SearchKeyValues */
        SearchKeyValues: {
            experiment_ids: string[];
            kind: components["schemas"]["KeyKindName"];
            key: string;
            /** @default  */
            text?: string;
            /** @default 50 */
            max_results?: number;
        };
        /** SearchKeyValuesReply */
        SearchKeyValuesReply: {
            values: components["schemas"]["KeyValue"][];
        };
        /** KeyValue */
        KeyValue: {
            value: string;
            n_runs: number;
        };
        /**
         * SaveView
         * @description Attributes:
         *         view_id: the view to replace; absent: a new one.
         */
        SaveView: {
            scope: string;
            name: string;
            state: string;
            /** @default null */
            view_id?: string | null;
        };
        /** ViewReply */
        ViewReply: {
            view: components["schemas"]["SavedViewMessage"];
        };
        /**
         * SavedViewMessage
         * @description Attributes:
         *         state: JSON text that belongs to the UI.
         */
        SavedViewMessage: {
            view_id: string;
            scope: string;
            name: string;
            state: string;
            creation_time_ms: number;
            last_update_time_ms: number;
        };
        /** ViewRef */
        ViewRef: {
            view_id: string;
        };
        /** ListViews */
        ListViews: {
            scope: string;
        };
        /** ListViewsReply */
        ListViewsReply: {
            views: components["schemas"]["SavedViewMessage"][];
        };
        /** ListArtifacts */
        ListArtifacts: {
            /** @default  */
            run_id?: string;
            /** @default  */
            run_uuid?: string;
            /** @default  */
            path?: string;
            /** @default  */
            page_token?: string;
        };
        /** ListArtifactsReply */
        ListArtifactsReply: {
            root_uri: string;
            /** @default [] */
            files?: components["schemas"]["FileInfoMessage"][];
            /** @default  */
            next_page_token?: string;
        };
        /** FileInfoMessage */
        FileInfoMessage: {
            path: string;
            is_dir: boolean;
            /** @default null */
            file_size?: number | null;
        };
        /** ListProxiedArtifacts */
        ListProxiedArtifacts: {
            /** @default  */
            path?: string;
        };
        /** ListProxiedArtifactsReply */
        ListProxiedArtifactsReply: {
            /** @default [] */
            files?: components["schemas"]["FileInfoMessage"][];
        };
        /** CreateMultipartUpload */
        CreateMultipartUpload: {
            path: string;
            num_parts: number;
        };
        /** CreateMultipartUploadReply */
        CreateMultipartUploadReply: {
            upload_id: string;
            credentials: components["schemas"]["MultipartCredential"][];
        };
        /** MultipartCredential */
        MultipartCredential: {
            url: string;
            part_number: number;
            /** @default {} */
            headers?: {
                [key: string]: string;
            };
        };
        /** CompleteMultipartUpload */
        CompleteMultipartUpload: {
            path: string;
            upload_id: string;
            parts: components["schemas"]["MultipartPart"][];
        };
        /** MultipartPart */
        MultipartPart: {
            part_number: number;
            etag: string;
            /** @default  */
            url?: string;
        };
        /** AbortMultipartUpload */
        AbortMultipartUpload: {
            path: string;
            upload_id: string;
        };
        /** PresignedReply */
        PresignedReply: {
            url: string;
            /** @default [] */
            headers?: components["schemas"]["PresignedHeader"][];
            /** @default null */
            file_size?: number | null;
        };
        /** PresignedHeader */
        PresignedHeader: {
            name: string;
            value: string;
        };
        /**
         * PresignRunFile
         * @description Attributes:
         *         expiration: seconds for which the address is good.
         */
        PresignRunFile: {
            run_id: string;
            path: string;
            /** @default 3600 */
            expiration?: number;
        };
        /** PresignedUrlReply */
        PresignedUrlReply: {
            presigned_url: string;
            /** @default [] */
            headers?: components["schemas"]["PresignedHeader"][];
            /** @default null */
            file_size?: number | null;
        };
        /** RunFile */
        RunFile: {
            /** @default  */
            run_id?: string;
            /** @default  */
            run_uuid?: string;
            path: string;
        };
        /** DeleteArtifact */
        DeleteArtifact: {
            run_id: string;
            path: string;
        };
        /** DigestArtifact */
        DigestArtifact: {
            run_id: string;
            path: string;
        };
        /**
         * DigestArtifactReply
         * @description Attributes:
         *         digest: `sha256:` and 64 hex digits.
         *         n_bytes: of the file whose digest this is.
         */
        DigestArtifactReply: {
            digest: string;
            n_bytes: number;
        };
        /** SubmitJob */
        SubmitJob: {
            work: components["schemas"]["JobWork"];
        };
        /**
         * JobWork
         * @description What is to be run.
         *
         *         Attributes:
         *             uri, version, entry_point, parameters: of the project. Secrets are given as the place where the agent finds
         *                 them (`env:NAME`, `file:/path`), never as themselves. Of a rerun, `parameters` are those that change.
         *             without: of a rerun, parameters that the run was given and the job is not: defaults hold again.
         *             kind: `read-project` reads which entry points the registered project has; `rerun` has the run `origin` again;
         *                 `target-test` tries whether the target can be used.
         *             project: the registered project that the job belongs to.
         *             credential: where the agent finds what the repository asks for.
         *             origin: of a rerun, the run to have again.
         *             experiment_id: where its run goes.
         *             target: where the agent that takes it has it executed, by name; empty: where the project's file says, or else on
         *                 the agent's own machine.
         *             targets: those that the project's file may choose among; null: any. A server with users says which.
         *             resources: absent: nothing in particular.
         *             labels: an agent must have all of them.
         *             priority: higher ones are taken first; among equals, the older.
         *             n_tries: how often it may be started in all, when its agent is lost or its command fails.
         *             timeout_s: its command is ended after it; 0: never.
         *             array_limit: so many of an array's jobs run at a time; 0: as the target says.
         *             idempotency_key: a second job with the same key is the first one.
         */
        JobWork: {
            uri: string;
            /** @default project */
            kind?: components["schemas"]["JobKindName"];
            /** @default  */
            project?: string;
            /** @default  */
            version?: string;
            /** @default main */
            entry_point?: string;
            /** @default {} */
            parameters?: {
                [key: string]: string;
            };
            /** @default [] */
            without?: string[];
            /** @default  */
            credential?: string;
            /** @default  */
            origin?: string;
            /** @default 0 */
            experiment_id?: string;
            /** @default  */
            target?: string;
            /** @default null */
            targets?: string[] | null;
            /** @default null */
            resources?: components["schemas"]["JobResources"] | null;
            /** @default  */
            run_name?: string;
            /** @default  */
            env_manager?: string;
            /** @default {} */
            tags?: {
                [key: string]: string;
            };
            /** @default default */
            queue?: string;
            /** @default [] */
            labels?: string[];
            /** @default 0 */
            priority?: number;
            /** @default 1 */
            n_tries?: number;
            /** @default 0 */
            timeout_s?: number;
            /** @default 0 */
            array_limit?: number;
            /** @default  */
            user_id?: string;
            /** @default  */
            idempotency_key?: string;
        };
        /**
         * JobKindName
         * @description `domain.job.JobKind`.
         * @enum {unknown}
         */
        JobKindName: "project" | "read-project" | "rerun" | "target-test";
        /**
         * JobResources
         * @description What a command wants of the machine that runs it; 0: not said.
         */
        JobResources: {
            /** @default 0 */
            n_cpus?: number;
            /** @default 0 */
            n_gpus?: number;
            /** @default 0 */
            memory_gib?: number;
        };
        /** JobReply */
        JobReply: {
            job: components["schemas"]["JobMessage"];
        };
        /**
         * JobMessage
         * @description Attributes:
         *         attempt: counts its starts, from 1; 0 before the first.
         *         lease_until_ms: without a sign of life until then, it is lost.
         *         run_id: the run of its last attempt.
         *         array: the same for jobs that go to a cluster as one array; empty: it goes alone.
         *         workspace: in which its project, target and secrets are named.
         */
        JobMessage: {
            job_id: string;
            work: components["schemas"]["JobWork"];
            state: components["schemas"]["JobStateName"];
            creation_time_ms: number;
            /** @default 0 */
            attempt?: number;
            /** @default  */
            agent?: string;
            /** @default null */
            claim_time_ms?: number | null;
            /** @default null */
            start_time_ms?: number | null;
            /** @default null */
            end_time_ms?: number | null;
            /** @default null */
            lease_until_ms?: number | null;
            /** @default false */
            is_cancel_requested?: boolean;
            /** @default null */
            exit_code?: number | null;
            /** @default  */
            reason?: string;
            /** @default null */
            run_id?: string | null;
            /** @default  */
            array?: string;
            /** @default default */
            workspace?: string;
        };
        /**
         * JobStateName
         * @description `domain.job.JobState`.
         * @enum {unknown}
         */
        JobStateName: "cancelled" | "claimed" | "failed" | "finished" | "lost" | "preparing" | "queued" | "running";
        /**
         * SubmitJobs
         * @description At most 1000, queued in this order; all of them or none.
         */
        SubmitJobs: {
            works: components["schemas"]["JobWork"][];
        };
        /** JobsReply */
        JobsReply: {
            /** @default [] */
            jobs?: components["schemas"]["JobMessage"][];
            /** @default  */
            next_page_token?: string;
        };
        /** JobRef */
        JobRef: {
            job_id: string;
        };
        /**
         * ListJobs
         * @description Newest first.
         *
         *         Attributes:
         *             is_folded: of jobs with the same `runfold.grid`, the newest that fits alone.
         */
        ListJobs: {
            /** @default [] */
            states?: components["schemas"]["JobStateName"][];
            /** @default  */
            project?: string;
            /** @default  */
            queue?: string;
            /** @default  */
            target?: string;
            /** @default  */
            user_id?: string;
            /** @default  */
            grid?: string;
            /** @default  */
            text?: string;
            /** @default false */
            is_folded?: boolean;
            /** @default 100 */
            max_results?: number;
            /** @default  */
            page_token?: string;
        };
        /**
         * CountJobs
         * @description No states: all of them; an empty text: every one.
         *
         *         Attributes:
         *             grid: jobs that were asked for together have the same in their tag `runfold.grid`.
         *             text: every word of it, in any case, is in the job's id, run id, project, code, entry point, parameters, labels,
         *                 queue, target or user.
         */
        CountJobs: {
            /** @default [] */
            states?: components["schemas"]["JobStateName"][];
            /** @default  */
            project?: string;
            /** @default  */
            queue?: string;
            /** @default  */
            target?: string;
            /** @default  */
            user_id?: string;
            /** @default  */
            grid?: string;
            /** @default  */
            text?: string;
        };
        /**
         * JobCountsReply
         * @description Attributes:
         *         states: how many fit, by state; those alone that some have.
         *         queues, targets, users: of all jobs, whatever was counted.
         */
        JobCountsReply: {
            /** @default {} */
            states?: {
                [key: string]: number;
            };
            /** @default [] */
            queues?: string[];
            /** @default [] */
            targets?: string[];
            /** @default [] */
            users?: string[];
        };
        /**
         * GetJobGrids
         * @description Attributes:
         *         grids: at most 1000 values of the tag `runfold.grid`.
         */
        GetJobGrids: {
            grids: string[];
        };
        /**
         * JobGridsReply
         * @description Attributes:
         *         grids: in the order that they were asked for.
         */
        JobGridsReply: {
            /** @default [] */
            grids?: components["schemas"]["JobGridMessage"][];
        };
        /**
         * JobGridMessage
         * @description Attributes:
         *         states: how many of its jobs are in each; those alone that some have.
         */
        JobGridMessage: {
            grid: string;
            /** @default {} */
            states?: {
                [key: string]: number;
            };
        };
        /**
         * JobStepsReply
         * @description Attributes:
         *         steps: oldest first, over all attempts.
         */
        JobStepsReply: {
            /** @default [] */
            steps?: components["schemas"]["JobStepMessage"][];
        };
        /**
         * JobStepMessage
         * @description Attributes:
         *         state: from then on; the same as before when somebody asked for the job's end.
         */
        JobStepMessage: {
            time_ms: number;
            attempt: number;
            state: components["schemas"]["JobStateName"];
            /** @default  */
            agent?: string;
            /** @default null */
            exit_code?: number | null;
            /** @default  */
            reason?: string;
        };
        /**
         * ReadJobChanges
         * @description Attributes:
         *         after: the cursor of the last answer; -1 for the present one.
         */
        ReadJobChanges: {
            /** @default -1 */
            after?: number;
            /** @default 1000 */
            max_results?: number;
        };
        /**
         * JobChangesReply
         * @description Attributes:
         *         jobs: those that changed, as they are now; the one that changed first at the front.
         *         cursor: ask with it for what comes later.
         */
        JobChangesReply: {
            cursor: number;
            /** @default [] */
            jobs?: components["schemas"]["JobMessage"][];
        };
        /**
         * WatchJobs
         * @description Attributes:
         *         after: a cursor; -1: from now on.
         */
        WatchJobs: {
            /** @default -1 */
            after?: number;
        };
        /**
         * ClaimJobs
         * @description Attributes:
         *         n_jobs: at most so many.
         */
        ClaimJobs: {
            agent: components["schemas"]["AgentMessage"];
            /** @default 1 */
            n_jobs?: number;
        };
        /**
         * AgentMessage
         * @description Attributes:
         *         n_slots: as many jobs at a time; 0: it has ended.
         *         account: of the user whose agent it is; the server tells it.
         *         seen_ms: when the server last heard from it.
         *         n_held: jobs that it has now.
         *         is_there: it has not ended, and gave a sign of life within the last half minute.
         */
        AgentMessage: {
            name: string;
            /** @default  */
            host?: string;
            /**
             * @default [
             *       "default"
             *     ]
             */
            queues?: string[];
            /** @default [] */
            labels?: string[];
            /** @default 1 */
            n_slots?: number;
            /** @default  */
            version?: string;
            /** @default  */
            account?: string;
            /** @default 0 */
            seen_ms?: number;
            /** @default 0 */
            n_held?: number;
            /** @default false */
            is_there?: boolean;
        };
        /**
         * AwaitJobs
         * @description Attributes:
         *         agent: no queues: it has no room for another job.
         *         held: ids of the jobs that it runs.
         *         wait_s: the answer comes as soon as there is news, or after so many seconds; at most 20.
         */
        AwaitJobs: {
            agent: components["schemas"]["AgentMessage"];
            /** @default [] */
            held?: string[];
            /** @default 0 */
            wait_s?: number;
        };
        /**
         * AwaitJobsReply
         * @description Attributes:
         *         has_news: there is a job that the agent may take, or one that it holds is to end.
         */
        AwaitJobsReply: {
            /** @default false */
            has_news?: boolean;
        };
        /** BeatJobs */
        BeatJobs: {
            agent: string;
            /** @default [] */
            held?: components["schemas"]["HeldJob"][];
        };
        /** HeldJob */
        HeldJob: {
            job_id: string;
            attempt: number;
        };
        /**
         * BeatJobsReply
         * @description Attributes:
         *         stop: jobs that the agent is to end.
         */
        BeatJobsReply: {
            /** @default [] */
            stop?: string[];
        };
        /**
         * OpenJobToken
         * @description Attributes:
         *         job_id, attempt: under way with the agent.
         *         digest: SHA-256, in hexadecimal digits, of a token `rfj_SECRET.JOB_ID` that the command's machine has made. It
         *             counts beside the agent's own, and none is given.
         */
        OpenJobToken: {
            agent: string;
            job_id: string;
            attempt: number;
            /** @default  */
            digest?: string;
        };
        /**
         * JobTokenReply
         * @description Attributes:
         *         token: shown this one time, and worth something while the agent holds the job; absent where nobody knows who
         *             asked for it, or where a digest was sent.
         */
        JobTokenReply: {
            /** @default  */
            token?: string;
        };
        /**
         * ReportJob
         * @description What an agent says of an attempt. What is absent stays as it is.
         */
        ReportJob: {
            job_id: string;
            attempt: number;
            state: components["schemas"]["JobStateName"];
            /** @default null */
            run_id?: string | null;
            /** @default null */
            exit_code?: number | null;
            /** @default  */
            reason?: string;
        };
        /**
         * AppendJobLog
         * @description Attributes:
         *         start: the byte of the attempt's output that the piece begins with.
         *         content: base64.
         */
        AppendJobLog: {
            job_id: string;
            attempt: number;
            start: number;
            content: string;
        };
        /**
         * ReadJobLog
         * @description Attributes:
         *         attempt: absent: the last one.
         */
        ReadJobLog: {
            job_id: string;
            /** @default null */
            attempt?: number | null;
            /** @default 0 */
            start?: number;
            /** @default 65536 */
            max_bytes?: number;
        };
        /**
         * JobLogReply
         * @description Attributes:
         *         content: base64.
         *         size: bytes of all that is there so far.
         *         is_whole: the attempt is over, nothing will be added.
         */
        JobLogReply: {
            attempt: number;
            start: number;
            content: string;
            size: number;
            is_whole: boolean;
        };
        /**
         * SearchJobLog
         * @description Lines that hold a text, in any case.
         *
         *         Attributes:
         *             attempt: absent: the last one.
         *             after: the byte to begin at; one past the start of the last match brings those that follow.
         */
        SearchJobLog: {
            job_id: string;
            text: string;
            /** @default null */
            attempt?: number | null;
            /** @default 0 */
            after?: number;
            /** @default 200 */
            max_results?: number;
        };
        /**
         * LogMatchesReply
         * @description Attributes:
         *         is_complete: there are no more matches.
         */
        LogMatchesReply: {
            attempt: number;
            is_complete: boolean;
            /** @default [] */
            matches?: components["schemas"]["LogMatchMessage"][];
        };
        /**
         * LogMatchMessage
         * @description Attributes:
         *         line: its number, from 1.
         *         start: the byte that the line begins with.
         *         text: the line, cut when it is very long.
         */
        LogMatchMessage: {
            line: number;
            start: number;
            text: string;
        };
        /** AgentsReply */
        AgentsReply: {
            /** @default [] */
            agents?: components["schemas"]["AgentMessage"][];
        };
        /** CreateProject */
        CreateProject: {
            settings: components["schemas"]["ProjectSettingsMessage"];
            /** @default  */
            user_id?: string;
        };
        /**
         * ProjectSettingsMessage
         * @description What people say of a project.
         *
         *         Attributes:
         *             uri: a repository, archive or folder that the agents can reach.
         *             version: a branch, tag or commit; empty: the default branch.
         *             folder: of the project inside `uri`; empty: the whole.
         *             credential: where agents find what a private repository asks for, such as `env:GIT_TOKEN`.
         *             targets: that its jobs may go to; empty: all.
         *             queue, experiment_id: of its jobs, when nothing else is said.
         */
        ProjectSettingsMessage: {
            name: string;
            uri: string;
            /** @default  */
            version?: string;
            /** @default  */
            folder?: string;
            /** @default  */
            description?: string;
            /** @default  */
            credential?: string;
            /** @default [] */
            targets?: string[];
            /** @default default */
            queue?: string;
            /** @default 0 */
            experiment_id?: string;
        };
        /** ProjectReply */
        ProjectReply: {
            project: components["schemas"]["ProjectMessage"];
        };
        /**
         * ProjectMessage
         * @description Attributes:
         *         read_time_ms: when its code was read last; absent: not yet.
         *         n_jobs: that were asked for in its name; `last_job` is the newest of them.
         */
        ProjectMessage: {
            settings: components["schemas"]["ProjectSettingsMessage"];
            reading: components["schemas"]["ProjectReadingMessage"];
            creation_time_ms: number;
            last_update_time_ms: number;
            /** @default null */
            read_time_ms?: number | null;
            /** @default  */
            user_id?: string;
            /** @default 0 */
            n_jobs?: number;
            /** @default null */
            last_job?: components["schemas"]["JobMessage"] | null;
        };
        /**
         * ProjectReadingMessage
         * @description What was read in a project's code.
         *
         *         Attributes:
         *             spec: absent: it could not be read, or nobody has read it yet.
         *             commit: that the spec is of; empty without Git.
         *             problem: why the last reading gave no spec.
         */
        ProjectReadingMessage: {
            /** @default null */
            spec?: components["schemas"]["ProjectSpec"] | null;
            /** @default  */
            commit?: string;
            /** @default  */
            problem?: string;
        };
        /**
         * ProjectSpec
         * @description Attributes:
         *         name: as its file has it; empty without one.
         *         has_file: an `MLproject` file describes it; otherwise its `.py` and `.sh` files are the entry points.
         */
        ProjectSpec: {
            /** @default  */
            name?: string;
            /** @default null */
            environment?: components["schemas"]["EnvironmentMessage"] | null;
            /** @default [] */
            entry_points?: components["schemas"]["EntryPointMessage"][];
            /** @default null */
            platform?: components["schemas"]["PlatformMessage"] | null;
            /** @default false */
            has_file?: boolean;
        };
        /**
         * EnvironmentMessage
         * @description What a project asks to run in.
         *
         *         Attributes:
         *             path: of the file that describes it, from the project's folder.
         *             image, volumes, variables: of a container.
         */
        EnvironmentMessage: {
            /** @default current */
            kind?: components["schemas"]["EnvironmentKindName"];
            /** @default  */
            path?: string;
            /** @default  */
            image?: string;
            /** @default [] */
            volumes?: string[];
            /** @default [] */
            variables?: string[];
        };
        /**
         * EnvironmentKindName
         * @description `domain.project.EnvironmentKind`.
         * @enum {unknown}
         */
        EnvironmentKindName: "conda" | "container" | "current" | "uv";
        /**
         * EntryPointMessage
         * @description Attributes:
         *         command: with `{name}` where a parameter's value goes.
         *         parameters: in the order of the file.
         */
        EntryPointMessage: {
            name: string;
            command: string;
            /** @default [] */
            parameters?: components["schemas"]["ParameterMessage"][];
            /** @default  */
            help?: string;
        };
        /**
         * ParameterMessage
         * @description Attributes:
         *         default: as text; absent: a value must be given.
         *         environment: a variable that gives the default where the job runs, if it is set.
         *         choices: the values that are accepted; empty: all.
         *         minimum, maximum: bounds of a number, both included.
         *         is_secret: the value names where the secret is found (`env:NAME`, `file:PATH`).
         */
        ParameterMessage: {
            name: string;
            /** @default string */
            type?: components["schemas"]["ParameterTypeName"];
            /** @default null */
            default?: string | null;
            /** @default  */
            environment?: string;
            /** @default  */
            help?: string;
            /** @default [] */
            choices?: string[];
            /** @default null */
            minimum?: number | null;
            /** @default null */
            maximum?: number | null;
            /** @default false */
            is_secret?: boolean;
        };
        /**
         * ParameterTypeName
         * @description `domain.project.ParameterType`.
         * @enum {unknown}
         */
        ParameterTypeName: "bool" | "float" | "int" | "path" | "string" | "uri";
        /**
         * PlatformMessage
         * @description Where a project may run; nothing said: anywhere.
         */
        PlatformMessage: {
            /** @default [] */
            targets?: string[];
            /** @default [] */
            labels?: string[];
            /** @default 0 */
            n_gpus?: number;
            /** @default 0 */
            memory_gib?: number;
        };
        /**
         * UpdateProject
         * @description Replaces all settings of the project of this name.
         */
        UpdateProject: {
            settings: components["schemas"]["ProjectSettingsMessage"];
        };
        /**
         * RenameProject
         * @description The former name goes on leading to the project, until another takes it.
         */
        RenameProject: {
            name: string;
            new_name: string;
        };
        /** RecordProjectReading */
        RecordProjectReading: {
            name: string;
            reading: components["schemas"]["ProjectReadingMessage"];
        };
        /** ProjectRef */
        ProjectRef: {
            name: string;
        };
        /** ProjectsReply */
        ProjectsReply: {
            /** @default [] */
            projects?: components["schemas"]["ProjectMessage"][];
        };
        /** PutTarget */
        PutTarget: {
            target: components["schemas"]["TargetMessage"];
        };
        /**
         * TargetMessage
         * @description A place where jobs are executed.
         *
         *         Attributes:
         *             labels: what it has, such as `gpu`; projects ask for them.
         *             n_gpus, memory_gib: what a job can get there; 0: not said, so projects that ask for some do not go there.
         *             queue: the queue of the agents that can reach it; a job for this target that names no queue goes there.
         *             tracking_uri: the server's address as seen from there; empty: as the agent knows it.
         *             ssh, slurm, kubernetes, ray: settings of its kind; the others are absent.
         *             creation_time_ms, last_update_time_ms: the server's; ignored in a request.
         */
        TargetMessage: {
            name: string;
            kind: components["schemas"]["TargetKindName"];
            /** @default  */
            description?: string;
            /** @default [] */
            labels?: string[];
            /** @default 0 */
            n_gpus?: number;
            /** @default 0 */
            memory_gib?: number;
            /** @default  */
            queue?: string;
            /** @default  */
            tracking_uri?: string;
            /** @default null */
            ssh?: components["schemas"]["SshTarget"] | null;
            /** @default null */
            slurm?: components["schemas"]["SlurmTarget"] | null;
            /** @default null */
            kubernetes?: components["schemas"]["KubernetesTarget"] | null;
            /** @default null */
            ray?: components["schemas"]["RayTarget"] | null;
            /** @default 0 */
            creation_time_ms?: number;
            /** @default 0 */
            last_update_time_ms?: number;
        };
        /**
         * TargetKindName
         * @description `domain.target.TargetKind`.
         * @enum {unknown}
         */
        TargetKindName: "kubernetes" | "local" | "ray" | "slurm" | "ssh";
        /**
         * SshTarget
         * @description A host that one logs in to.
         *
         *         Attributes:
         *             port: 0: as the agent's SSH configuration says, else 22.
         *             key: where the private key is found (`file:~/.ssh/id`, `secret:NAME`); empty: the keys and the SSH agent of the
         *                 user who runs the agent.
         *             host_key: the host's public key (`ssh-ed25519 AAAA...`); empty: that user's `known_hosts` decides.
         *             folder: where jobs have their folders; a relative one begins at the user's home.
         *             python: the program that runs what has to be done there.
         */
        SshTarget: {
            host: string;
            /** @default  */
            user?: string;
            /** @default 0 */
            port?: number;
            /** @default  */
            key?: string;
            /** @default  */
            host_key?: string;
            /** @default runfold-jobs */
            folder?: string;
            /** @default python3 */
            python?: string;
        };
        /**
         * SlurmTarget
         * @description A cluster under Slurm.
         *
         *         Attributes:
         *             login: the host that has Slurm's commands; absent: the agent's own machine has them.
         *             folder: where jobs have their folders; the compute nodes must see it, too.
         *             partition, account, qos: as `sbatch` takes them; empty: the cluster's default.
         *             time_limit_min: of a job that names none; 0: the partition's.
         *             array_limit: so many tasks of an array run at a time, when its jobs say nothing; 0: no limit.
         *             options: further options of `sbatch`, such as `--constraint=a100`.
         */
        SlurmTarget: {
            /** @default null */
            login?: components["schemas"]["SshTarget"] | null;
            /** @default runfold-jobs */
            folder?: string;
            /** @default  */
            partition?: string;
            /** @default  */
            account?: string;
            /** @default  */
            qos?: string;
            /** @default 0 */
            time_limit_min?: number;
            /** @default 0 */
            array_limit?: number;
            /** @default [] */
            options?: string[];
            /** @default python3 */
            python?: string;
        };
        /**
         * KubernetesTarget
         * @description A cluster of Kubernetes.
         *
         *         Attributes:
         *             kubeconfig: where its configuration is found (`file:~/.kube/config`, `secret:NAME`); empty: the default of the
         *                 user who runs the agent, or the service account inside a cluster.
         *             context: of that configuration; empty: the current one.
         *             image: with Python in it; a project's own image comes before it.
         *             service_account: of the pods; empty: the namespace's default.
         *             node_selector: labels that a node must have.
         *             gpu_resource: how the cluster calls its GPUs.
         */
        KubernetesTarget: {
            /** @default  */
            kubeconfig?: string;
            /** @default  */
            context?: string;
            /** @default default */
            namespace?: string;
            /** @default python:3.12-slim */
            image?: string;
            /** @default  */
            service_account?: string;
            /** @default {} */
            node_selector?: {
                [key: string]: string;
            };
            /** @default nvidia.com/gpu */
            gpu_resource?: string;
        };
        /**
         * RayTarget
         * @description A cluster of Ray.
         *
         *         Attributes:
         *             address: of the dashboard, `http://host:8265`.
         *             token: where the token for it is found; empty: none is needed.
         */
        RayTarget: {
            address: string;
            /** @default  */
            token?: string;
        };
        /** TargetReply */
        TargetReply: {
            target: components["schemas"]["TargetMessage"];
        };
        /** TargetRef */
        TargetRef: {
            name: string;
        };
        /** TargetsReply */
        TargetsReply: {
            /** @default [] */
            targets?: components["schemas"]["TargetMessage"][];
        };
        /**
         * TestTarget
         * @description Attributes:
         *         queue: of the agents that may try it; empty: the target's.
         *         user_id: who asks.
         */
        TestTarget: {
            name: string;
            /** @default  */
            queue?: string;
            /** @default  */
            user_id?: string;
        };
        /**
         * SetSecret
         * @description Attributes:
         *         value: what it is; kept sealed.
         *         reference: instead: where the agents find it, `env:VARIABLE`, `file:/path` or `command:program argument`.
         */
        SetSecret: {
            name: string;
            /** @default  */
            value?: string;
            /** @default  */
            reference?: string;
            /** @default  */
            description?: string;
        };
        /** SecretReply */
        SecretReply: {
            secret: components["schemas"]["SecretMessage"];
        };
        /**
         * SecretMessage
         * @description Attributes:
         *         reference: where the agents find it; empty: the server keeps it, sealed.
         */
        SecretMessage: {
            name: string;
            /** @default  */
            description?: string;
            /** @default  */
            reference?: string;
            /** @default 0 */
            creation_time_ms?: number;
            /** @default 0 */
            last_update_time_ms?: number;
        };
        /** SecretsReply */
        SecretsReply: {
            /** @default [] */
            secrets?: components["schemas"]["SecretMessage"][];
        };
        /** SecretRef */
        SecretRef: {
            name: string;
        };
        /**
         * OpenSecrets
         * @description Attributes:
         *         job_id, attempt: under way with the agent; its parameters or its target name the secrets.
         */
        OpenSecrets: {
            agent: string;
            job_id: string;
            attempt: number;
            /** @default [] */
            names?: string[];
        };
        /** OpenSecretsReply */
        OpenSecretsReply: {
            /** @default [] */
            secrets?: components["schemas"]["OpenedSecret"][];
        };
        /**
         * OpenedSecret
         * @description Attributes:
         *         value: absent where `reference` says where the agent finds it.
         */
        OpenedSecret: {
            name: string;
            /** @default  */
            value?: string;
            /** @default  */
            reference?: string;
        };
        /** CreateRegisteredModel */
        CreateRegisteredModel: {
            name: string;
            /** @default [] */
            tags?: components["schemas"]["Tag"][];
            /** @default  */
            description?: string;
        };
        /** RegisteredModelReply */
        RegisteredModelReply: {
            registered_model: components["schemas"]["RegisteredModelMessage"];
        };
        /**
         * RegisteredModelMessage
         * @description Attributes:
         *         latest_versions: the newest version of each stage.
         */
        RegisteredModelMessage: {
            name: string;
            creation_timestamp: number;
            last_updated_timestamp: number;
            /** @default  */
            user_id?: string;
            /** @default  */
            description?: string;
            /** @default [] */
            latest_versions?: components["schemas"]["ModelVersionMessage"][];
            /** @default [] */
            tags?: components["schemas"]["Tag"][];
            /** @default [] */
            aliases?: components["schemas"]["AliasMessage"][];
        };
        /**
         * ModelVersionMessage
         * @description Attributes:
         *         version: a whole number as text.
         *         status: PENDING_REGISTRATION while the server reads the files of a large model, then READY, or
         *             FAILED_REGISTRATION with a message that says why.
         *         run_link, model_id: absent when there is none.
         */
        ModelVersionMessage: {
            name: string;
            version: string;
            creation_timestamp: number;
            last_updated_timestamp: number;
            current_stage: string;
            /** @default  */
            description?: string;
            /** @default  */
            user_id?: string;
            /** @default  */
            source?: string;
            /** @default  */
            run_id?: string;
            status: string;
            /** @default  */
            status_message?: string;
            /** @default  */
            run_link?: string;
            /** @default [] */
            tags?: components["schemas"]["Tag"][];
            /** @default [] */
            aliases?: string[];
            /** @default  */
            model_id?: string;
            /** @default [] */
            model_params?: components["schemas"]["ModelParamMessage"][];
            /** @default [] */
            model_metrics?: components["schemas"]["ModelMetricMessage"][];
        };
        /** ModelParamMessage */
        ModelParamMessage: {
            name: string;
            value: string;
        };
        /**
         * ModelMetricMessage
         * @description A metric of a model: where it was measured, and on what, as far as that is known.
         */
        ModelMetricMessage: {
            key: string;
            value: number | ("-Infinity" | "Infinity" | "NaN");
            timestamp: number;
            /** @default null */
            step?: number | null;
            /** @default  */
            dataset_name?: string;
            /** @default  */
            dataset_digest?: string;
            /** @default  */
            model_id?: string;
            /** @default  */
            run_id?: string;
        };
        /** AliasMessage */
        AliasMessage: {
            alias: string;
            version: string;
        };
        /** RegisteredModelRef */
        RegisteredModelRef: {
            name: string;
        };
        /** SearchRegisteredModels */
        SearchRegisteredModels: {
            /** @default  */
            filter?: string;
            /** @default 100 */
            max_results?: number;
            /** @default [] */
            order_by?: string[];
            /** @default  */
            page_token?: string;
        };
        /** SearchRegisteredModelsReply */
        SearchRegisteredModelsReply: {
            /** @default [] */
            registered_models?: components["schemas"]["RegisteredModelMessage"][];
            /** @default  */
            next_page_token?: string;
        };
        /** RenameRegisteredModel */
        RenameRegisteredModel: {
            name: string;
            /** @default  */
            new_name?: string;
        };
        /** UpdateRegisteredModel */
        UpdateRegisteredModel: {
            name: string;
            /** @default  */
            description?: string;
        };
        /**
         * GetLatestVersions
         * @description Attributes:
         *         stages: in any case; none: every stage that has versions.
         */
        GetLatestVersions: {
            name: string;
            /** @default [] */
            stages?: string[];
        };
        /** ModelVersionsReply */
        ModelVersionsReply: {
            /** @default [] */
            model_versions?: components["schemas"]["ModelVersionMessage"][];
        };
        /** SetRegisteredModelTag */
        SetRegisteredModelTag: {
            name: string;
            key: string;
            value: string;
        };
        /** DeleteRegisteredModelTag */
        DeleteRegisteredModelTag: {
            name: string;
            key: string;
        };
        /** SetAlias */
        SetAlias: {
            name: string;
            alias: string;
            version: number;
        };
        /** AliasRef */
        AliasRef: {
            name: string;
            alias: string;
        };
        /** ModelVersionReply */
        ModelVersionReply: {
            model_version: components["schemas"]["ModelVersionMessage"];
        };
        /** CreateModelRecord */
        CreateModelRecord: {
            name: string;
            /** @default  */
            description?: string;
            /** @default  */
            user_id?: string;
            /** @default {} */
            tags?: {
                [key: string]: string;
            };
        };
        /** ModelRecordReply */
        ModelRecordReply: {
            model: components["schemas"]["RegisteredModelRecord"];
        };
        /**
         * RegisteredModelRecord
         * @description Attributes:
         *         aliases: name to version.
         *         newest: the version with the highest number that is ready; absent: there is none.
         *         latest_versions: the newest ready version of each stage.
         */
        RegisteredModelRecord: {
            name: string;
            creation_time_ms: number;
            last_update_time_ms: number;
            n_versions: number;
            /** @default  */
            description?: string;
            /** @default  */
            user_id?: string;
            /** @default {} */
            tags?: {
                [key: string]: string;
            };
            /** @default {} */
            aliases?: {
                [key: string]: number;
            };
            /** @default null */
            newest?: components["schemas"]["ModelVersionRecord"] | null;
            /** @default [] */
            latest_versions?: components["schemas"]["ModelVersionRecord"][];
        };
        /**
         * ModelVersionRecord
         * @description Attributes:
         *         storage_location: where the files lie: the source with `models:/` resolved.
         *         files: absent: nobody has read them.
         *         status: a large model is pending while the server reads its files, and cannot be used until it is ready.
         *         status_message: why its registration failed.
         */
        ModelVersionRecord: {
            name: string;
            version: number;
            creation_time_ms: number;
            last_update_time_ms: number;
            stage: string;
            source: string;
            storage_location: string;
            card: components["schemas"]["ModelCardMessage"];
            /** @default  */
            description?: string;
            /** @default  */
            user_id?: string;
            /** @default  */
            run_id?: string;
            /** @default  */
            run_link?: string;
            /** @default  */
            model_id?: string;
            /** @default {} */
            tags?: {
                [key: string]: string;
            };
            /** @default [] */
            aliases?: string[];
            /** @default null */
            files?: components["schemas"]["ModelFilesMessage"] | null;
            /** @default READY */
            status?: components["schemas"]["VersionStatusWord"];
            /** @default  */
            status_message?: string;
        };
        /**
         * ModelCardMessage
         * @description What lets people find a version and judge it. Empty: unknown.
         *
         *         Attributes:
         *             algorithm: in words, such as `gradient boosting`.
         *             framework: the package that made it, such as `lightgbm`.
         *             target_platform: where it is meant to run, such as `cpu` or `edge`.
         *             flavours: names in its `MLmodel` file.
         *             serialisation: how the weights are kept, such as `skops` or `cloudpickle`.
         *             signature: JSON text with `inputs`, `outputs` and `params`, as in the `MLmodel` file.
         */
        ModelCardMessage: {
            /** @default  */
            algorithm?: string;
            /** @default  */
            framework?: string;
            /** @default  */
            framework_version?: string;
            /** @default  */
            task?: string;
            /** @default  */
            target_platform?: string;
            /** @default  */
            owner?: string;
            /** @default  */
            licence?: string;
            /** @default [] */
            flavours?: string[];
            /** @default  */
            serialisation?: string;
            /** @default  */
            signature?: string;
            /** @default [] */
            metrics?: components["schemas"]["CardMetric"][];
            /** @default {} */
            params?: {
                [key: string]: string;
            };
            /** @default [] */
            datasets?: components["schemas"]["CardDataset"][];
        };
        /**
         * CardMetric
         * @description A metric as it was when the version was registered.
         */
        CardMetric: {
            key: string;
            value: number | ("-Infinity" | "Infinity" | "NaN");
            /** @default 0 */
            step?: number;
            /** @default 0 */
            timestamp_ms?: number;
        };
        /**
         * CardDataset
         * @description Attributes:
         *         context: such as `training` or `eval`.
         */
        CardDataset: {
            name: string;
            digest: string;
            /** @default  */
            context?: string;
        };
        /**
         * ModelFilesMessage
         * @description The files of a version as they were at registration.
         *
         *         Attributes:
         *             digest: `sha256:<hex>` over paths and contents; empty: they were not read.
         */
        ModelFilesMessage: {
            size_bytes: number;
            n_files: number;
            /** @default  */
            digest?: string;
        };
        /**
         * VersionStatusWord
         * @description `domain.registered_model.VersionStatus`: MLflow's words.
         * @enum {unknown}
         */
        VersionStatusWord: "FAILED_REGISTRATION" | "PENDING_REGISTRATION" | "READY";
        /** GetModelRecord */
        GetModelRecord: {
            name: string;
        };
        /**
         * SearchModelRecords
         * @description What a model does not have itself is that of its newest version: `algorithm`, `metrics.auc`, ...
         */
        SearchModelRecords: {
            /** @default  */
            filter?: string;
            /** @default [] */
            order_by?: string[];
            /** @default 100 */
            max_results?: number;
            /** @default  */
            page_token?: string;
        };
        /** SearchModelRecordsReply */
        SearchModelRecordsReply: {
            models: components["schemas"]["RegisteredModelRecord"][];
            /** @default  */
            next_page_token?: string;
        };
        /**
         * CreateModelVersion
         * @description Attributes:
         *         source: where the files lie. A folder of this server only when it belongs to the run that `run_id` names;
         *             `models:/...` stands for where that model's files lie.
         */
        CreateModelVersion: {
            name: string;
            source: string;
            /** @default  */
            run_id?: string;
            /** @default [] */
            tags?: components["schemas"]["Tag"][];
            /** @default  */
            run_link?: string;
            /** @default  */
            description?: string;
            /** @default  */
            model_id?: string;
        };
        /** ModelVersionRef */
        ModelVersionRef: {
            name: string;
            version: number;
        };
        /** SearchModelVersions */
        SearchModelVersions: {
            /** @default  */
            filter?: string;
            /** @default 200000 */
            max_results?: number;
            /** @default [] */
            order_by?: string[];
            /** @default  */
            page_token?: string;
        };
        /** SearchModelVersionsReply */
        SearchModelVersionsReply: {
            /** @default [] */
            model_versions?: components["schemas"]["ModelVersionMessage"][];
            /** @default  */
            next_page_token?: string;
        };
        /** UpdateModelVersion */
        UpdateModelVersion: {
            name: string;
            version: number;
            /** @default  */
            description?: string;
        };
        /**
         * TransitionModelVersion
         * @description Attributes:
         *         stage: `None`, `Staging`, `Production` or `Archived`, in any case.
         *         archive_existing_versions: move other versions of Staging or Production to Archived.
         */
        TransitionModelVersion: {
            name: string;
            version: number;
            stage: string;
            archive_existing_versions: boolean;
        };
        /** DownloadUriReply */
        DownloadUriReply: {
            artifact_uri: string;
        };
        /** SetModelVersionTag */
        SetModelVersionTag: {
            name: string;
            version: number;
            key: string;
            value: string;
        };
        /** DeleteModelVersionTag */
        DeleteModelVersionTag: {
            name: string;
            version: number;
            key: string;
        };
        /** ModelVersionFile */
        ModelVersionFile: {
            name: string;
            version: number;
            path: string;
        };
        /**
         * RegisterModelVersion
         * @description Attributes:
         *         source: where the files lie; `models:/name/version` copies a version, with what is known of it.
         *         card: what is told here wins over what the `MLmodel` file and the run say.
         *         files: of a source that the server cannot read; what it can read it counts itself.
         *         listing: the same files one by one.
         */
        RegisterModelVersion: {
            name: string;
            source: string;
            /** @default  */
            run_id?: string;
            /** @default  */
            run_link?: string;
            /** @default  */
            model_id?: string;
            /** @default  */
            description?: string;
            /** @default  */
            user_id?: string;
            /** @default {} */
            tags?: {
                [key: string]: string;
            };
            /** @default {} */
            card?: components["schemas"]["ModelCardMessage"];
            /** @default null */
            files?: components["schemas"]["ModelFilesMessage"] | null;
            /** @default [] */
            listing?: components["schemas"]["ModelFileMessage"][];
        };
        /**
         * ModelFileMessage
         * @description One file of a version.
         *
         *         Attributes:
         *             path: relative to the folder of the model.
         *             sha256: of its content, in hex.
         */
        ModelFileMessage: {
            path: string;
            size_bytes: number;
            sha256: string;
        };
        /** VersionRecordReply */
        VersionRecordReply: {
            version: components["schemas"]["ModelVersionRecord"];
        };
        /** GetVersionRecord */
        GetVersionRecord: {
            name: string;
            version: number;
        };
        /**
         * ListVersionFiles
         * @description Attributes:
         *         path: of a folder of the version; empty: its own.
         */
        ListVersionFiles: {
            name: string;
            version: number;
            /** @default  */
            path?: string;
        };
        /**
         * ListVersionFilesReply
         * @description Paths are relative to the version, whatever folder is listed.
         */
        ListVersionFilesReply: {
            files: components["schemas"]["FileInfoMessage"][];
        };
        /**
         * RegisteredFilesReply
         * @description By path; none when the files were not read at registration, or by a release that kept no list.
         */
        RegisteredFilesReply: {
            files: components["schemas"]["ModelFileMessage"][];
        };
        /** SearchVersionRecords */
        SearchVersionRecords: {
            /** @default  */
            filter?: string;
            /** @default [] */
            order_by?: string[];
            /** @default 100 */
            max_results?: number;
            /** @default  */
            page_token?: string;
        };
        /** VersionRecordsReply */
        VersionRecordsReply: {
            versions: components["schemas"]["ModelVersionRecord"][];
            /** @default  */
            next_page_token?: string;
        };
        /**
         * UpdateModelCard
         * @description Fields that are absent stay as they are; an empty text forgets.
         */
        UpdateModelCard: {
            name: string;
            version: number;
            /** @default null */
            algorithm?: string | null;
            /** @default null */
            framework?: string | null;
            /** @default null */
            framework_version?: string | null;
            /** @default null */
            task?: string | null;
            /** @default null */
            target_platform?: string | null;
            /** @default null */
            owner?: string | null;
            /** @default null */
            licence?: string | null;
            /** @default null */
            flavours?: string[] | null;
            /** @default null */
            serialisation?: string | null;
            /** @default null */
            signature?: string | null;
            /** @default null */
            metrics?: components["schemas"]["CardMetric"][] | null;
            /** @default null */
            params?: {
                [key: string]: string;
            } | null;
            /** @default null */
            datasets?: components["schemas"]["CardDataset"][] | null;
        };
        /**
         * VerifyReply
         * @description Attributes:
         *         is_unchanged: the files are those that were registered.
         *         registered, found: the files then and now.
         *         files: what has become of each, by path; none for a version of a release that kept no list of them.
         */
        VerifyReply: {
            is_unchanged: boolean;
            registered: components["schemas"]["ModelFilesMessage"];
            found: components["schemas"]["ModelFilesMessage"];
            /** @default [] */
            files?: components["schemas"]["FileCheckMessage"][];
        };
        /**
         * FileCheckMessage
         * @description Attributes:
         *         registered, found: the file then and now; absent: it was, or is, not there.
         */
        FileCheckMessage: {
            path: string;
            state: components["schemas"]["FileStateWord"];
            /** @default null */
            registered?: components["schemas"]["ModelFileMessage"] | null;
            /** @default null */
            found?: components["schemas"]["ModelFileMessage"] | null;
        };
        /**
         * FileStateWord
         * @description `domain.model_files.FileState`.
         * @enum {unknown}
         */
        FileStateWord: "added" | "changed" | "missing" | "same";
        /**
         * FindVersionsAt
         * @description Attributes:
         *         locations: URIs of folders, such as those of a run's artifacts.
         *         also_below: versions that lie in folders inside them, too.
         */
        FindVersionsAt: {
            locations: string[];
            /** @default false */
            also_below?: boolean;
        };
        /**
         * MoveAlias
         * @description Attributes:
         *         reason: kept in the history, in the words of who moves it.
         */
        MoveAlias: {
            name: string;
            alias: string;
            version: number;
            /** @default  */
            user_id?: string;
            /** @default  */
            reason?: string;
        };
        /** RemoveAlias */
        RemoveAlias: {
            name: string;
            alias: string;
            /** @default  */
            user_id?: string;
            /** @default  */
            reason?: string;
        };
        /**
         * GetAliasAt
         * @description Attributes:
         *         at_ms: ask where the alias pointed at this time; absent: where it points now.
         */
        GetAliasAt: {
            name: string;
            alias: string;
            /** @default null */
            at_ms?: number | null;
        };
        /**
         * GetAliasHistory
         * @description Attributes:
         *         alias: empty: the moves of all aliases of the model.
         */
        GetAliasHistory: {
            name: string;
            /** @default  */
            alias?: string;
        };
        /**
         * AliasHistoryReply
         * @description Newest first.
         */
        AliasHistoryReply: {
            moves: components["schemas"]["AliasMoveMessage"][];
        };
        /**
         * AliasMoveMessage
         * @description Attributes:
         *         version: where the alias pointed from then on; absent: it was removed.
         */
        AliasMoveMessage: {
            alias: string;
            time_ms: number;
            /** @default null */
            version?: number | null;
            /** @default  */
            user_id?: string;
            /** @default  */
            reason?: string;
        };
        /**
         * GetModelPolicy
         * @description Attributes:
         *         name: of a registered model; empty: the policy of the server.
         */
        GetModelPolicy: {
            /** @default  */
            name?: string;
        };
        /** ModelPolicyReply */
        ModelPolicyReply: {
            policy: components["schemas"]["ModelPolicyMessage"];
        };
        /**
         * ModelPolicyMessage
         * @description Attributes:
         *         flavours: one of these must be among a model's; none: any will do.
         *         serialisations: how weights may be kept, such as `skops`; none: in any way.
         *         scan: `refuse` models whose files would run harmful code when they are loaded, or `off`; absent: as the
         *             policy of the server says, which refuses unless it is told otherwise.
         *         required: what must be told of a version when it is registered, such as `owner`.
         */
        ModelPolicyMessage: {
            /** @default [] */
            flavours?: string[];
            /** @default [] */
            serialisations?: string[];
            /** @default null */
            scan?: components["schemas"]["ScanWord"] | null;
            /** @default [] */
            required?: string[];
        };
        /**
         * ScanWord
         * @description `domain.model_policy.Scan`.
         * @enum {unknown}
         */
        ScanWord: "off" | "refuse";
        /**
         * SetModelPolicy
         * @description Attributes:
         *         name: of a registered model; empty: the policy of the server.
         */
        SetModelPolicy: {
            policy: components["schemas"]["ModelPolicyMessage"];
            /** @default  */
            name?: string;
            /** @default  */
            user_id?: string;
        };
        /**
         * CreatePromotion
         * @description Attributes:
         *         reviewers: whose approvals count; none: everybody's but the author's.
         *         n_approvals: so many different people must approve.
         */
        CreatePromotion: {
            name: string;
            version: number;
            alias: string;
            /** @default  */
            description?: string;
            /** @default  */
            user_id?: string;
            /** @default [] */
            reviewers?: string[];
            /** @default 0 */
            n_approvals?: number;
            /** @default [] */
            gates?: components["schemas"]["GateMessage"][];
        };
        /**
         * GateMessage
         * @description One condition that a version has to fulfil.
         *
         *         Attributes:
         *             filter: of kind `filter`: what the version must be found by, such as `metrics.auc > 0.9`.
         *             metric: of kind `metric`: must not be worse than that of the version which the alias points to now.
         *             higher_is_better, min_gain: of kind `metric`: by how much it must be better.
         *             fields: of kind `required`: what must be told of the version, such as `owner`.
         */
        GateMessage: {
            kind: components["schemas"]["GateKindWord"];
            /** @default  */
            filter?: string;
            /** @default  */
            metric?: string;
            /** @default true */
            higher_is_better?: boolean;
            /** @default 0 */
            min_gain?: number;
            /** @default [] */
            fields?: string[];
        };
        /**
         * GateKindWord
         * @description `domain.promotion.GateKind`.
         * @enum {unknown}
         */
        GateKindWord: "filter" | "metric" | "required" | "signature";
        /** PromotionReply */
        PromotionReply: {
            promotion: components["schemas"]["PromotionMessage"];
        };
        /**
         * PromotionMessage
         * @description Attributes:
         *         results: of the gates in their order; as they stand now while it is open.
         *         is_mergeable: the gates pass and enough people approve.
         */
        PromotionMessage: {
            request_id: string;
            name: string;
            version: number;
            alias: string;
            state: components["schemas"]["PromotionStateWord"];
            creation_time_ms: number;
            last_update_time_ms: number;
            is_mergeable: boolean;
            /** @default  */
            description?: string;
            /** @default  */
            user_id?: string;
            /** @default [] */
            reviewers?: string[];
            /** @default 0 */
            n_approvals?: number;
            /** @default [] */
            gates?: components["schemas"]["GateMessage"][];
            /** @default [] */
            results?: components["schemas"]["GateResultMessage"][];
            /** @default [] */
            reviews?: components["schemas"]["ReviewMessage"][];
        };
        /**
         * PromotionStateWord
         * @description `domain.promotion.PromotionState`.
         * @enum {unknown}
         */
        PromotionStateWord: "merged" | "open" | "rejected" | "withdrawn";
        /** GateResultMessage */
        GateResultMessage: {
            passed: boolean;
            explanation: string;
        };
        /** ReviewMessage */
        ReviewMessage: {
            user_id: string;
            verdict: components["schemas"]["VerdictWord"];
            time_ms: number;
            /** @default  */
            comment?: string;
        };
        /**
         * VerdictWord
         * @description `domain.promotion.Verdict`.
         * @enum {unknown}
         */
        VerdictWord: "approve" | "comment" | "reject";
        /** PromotionRef */
        PromotionRef: {
            request_id: string;
        };
        /**
         * ListPromotions
         * @description Attributes:
         *         name: of a registered model; empty: all of them.
         *         states: none: in any state.
         */
        ListPromotions: {
            /** @default  */
            name?: string;
            /** @default [] */
            states?: components["schemas"]["PromotionStateWord"][];
        };
        /**
         * PromotionsReply
         * @description Newest first, at most 1,000.
         */
        PromotionsReply: {
            promotions: components["schemas"]["PromotionMessage"][];
        };
        /** ReviewPromotion */
        ReviewPromotion: {
            request_id: string;
            verdict: components["schemas"]["VerdictWord"];
            /** @default  */
            user_id?: string;
            /** @default  */
            comment?: string;
        };
        /** MergePromotion */
        MergePromotion: {
            request_id: string;
            /** @default  */
            user_id?: string;
        };
        /**
         * CreateLoggedModel
         * @description Attributes:
         *         name: absent: one is made from two words and a number.
         */
        CreateLoggedModel: {
            experiment_id: string;
            /** @default  */
            name?: string;
            /** @default  */
            model_type?: string;
            /** @default  */
            source_run_id?: string;
            /** @default [] */
            params?: components["schemas"]["ParamMessage"][];
            /** @default [] */
            tags?: components["schemas"]["Tag"][];
        };
        /** LoggedModelReply */
        LoggedModelReply: {
            model: components["schemas"]["LoggedModelMessage"];
        };
        /** LoggedModelMessage */
        LoggedModelMessage: {
            info: components["schemas"]["LoggedModelInfoMessage"];
            data: components["schemas"]["LoggedModelDataMessage"];
        };
        /** LoggedModelInfoMessage */
        LoggedModelInfoMessage: {
            model_id: string;
            experiment_id: string;
            name: string;
            creation_timestamp_ms: number;
            last_updated_timestamp_ms: number;
            artifact_uri: string;
            status: components["schemas"]["LoggedModelStatusName"];
            /** @default  */
            creator_id?: string;
            /** @default  */
            model_type?: string;
            /** @default  */
            source_run_id?: string;
            /** @default  */
            status_message?: string;
            /** @default [] */
            tags?: components["schemas"]["Tag"][];
            /** @default [] */
            registrations?: components["schemas"]["RegistrationMessage"][];
        };
        /**
         * LoggedModelStatusName
         * @description `domain.logged_model.LoggedModelStatus` by name; the order is that of its numbers, from 1.
         * @enum {unknown}
         */
        LoggedModelStatusName: "LOGGED_MODEL_PENDING" | "LOGGED_MODEL_READY" | "LOGGED_MODEL_UPLOAD_FAILED";
        /** RegistrationMessage */
        RegistrationMessage: {
            name: string;
            version: string;
        };
        /** LoggedModelDataMessage */
        LoggedModelDataMessage: {
            /** @default [] */
            params?: components["schemas"]["ParamMessage"][];
            /** @default [] */
            metrics?: components["schemas"]["ModelMetricMessage"][];
        };
        /** LoggedModelRef */
        LoggedModelRef: {
            model_id: string;
        };
        /** FinalizeLoggedModel */
        FinalizeLoggedModel: {
            model_id: string;
            status: components["schemas"]["LoggedModelStatusName"];
        };
        /**
         * SearchLoggedModels
         * @description Attributes:
         *         datasets: metrics count only where they were measured on one of these.
         */
        SearchLoggedModels: {
            /** @default [] */
            experiment_ids?: string[];
            /** @default  */
            filter?: string;
            /** @default [] */
            datasets?: components["schemas"]["LoggedModelDataset"][];
            /** @default 50 */
            max_results?: number;
            /** @default [] */
            order_by?: components["schemas"]["LoggedModelOrder"][];
            /** @default  */
            page_token?: string;
        };
        /** LoggedModelDataset */
        LoggedModelDataset: {
            dataset_name: string;
            /** @default  */
            dataset_digest?: string;
        };
        /**
         * LoggedModelOrder
         * @description Attributes:
         *         dataset_name, dataset_digest: for a metric: measured on this dataset.
         */
        LoggedModelOrder: {
            field_name: string;
            /** @default true */
            ascending?: boolean;
            /** @default  */
            dataset_name?: string;
            /** @default  */
            dataset_digest?: string;
        };
        /** SearchLoggedModelsReply */
        SearchLoggedModelsReply: {
            /** @default [] */
            models?: components["schemas"]["LoggedModelMessage"][];
            /** @default  */
            next_page_token?: string;
        };
        /** SetLoggedModelTags */
        SetLoggedModelTags: {
            model_id: string;
            /** @default [] */
            tags?: components["schemas"]["Tag"][];
        };
        /** DeleteLoggedModelTag */
        DeleteLoggedModelTag: {
            model_id: string;
            tag_key: string;
        };
        /** LogLoggedModelParams */
        LogLoggedModelParams: {
            model_id: string;
            /** @default [] */
            params?: components["schemas"]["ParamMessage"][];
        };
        /** ListLoggedModelFiles */
        ListLoggedModelFiles: {
            model_id: string;
            /** @default  */
            artifact_directory_path?: string;
            /** @default  */
            page_token?: string;
        };
        /**
         * ListLoggedModelFilesReply
         * @description Paths are relative to the model.
         */
        ListLoggedModelFilesReply: {
            root_uri: string;
            /** @default [] */
            files?: components["schemas"]["FileInfoMessage"][];
            /** @default  */
            next_page_token?: string;
        };
        /** LoggedModelFile */
        LoggedModelFile: {
            model_id: string;
            artifact_file_path: string;
        };
        /**
         * CreateLoggedModelRecord
         * @description Attributes:
         *         source_run_id, artifact_path: its files lie there among the artifacts of that run; a model that was logged to
         *             the same place before is no more.
         */
        CreateLoggedModelRecord: {
            experiment_id: string;
            source_run_id: string;
            artifact_path: string;
            /** @default  */
            name?: string;
            /** @default  */
            model_type?: string;
            /** @default {} */
            params?: {
                [key: string]: string;
            };
            /** @default {} */
            tags?: {
                [key: string]: string;
            };
        };
        /** LogOutputs */
        LogOutputs: {
            run_id: string;
            /** @default [] */
            models?: components["schemas"]["ModelOutputMessage"][];
        };
        /**
         * CreateWebhook
         * @description Attributes:
         *         secret: signs what is sent; it is kept sealed and never read back.
         */
        CreateWebhook: {
            name: string;
            url: string;
            events: components["schemas"]["WebhookEventMessage"][];
            /** @default  */
            description?: string;
            /** @default  */
            secret?: string;
            /** @default ACTIVE */
            status?: components["schemas"]["WebhookStatusName"];
        };
        /** WebhookEventMessage */
        WebhookEventMessage: {
            entity: components["schemas"]["WebhookEntityName"];
            action: components["schemas"]["WebhookActionName"];
        };
        /**
         * WebhookEntityName
         * @description What an event of MLflow is about; the order is that of its numbers, from 1.
         * @enum {unknown}
         */
        WebhookEntityName: "MODEL_VERSION" | "MODEL_VERSION_ALIAS" | "MODEL_VERSION_TAG" | "PROMPT" | "PROMPT_ALIAS" | "PROMPT_TAG" | "PROMPT_VERSION" | "PROMPT_VERSION_TAG" | "REGISTERED_MODEL";
        /**
         * WebhookActionName
         * @description What happened; the order is that of MLflow's numbers, from 1.
         * @enum {unknown}
         */
        WebhookActionName: "CREATED" | "DELETED" | "SET" | "UPDATED";
        /**
         * WebhookStatusName
         * @description The order is that of MLflow's numbers, from 1.
         * @enum {unknown}
         */
        WebhookStatusName: "ACTIVE" | "DISABLED";
        /** WebhookReply */
        WebhookReply: {
            webhook: components["schemas"]["WebhookMessage"];
        };
        /**
         * WebhookMessage
         * @description A webhook in MLflow's words, which have none for Runfold's own events.
         */
        WebhookMessage: {
            webhook_id: string;
            name: string;
            url: string;
            events: components["schemas"]["WebhookEventMessage"][];
            status: components["schemas"]["WebhookStatusName"];
            creation_timestamp: number;
            last_updated_timestamp: number;
            /** @default  */
            description?: string;
        };
        /** ListWebhooks */
        ListWebhooks: {
            /** @default 100 */
            max_results?: number;
            /** @default  */
            page_token?: string;
        };
        /** ListWebhooksReply */
        ListWebhooksReply: {
            /** @default [] */
            webhooks?: components["schemas"]["WebhookMessage"][];
            /** @default  */
            next_page_token?: string;
        };
        /** WebhookRef */
        WebhookRef: {
            webhook_id: string;
        };
        /**
         * UpdateWebhook
         * @description What is absent stays as it is; no events: they stay too.
         */
        UpdateWebhook: {
            webhook_id: string;
            /** @default null */
            name?: string | null;
            /** @default null */
            url?: string | null;
            /** @default [] */
            events?: components["schemas"]["WebhookEventMessage"][];
            /** @default null */
            description?: string | null;
            /** @default null */
            secret?: string | null;
            /** @default null */
            status?: components["schemas"]["WebhookStatusName"] | null;
        };
        /**
         * TestWebhook
         * @description Attributes:
         *         event: absent: the first that the webhook is told of.
         */
        TestWebhook: {
            webhook_id: string;
            /** @default null */
            event?: components["schemas"]["WebhookEventMessage"] | null;
        };
        /** WebhookTestReply */
        WebhookTestReply: {
            result: components["schemas"]["WebhookTestMessage"];
        };
        /**
         * WebhookTestMessage
         * @description Attributes:
         *         response_status: absent: no answer came.
         *         error_message: why it went wrong.
         */
        WebhookTestMessage: {
            success: boolean;
            /** @default null */
            response_status?: number | null;
            /** @default  */
            error_message?: string;
        };
        /**
         * CreateWebhookRecord
         * @description Attributes:
         *         secret: signs what is sent; it is kept sealed and never read back.
         */
        CreateWebhookRecord: {
            name: string;
            url: string;
            events: components["schemas"]["EventWord"][];
            /** @default  */
            description?: string;
            /** @default  */
            secret?: string;
            /** @default true */
            is_active?: boolean;
        };
        /**
         * EventWord
         * @description `domain.webhook.Event`.
         * @enum {unknown}
         */
        EventWord: "model_version.created" | "model_version.deleted" | "model_version.failed" | "model_version.staged" | "model_version_alias.created" | "model_version_alias.deleted" | "model_version_tag.deleted" | "model_version_tag.set" | "promotion.created" | "promotion.merged" | "promotion.rejected" | "promotion.reviewed" | "promotion.withdrawn" | "prompt.created" | "prompt_alias.created" | "prompt_alias.deleted" | "prompt_tag.deleted" | "prompt_tag.set" | "prompt_version.created" | "prompt_version_tag.deleted" | "prompt_version_tag.set" | "registered_model.created" | "registered_model.deleted" | "registered_model.renamed" | "registered_model_tag.deleted" | "registered_model_tag.set";
        /** WebhookRecordReply */
        WebhookRecordReply: {
            webhook: components["schemas"]["WebhookRecord"];
        };
        /**
         * WebhookRecord
         * @description Attributes:
         *         is_active: False: it is switched off, and told of nothing.
         *         has_secret: what is sent is signed.
         *         n_dropped: events that it was never told of, because as many deliveries waited as may.
         *         last_drop_time_ms: when that last happened; absent: never.
         */
        WebhookRecord: {
            webhook_id: string;
            name: string;
            url: string;
            events: components["schemas"]["EventWord"][];
            creation_time_ms: number;
            last_update_time_ms: number;
            is_active: boolean;
            has_secret: boolean;
            /** @default  */
            description?: string;
            /** @default 0 */
            n_dropped?: number;
            /** @default null */
            last_drop_time_ms?: number | null;
        };
        /** ListWebhookRecords */
        ListWebhookRecords: {
            /** @default 100 */
            max_results?: number;
            /** @default  */
            page_token?: string;
        };
        /**
         * ListWebhookRecordsReply
         * @description Attributes:
         *         hosts: where webhooks may be sent: the setting `webhook_hosts`.
         */
        ListWebhookRecordsReply: {
            webhooks: components["schemas"]["WebhookRecord"][];
            hosts: string[];
            /** @default  */
            next_page_token?: string;
        };
        /**
         * UpdateWebhookRecord
         * @description What is absent stays as it is.
         *
         *         Attributes:
         *             secret: empty: from now on nothing is signed.
         */
        UpdateWebhookRecord: {
            webhook_id: string;
            /** @default null */
            name?: string | null;
            /** @default null */
            url?: string | null;
            /** @default null */
            events?: components["schemas"]["EventWord"][] | null;
            /** @default null */
            description?: string | null;
            /** @default null */
            secret?: string | null;
            /** @default null */
            is_active?: boolean | null;
        };
        /**
         * TestWebhookRecord
         * @description Attributes:
         *         event: absent: the first that the webhook is told of.
         */
        TestWebhookRecord: {
            webhook_id: string;
            /** @default null */
            event?: components["schemas"]["EventWord"] | null;
        };
        /**
         * TestWebhookReply
         * @description Attributes:
         *         status: of the answer; absent: none came.
         *         error: why it went wrong; absent when it was delivered.
         *         took_ms: from the look-up of the address to the answer.
         *         body: what was sent.
         */
        TestWebhookReply: {
            is_delivered: boolean;
            took_ms: number;
            body: string;
            /** @default null */
            status?: number | null;
            /** @default  */
            error?: string;
        };
        /** ListDeliveries */
        ListDeliveries: {
            webhook_id: string;
            /** @default 100 */
            max_results?: number;
        };
        /**
         * ListDeliveriesReply
         * @description Newest first: those that wait, and of those that are over the last hundred.
         */
        ListDeliveriesReply: {
            deliveries: components["schemas"]["DeliveryMessage"][];
        };
        /**
         * DeliveryMessage
         * @description One event for one webhook.
         *
         *         Attributes:
         *             body: JSON, as it is sent.
         *             time_ms: of one that waits: when it is sent next; otherwise: when it was over.
         *             n_attempts: how often it was sent.
         *             status: of the last answer; absent: none came.
         *             error: why the last attempt went wrong.
         */
        DeliveryMessage: {
            delivery_id: string;
            webhook_id: string;
            event: components["schemas"]["EventWord"];
            state: components["schemas"]["DeliveryStateWord"];
            body: string;
            creation_time_ms: number;
            time_ms: number;
            n_attempts: number;
            /** @default null */
            status?: number | null;
            /** @default  */
            error?: string;
        };
        /**
         * DeliveryStateWord
         * @description `domain.webhook.DeliveryState`.
         * @enum {unknown}
         */
        DeliveryStateWord: "delivered" | "failed" | "waiting";
        /** DeliveryRef */
        DeliveryRef: {
            delivery_id: string;
        };
        /** DeliveryReply */
        DeliveryReply: {
            delivery: components["schemas"]["DeliveryMessage"];
        };
        /**
         * ScoringServersReply
         * @description In the order in which the server was told of them.
         */
        ScoringServersReply: {
            servers: components["schemas"]["ScoringServerMessage"][];
        };
        /** ScoringServerMessage */
        ScoringServerMessage: {
            name: string;
            address: string;
        };
        /**
         * ScoreInput
         * @description Attributes:
         *         server: one that the list names.
         *         body: JSON text for `/invocations`.
         */
        ScoreInput: {
            server: string;
            body: string;
        };
        /**
         * ScoreReply
         * @description Attributes:
         *         status: of the scoring server's answer, which may be a refusal.
         *         text: its body.
         *         seconds: how long the answer took.
         *         model: which one answered, such as `churn/3`; empty where the scoring server does not say it.
         */
        ScoreReply: {
            status: number;
            text: string;
            seconds: number;
            /** @default  */
            model?: string;
        };
        /**
         * SetUp
         * @description Attributes:
         *         code: as the server printed it when it was started.
         *         name, password: of the first administrator.
         */
        SetUp: {
            code: string;
            name: string;
            password: string;
        };
        /** UserReply */
        UserReply: {
            user: components["schemas"]["UserMessage"];
        };
        /**
         * UserMessage
         * @description Attributes:
         *         is_service: a program's account, which signs in by tokens alone.
         *         is_active: may sign in.
         *         workspace: in which their calls are made that name none.
         */
        UserMessage: {
            name: string;
            user_id: number;
            /** @default false */
            is_admin?: boolean;
            /** @default false */
            is_service?: boolean;
            /** @default true */
            is_active?: boolean;
            /** @default 0 */
            creation_time_ms?: number;
            /** @default default */
            workspace?: string;
        };
        /**
         * AccountReply
         * @description Attributes:
         *         scope: the name of the role that is the most, by the token that was sent; `scope_abilities`: what it can do.
         *         abilities: what the caller may do with what no nearer grant concerns.
         *         everything: the biggest built-in role that these contain.
         *         session_id: of the browser that asks; empty: it is a program.
         */
        AccountReply: {
            user: components["schemas"]["UserMessage"];
            /** @default manager */
            scope?: string;
            /** @default [] */
            scope_abilities?: components["schemas"]["AbilityName"][];
            /** @default none */
            everything?: string;
            /** @default [] */
            abilities?: components["schemas"]["AbilityName"][];
            /** @default  */
            session_id?: string;
        };
        /**
         * AbilityName
         * @description `domain.access.Ability` by name; what each lets one do is said there.
         * @enum {unknown}
         */
        AbilityName: "account" | "delete" | "develop" | "operate" | "organize" | "promote" | "read" | "record" | "register" | "retain" | "secrets" | "serve" | "share" | "submit";
        /**
         * AskOwnRoles
         * @description Attributes:
         *         records: places, or `job:ID`; at most 500.
         */
        AskOwnRoles: {
            records: string[];
        };
        /**
         * OwnRolesReply
         * @description In the order of the question.
         */
        OwnRolesReply: {
            /** @default [] */
            roles?: components["schemas"]["OwnRoleMessage"][];
        };
        /**
         * OwnRoleMessage
         * @description Attributes:
         *         record: as it was asked for.
         *         abilities: none for what the caller may not read, as for what is not there.
         *         role: the biggest built-in role that these contain.
         *         begins: whether the caller may begin something of their own there; of folders and workspaces.
         */
        OwnRoleMessage: {
            record: string;
            role: string;
            /** @default [] */
            abilities?: components["schemas"]["AbilityName"][];
            /** @default false */
            begins?: boolean;
        };
        /**
         * CreateUser
         * @description Attributes:
         *         password: of at least 12 characters; empty: signs in by tokens alone.
         */
        CreateUser: {
            name: string;
            /** @default  */
            password?: string;
            /** @default false */
            is_admin?: boolean;
            /** @default false */
            is_service?: boolean;
        };
        /** UserRef */
        UserRef: {
            name: string;
        };
        /** UsersReply */
        UsersReply: {
            /** @default [] */
            users?: components["schemas"]["UserMessage"][];
        };
        /**
         * UpdateUser
         * @description What is absent stays. A new password, or being switched off, ends the user's tokens.
         */
        UpdateUser: {
            name: string;
            /** @default null */
            password?: string | null;
            /** @default null */
            is_admin?: boolean | null;
            /** @default null */
            is_active?: boolean | null;
            /** @default null */
            workspace?: string | null;
        };
        /**
         * InvitationReply
         * @description Attributes:
         *         code: lets whoever has it choose the user's password, once; told this one time.
         *         path: of the page that takes the code, below the server's address.
         */
        InvitationReply: {
            user: string;
            code: string;
            path: string;
            expires_ms: number;
        };
        /** AcceptInvitation */
        AcceptInvitation: {
            code: string;
            password: string;
        };
        /**
         * CreateGroup
         * @description Attributes:
         *         name: within the workspace.
         *         workspace: whose managers look after the group, and in which alone something can be granted to it; empty: it
         *             is the server's.
         */
        CreateGroup: {
            name: string;
            /** @default  */
            workspace?: string;
            /** @default  */
            description?: string;
        };
        /** GroupReply */
        GroupReply: {
            group: components["schemas"]["GroupMessage"];
        };
        /**
         * GroupMessage
         * @description Attributes:
         *         name: that of a group of a workspace begins with the workspace's: `vision/labelling`.
         *         member_numbers: of the members, in their order.
         *         workspace: to which the group belongs; empty: it is the server's.
         */
        GroupMessage: {
            name: string;
            /** @default [] */
            members?: string[];
            /** @default 0 */
            number?: number;
            /** @default [] */
            member_numbers?: number[];
            /** @default  */
            description?: string;
            /** @default  */
            workspace?: string;
        };
        /** SetGroup */
        SetGroup: {
            name: string;
            /** @default [] */
            members?: string[];
        };
        /**
         * UpdateGroup
         * @description Attributes:
         *         new_name: within its workspace.
         */
        UpdateGroup: {
            name: string;
            /** @default null */
            new_name?: string | null;
            /** @default null */
            description?: string | null;
        };
        /** GroupMember */
        GroupMember: {
            name: string;
            user: string;
        };
        /** GroupsReply */
        GroupsReply: {
            /** @default [] */
            groups?: components["schemas"]["GroupMessage"][];
        };
        /**
         * ListGroupGrants
         * @description To one group, or the grant of one number, or all of both.
         *
         *         Attributes:
         *             name: of the group.
         */
        ListGroupGrants: {
            /** @default  */
            name?: string;
            /** @default 0 */
            number?: number;
        };
        /** GroupGrantsReply */
        GroupGrantsReply: {
            /** @default [] */
            grants?: components["schemas"]["NumberedGrantMessage"][];
        };
        /**
         * NumberedGrantMessage
         * @description Attributes:
         *         number: which the grant keeps while it lasts; never given again.
         */
        NumberedGrantMessage: {
            number: number;
            grant: components["schemas"]["GrantMessage"];
        };
        /**
         * GrantMessage
         * @description Attributes:
         *         subject: `user:NAME`, `group:NAME` or `everyone`.
         *         place: `experiment:ID`, `model:NAME`, `dataset:NAME`, `folder:NAME` of experiments, or `everything`.
         *         role: its name; `none` denies what a farther place or a wider subject grants.
         */
        GrantMessage: {
            subject: string;
            place: string;
            role: string;
        };
        /** GroupRef */
        GroupRef: {
            name: string;
        };
        /**
         * RolesReply
         * @description The built-in ones, least first, then others by name.
         */
        RolesReply: {
            /** @default [] */
            roles?: components["schemas"]["RoleMessage"][];
        };
        /**
         * RoleMessage
         * @description Attributes:
         *         is_built_in: it does not change.
         *         n_grants, n_tokens: that name it; told to administrators alone.
         */
        RoleMessage: {
            name: string;
            /** @default  */
            description?: string;
            /** @default [] */
            abilities?: components["schemas"]["AbilityName"][];
            /** @default false */
            is_built_in?: boolean;
            /** @default null */
            n_grants?: number | null;
            /** @default null */
            n_tokens?: number | null;
        };
        /**
         * CreateRole
         * @description Attributes:
         *         abilities: with `read`, which every role but `none` has.
         */
        CreateRole: {
            name: string;
            /** @default  */
            description?: string;
            abilities: components["schemas"]["AbilityName"][];
        };
        /** RoleReply */
        RoleReply: {
            role: components["schemas"]["RoleMessage"];
        };
        /**
         * UpdateRole
         * @description What is absent stays. Whoever has the role has it as it is from then on.
         */
        UpdateRole: {
            name: string;
            /** @default null */
            new_name?: string | null;
            /** @default null */
            description?: string | null;
            /** @default null */
            abilities?: components["schemas"]["AbilityName"][] | null;
        };
        /** RoleRef */
        RoleRef: {
            name: string;
        };
        /** SignIn */
        SignIn: {
            name: string;
            password: string;
        };
        /**
         * StartOidc
         * @description Attributes:
         *         next: the page to come to in the end.
         */
        StartOidc: {
            /** @default  */
            next?: string;
        };
        /**
         * FinishOidc
         * @description What the provider says by way of the browser (OpenID Connect Core 1.0, section 3.1.2.5; RFC 9207).
         */
        FinishOidc: {
            /** @default  */
            code?: string;
            /** @default  */
            state?: string;
            /** @default  */
            error?: string;
            /** @default  */
            iss?: string;
        };
        /**
         * TakeSignOut
         * @description A form, as providers send it.
         *
         *         Attributes:
         *             logout_token: says who has signed out, and is signed by the provider.
         */
        TakeSignOut: {
            /** @default  */
            logout_token?: string;
        };
        /**
         * ListSessions
         * @description Attributes:
         *         user: empty: the caller.
         */
        ListSessions: {
            /** @default  */
            user?: string;
        };
        /** SessionsReply */
        SessionsReply: {
            /** @default [] */
            sessions?: components["schemas"]["SessionMessage"][];
        };
        /**
         * SessionMessage
         * @description A browser that somebody signed in with.
         *
         *         Attributes:
         *             agent: what the browser calls itself.
         *             address: where the sign-in came from.
         *             last_use_ms: to within some minutes.
         *             is_this: the call was made by it.
         */
        SessionMessage: {
            session_id: string;
            user: string;
            /** @default  */
            agent?: string;
            /** @default  */
            address?: string;
            /** @default 0 */
            creation_time_ms?: number;
            /** @default 0 */
            last_use_ms?: number;
            /** @default 0 */
            expires_ms?: number;
            /** @default false */
            is_this?: boolean;
        };
        /**
         * EndSession
         * @description Attributes:
         *         session_id: empty: the browser's that makes the call.
         *         user: whose it must be; empty: the caller's, or for an administrator anybody's.
         */
        EndSession: {
            /** @default  */
            session_id?: string;
            /** @default  */
            user?: string;
        };
        /**
         * SignedOut
         * @description Attributes:
         *         provider_url: where the browser that made the call goes to sign out at the provider, too; empty: nowhere.
         */
        SignedOut: {
            /** @default  */
            provider_url?: string;
        };
        /**
         * EndSessions
         * @description Attributes:
         *         user: empty: the caller.
         */
        EndSessions: {
            /** @default  */
            user?: string;
        };
        /**
         * ListIdentities
         * @description Attributes:
         *         user: empty: the caller.
         */
        ListIdentities: {
            /** @default  */
            user?: string;
        };
        /**
         * IdentitiesReply
         * @description Attributes:
         *         has_password: the user can sign in by name and password, too.
         */
        IdentitiesReply: {
            user: string;
            /** @default [] */
            identities?: components["schemas"]["IdentityMessage"][];
            /** @default false */
            has_password?: boolean;
        };
        /**
         * IdentityMessage
         * @description Attributes:
         *         shown: as the provider said it last; nothing is decided by it.
         *         since_ms: when the two were linked; absent where that was not noted.
         *         last_sign_in_ms: by that provider.
         */
        IdentityMessage: {
            user: string;
            issuer: string;
            subject: string;
            /** @default  */
            shown?: string;
            /** @default null */
            since_ms?: number | null;
            /** @default null */
            last_sign_in_ms?: number | null;
        };
        /** WaysReply */
        WaysReply: {
            /** @default [] */
            users?: components["schemas"]["IdentitiesReply"][];
        };
        /**
         * LinkIdentity
         * @description Attributes:
         *         shown: what they know themselves by there, such as an address, until the provider says it at a sign-in.
         */
        LinkIdentity: {
            user: string;
            issuer: string;
            subject: string;
            /** @default  */
            shown?: string;
        };
        /** IdentityReply */
        IdentityReply: {
            identity: components["schemas"]["IdentityMessage"];
        };
        /**
         * IdentityRef
         * @description Somebody whom a provider of OpenID Connect vouches for, and a user here.
         *
         *         Attributes:
         *             issuer, subject: as the provider says them in its tokens; the two never mean anybody else.
         */
        IdentityRef: {
            user: string;
            issuer: string;
            subject: string;
        };
        /**
         * BeginLink
         * @description Attributes:
         *         password: of the caller.
         */
        BeginLink: {
            password: string;
        };
        /**
         * LinkBegun
         * @description Attributes:
         *         provider_url: where the browser goes on to. From there it comes to the page of its account.
         */
        LinkBegun: {
            provider_url: string;
        };
        /**
         * FinishLink
         * @description What the provider said by way of the browser; see `FinishOidc`.
         */
        FinishLink: {
            /** @default  */
            code?: string;
            /** @default  */
            state?: string;
            /** @default  */
            error?: string;
            /** @default  */
            iss?: string;
        };
        /**
         * EndLink
         * @description Attributes:
         *         password: of the caller.
         */
        EndLink: {
            issuer: string;
            subject: string;
            password: string;
        };
        /** ChangePassword */
        ChangePassword: {
            old_password: string;
            new_password: string;
        };
        /**
         * AskToBeLetIn
         * @description Attributes:
         *         program: what it calls itself, such as `runfold on laptop`.
         *         scope: at most this role, wherever the token is used.
         *         days: until the token ends.
         */
        AskToBeLetIn: {
            program: string;
            /** @default contributor */
            scope?: components["schemas"]["RoleName"];
            /** @default 90 */
            days?: number;
        };
        /**
         * RoleName
         * @description The built-in roles, where no other is allowed.
         * @enum {unknown}
         */
        RoleName: "contributor" | "manager" | "none" | "reader";
        /**
         * WaitingReply
         * @description Attributes:
         *         secret: collects the token; told this one time.
         *         code: that the user compares with what the page shows.
         *         path: of the page that lets the program in, below the server's address.
         *         interval_s: between two attempts to collect.
         */
        WaitingReply: {
            secret: string;
            code: string;
            path: string;
            expires_ms: number;
            interval_s: number;
        };
        /** WaitingRef */
        WaitingRef: {
            code: string;
        };
        /**
         * WaitingProgramReply
         * @description Attributes:
         *         address: that it asked from.
         */
        WaitingProgramReply: {
            code: string;
            program: string;
            /** @default  */
            address?: string;
            scope: components["schemas"]["RoleName"];
            days: number;
            expires_ms: number;
        };
        /**
         * DecideWaiting
         * @description Attributes:
         *         lets_in: false refuses it.
         */
        DecideWaiting: {
            code: string;
            lets_in: boolean;
        };
        /** CollectWaiting */
        CollectWaiting: {
            secret: string;
        };
        /**
         * CollectedReply
         * @description Attributes:
         *         is_waiting: nobody has decided yet.
         *         token, secret: of whoever let the program in; the secret is told this one time.
         */
        CollectedReply: {
            /** @default false */
            is_waiting?: boolean;
            /** @default null */
            token?: components["schemas"]["TokenMessage"] | null;
            /** @default  */
            secret?: string;
        };
        /**
         * TokenMessage
         * @description Attributes:
         *         scope: the name of a role; `abilities`: what it can do.
         *         beginning: of the secret, to recognise it by.
         *         expires_ms: absent: never.
         *         last_use_ms: to within some minutes; absent: not yet.
         *         places: it is worth something on these alone; none: it is not limited.
         */
        TokenMessage: {
            token_id: string;
            user: string;
            /** @default  */
            name?: string;
            scope: string;
            /** @default [] */
            abilities?: components["schemas"]["AbilityName"][];
            /** @default  */
            beginning?: string;
            /** @default 0 */
            creation_time_ms?: number;
            /** @default null */
            expires_ms?: number | null;
            /** @default null */
            last_use_ms?: number | null;
            /** @default [] */
            places?: string[];
        };
        /**
         * CreateToken
         * @description Attributes:
         *         user: empty: the caller.
         *         scope: the name of a role: at most what it can do, wherever the token is used.
         *         places: such as `experiment:12`, `model:churn`, `dataset:wine` or `folder:a`: it is worth something there alone.
         */
        CreateToken: {
            /** @default  */
            user?: string;
            /** @default  */
            name?: string;
            scope: string;
            /** @default null */
            expires_ms?: number | null;
            /** @default [] */
            places?: string[];
        };
        /**
         * NewTokenReply
         * @description Attributes:
         *         secret: the token itself, told this one time.
         */
        NewTokenReply: {
            token: components["schemas"]["TokenMessage"];
            secret: string;
        };
        /**
         * ListTokens
         * @description Attributes:
         *         user: empty: the caller.
         */
        ListTokens: {
            /** @default  */
            user?: string;
        };
        /** TokensReply */
        TokensReply: {
            /** @default [] */
            tokens?: components["schemas"]["TokenMessage"][];
        };
        /**
         * RevokeToken
         * @description Attributes:
         *         user: whose it must be; empty: the caller's, or for an administrator anybody's.
         */
        RevokeToken: {
            token_id: string;
            /** @default  */
            user?: string;
        };
        /**
         * SetQuota
         * @description What is absent is from then on as the default has it.
         *
         *         Attributes:
         *             owner: `user:NAME`, `workspace:NAME` for all that lies in it, whoever made it, `default` for all users who
         *                 have no quota of their own, or `default:workspaces` for all workspaces that have none.
         */
        SetQuota: {
            owner: string;
            /** @default null */
            max_runs?: number | null;
            /** @default null */
            max_bytes?: number | null;
            /** @default null */
            max_points?: number | null;
            /** @default null */
            max_requests_per_s?: number | null;
        };
        /** UsageReply */
        UsageReply: {
            usage: components["schemas"]["UsageMessage"];
        };
        /**
         * UsageMessage
         * @description Attributes:
         *         owner: `user:NAME`, `user:` of users who are gone and have left something, `workspace:NAME`, `nobody` for what
         *             was made while nobody was asked, `default` or `default:workspaces`.
         *         n_runs: kept, those in the trash included.
         *         n_bytes: of files that the server stored.
         *         n_points: of series of metrics, as of a second ago.
         *         n_requests_today: since midnight UTC, to within a minute.
         *         n_requests: of the last 30 days.
         *         own: the quota that was set for the owner.
         *         limits: what holds; -1: no limit.
         */
        UsageMessage: {
            owner: string;
            n_runs: number;
            n_bytes: number;
            n_requests_today: number;
            n_requests: number;
            /** @default 0 */
            n_points?: number;
            own: components["schemas"]["QuotaMessage"];
            limits: components["schemas"]["QuotaMessage"];
        };
        /**
         * QuotaMessage
         * @description Attributes:
         *         max_runs: that may be kept, those in the trash included. -1: no limit; absent: as the default has it.
         *         max_bytes: of files, likewise.
         *         max_points: of series of metrics, likewise.
         *         max_requests_per_s: by the mean over ten seconds, likewise.
         */
        QuotaMessage: {
            /** @default null */
            max_runs?: number | null;
            /** @default null */
            max_bytes?: number | null;
            /** @default null */
            max_points?: number | null;
            /** @default null */
            max_requests_per_s?: number | null;
        };
        /**
         * UsagesReply
         * @description The default first, then users by name, then what is nobody's; or workspaces by name.
         */
        UsagesReply: {
            /** @default [] */
            usages?: components["schemas"]["UsageMessage"][];
        };
        /**
         * GetUsage
         * @description Attributes:
         *         user: empty: the caller.
         */
        GetUsage: {
            /** @default  */
            user?: string;
        };
        /**
         * ListWorkspaceUsage
         * @description Attributes:
         *         workspaces: names; empty: all that the caller manages.
         */
        ListWorkspaceUsage: {
            /** @default [] */
            workspaces?: string[];
        };
        /**
         * RecountUsage
         * @description Attributes:
         *         page_token: of the piece before; empty: the first. A piece are some hundred records, the last one the owners.
         *         dry_run: only say what differs.
         */
        RecountUsage: {
            /** @default  */
            page_token?: string;
            /** @default true */
            dry_run?: boolean;
        };
        /** RecountReply */
        RecountReply: {
            /** @default [] */
            miscounts?: components["schemas"]["MiscountMessage"][];
            /** @default 0 */
            n_records?: number;
            /** @default  */
            next_page_token?: string;
            /** @default true */
            is_dry_run?: boolean;
        };
        /**
         * MiscountMessage
         * @description Attributes:
         *         record: `run:ID`, `logged-model:ID`, or an owner, of whose sum it is.
         *         what: runs, bytes or points.
         */
        MiscountMessage: {
            record: string;
            what: string;
            counted: number;
            found: number;
        };
        /** GrantRef */
        GrantRef: {
            subject: string;
            place: string;
        };
        /**
         * ListGrants
         * @description Of one subject, or on one place, or all.
         */
        ListGrants: {
            /** @default  */
            subject?: string;
            /** @default  */
            place?: string;
        };
        /** GrantsReply */
        GrantsReply: {
            /** @default [] */
            grants?: components["schemas"]["GrantedMessage"][];
        };
        /**
         * GrantedMessage
         * @description What is granted, as it is told.
         *
         *         Attributes:
         *             abilities: what the role can do.
         */
        GrantedMessage: {
            subject: string;
            place: string;
            role: string;
            /** @default [] */
            abilities?: components["schemas"]["AbilityName"][];
        };
        /**
         * ExplainAccess
         * @description Attributes:
         *         user: empty: all users, for who manages the place.
         *         granted, removed: what is not so, but might be; the answer tells what would be.
         */
        ExplainAccess: {
            place: string;
            /** @default  */
            user?: string;
            /** @default [] */
            granted?: components["schemas"]["GrantMessage"][];
            /** @default [] */
            removed?: components["schemas"]["GrantRef"][];
        };
        /**
         * AccessReportReply
         * @description Attributes:
         *         way: the places whose grants concern the record, the nearest first.
         *         grants: on these places, as they are; for who manages the place.
         *         standings: of users, by name.
         */
        AccessReportReply: {
            way: string[];
            /** @default [] */
            grants?: components["schemas"]["GrantedMessage"][];
            /** @default [] */
            standings?: components["schemas"]["StandingMessage"][];
        };
        /**
         * StandingMessage
         * @description What one user may do at a place.
         *
         *         Attributes:
         *             role: the name of the role that decides; where several do together, of the biggest built-in one that they
         *                 contain.
         *             abilities: what the grants come to.
         *             before, abilities_before: the same without the change that was asked about.
         *             grants: all that concern the user here, the nearest place first.
         *             deciding: those that make the role; none for an administrator, and where nothing is granted.
         */
        StandingMessage: {
            user: components["schemas"]["UserMessage"];
            role: string;
            /** @default [] */
            abilities?: components["schemas"]["AbilityName"][];
            before: string;
            /** @default [] */
            abilities_before?: components["schemas"]["AbilityName"][];
            /** @default [] */
            grants?: components["schemas"]["GrantedMessage"][];
            /** @default [] */
            deciding?: components["schemas"]["GrantedMessage"][];
        };
        /** CreateMlflowUser */
        CreateMlflowUser: {
            username: string;
            password: string;
        };
        /** MlflowUserReply */
        MlflowUserReply: {
            user: components["schemas"]["MlflowUser"];
        };
        /**
         * MlflowUser
         * @description A user with the permissions that were granted to the user alone, not to groups or on folders.
         */
        MlflowUser: {
            id: number;
            username: string;
            /** @default false */
            is_admin?: boolean;
            /** @default [] */
            experiment_permissions?: components["schemas"]["ExperimentPermission"][];
            /** @default [] */
            registered_model_permissions?: components["schemas"]["RegisteredModelPermission"][];
        };
        /**
         * ExperimentPermission
         * @description Attributes:
         *         user_id: 0 where the caller may not look users up.
         */
        ExperimentPermission: {
            experiment_id: string;
            user_id: number;
            permission: components["schemas"]["PermissionName"];
        };
        /**
         * PermissionName
         * @description MLflow's names of roles.
         *
         *         USE lies between READ and EDIT; here who may read may use, too. DENY refuses what a wider grant gives;
         *         NO_PERMISSIONS meant that before, and says that there is none.
         * @enum {unknown}
         */
        PermissionName: "DENY" | "EDIT" | "MANAGE" | "NO_PERMISSIONS" | "READ" | "USE";
        /**
         * RegisteredModelPermission
         * @description Attributes:
         *         user_id: 0 where the caller may not look users up.
         */
        RegisteredModelPermission: {
            name: string;
            user_id: number;
            permission: components["schemas"]["PermissionName"];
        };
        /** MlflowUserRef */
        MlflowUserRef: {
            username: string;
        };
        /**
         * UpdateMlflowPassword
         * @description Attributes:
         *         current_password: has to be right, if it is sent for one's own.
         */
        UpdateMlflowPassword: {
            username: string;
            password: string;
            /** @default null */
            current_password?: string | null;
        };
        /** UpdateMlflowAdmin */
        UpdateMlflowAdmin: {
            username: string;
            is_admin: boolean;
        };
        /** PutExperimentPermission */
        PutExperimentPermission: {
            experiment_id: string;
            username: string;
            permission: components["schemas"]["PermissionName"];
        };
        /** ExperimentPermissionReply */
        ExperimentPermissionReply: {
            experiment_permission: components["schemas"]["ExperimentPermission"];
        };
        /** ExperimentPermissionRef */
        ExperimentPermissionRef: {
            experiment_id: string;
            username: string;
        };
        /** PutRegisteredModelPermission */
        PutRegisteredModelPermission: {
            name: string;
            username: string;
            permission: components["schemas"]["PermissionName"];
        };
        /** RegisteredModelPermissionReply */
        RegisteredModelPermissionReply: {
            registered_model_permission: components["schemas"]["RegisteredModelPermission"];
        };
        /** RegisteredModelPermissionRef */
        RegisteredModelPermissionRef: {
            name: string;
            username: string;
        };
        /** PutUserPermission */
        PutUserPermission: {
            username: string;
            resource_type: components["schemas"]["ResourceType"];
            resource_id: string;
            permission: components["schemas"]["PermissionName"];
        };
        /**
         * ResourceType
         * @description The kinds of records that both have.
         * @enum {unknown}
         */
        ResourceType: "experiment" | "registered_model";
        /**
         * UserPermissionRef
         * @description Attributes:
         *         resource_id: the id of an experiment, or the name of a registered model.
         */
        UserPermissionRef: {
            username: string;
            resource_type: components["schemas"]["ResourceType"];
            resource_id: string;
        };
        /**
         * UserPermissionReply
         * @description Attributes:
         *         allowed: whether the user may read it.
         *         permission: what all grants together come to.
         */
        UserPermissionReply: {
            allowed: boolean;
            permission: components["schemas"]["PermissionName"];
        };
        /** CreateMlflowRole */
        CreateMlflowRole: {
            workspace: string;
            name: string;
            /** @default null */
            description?: string | null;
        };
        /** MlflowRoleReply */
        MlflowRoleReply: {
            role: components["schemas"]["MlflowRole"];
        };
        /** MlflowRole */
        MlflowRole: {
            id: number;
            name: string;
            workspace: string;
            /** @default null */
            description?: string | null;
            /** @default [] */
            permissions?: components["schemas"]["RolePermission"][];
        };
        /**
         * RolePermission
         * @description Attributes:
         *         resource_type: `experiment`, `registered_model`, `workspace`, or a kind of place that MLflow does not have.
         *         resource_pattern: an id or name, or `*` for all of the role's workspace.
         */
        RolePermission: {
            id: number;
            role_id: number;
            resource_type: string;
            resource_pattern: string;
            permission: components["schemas"]["PermissionName"];
        };
        /** MlflowRoleRef */
        MlflowRoleRef: {
            role_id: number;
        };
        /**
         * ListMlflowRoles
         * @description Attributes:
         *         workspace: of these; none: of all that the caller sees.
         */
        ListMlflowRoles: {
            /** @default [] */
            workspace?: string[];
        };
        /** MlflowRolesReply */
        MlflowRolesReply: {
            /** @default [] */
            roles?: components["schemas"]["MlflowRole"][];
        };
        /** UpdateMlflowRole */
        UpdateMlflowRole: {
            role_id: number;
            /** @default null */
            name?: string | null;
            /** @default null */
            description?: string | null;
        };
        /** AddRolePermission */
        AddRolePermission: {
            role_id: number;
            resource_type: string;
            resource_pattern: string;
            permission: components["schemas"]["PermissionName"];
        };
        /** RolePermissionReply */
        RolePermissionReply: {
            role_permission: components["schemas"]["RolePermission"];
        };
        /** RolePermissionRef */
        RolePermissionRef: {
            role_permission_id: number;
        };
        /** RolePermissionsReply */
        RolePermissionsReply: {
            /** @default [] */
            role_permissions?: components["schemas"]["RolePermission"][];
        };
        /** UpdateRolePermission */
        UpdateRolePermission: {
            role_permission_id: number;
            permission: components["schemas"]["PermissionName"];
        };
        /** RoleMember */
        RoleMember: {
            username: string;
            role_id: number;
        };
        /** RoleAssignmentReply */
        RoleAssignmentReply: {
            assignment: components["schemas"]["RoleAssignment"];
        };
        /**
         * RoleAssignment
         * @description Attributes:
         *         id: follows from the other two, and is the same every time.
         */
        RoleAssignment: {
            id: number;
            user_id: number;
            role_id: number;
        };
        /** MlflowRolesOf */
        MlflowRolesOf: {
            username: string;
        };
        /** RoleAssignmentsReply */
        RoleAssignmentsReply: {
            /** @default [] */
            assignments?: components["schemas"]["RoleAssignment"][];
        };
        /**
         * SearchAudit
         * @description Attributes:
         *         filter: such as `user = 'ann' AND result != 'allowed' AND time > '2026-11-01'`.
         */
        SearchAudit: {
            /** @default  */
            filter?: string;
            /** @default 100 */
            max_results?: number;
            /** @default  */
            page_token?: string;
        };
        /** AuditPage */
        AuditPage: {
            /** @default [] */
            records?: components["schemas"]["AuditRecordMessage"][];
            /** @default  */
            next_page_token?: string;
        };
        /**
         * AuditRecordMessage
         * @description Attributes:
         *         number: 1, 2, 3 and so on, without a gap.
         *         user: who; empty: nobody has signed in, or the server itself.
         *         token: beginning and name of the token that was sent.
         *         action: the name of the call, such as `mlflow:runs/delete`, or `sign-in`.
         *         object: such as `run:ID`, `experiment:ID` or `user:NAME`.
         *         detail: what else matters, such as `role=reader subject=user:ben`.
         *         status: of the answer, by HTTP; 0: none was needed.
         *         n_times: how often, counted together since the record before it of this kind.
         *         digest: SHA-256 of the digest before it and all that the record says.
         */
        AuditRecordMessage: {
            number: number;
            time_ms: number;
            /** @default  */
            user?: string;
            /** @default  */
            token?: string;
            /** @default  */
            address?: string;
            action: string;
            /** @default  */
            object?: string;
            /** @default  */
            detail?: string;
            result: components["schemas"]["ResultName"];
            /** @default 0 */
            status?: number;
            /** @default 1 */
            n_times?: number;
            /** @default  */
            request_id?: string;
            digest: string;
        };
        /**
         * ResultName
         * @description How a call ended: it did what was asked, its caller may not do that, or it could not be done.
         * @enum {unknown}
         */
        ResultName: "allowed" | "failed" | "refused";
        /**
         * ReadAudit
         * @description Attributes:
         *         after: the number behind which to begin.
         */
        ReadAudit: {
            /** @default 0 */
            after?: number;
            /** @default 10000 */
            max_results?: number;
        };
        /** AuditRecords */
        AuditRecords: {
            /** @default [] */
            records?: components["schemas"]["AuditRecordMessage"][];
        };
        /**
         * AuditHeadMessage
         * @description Where the chain ends, and where it begins after older records were archived.
         */
        AuditHeadMessage: {
            number: number;
            digest: string;
            /** @default 0 */
            archived?: number;
            archived_digest: string;
        };
        /**
         * ArchiveAudit
         * @description Attributes:
         *         through: the newest record that goes.
         *         digest: of that record, to show that the caller has it.
         */
        ArchiveAudit: {
            through: number;
            digest: string;
        };
        /**
         * ListRules
         * @description Attributes:
         *         workspace: whose rules; empty: the server's own; absent: all that the caller keeps.
         */
        ListRules: {
            /** @default null */
            workspace?: string | null;
        };
        /** RulesReply */
        RulesReply: {
            /** @default [] */
            rules?: components["schemas"]["RuleMessage"][];
        };
        /**
         * RuleMessage
         * @description Attributes:
         *         workspace: whose rule it is; empty: the server's, which is for administrators.
         *         place: `everything`, `workspace:NAME`, `folder:NAME` (of experiments) or `experiment:ID`; of a workspace's rule
         *             inside of it, where `everything` is all of it.
         *         filter: which runs, in the language of searches; empty: all.
         *         best_by: an order by a metric, such as `metrics.loss ASC`.
         *         keep_best, keep_last: so many of each group stay for ever.
         *         per: what makes a group: `parent`, `experiment`, `params.KEY`, `tags.KEY`; empty: all runs are one.
         *         after_days: since a run ended; what is younger stays.
         *         retires: whole runs, or the files below `path`.
         *         trash_days: until what went is purged; absent: somebody purges it by hand.
         *         every_hours: between two passes by the server.
         *         next_time_ms: of the next pass.
         *         kept_by: in replies, of a workspace's rule: the user with whose rights it acts, who saved it last.
         *         rests: in replies: why it is not carried out, active or not.
         */
        RuleMessage: {
            name: string;
            /** @default  */
            workspace?: string;
            /** @default everything */
            place?: string;
            /** @default  */
            filter?: string;
            /** @default  */
            best_by?: string;
            /** @default 0 */
            keep_best?: number;
            /** @default 0 */
            keep_last?: number;
            /** @default  */
            per?: string;
            /** @default 30 */
            after_days?: number;
            /** @default runs */
            retires?: components["schemas"]["RetiresName"];
            /** @default  */
            path?: string;
            /** @default null */
            trash_days?: number | null;
            /** @default 24 */
            every_hours?: number;
            /** @default true */
            is_active?: boolean;
            /** @default 0 */
            next_time_ms?: number;
            /** @default  */
            kept_by?: string;
            /** @default  */
            rests?: string;
        };
        /**
         * RetiresName
         * @enum {unknown}
         */
        RetiresName: "files" | "runs";
        /** RuleReply */
        RuleReply: {
            rule: components["schemas"]["RuleMessage"];
        };
        /**
         * RuleRef
         * @description Attributes:
         *         workspace: whose rule; empty: the server's.
         */
        RuleRef: {
            name: string;
            /** @default  */
            workspace?: string;
        };
        /**
         * PlanReply
         * @description What a pass would do now; nothing was changed.
         *
         *         Attributes:
         *             going, staying: the first 1,000 of each.
         *             n_going, n_staying, n_bytes: of all.
         *             whys: how many stay, by reason.
         */
        PlanReply: {
            going: components["schemas"]["GoingMessage"][];
            staying: components["schemas"]["StayingMessage"][];
            n_going: number;
            n_staying: number;
            n_bytes: number;
            whys: {
                [key: string]: number;
            };
        };
        /** GoingMessage */
        GoingMessage: {
            run_id: string;
            name: string;
            experiment_id: string;
            n_bytes: number;
        };
        /**
         * StayingMessage
         * @description Attributes:
         *         why: `running`, `starred`, `registered`, `best`, `last` or `young`: the first that holds.
         */
        StayingMessage: {
            run_id: string;
            name: string;
            experiment_id: string;
            why: string;
        };
        /** PassReply */
        PassReply: {
            retention_pass: components["schemas"]["PassMessage"];
        };
        /**
         * PassMessage
         * @description Attributes:
         *         workspace: whose the rule was; empty: the server's.
         *         by: who asked for it; empty: the schedule.
         *         end_time_ms: absent while it goes on, or when its process was killed.
         *         n_retired, n_bytes: went to the trash.
         *         n_purged: had gone there before, and are purged.
         *         error: why it ended early.
         */
        PassMessage: {
            number: number;
            rule: string;
            /** @default  */
            workspace?: string;
            /** @default  */
            by?: string;
            /** @default 0 */
            start_time_ms?: number;
            /** @default null */
            end_time_ms?: number | null;
            /** @default 0 */
            n_retired?: number;
            /** @default 0 */
            n_bytes?: number;
            /** @default 0 */
            n_purged?: number;
            /** @default  */
            error?: string;
        };
        /**
         * ListPasses
         * @description Attributes:
         *         name: of a rule; empty: of all.
         *         workspace: whose rules; empty: the server's own; absent: all that the caller keeps.
         */
        ListPasses: {
            /** @default  */
            name?: string;
            /** @default null */
            workspace?: string | null;
            /** @default 100 */
            max_results?: number;
        };
        /**
         * PassesReply
         * @description Newest first.
         */
        PassesReply: {
            /** @default [] */
            passes?: components["schemas"]["PassMessage"][];
        };
        /** ListTrash */
        ListTrash: {
            /** @default 1000 */
            max_results?: number;
            /** @default  */
            page_token?: string;
        };
        /**
         * ListTrashReply
         * @description Deleted experiments come with the first page; runs in the order of their start, newest first.
         */
        ListTrashReply: {
            experiments: components["schemas"]["ExperimentMessage"][];
            runs: components["schemas"]["RunRecordInfo"][];
            /** @default  */
            next_page_token?: string;
        };
        /**
         * Purge
         * @description Attributes:
         *         run_ids, experiment_ids: what to purge; neither: everything in the trash.
         *         older_than_ms: only what was deleted before this time.
         *         dry_run: change nothing and say what would go.
         */
        Purge: {
            /** @default [] */
            run_ids?: string[];
            /** @default [] */
            experiment_ids?: string[];
            /** @default null */
            older_than_ms?: number | null;
            /** @default true */
            dry_run?: boolean;
        };
        /**
         * PurgeReply
         * @description Attributes:
         *         n_models: logged models.
         *         n_held: experiments and runs that stay in the trash, since registered versions have their files there.
         *         n_files, n_bytes: files that go with the records, as far as this server can reach them.
         *         unreachable: folders whose files this server does not keep; remove them where they lie.
         */
        PurgeReply: {
            n_experiments: number;
            n_runs: number;
            n_points: number;
            n_files: number;
            n_bytes: number;
            is_dry_run: boolean;
            unreachable: string[];
            /** @default 0 */
            n_models?: number;
            /** @default 0 */
            n_held?: number;
        };
        /**
         * MeasureStorage
         * @description Attributes:
         *         experiment_id: one experiment, run by run; empty: all experiments.
         */
        MeasureStorage: {
            /** @default  */
            experiment_id?: string;
        };
        /**
         * MeasureStorageReply
         * @description Attributes:
         *         is_complete: False when there were more files than the server counts for one answer.
         */
        MeasureStorageReply: {
            uses: components["schemas"]["StorageUse"][];
            n_bytes: number;
            is_complete: boolean;
        };
        /**
         * StorageUse
         * @description Attributes:
         *         experiment_id, run_id, name: what takes the space; the run is absent in a listing of experiments.
         */
        StorageUse: {
            experiment_id: string;
            name: string;
            n_files: number;
            n_bytes: number;
            /** @default null */
            run_id?: string | null;
        };
        /**
         * MeasureRecordsReply
         * @description Attributes:
         *         n_bytes: what the database takes up, indexes included.
         *         n_free_bytes: of these, kept for later records.
         */
        MeasureRecordsReply: {
            n_bytes: number;
            n_free_bytes: number;
        };
        /**
         * ServerInfo
         * @description What a client may want to know before it starts.
         *
         *         Attributes:
         *             mlflow_version: the release of MLflow whose calls this server answers.
         *             api_versions: of `/api/runfold/`.
         *             sign_in_provider: what it is called, where one may sign in by OpenID Connect.
         *             sign_in_issuer: the same, as its tokens say it.
         */
        ServerInfo: {
            name: string;
            version: string;
            mlflow_version: string;
            api_versions: string[];
            max_body_bytes: number;
            max_artifact_bytes: number;
            max_history_points: number;
            artifact_root: string;
            is_authenticated: boolean;
            /** @default  */
            sign_in_provider?: string;
            /** @default  */
            sign_in_issuer?: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
