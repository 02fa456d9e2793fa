"""Against moto, the emulator of AWS that the field uses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from runfold.errors import AlreadyExists, InvalidValue, NotFound
from runfold.serving.deploy.base import DeployTarget
from runfold.serving.deploy.targets import open_target

CONFIG = {"image": "1.dkr.ecr.eu-west-1.amazonaws.com/churn:1", "role": "arn:aws:iam::123456789012:role/models"}


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch) -> Iterator[DeployTarget]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield open_target("sagemaker:/eu-west-1")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_endpoint_lives_through_its_life(target: DeployTarget, monkeypatch: pytest.MonkeyPatch) -> None:
    changes: list[dict[str, str]] = []
    # The one call that the emulator lacks.
    monkeypatch.setattr(target._client, "update_endpoint", lambda **given: changes.append(given) or {})  # type: ignore[attr-defined]
    made = target.create("churn", "models:/churn/1", CONFIG)
    with pytest.raises(AlreadyExists):
        target.create("churn", "models:/churn/1", CONFIG)
    changed = target.update("churn", "models:/churn/2", {"instances": "3"})

    assert (made.state, made.model_uri) == ("InService", "models:/churn/1")
    assert changed.model_uri == "models:/churn/2"
    (change,) = changes
    configuration = target._client.describe_endpoint_config(EndpointConfigName=change["EndpointConfigName"])  # type: ignore[attr-defined]
    assert configuration["ProductionVariants"][0]["InitialInstanceCount"] == 3
    assert [deployment.name for deployment in target.list_all()] == ["churn"]
    assert target.predict("churn", b"{}", "application/json")
    target.delete("churn")
    assert target.list_all() == ()
    with pytest.raises(NotFound):
        target.get("churn")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_sagemaker_needs_is_asked_for_first(target: DeployTarget) -> None:
    with pytest.raises(InvalidValue, match="role"):
        target.create("churn", "models:/churn/1", {"image": "x"})
    with pytest.raises(NotFound):
        target.delete("churn")
