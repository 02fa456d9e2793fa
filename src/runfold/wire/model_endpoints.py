"""The rows of the table that are about models."""

from __future__ import annotations

from functools import partial

from runfold.wire.endpoint import Body, Endpoint, Family, Permission, call
from runfold.wire.messages import logged_models, models, promotions, registry, scoring, webhooks
from runfold.wire.messages.base import Empty

_mlflow = partial(call, Family.MLFLOW)
_shared = partial(call, Family.MLFLOW, shares_path=True)
_runfold = partial(call, Family.RUNFOLD)
_root = partial(call, Family.ROOT)
_, _READ, _EDIT, _MANAGE, _ADMIN = Permission
_JSON, _FILE = Body.JSON, Body.FILE

# One row, one call: the formatter would make a page of each.
# fmt: off
_REGISTERED_MODELS = (
    _mlflow("POST", "registered-models/create", models.CreateRegisteredModel, models.RegisteredModelReply,
            _EDIT, "create_registered_model", "Create a registered model."),
    _mlflow("GET", "registered-models/get", models.RegisteredModelRef, models.RegisteredModelReply,
            _READ, "get_registered_model", "Get a registered model."),
    _mlflow("GET", "registered-models/search", models.SearchRegisteredModels, models.SearchRegisteredModelsReply,
            _READ, "search_registered_models", "Find registered models; prompts only when the filter names their tag."),
    _mlflow("POST", "registered-models/rename", models.RenameRegisteredModel, models.RegisteredModelReply,
            _MANAGE, "rename_registered_model", "Rename a registered model with its versions and aliases."),
    _mlflow("PATCH", "registered-models/update", models.UpdateRegisteredModel, models.RegisteredModelReply,
            _EDIT, "update_registered_model", "Change the description of a registered model."),
    _mlflow("DELETE", "registered-models/delete", models.RegisteredModelRef, Empty,
            _MANAGE, "delete_registered_model", "Delete a registered model with its versions."),
    _mlflow("POST GET", "registered-models/get-latest-versions", models.GetLatestVersions, models.ModelVersionsReply,
            _READ, "latest_model_versions", "Get the newest version of each stage."),
    _mlflow("POST", "registered-models/set-tag", models.SetRegisteredModelTag, Empty,
            _EDIT, "set_registered_model_tag", "Set a tag of a registered model."),
    _mlflow("DELETE", "registered-models/delete-tag", models.DeleteRegisteredModelTag, Empty,
            _EDIT, "delete_registered_model_tag", "Remove a tag of a registered model."),
    _shared("POST", "registered-models/alias", models.SetAlias, Empty,
            _EDIT, "set_model_alias", "Point an alias to a version."),
    _shared("DELETE", "registered-models/alias", models.AliasRef, Empty,
            _EDIT, "delete_model_alias", "Remove an alias."),
    _shared("GET", "registered-models/alias", models.AliasRef, models.ModelVersionReply,
            _READ, "get_model_version_by_alias", "Get the version that an alias points to."),
    _runfold("POST", "models/create", registry.CreateModelRecord, registry.ModelRecordReply,
             _EDIT, "create_registered_model", "Create a registered model."),
    _runfold("POST", "models/get", registry.GetModelRecord, registry.ModelRecordReply,
             _READ, "get_registered_model", "Get a registered model with all that is known of it."),
    _runfold("POST", "models/search", registry.SearchModelRecords, registry.SearchModelRecordsReply,
             _READ, "search_registered_models", "Find registered models, by the metadata of their newest version too."),
)

