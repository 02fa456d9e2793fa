from __future__ import annotations

from click.testing import CliRunner

from runfold.cli import main

URL = "https://hooks.invalid/"


def make(run_json):
    return run_json("webhooks", "create", "ci", URL, "-e", "model_version.created", "-e", "promotion.merged")


def test_a_webhook_is_made_listed_changed_and_deleted(run, run_json):
    made = make(run_json)
    assert made["events"] == ["model_version.created", "promotion.merged"]
    row = run("webhooks", "list").stdout.splitlines()[1].split("\t")
    assert row == [made["webhook_id"], "ci", URL, "on", "", "", "model_version.created, promotion.merged"]
    shown = run("webhooks", "show", made["webhook_id"]).stdout
    assert "dropped events  none" in shown
    changed = run_json("webhooks", "update", made["webhook_id"], "--off", "-e", "model_version.deleted")
    assert (changed["is_active"], changed["events"]) == (False, ["model_version.deleted"])
    assert run("webhooks", "delete", made["webhook_id"]).exit_code == 0
    assert run("webhooks", "delete", made["webhook_id"]).exit_code == 3


def test_a_secret_is_read_from_standard_input(uri, store):
    command = ["webhooks", "create", "ci", URL, "-e", "model_version.created", "--secret", "-u", uri]
    done = CliRunner().invoke(main, command, input="a long random text\n")
    assert done.exit_code == 0
    (webhook,) = store.list_webhooks().items
    assert store.open_webhook(webhook.webhook_id)[1] == "a long random text"


def test_what_is_not_right_is_refused(run):
    assert run("webhooks", "create", "ci", URL, "-e", "model_version.eaten").exit_code == 2
    assert run("webhooks", "create", "ci", URL).exit_code == 2
    assert run("webhooks", "create", "ci", "ftp://x/", "-e", "model_version.created").exit_code == 2


def test_deliveries_are_listed_and_sent_again(run, run_json, store):
    made = run_json("webhooks", "create", "ci", URL, "-e", "registered_model.created")
    store.create_registered_model("churn")
    row = run("webhooks", "deliveries", made["webhook_id"]).stdout.splitlines()[1].split("\t")
    assert row[1:4] == ["registered_model.created", "waiting", "0"]
    assert run("webhooks", "redeliver", row[0]).exit_code == 5
    run("webhooks", "update", made["webhook_id"], "--off")
    run("webhooks", "update", made["webhook_id"], "--on")
    assert run_json("webhooks", "redeliver", row[0])["state"] == "waiting"


def test_a_store_without_a_server_sends_nothing(run, run_json):
    made = make(run_json)
    done = run("webhooks", "test", made["webhook_id"])
    assert (done.exit_code, "sent by servers" in done.stderr) == (1, True)


def test_events_are_listed():
    listed = CliRunner().invoke(main, ["webhooks", "events"]).stdout.splitlines()
    assert "model_version_alias.created" in listed
