"""Amazon SageMaker: a model, an endpoint configuration and an endpoint, through boto3.

The image holds the model and speaks SageMaker's protocol (`serve`, /ping and /invocations on port 8080), so nothing is
uploaded beside it. Settings: image (in ECR; required), role (an ARN; required), instance_type, instances.

Source: AWS, "Use your own inference code with hosting services".
"""

from __future__ import annotations

import hashlib
from typing import Any

from runfold.errors import AlreadyExists, InvalidValue, MissingDependency, NotFound, RunfoldError, Unavailable
from runfold.serving.deploy.base import Config, Deployment, check_name, take, whole

SETTINGS = {"image": "", "role": "", "instance_type": "ml.m5.large", "instances": "1"}
_VARIANT = "model"
_MODEL_TAG, _OWNER_TAG = "runfold:model-uri", "runfold:managed"


class SageMaker:
    """Args: uri: `sagemaker:/<region>`; without one, the region of the user's AWS configuration."""

    def __init__(self, uri: str) -> None:
        try:
            import boto3
        except ImportError:
            raise MissingDependency("boto3", needed_for="Deploying to SageMaker", extra="sagemaker") from None
        region = uri.partition(":")[2].strip("/") or None
        self._client: Any = boto3.client("sagemaker", region_name=region)
        self._runtime: Any = boto3.client("sagemaker-runtime", region_name=region)

    def create(self, name: str, model_uri: str, config: Config) -> Deployment:
        settings = _settings(config)
        try:
            self.get(name)
        except NotFound:
            configuration = self._configure(name, model_uri, settings)
            self._call(
                "create_endpoint",
                EndpointName=name,
                EndpointConfigName=configuration,
                Tags=_tags(model_uri),
            )
            return self.get(name)
        raise AlreadyExists("deployment", name, "`runfold deployments update` changes it.")

    def update(self, name: str, model_uri: str, config: Config) -> Deployment:
        """SageMaker brings up the new configuration beside the old one and then changes over."""
        before = self.get(name)
        old = self._call("describe_endpoint", EndpointName=name)
        settings = _settings({**self._settings_of(old["EndpointConfigName"]), **config})
        uri = model_uri or before.model_uri
        configuration = self._configure(name, uri, settings)
        if configuration == old["EndpointConfigName"]:
            return before
        self._call("update_endpoint", EndpointName=name, EndpointConfigName=configuration)
        self._call("add_tags", ResourceArn=old["EndpointArn"], Tags=_tags(uri))
        return self.get(name)

    def delete(self, name: str) -> None:
        configuration = self._call("describe_endpoint", EndpointName=check_name(name))["EndpointConfigName"]
        models = [variant["ModelName"] for variant in self._variants(configuration)]
        self._call("delete_endpoint", EndpointName=name)
        self._call("delete_endpoint_config", EndpointConfigName=configuration)
        for model in models:
            self._call("delete_model", ModelName=model)

    def list_all(self) -> tuple[Deployment, ...]:
        found = []
        for page in self._client.get_paginator("list_endpoints").paginate():
            for endpoint in page["Endpoints"]:
                tags = self._tags_of(endpoint["EndpointArn"])
                if _OWNER_TAG in tags:
                    found.append(_read(endpoint, tags))
        return tuple(sorted(found, key=lambda deployment: deployment.name))

    def get(self, name: str) -> Deployment:
        endpoint = self._call("describe_endpoint", EndpointName=check_name(name))
        return _read(endpoint, self._tags_of(endpoint["EndpointArn"]))

    def predict(self, name: str, body: bytes, content_type: str) -> bytes:
        try:
            answer = self._runtime.invoke_endpoint(EndpointName=check_name(name), Body=body, ContentType=content_type)
        except Exception as error:
            raise _meaning(error, name) from error
        return bytes(answer["Body"].read())

    def _configure(self, name: str, model_uri: str, settings: dict[str, str]) -> str:
        """Make the model and the configuration of an endpoint, named by what is in them; gives the latter's name."""
        content = "\n".join([model_uri, *(f"{key}={value}" for key, value in sorted(settings.items()))])
        made = f"{name[:50]}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"
        if self._exists("describe_model", ModelName=made) is False:
            self._call(
                "create_model",
                ModelName=made,
                PrimaryContainer={"Image": settings["image"]},
                ExecutionRoleArn=settings["role"],
                Tags=_tags(model_uri),
            )
        if self._exists("describe_endpoint_config", EndpointConfigName=made) is False:
            variant = {
                "VariantName": _VARIANT,
                "ModelName": made,
                "InitialInstanceCount": whole(settings, "instances"),
                "InstanceType": settings["instance_type"],
            }
            self._call(
                "create_endpoint_config", EndpointConfigName=made, ProductionVariants=[variant], Tags=_tags(model_uri)
            )
        return made

    def _settings_of(self, configuration: str) -> dict[str, str]:
        (variant,) = self._variants(configuration)
        model = self._call("describe_model", ModelName=variant["ModelName"])
        return {
            "image": model["PrimaryContainer"]["Image"],
            "role": model["ExecutionRoleArn"],
            "instance_type": variant["InstanceType"],
            "instances": str(variant["InitialInstanceCount"]),
        }

    def _variants(self, configuration: str) -> list[dict[str, Any]]:
        found = self._call("describe_endpoint_config", EndpointConfigName=configuration)
        return list(found["ProductionVariants"])

    def _tags_of(self, arn: str) -> dict[str, str]:
        return {tag["Key"]: tag["Value"] for tag in self._call("list_tags", ResourceArn=arn)["Tags"]}

    def _exists(self, call: str, **arguments: Any) -> bool:
        try:
            self._call(call, **arguments)
        except NotFound:
            return False
        return True

    def _call(self, call: str, **arguments: Any) -> dict[str, Any]:
        try:
            return dict(getattr(self._client, call)(**arguments))
        except Exception as error:
            raise _meaning(error, str(next(iter(arguments.values())))) from error


def _settings(config: Config) -> dict[str, str]:
    settings = take(config, SETTINGS)
    for key in ("image", "role"):
        if not settings[key]:
            raise InvalidValue(f"SageMaker needs the setting {key!r}: -C {key}=...")
    return settings


def _tags(model_uri: str) -> list[dict[str, str]]:
    return [{"Key": _MODEL_TAG, "Value": model_uri[:256]}, {"Key": _OWNER_TAG, "Value": "true"}]


def _read(endpoint: dict[str, Any], tags: dict[str, str]) -> Deployment:
    return Deployment(
        name=endpoint["EndpointName"],
        state=endpoint["EndpointStatus"],
        model_uri=tags.get(_MODEL_TAG, ""),
        details={"arn": endpoint["EndpointArn"]},
    )


def _meaning(error: Exception, key: str) -> RunfoldError:
    """What an error of boto3 means: its classes are made at run time, so the code inside decides."""
    response = getattr(error, "response", None) or {}
    told = response.get("Error", {})
    message = str(told.get("Message") or error)
    if "Could not find" in message or told.get("Code") in ("ResourceNotFound", "ResourceNotFoundException"):
        return NotFound("deployment", key)
    if told.get("Code") in ("ValidationException", "ValidationError", "ModelError"):
        return InvalidValue(f"SageMaker refused: {message}")
    return Unavailable(f"SageMaker cannot be used: {message}")