_VERSIONS = (
    _mlflow("POST", "model-versions/create", models.CreateModelVersion, models.ModelVersionReply,
            _EDIT, "create_model_version", "Register a version under the next number."),
    _mlflow("GET", "model-versions/get", models.ModelVersionRef, models.ModelVersionReply,
            _READ, "get_model_version", "Get a version."),
    _mlflow("GET", "model-versions/search", models.SearchModelVersions, models.SearchModelVersionsReply,
            _READ, "search_model_versions", "Find versions."),
    _mlflow("PATCH", "model-versions/update", models.UpdateModelVersion, models.ModelVersionReply,
            _EDIT, "update_model_version", "Change the description of a version."),
    _mlflow("POST", "model-versions/transition-stage", models.TransitionModelVersion, models.ModelVersionReply,
            _EDIT, "transition_model_version", "Put a version into a stage."),
    _mlflow("DELETE", "model-versions/delete", models.ModelVersionRef, Empty,
            _MANAGE, "delete_model_version", "Delete a version; its number is never given again."),
    _mlflow("GET", "model-versions/get-download-uri", models.ModelVersionRef, models.DownloadUriReply,
            _READ, "get_model_version", "Get where the files of a version lie."),
    _mlflow("POST", "model-versions/set-tag", models.SetModelVersionTag, Empty,
            _EDIT, "set_model_version_tag", "Set a tag of a version."),
    _mlflow("DELETE", "model-versions/delete-tag", models.DeleteModelVersionTag, Empty,
            _EDIT, "delete_model_version_tag", "Remove a tag of a version."),
    _root("GET", "model-versions/get-artifact", models.ModelVersionFile, Empty,
          _READ, "get_model_version", "Download a file of a version.", _JSON, _FILE),
    _runfold("POST", "model-versions/register", registry.RegisterModelVersion, registry.VersionRecordReply,
             _EDIT, "create_model_version", "Register a version, with what is known of it."),
    _runfold("POST", "model-versions/get", registry.GetVersionRecord, registry.VersionRecordReply,
             _READ, "get_model_version", "Get a version with all that is known of it."),
    _runfold("POST", "model-versions/files", registry.ListVersionFiles, registry.ListVersionFilesReply,
             _READ, "get_model_version", "List a folder of a version's files; paths are relative to the version."),
    _runfold("POST", "model-versions/registered-files", registry.GetVersionRecord, registry.RegisteredFilesReply,
             _READ, "list_model_version_files", "List the files of a version as they were at registration."),
    _runfold("POST", "model-versions/search", registry.SearchVersionRecords, registry.VersionRecordsReply,
             _READ, "search_model_versions", "Find versions by name, metadata, metrics, params, tags and datasets."),
    _runfold("POST", "model-versions/update-card", registry.UpdateModelCard, registry.VersionRecordReply,
             _EDIT, "update_model_card", "Change what is told of a version: algorithm, owner, licence, ..."),
    _runfold("POST", "model-versions/verify", registry.GetVersionRecord, registry.VerifyReply,
             _READ, "get_model_version", "Read the files of a version again: are they those that were registered?"),
    _runfold("POST", "model-versions/at", registry.FindVersionsAt, registry.VersionRecordsReply,
             _READ, "find_versions_at", "Find the versions whose files lie at some locations."),
)

_POLICIES = (
    _runfold("POST", "model-policies/get", registry.GetModelPolicy, registry.ModelPolicyReply,
             _READ, "get_model_policy", "Get which models may be registered, here or under one name."),
    _runfold("POST", "model-policies/set", registry.SetModelPolicy, registry.ModelPolicyReply,
             _ADMIN, "set_model_policy", "Say which models may be registered, here or under one name."),
)

_PROMOTIONS = (
    _runfold("POST", "promotions/create", promotions.CreatePromotion, promotions.PromotionReply,
             _EDIT, "create_promotion", "Ask that an alias move to a version, with gates and reviewers."),
    _runfold("POST", "promotions/get", promotions.PromotionRef, promotions.PromotionReply,
             _READ, "get_promotion", "Get a promotion request with what its gates say now."),
    _runfold("POST", "promotions/list", promotions.ListPromotions, promotions.PromotionsReply,
             _READ, "list_promotions", "List promotion requests, newest first."),
    _runfold("POST", "promotions/review", promotions.ReviewPromotion, promotions.PromotionReply,
             _EDIT, "review_promotion", "Approve, reject or comment; a rejection closes the request."),
    _runfold("POST", "promotions/merge", promotions.MergePromotion, promotions.PromotionReply,
             _EDIT, "merge_promotion", "Move the alias, if all gates pass and enough people approve."),
    _runfold("POST", "promotions/withdraw", promotions.PromotionRef, promotions.PromotionReply,
             _EDIT, "withdraw_promotion", "Close a promotion request without moving anything."),
)

_ALIASES = (
    _runfold("POST", "model-aliases/set", registry.MoveAlias, registry.VersionRecordReply,
             _EDIT, "set_model_alias", "Point an alias to a version, with a reason."),
    _runfold("POST", "model-aliases/delete", registry.RemoveAlias, Empty,
             _EDIT, "delete_model_alias", "Remove an alias, with a reason."),
    _runfold("POST", "model-aliases/get", registry.GetAliasAt, registry.VersionRecordReply,
             _READ, "get_model_version_by_alias", "Get the version that an alias points to, or did at a time."),
    _runfold("POST", "model-aliases/history", registry.GetAliasHistory, registry.AliasHistoryReply,
             _READ, "list_alias_moves", "List where an alias pointed, newest first."),
    _runfold("POST", "model-aliases/return", registry.RemoveAlias, registry.VersionRecordReply,
             _EDIT, "return_model_alias", "Point an alias back to the version it pointed to before."),
)

