from __future__ import annotations

import threading

import pytest

import runfold
from runfold.tracking.system_metrics import SystemMetrics, host_sampler


def test_a_sample_holds_the_names_that_mlflow_uses() -> None:
    values = host_sampler()()

    assert {
        "cpu_utilization_percentage",
        "system_memory_usage_megabytes",
        "system_memory_usage_percentage",
        "disk_usage_percentage",
        "network_receive_megabytes",
        "network_transmit_megabytes",
    } <= set(values)
    assert 0 < values["system_memory_usage_percentage"] <= 100


def test_samples_come_until_it_is_stopped() -> None:
    steps: list[int] = []
    enough = threading.Event()

    def log(values: dict[str, float], step: int) -> None:
        assert all(name.startswith("system/") for name in values)
        steps.append(step)
        if step == 2:
            enough.set()

    sampling = SystemMetrics(log, interval_s=0.001)
    sampling.start()
    assert enough.wait(30)
    sampling.stop()
    n_steps = len(steps)

    assert steps == list(range(n_steps))


@pytest.mark.usefixtures("workspace")
def test_a_run_can_ask_for_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNFOLD_SYSTEM_METRICS_INTERVAL_S", "0.001")
    with runfold.start_run(log_system_metrics=True) as run:
        while "system/cpu_utilization_percentage" not in runfold.get_run(run.info.run_id).data.metrics:
            pass
