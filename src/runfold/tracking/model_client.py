"""The registry part of the explicit client, by MLflow's names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from runfold.domain.model_limits import parse_version
from runfold.domain.registered_model import ModelVersion, NewModelVersion, RegisteredModel, Stage
from runfold.stores.awaiting import DEFAULT_S, await_version
from runfold.stores.base import TrackingStore
from runfold.stores.registry import ModelQuery
from runfold.tracking.paged_list import PagedList


class ModelClient:
    """Versions are named by model name and number; a number may be text, as in MLflow."""

    @property
    def store(self) -> TrackingStore:
        raise NotImplementedError

    def create_registered_model(
        self, name: str, tags: Mapping[str, object] | None = None, description: str | None = None
    ) -> RegisteredModel:
        return self.store.create_registered_model(name, tags=_texts(tags), description=description or "")

    def get_registered_model(self, name: str) -> RegisteredModel:
        return self.store.get_registered_model(name)

    def rename_registered_model(self, name: str, new_name: str) -> RegisteredModel:
        return self.store.rename_registered_model(name, new_name)

    def update_registered_model(self, name: str, description: str | None = None) -> RegisteredModel:
        return self.store.update_registered_model(name, description=description or "")

    def delete_registered_model(self, name: str) -> None:
        self.store.delete_registered_model(name)

    def search_registered_models(
        self,
        filter_string: str | None = None,
        max_results: int = 100,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[RegisteredModel]:
        page = self.store.search_registered_models(_query(filter_string, max_results, order_by, page_token))
        return PagedList(page.items, page.next_token)

    def set_registered_model_tag(self, name: str, key: str, value: object) -> None:
        self.store.set_registered_model_tag(name, key, str(value))

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        self.store.delete_registered_model_tag(name, key)

    def set_registered_model_alias(self, name: str, alias: str, version: str | int) -> None:
        self.store.set_model_alias(name, alias, parse_version(str(version)))

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        self.store.delete_model_alias(name, alias)

    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        return self.store.get_model_version_by_alias(name, alias)

    def get_latest_versions(self, name: str, stages: Sequence[str] | None = None) -> list[ModelVersion]:
        return list(self.store.latest_model_versions(name, [Stage.parse(stage) for stage in stages or ()]))

    def create_model_version(
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        tags: Mapping[str, object] | None = None,
        run_link: str | None = None,
        description: str | None = None,
        await_creation_for: float | None = DEFAULT_S,
    ) -> ModelVersion:
        """As it is told; `runfold.register_model` looks at the files of the model as well.

        Args:
            await_creation_for: seconds to wait for a server that reads a large model; None or 0: do not wait.
        """
        new = NewModelVersion(
            name=name,
            source=source,
            run_id=run_id or "",
            tags=_texts(tags),
            run_link=run_link or "",
            description=description or "",
        )
        return await_version(self.store, self.store.create_model_version(new), timeout_s=await_creation_for or 0)

    def get_model_version(self, name: str, version: str | int) -> ModelVersion:
        return self.store.get_model_version(name, parse_version(str(version)))

    def get_model_version_download_uri(self, name: str, version: str | int) -> str:
        return self.get_model_version(name, version).storage_location

    def update_model_version(self, name: str, version: str | int, description: str | None = None) -> ModelVersion:
        return self.store.update_model_version(name, parse_version(str(version)), description=description or "")

    def transition_model_version_stage(
        self, name: str, version: str | int, stage: str, archive_existing_versions: bool = False
    ) -> ModelVersion:
        return self.store.transition_model_version(
            name, parse_version(str(version)), Stage.parse(stage), archive_existing=archive_existing_versions
        )

    def delete_model_version(self, name: str, version: str | int) -> None:
        self.store.delete_model_version(name, parse_version(str(version)))

    def search_model_versions(
        self,
        filter_string: str | None = None,
        max_results: int = 1000,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[ModelVersion]:
        page = self.store.search_model_versions(_query(filter_string, max_results, order_by, page_token))
        return PagedList(page.items, page.next_token)

    def set_model_version_tag(self, name: str, version: str | int, key: str, value: object) -> None:
        self.store.set_model_version_tag(name, parse_version(str(version)), key, str(value))

    def delete_model_version_tag(self, name: str, version: str | int, key: str) -> None:
        self.store.delete_model_version_tag(name, parse_version(str(version)), key)


def _texts(tags: Mapping[str, object] | None) -> dict[str, str]:
    return {key: str(value) for key, value in (tags or {}).items()}


def _query(
    filter_string: str | None, max_results: int, order_by: Sequence[str] | None, page_token: str | None
) -> ModelQuery:
    return ModelQuery(
        filter=filter_string or "",
        order_by=tuple(order_by or ()),
        max_results=max_results,
        page_token=page_token or "",
    )
