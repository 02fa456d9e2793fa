from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

import runfold
from runfold.config import ServingSettings
from runfold.domain.registered_model import NewModelVersion
from runfold.errors import InvalidValue, NotFound
from runfold.models.saving import save_model
from runfold.serving import serve
from runfold.serving.app import ScoringApp
from runfold.serving.container.environment import Home, model_recipe, recipe_digest
from runfold.serving.reload import Watcher
from runfold.serving.serve import HomeFinder
from runfold.serving.source import ModelSource
from runfold.stores.base import TrackingStore
from runfold.tracking.active import session
from tests.contract.scoring.exchange import Request, talk

ROWS = pd.DataFrame({"x": [0.0, 1.0, 2.0]})


def save(folder: Path, slope: float) -> str:
    save_model(LinearRegression().fit(ROWS, ROWS["x"] * slope), folder, input_example=ROWS)
    return str(folder)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TrackingStore]:
    """A registry with two versions of `line`, of which the first is champion."""
    runfold.set_tracking_uri(f"sqlite:///{tmp_path}/runfold.db")
    found = session().store
    found.create_registered_model("line")
    for slope in (2.0, 3.0):
        found.create_model_version(NewModelVersion(name="line", source=save(tmp_path / f"line-{slope:g}", slope)))
    found.set_model_alias("line", "champion", 1)
    yield found
    runfold.set_tracking_uri("")


def predicted(app: ScoringApp) -> tuple[float, str]:
    request = Request("POST", "/invocations", b'{"inputs": [[1.0]]}', {"content-type": "application/json"})
    reply = talk(app, request)[0]
    return round(reply.document["predictions"][0], 6), reply.headers["x-runfold-model"]


def test_an_alias_that_moves_brings_its_version(store: TrackingStore) -> None:
    source = ModelSource("models:/line@champion")
    app = ScoringApp(ServingSettings(), source.load())
    watcher = Watcher(source, app)

    watcher.look()
    assert predicted(app) == (2.0, "line/1")
    store.set_model_alias("line", "champion", 2)
    watcher.look()

    assert predicted(app) == (3.0, "line/2")


def test_a_version_that_does_not_load_leaves_the_old_one_and_is_tried_again_later(
    store: TrackingStore, tmp_path: Path
) -> None:
    source = ModelSource("models:/line@champion")
    app = ScoringApp(ServingSettings(), source.load())
    watcher = Watcher(source, app)
    broken = Path(save(tmp_path / "broken", 4.0))
    whole = (broken / "model.skops").read_bytes()
    (broken / "model.skops").write_bytes(b"damaged")
    store.create_model_version(NewModelVersion(name="line", source=str(broken)))
    store.set_model_alias("line", "champion", 3)

    watcher.look()
    assert predicted(app) == (2.0, "line/1")
    (broken / "model.skops").write_bytes(whole)
    for _ in range(3):
        watcher.look()

    assert predicted(app) == (4.0, "line/3")


def test_a_version_that_asks_for_other_packages_is_left_to_another_environment(
    store: TrackingStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_for = recipe_digest(model_recipe(tmp_path / "line-2"))
    source = ModelSource("models:/line@champion")
    app = ScoringApp(ServingSettings(), source.load())
    (tmp_path / "line-3" / "requirements.txt").write_text("scikit-learn==0.1\n")
    store.set_model_alias("line", "champion", 2)
    home, other = Home("python", {}, made_for), Home("other", {}, "other")
    monkeypatch.setattr(serve, "home_of", lambda uri, tell: other if uri.endswith("line-3") else None)

    Watcher(source, app, made_for).look()
    assert predicted(app) == (2.0, "line/1")
    assert HomeFinder(source).find(home) == other

    (tmp_path / "line-3" / "requirements.txt").write_bytes((tmp_path / "line-2" / "requirements.txt").read_bytes())
    assert HomeFinder(source).find(home) is None
    Watcher(source, app, made_for).look()
    assert predicted(app) == (3.0, "line/2")


def test_a_registry_that_is_away_changes_nothing(store: TrackingStore) -> None:
    source = ModelSource("models:/line@champion")
    app = ScoringApp(ServingSettings(), source.load())
    store.delete_model_alias("line", "champion")

    Watcher(source, app).look()

    assert predicted(app) == (2.0, "line/1")


def test_addresses_say_what_they_mean_now(store: TrackingStore, tmp_path: Path) -> None:
    assert ModelSource("models:/line/latest").resolve().label == "line/2"
    assert ModelSource("models:/line/1").resolve().label == "line/1"
    assert ModelSource("models:/line/1", name="other").resolve().label == "other/1"
    assert not ModelSource("models:/line/1").may_move
    assert ModelSource(f"{tmp_path}/line-2/").resolve().label == "line-2"
    with pytest.raises(NotFound):
        ModelSource("models:/other/1").resolve()
    with pytest.raises(InvalidValue):
        ModelSource("models:/line@none").resolve()


def test_a_link_means_the_folder_that_it_points_to(tmp_path: Path) -> None:
    save(tmp_path / "line-7", 2.0)
    (tmp_path / "line").symlink_to(tmp_path / "line-7")

    source = ModelSource(str(tmp_path / "line"))

    assert (source.may_move, source.resolve().label) == (True, "line/line-7")
