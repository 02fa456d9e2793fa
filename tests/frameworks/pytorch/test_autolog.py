"""Lightning logs its training by itself, and of loops of one's own what can be seen."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

import runfold
from runfold.tracking.run_view import RunView

ROWS = torch.linspace(-1, 1, 120).reshape(40, 3)
TARGETS = ROWS.sum(dim=1, keepdim=True)
Trained = Callable[[Callable[[], Any]], RunView]


class Net(pl.LightningModule):
    def __init__(self, width: int = 4, lr: float = 0.05) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.layers = torch.nn.Sequential(torch.nn.Linear(3, width), torch.nn.ReLU(), torch.nn.Linear(width, 1))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.layers(rows)

    def _loss(self, batch: Any) -> torch.Tensor:
        return torch.nn.functional.mse_loss(self(batch[0]), batch[1])

    def training_step(self, batch: Any, index: int) -> torch.Tensor:
        loss = self._loss(batch)
        self.log("train/loss", loss, on_epoch=True, on_step=False)
        return loss

    def on_train_epoch_end(self) -> None:
        self.log("late", float(self.current_epoch))

    def validation_step(self, batch: Any, index: int) -> None:
        self.log("val_loss", self._loss(batch))

    def test_step(self, batch: Any, index: int) -> None:
        self.log("test_loss", self._loss(batch))

    def configure_optimizers(self) -> Any:
        return torch.optim.Adam(self.parameters(), lr=self.hparams["lr"])


def loader() -> DataLoader[Any]:
    return DataLoader(TensorDataset(ROWS, TARGETS), batch_size=8)


def trainer(epochs: int, **options: Any) -> pl.Trainer:
    quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "accelerator": "cpu"}
    return pl.Trainer(max_epochs=epochs, enable_model_summary=False, **quiet, **options)


def test_each_epoch_the_settings_and_the_model_are_logged(
    trained: Trained, files_of: Callable[..., set[str]], steps_of: Callable[..., list[int]]
) -> None:
    model = Net()
    run = trained(lambda: trainer(3).fit(model, loader(), loader()))

    assert run.info.status == "FINISHED"
    assert run.data.params["width"] == "4"
    assert run.data.params["optimizer_name"] == "Adam"
    assert run.data.params["optimizer_lr"] == "0.05"
    assert run.data.params["max_epochs"] == "3"
    assert run.data.params["batch_size"] == "8"
    for key in ("train/loss", "val_loss", "late"):
        assert steps_of(run, key) == [0, 1, 2]
    assert {"model", "model_summary.txt"} <= files_of(run)
    loaded = runfold.models.load_model(f"runs:/{run.info.run_id}/model")
    with torch.no_grad():
        np.testing.assert_allclose(loaded.predict(ROWS.numpy()), model(ROWS).numpy(), rtol=1e-4, atol=1e-6)
    assert loaded.example is not None


def test_validation_that_did_not_run_is_not_logged_again(trained: Trained, steps_of: Callable[..., list[int]]) -> None:
    run = trained(lambda: trainer(4, check_val_every_n_epoch=2).fit(Net(), loader(), loader()))

    assert steps_of(run, "train/loss") == [0, 1, 2, 3]
    assert steps_of(run, "val_loss") == [1, 3]


def test_a_test_belongs_to_the_run_of_its_training(trained: Trained) -> None:
    def train() -> None:
        one, model = trainer(1), Net()
        one.fit(model, loader())
        assert one.callbacks == [] or all(type(each).__name__ != "LogEpochs" for each in one.callbacks)
        one.test(model, loader(), verbose=False)
        runfold.flush()

    assert trained(train).data.metrics["test_loss"] > 0


def test_only_the_first_of_several_processes_logs(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    second = trainer(1)
    monkeypatch.setattr(type(second), "is_global_zero", property(lambda self: False))
    second.fit(Net(), loader())

    assert runfold.last_active_run() is None


def descend(model: torch.nn.Module, optimizer: torch.optim.Optimizer, steps: int) -> None:
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(ROWS), TARGETS).backward()
        optimizer.step()


def test_of_a_loop_of_ones_own_the_optimisers_are_logged(trained: Trained, steps_of: Callable[..., list[int]]) -> None:
    model = torch.nn.Linear(3, 1)

    def train() -> None:
        first, second = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9), torch.optim.AdamW(model.parameters())
        schedule = torch.optim.lr_scheduler.StepLR(first, 1, gamma=0.5)
        descend(model, first, 1)  # belongs to no run
        with runfold.start_run():
            descend(model, first, 2)
            schedule.step()
            descend(model, first, 2)
            descend(model, second, 1)

    run = trained(train)

    assert run.data.params["optimizer_name"] == "SGD"
    assert run.data.params["optimizer_momentum"] == "0.9"
    assert run.data.params["optimizer_2_name"] == "AdamW"
    assert steps_of(run, "optimizer_lr") == [0, 2]
    assert run.data.metrics["optimizer_lr"] == pytest.approx(0.05)


def test_scalars_for_tensorboard_are_logged_too(trained: Trained, tmp_path: Path) -> None:
    from torch.utils.tensorboard import SummaryWriter

    def train() -> None:
        with runfold.start_run(), SummaryWriter(str(tmp_path / "board")) as writer:
            writer.add_scalar("loss/train", 0.5, 3)

    assert trained(train).data.metrics == {"loss/train": 0.5}


def test_lightning_that_is_imported_later_is_watched_too(tmp_path: Path) -> None:
    program = """
import sys, runfold
runfold.set_tracking_uri(sys.argv[1])
runfold.autolog(log_models=False)
assert "torch" not in sys.modules
from lightning.pytorch import Trainer
from lightning.pytorch.demos.boring_classes import BoringModel
Trainer(max_epochs=1, limit_train_batches=2, limit_val_batches=0, logger=False, enable_checkpointing=False,
        enable_progress_bar=False, accelerator="cpu").fit(BoringModel())
print(runfold.last_active_run().data.params["optimizer_name"])
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "store")], capture_output=True, text=True, cwd=tmp_path
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "SGD"
