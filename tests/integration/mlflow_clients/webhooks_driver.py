"""Makes, changes, tries and deletes a webhook through the real `mlflow` client; runs in that client's environment.

`python webhooks_driver.py <address of a receiver>` prints one JSON object.
"""

from __future__ import annotations

import json
import sys

import mlflow
from mlflow.entities.webhook import WebhookAction, WebhookEntity, WebhookEvent, WebhookStatus

CLIENT = mlflow.MlflowClient()
ALIAS_SET = WebhookEvent(WebhookEntity.MODEL_VERSION_ALIAS, WebhookAction.CREATED)
VERSION_MADE = WebhookEvent(WebhookEntity.MODEL_VERSION, WebhookAction.CREATED)


def main() -> None:
    url = sys.argv[1]
    made = CLIENT.create_webhook("ci", url, [VERSION_MADE], description="d", secret="a long random text")
    found = CLIENT.get_webhook(made.webhook_id)
    changed = CLIENT.update_webhook(made.webhook_id, name="cd", events=[VERSION_MADE, ALIAS_SET])
    tried = CLIENT.test_webhook(made.webhook_id)
    other = CLIENT.test_webhook(made.webhook_id, event=WebhookEvent.from_str("prompt_version.created"))
    CLIENT.create_registered_model("churn")
    CLIENT.create_model_version("churn", "s3://bucket/model", description="first")
    CLIENT.set_registered_model_alias("churn", "champion", "1")
    disabled = CLIENT.create_webhook("off", url, [VERSION_MADE], status=WebhookStatus.DISABLED)
    listed = [webhook.name for webhook in CLIENT.list_webhooks(max_results=10)]
    CLIENT.delete_webhook(disabled.webhook_id)
    left = [webhook.name for webhook in CLIENT.list_webhooks()]
    print(
        json.dumps(
            {
                "made": [made.name, made.url, made.description, str(made.status), list(map(str, made.events))],
                "found": found.webhook_id == made.webhook_id and not found.secret,
                "changed": [changed.name, sorted(map(str, changed.events)), changed.url == url],
                "tried": [tried.success, tried.response_status],
                "other": [other.success, other.response_status],
                "disabled": str(disabled.status),
                "listed": listed,
                "left": left,
            }
        )
    )


if __name__ == "__main__":
    main()
