"""kubectl is a program that keeps what it is given in a folder; what it is told and answers is kubectl's own form."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from runfold.errors import AlreadyExists, InvalidValue, MissingDependency, NotFound, Unavailable
from runfold.serving.deploy.targets import open_target

_KUBECTL = f"""#!{sys.executable}
import json, pathlib, sys
words = sys.argv[1:]
assert words[:2] == ["--namespace", "models"], words
words, place = words[2:], pathlib.Path(__file__).parent / "objects"
place.mkdir(exist_ok=True)
def path(kind, name): return place / f"{{kind.lower()}}.{{name}}.json"
if words[:1] == ["apply"]:
    for item in json.load(sys.stdin)["items"]:
        item["status"] = {{"readyReplicas": item["spec"].get("replicas", 0),
                          "url": "http://127.0.0.1:1", "conditions": [{{"type": "Ready", "status": "True"}}]}}
        path(item["kind"], item["metadata"]["name"]).write_text(json.dumps(item))
elif words[:1] == ["get"] and "--selector" in words:
    assert words[3] == "app.kubernetes.io/managed-by=runfold"
    print(json.dumps({{"items": [json.loads(p.read_text()) for p in place.glob(words[1] + ".*")]}}))
elif words[0] in ("get", "delete"):
    found = path(words[1], words[-1])
    if not found.exists():
        sys.exit(f'Error from server (NotFound): "{{words[-1]}}" not found')
    print(found.read_text()) if words[0] == "get" else found.unlink()
"""


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "kubectl"
    program.write_text(_KUBECTL)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return program


@pytest.mark.parametrize("scheme", ["kubernetes", "kserve"])
def test_a_deployment_lives_through_its_life(scheme: str, kubectl: Path) -> None:
    target = open_target(f"{scheme}:/models")

    made = target.create("churn", "models:/churn/1", {"image": "repo/churn:1", "replicas": "2"})
    with pytest.raises(AlreadyExists):
        target.create("churn", "models:/churn/1", {"image": "x"})
    changed = target.update("churn", "models:/churn/2", {"image": "repo/churn:2"})

    assert (made.state, made.model_uri, made.details) == ("ready", "models:/churn/1", {"image": "repo/churn:1"})
    assert (changed.model_uri, changed.details) == ("models:/churn/2", {"image": "repo/churn:2"})
    assert target.list_all() == (changed,)
    target.delete("churn")
    assert target.list_all() == ()
    assert list((kubectl.parent / "objects").iterdir()) == []
    for call in (target.get, target.delete):
        with pytest.raises(NotFound):
            call("churn")


def test_objects_run_with_no_more_rights_than_they_need(kubectl: Path) -> None:
    deployment, service = open_target("kubernetes:/models").objects("churn", "uri", {"image": "i"})  # type: ignore[attr-defined]

    pod = deployment["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert not pod["automountServiceAccountToken"]
    assert pod["containers"][0]["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert service["spec"]["selector"].items() <= deployment["spec"]["template"]["metadata"]["labels"].items()


@pytest.mark.parametrize(
    ("name", "config", "reason"),
    [
        ("Churn", {"image": "x"}, "cannot name a deployment"),
        ("--all", {"image": "x"}, "cannot name a deployment"),
        ("churn", {}, "which image"),
        ("churn", {"image": "x", "replicas": "none"}, "whole number"),
        ("churn", {"image": "x", "gpu": "1"}, "no setting 'gpu'"),
    ],
)
def test_configurations_that_make_no_sense_are_refused(
    name: str, config: dict[str, str], reason: str, kubectl: Path
) -> None:
    with pytest.raises(InvalidValue, match=reason):
        open_target("kubernetes:/models").create(name, "uri", config)


def test_a_cluster_that_is_away_is_said_to_be_away(kubectl: Path) -> None:
    kubectl.write_text("#!/bin/sh\necho 'The connection to the server was refused' >&2\nexit 1\n")

    with pytest.raises(Unavailable, match="refused"):
        open_target("kubernetes:/models").list_all()


def test_without_kubectl_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(MissingDependency, match="kubectl"):
        open_target("kubernetes:/models").list_all()


def test_a_target_that_nobody_knows_names_those_that_there_are() -> None:
    with pytest.raises(InvalidValue, match="azureml, kserve, kubernetes, sagemaker, ssh"):
        open_target("heroku:/x")
