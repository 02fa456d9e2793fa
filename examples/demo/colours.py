"""Colour quantisation of a photograph by k-means: pictures that change step by step."""

from __future__ import annotations

import numpy as np
from sklearn.cluster import MiniBatchKMeans
from sklearn.datasets import load_sample_image

import runfold

EXPERIMENT = "vision/colour-quantisation"


def train() -> None:
    runfold.set_experiment(EXPERIMENT)
    for name in ("china.jpg", "flower.jpg"):
        photo = load_sample_image(name)[::4, ::4]
        for init in ("k-means++", "random"):
            quantise(photo, name, init)


def quantise(photo: np.ndarray, name: str, init: str) -> None:
    """One step for each number of colours."""
    with runfold.start_run(run_name=f"{name.removesuffix('.jpg')}-{init}"):
        runfold.log_params({"picture": name, "init": init})
        runfold.log_image(photo, "original.png")
        pixels = photo.reshape(-1, 3) / 255
        for n_colours in (2, 4, 8, 16, 32):
            model = MiniBatchKMeans(n_colours, init=init, n_init=1, random_state=0).fit(pixels)
            simple = model.cluster_centers_[model.labels_]
            error = float(np.sqrt(np.mean((simple - pixels) ** 2)))
            runfold.log_metrics({"rmse": error, "psnr_db": -20 * np.log10(error)}, step=n_colours)
            runfold.log_image(np.uint8(simple.reshape(photo.shape) * 255), key="quantised", step=n_colours)
