"""The figures and pictures that the demo logs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure


def confusion(matrix: np.ndarray, names: Sequence[str]) -> Figure:
    figure = Figure(figsize=(5, 4.5), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(matrix, cmap="Blues")
    axes.set(xlabel="predicted", ylabel="true", xticks=range(len(names)), yticks=range(len(names)))
    axes.set_xticklabels(names)
    axes.set_yticklabels(names)
    for (row, column), count in np.ndenumerate(matrix):
        if count:
            colour = "white" if count > matrix.max() / 2 else "black"
            axes.text(column, row, str(count), ha="center", va="center", color=colour)
    return figure


def predicted(measured: np.ndarray, guesses: np.ndarray) -> Figure:
    figure = Figure(figsize=(5, 4.5), layout="constrained")
    axes = figure.add_subplot()
    axes.scatter(measured, guesses, s=12)
    axes.axline((0, 0), slope=1, color="grey", linewidth=1)
    axes.set(xlabel="measured", ylabel="predicted")
    return figure


def roc(false_positives: np.ndarray, true_positives: np.ndarray, auc: float) -> Figure:
    figure = Figure(figsize=(5, 4.5), layout="constrained")
    axes = figure.add_subplot()
    axes.plot(false_positives, true_positives)
    axes.set(xlabel="false positive rate", ylabel="true positive rate", title=f"area under the curve {auc:.4f}")
    return figure


def importances(features: Sequence[str], values: np.ndarray) -> Figure:
    order = np.argsort(values)
    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.add_subplot()
    axes.barh(np.array(features)[order], values[order])
    axes.set(xlabel="importance")
    return figure


def first_layer(weights: np.ndarray) -> np.ndarray:
    """The weights of each hidden unit as a tile of 8 x 8 pixels, brighter is larger; uint8, shape (8 k, 64)."""
    tiles = weights.T.reshape(-1, 8, 8)[: len(weights.T) // 8 * 8]
    low, high = tiles.min(), tiles.max()
    rows = [np.hstack(list(tiles[start : start + 8])) for start in range(0, len(tiles), 8)]
    return np.uint8((np.vstack(rows) - low) / (high - low) * 255)