_LOGGED_MODELS = (
    _mlflow("POST", "logged-models", logged_models.CreateLoggedModel, logged_models.LoggedModelReply,
            _EDIT, "create_logged_model", "Begin a logged model; its files come next."),
    _shared("GET", "logged-models/{model_id}", logged_models.LoggedModelRef, logged_models.LoggedModelReply,
            _READ, "get_logged_model", "Get a logged model."),
    _shared("PATCH", "logged-models/{model_id}", logged_models.FinalizeLoggedModel, logged_models.LoggedModelReply,
            _EDIT, "finalize_logged_model", "Say that the files of a logged model are complete, or failed."),
    _shared("DELETE", "logged-models/{model_id}", logged_models.LoggedModelRef, Empty,
            _EDIT, "delete_logged_model", "Delete a logged model."),
    _mlflow("POST", "logged-models/search", logged_models.SearchLoggedModels, logged_models.SearchLoggedModelsReply,
            _READ, "search_logged_models", "Find logged models."),
    _mlflow("PATCH", "logged-models/{model_id}/tags", logged_models.SetLoggedModelTags, logged_models.LoggedModelReply,
            _EDIT, "set_logged_model_tags", "Set tags of a logged model."),
    _mlflow("DELETE", "logged-models/{model_id}/tags/{tag_key}", logged_models.DeleteLoggedModelTag, Empty,
            _EDIT, "delete_logged_model_tag", "Remove a tag of a logged model."),
    _mlflow("POST", "logged-models/{model_id}/params", logged_models.LogLoggedModelParams, Empty,
            _EDIT, "log_logged_model_params", "Note params of a logged model; each is written once."),
    _mlflow("GET", "logged-models/{model_id}/artifacts/directories", logged_models.ListLoggedModelFiles,
            logged_models.ListLoggedModelFilesReply,
            _READ, "get_logged_model", "List a folder of a logged model's files; paths are relative to the model."),
    _mlflow("GET", "logged-models/{model_id}/artifacts/files", logged_models.LoggedModelFile, Empty,
            _READ, "get_logged_model", "Download a file of a logged model.", _JSON, _FILE),
    _runfold("POST", "logged-models/create", logged_models.CreateLoggedModelRecord, logged_models.LoggedModelReply,
             _EDIT, "create_logged_model", "Begin a logged model whose files lie among the artifacts of its run."),
    _mlflow("POST", "runs/outputs", logged_models.LogOutputs, Empty,
            _EDIT, "log_model_uses", "Note the logged models that a run made."),
)

_WEBHOOKS = (
    _shared("POST", "webhooks", webhooks.CreateWebhook, webhooks.WebhookReply,
            _ADMIN, "create_webhook", "Tell an address of changes in the registry."),
    _shared("GET", "webhooks", webhooks.ListWebhooks, webhooks.ListWebhooksReply,
            _ADMIN, "list_webhooks", "List webhooks, but for those that are told of Runfold's own events alone."),
    _shared("GET", "webhooks/{webhook_id}", webhooks.WebhookRef, webhooks.WebhookReply,
            _ADMIN, "get_webhook", "Get a webhook; its secret is never read back."),
    _shared("PATCH", "webhooks/{webhook_id}", webhooks.UpdateWebhook, webhooks.WebhookReply,
            _ADMIN, "update_webhook", "Change a webhook, or switch it off and on."),
    _shared("DELETE", "webhooks/{webhook_id}", webhooks.WebhookRef, Empty,
            _ADMIN, "delete_webhook", "Delete a webhook and what waits for it."),
    _mlflow("POST", "webhooks/{webhook_id}/test", webhooks.TestWebhook, webhooks.WebhookTestReply,
            _ADMIN, "try_webhook", "Send a made-up event to a webhook now, once."),
    _runfold("POST", "webhooks/create", webhooks.CreateWebhookRecord, webhooks.WebhookRecordReply,
             _ADMIN, "create_webhook", "Tell an address of changes in the registry, Runfold's own events included."),
    _runfold("POST", "webhooks/get", webhooks.WebhookRef, webhooks.WebhookRecordReply,
             _ADMIN, "get_webhook", "Get a webhook with all its events."),
    _runfold("POST", "webhooks/list", webhooks.ListWebhookRecords, webhooks.ListWebhookRecordsReply,
             _ADMIN, "list_webhooks", "List webhooks, and where they may be sent."),
    _runfold("POST", "webhooks/update", webhooks.UpdateWebhookRecord, webhooks.WebhookRecordReply,
             _ADMIN, "update_webhook", "Change a webhook, or switch it off and on."),
    _runfold("POST", "webhooks/delete", webhooks.WebhookRef, Empty,
             _ADMIN, "delete_webhook", "Delete a webhook and what waits for it."),
    _runfold("POST", "webhooks/test", webhooks.TestWebhookRecord, webhooks.TestWebhookReply,
             _ADMIN, "try_webhook", "Send a made-up event to a webhook now, once."),
    _runfold("POST", "webhooks/deliveries", webhooks.ListDeliveries, webhooks.ListDeliveriesReply,
             _ADMIN, "list_deliveries", "List what was sent to a webhook and what waits, newest first."),
    _runfold("POST", "webhooks/redeliver", webhooks.DeliveryRef, webhooks.DeliveryReply,
             _ADMIN, "redeliver", "Send a delivery again that is over, under the same id."),
)

_SCORING = (
    _runfold("GET", "scoring/servers", Empty, scoring.ScoringServersReply,
             _READ, "", "List the scoring servers that this server passes inputs to."),
    _runfold("POST", "scoring/score", scoring.ScoreInput, scoring.ScoreReply,
             _READ, "", "Pass an input to a scoring server, and its answer back."),
)
# fmt: on

MODEL_ENDPOINTS: tuple[Endpoint, ...] = (
    _REGISTERED_MODELS + _VERSIONS + _ALIASES + _POLICIES + _PROMOTIONS + _LOGGED_MODELS + _WEBHOOKS + _SCORING
)
