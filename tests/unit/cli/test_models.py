import json

import pytest

from runfold.domain.registered_model import NewModelVersion, VersionStatus


@pytest.fixture
def churn(store):
    """A model with two versions made from two runs; `champion` is the second."""
    store.create_registered_model("churn")
    for run_id in ("a1" * 16, "a2" * 16):
        store.create_model_version(NewModelVersion(name="churn", source="s3://bucket/model", run_id=run_id))
    store.set_model_alias("churn", "champion", 1)
    store.set_model_alias("churn", "champion", 2)
    return "churn"


def test_list_and_versions_find_models_by_what_is_known(run, churn):
    rows = [line.split("\t") for line in run("models", "list", "metrics.loss IS NOT NULL").stdout.splitlines()]
    assert rows[1][:3] == ["churn", "2", "champion=2"]
    found = run("models", "versions", "params.lr < 0.15", "--metric", "loss").stdout.splitlines()
    assert [line.split("\t")[0] for line in found[1:]] == ["churn/1"]
    assert found[1].split("\t")[5] == "1"


def test_a_version_is_shown_compared_and_named_in_short(run, run_json, churn):
    assert "params.lr" in run("models", "show", "churn@champion").stdout
    assert run_json("models", "diff", "churn/1", "churn/latest")["params.lr"] == ["0.1", "0.2"]
    assert run("models", "show", "churn/9").exit_code == 3
    assert run("models", "show", "churn@none").exit_code == 2


def test_a_name_alone_shows_the_model_and_its_versions(run, run_json, churn):
    shown = run("models", "show", churn).stdout
    assert "@champion  2" in shown
    assert [line.split("\t")[0] for line in shown.splitlines()[-2:]] == ["2", "1"]
    assert run_json("models", "show", churn)["aliases"] == {"champion": 2}
    assert run("models", "show", "none").exit_code == 3


@pytest.mark.parametrize("command", ["delete", "verify", "files", "transition"])
def test_a_command_that_needs_a_version_says_how_to_name_one(run, churn, command):
    done = run("models", command, churn, *["production"] * (command == "transition"))
    assert (done.exit_code, "churn/3, churn@champion or churn/latest" in done.stderr) == (2, True)


def test_a_version_is_told_of_staged_and_verified(run, run_json, store, tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "MLmodel").write_text("flavors:\n  lightgbm:\n    lgb_version: 4.6.0\n")
    run("models", "register", str(folder), "boost")
    assert run("models", "tell", "boost/1", "--set", "owner=ada", "--description", "d", "--tag", "a=b").exit_code == 0
    assert run("models", "transition", "boost/1", "production").exit_code == 0
    version = store.get_model_version("boost", 1)
    assert (version.card.owner, version.description, version.tags) == ("ada", "d", {"a": "b"})
    assert version.stage.value == "Production"
    assert run("models", "verify", "boost/1").exit_code == 0

    (folder / "MLmodel").write_text("flavors: {}\n")

    changed = run("models", "verify", "boost@champion" if version.aliases else "boost/1")
    assert (changed.exit_code, "CHANGED" in changed.stdout) == (1, True)
    assert run("models", "verify", "boost/1", "--json").exit_code == 1


