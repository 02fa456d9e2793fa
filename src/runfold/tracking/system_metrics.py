"""CPU, memory, disk, network and NVIDIA GPU, sampled while a run goes on.

Names are those of MLflow 3.18 (`mlflow/system_metrics/metrics/`), all below `system/`. Amounts of memory are in
megabytes (10^6 bytes), network and disk traffic in megabytes since the run began, times in milliseconds.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from runfold.errors import MissingDependency

PREFIX = "system/"
_MEGA = 1e6

Sampler = Callable[[], dict[str, float]]

_log = logging.getLogger("runfold")


class SystemMetrics:
    """Samples in a thread of its own until stopped; one point per metric and sample."""

    def __init__(self, log: Callable[[dict[str, float], int], None], interval_s: float) -> None:
        """
        Args:
            log: takes the values by name, and the number of the sample as the step.
        """
        self._log = log
        self._interval_s = interval_s
        self._samplers = [host_sampler(), *gpu_samplers()]
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="runfold-system-metrics", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._is_stopping.set()
        self._thread.join()

    def _work(self) -> None:
        step = 0
        while not self._is_stopping.wait(self._interval_s):
            try:
                self._log(self.sample(), step)
            except Exception:  # a background thread, and nothing that a run should fail for
                _log.debug("system metrics could not be sampled", exc_info=True)
            step += 1

    def sample(self) -> dict[str, float]:
        values: dict[str, float] = {}
        for sampler in self._samplers:
            values |= sampler()
        return {PREFIX + name: value for name, value in values.items()}


def check_installed() -> None:
    """Raises MissingDependency without psutil."""
    try:
        import psutil  # noqa: F401
    except ImportError:
        raise MissingDependency("psutil", needed_for="Sampling system metrics", extra="system-metrics") from None


def host_sampler() -> Sampler:
    import psutil

    psutil.cpu_percent()  # the first call answers 0: it has nothing to compare with
    network_before = psutil.net_io_counters()
    disk_before = psutil.disk_io_counters()

    def sample() -> dict[str, float]:
        memory, disk = psutil.virtual_memory(), psutil.disk_usage("/")
        values = {
            "cpu_utilization_percentage": psutil.cpu_percent(),
            "system_memory_usage_megabytes": memory.used / _MEGA,
            "system_memory_usage_percentage": memory.percent,
            "disk_usage_megabytes": disk.used / _MEGA,
            "disk_usage_percentage": disk.percent,
            "disk_available_megabytes": disk.free / _MEGA,
        }
        network = psutil.net_io_counters()
        if network is not None and network_before is not None:
            values["network_receive_megabytes"] = (network.bytes_recv - network_before.bytes_recv) / _MEGA
            values["network_transmit_megabytes"] = (network.bytes_sent - network_before.bytes_sent) / _MEGA
        traffic = psutil.disk_io_counters()
        if traffic is not None and disk_before is not None:  # containers often have no counters
            values["disk_read_megabytes"] = (traffic.read_bytes - disk_before.read_bytes) / _MEGA
            values["disk_write_megabytes"] = (traffic.write_bytes - disk_before.write_bytes) / _MEGA
        return values

    return sample


def gpu_samplers() -> list[Sampler]:
    """One per NVIDIA GPU; none without a GPU, driver or nvidia-ml-py."""
    try:
        import pynvml
    except ImportError:
        return []
    try:
        pynvml.nvmlInit()
        handles = [pynvml.nvmlDeviceGetHandleByIndex(number) for number in range(pynvml.nvmlDeviceGetCount())]
    except pynvml.NVMLError:
        return []
    return [_gpu_sampler(pynvml, handle, number) for number, handle in enumerate(handles)]


def _gpu_sampler(nvml: Any, handle: Any, number: int) -> Sampler:
    def sample() -> dict[str, float]:
        memory = nvml.nvmlDeviceGetMemoryInfo(handle)
        values = {
            "memory_usage_megabytes": memory.used / _MEGA,
            "memory_usage_percentage": 100 * memory.used / memory.total,
            "utilization_percentage": float(nvml.nvmlDeviceGetUtilizationRates(handle).gpu),
        }
        try:
            watts = nvml.nvmlDeviceGetPowerUsage(handle) / 1000
            limit = nvml.nvmlDeviceGetEnforcedPowerLimit(handle) / 1000
            values["power_usage_watts"] = watts
            values["power_usage_percentage"] = 100 * watts / limit
        except nvml.NVMLError:
            pass  # not every card tells
        return {f"gpu_{number}_{name}": value for name, value in values.items()}

    return sample