def test_verifying_tells_what_became_of_each_file(run, tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("MLmodel", "same.bin", "gone.bin"):
        (folder / name).write_text("flavors: {lightgbm: {}}\n")
    run("models", "register", str(folder), "boost")
    listed = run("models", "files", "boost/1").stdout.splitlines()
    assert [line.split("\t")[0] for line in listed[1:]] == ["MLmodel", "gone.bin", "same.bin"]

    (folder / "MLmodel").write_text("flavors: {a: {}}\n")
    (folder / "gone.bin").unlink()
    (folder / "new.bin").write_text("!")

    shown = run("models", "verify", "boost/1")
    rows = [line.split("\t")[:2] for line in shown.stdout.splitlines() if "\t" in line][1:]
    assert rows == [["MLmodel", "changed"], ["gone.bin", "missing"], ["new.bin", "added"]]
    checks = json.loads(run("models", "verify", "boost/1", "--json").stdout)["files"]
    assert [check["state"] for check in checks] == ["changed", "missing", "added", "same"]


def test_the_files_of_a_version_are_fetched(run, tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "MLmodel").write_text("flavors: {lightgbm: {}}\n")
    run("models", "register", str(folder), "boost")
    assert run("models", "download", "boost/1", "-o", str(tmp_path / "here")).exit_code == 0
    assert (tmp_path / "here" / "MLmodel").read_text() == "flavors: {lightgbm: {}}\n"


def test_a_model_is_made_told_of_renamed_and_deleted(run, run_json, store):
    assert run("models", "create", "loyalty", "--description", "d", "--tag", "a=b", "--tag", "c=d").exit_code == 0
    assert run("models", "tell", "loyalty", "--description", "who stays", "--tag", "e=f", "--untag", "c").exit_code == 0
    model = store.get_registered_model("loyalty")
    assert (model.description, model.tags) == ("who stays", {"a": "b", "e": "f"})
    assert run("models", "tell", "loyalty", "--set", "owner=ada").exit_code == 2
    assert run_json("models", "rename", "loyalty", "stay")["name"] == "stay"
    assert run_json("models", "delete", "stay", "--yes") == {"name": "stay", "n_versions": 0}
    assert run("models", "show", "stay").exit_code == 3


def test_a_whole_model_is_not_deleted_by_leaving_out_the_version(run, store, churn):
    refused = run("models", "delete", churn)
    assert (refused.exit_code, "--yes" in refused.stderr) == (2, True)
    assert store.get_registered_model(churn).n_versions == 2


def test_what_was_told_of_a_version_is_forgotten(run, store, churn):
    run("models", "tell", "churn/1", "--set", "owner=ada", "--tag", "a=b")
    run("models", "tell", "churn/1", "--set", "owner=", "--untag", "a")
    version = store.get_model_version(churn, 1)
    assert (version.card.owner, version.tags) == ("", {})


def test_a_version_that_is_being_registered_shows_it(run, store, churn):
    store.create_model_version(NewModelVersion(name=churn, source="s3://b/m", status=VersionStatus.PENDING))
    assert "being registered" in run("models", "show", churn).stdout
    assert "PENDING_REGISTRATION" in run("models", "show", "churn/3").stdout
    refused = run("models", "alias", "churn/3", "champion")
    assert (refused.exit_code, "being registered" in refused.stderr) == (5, True)


def test_policies_are_shown_and_set(run, run_json, store, churn):
    assert "any" in run("models", "policy").stdout
    run("models", "policy", "--flavour", "sklearn", "--scan", "off")
    changed = run_json("models", "policy", "--require", "owner", "--require", "licence")
    assert changed == {"flavours": ["sklearn"], "serialisations": [], "scan": "off", "required": ["owner", "licence"]}
    assert store.get_model_policy("").flavours == ("sklearn",)
    assert run_json("models", "policy", churn, "--serialisation", "skops")["serialisations"] == ["skops"]
    assert run_json("models", "policy", "--clear")["flavours"] == []
    assert run("models", "policy", "none").exit_code == 3


def test_a_promotion_is_asked_for_and_withdrawn(run, run_json, churn):
    asked = run_json("models", "promote", "churn/1", "champion", "--require", "owner")
    assert asked["gates"][0]["fields"] == ["owner"]
    assert run("models", "merge", asked["request_id"]).exit_code == 5
    assert "FAILS: " in run("models", "promotion", asked["request_id"]).stdout
    assert run_json("models", "promotions", "--state", "merged") == []
    assert run_json("models", "withdraw", asked["request_id"])["state"] == "withdrawn"


def test_the_history_of_an_alias_is_cut_at_a_moment(run_json, churn):
    assert run_json("models", "history", churn, "--at", "2000-01-01") == []
    assert [move["version"] for move in run_json("models", "history", churn, "--at", "2999-01-01")] == [2]


def test_an_alias_moves_returns_and_tells_its_history(run, run_json, store, churn):
    assert run("models", "return", "churn", "champion", "--reason", "slow").exit_code == 0
    assert store.get_model_version_by_alias("churn", "champion").version == 1
    assert run("models", "alias", "churn/2", "challenger").exit_code == 0
    assert run("models", "unalias", "churn", "challenger").exit_code == 0
    moves = run_json("models", "history", "churn", "champion")
    assert [move["version"] for move in moves] == [1, 2, 1]
    assert moves[0]["reason"] == "slow"


def test_register_copy_and_delete(run, store, tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "MLmodel").write_text("flavors:\n  lightgbm:\n    lgb_version: 4.6.0\n")
    done = run("models", "register", str(folder), "boost", "--alias", "champion", "--set", "owner=ada")
    assert done.exit_code == 0, done.stderr
    version = store.get_model_version("boost", 1)
    assert (version.card.algorithm, version.card.framework_version, version.card.owner) == (
        "gradient boosting",
        "4.6.0",
        "ada",
    )
    assert version.aliases == ("champion",)
    assert run("models", "copy", "boost@champion", "live").exit_code == 0
    assert store.get_model_version("live", 1).card == version.card
    assert run("models", "delete", "boost/1").exit_code == 0
    assert run("models", "register", "runs:/none/model", "boost").exit_code == 3
    run("models", "policy", "--require", "description")
    assert run("models", "register", str(folder), "refused").exit_code == 6
    assert run("models", "show", "refused").exit_code == 3
    run("models", "policy", "--clear")
    assert run("models", "register", str(folder), "boost", "--set", "colour=red").exit_code == 2


def test_a_promotion_is_asked_for_and_merged(run, run_json, store, churn):
    asked = run_json("models", "promote", "churn/1", "live", "--gate", "metrics.loss < 2", "--not-worse", "loss")
    assert asked["state"] == "open"
    assert run("models", "review", asked["request_id"], "comment", "--comment", "fine").exit_code == 0
    assert run("models", "merge", asked["request_id"]).exit_code == 0
    assert store.get_model_version_by_alias("churn", "live").version == 1
    assert "merged" in run("models", "promotions", "churn").stdout
    refused = run_json("models", "promote", "churn/2", "live", "--gate", "metrics.loss < 0")
    assert run("models", "merge", refused["request_id"]).exit_code == 5
