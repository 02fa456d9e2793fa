"""The data sets of scikit-learn, split, scaled and described so that runs can name what they used."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas
from sklearn import datasets
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

import runfold
from runfold import data


@dataclass(frozen=True, kw_only=True)
class Split:
    """Training and test rows of one data set.

    Attributes:
        X_train, X_test: (n_samples, n_features) float64, features scaled to mean 0 and variance 1 in training
            unless said otherwise.
        y_train, y_test: (n_samples,) class numbers, or targets scaled like the features.
        names: what the classes are called; empty for a regression.
    """

    title: str
    X_train: np.ndarray
    X_test: np.ndarray
    y_train: np.ndarray
    y_test: np.ndarray
    features: tuple[str, ...]
    names: tuple[str, ...] = ()
    seed: int = 0

    def log_inputs(self) -> None:
        """Note on the current run which data it reads."""
        for context, X, y in (("training", self.X_train, self.y_train), ("test", self.X_test, self.y_test)):
            if len(X):
                frame = pandas.DataFrame(X, columns=self.features).assign(target=y)
                runfold.log_input(data.from_pandas(frame, targets="target", name=self.title), context=context)

    def named_rows(self) -> pandas.DataFrame:
        """The training rows with the names of their columns, for models that others will call."""
        return pandas.DataFrame(self.X_train, columns=self.features)

    def with_gaps(self, share: float) -> np.ndarray:
        """The training features with a share of the values missing (NaN)."""
        gaps = np.random.default_rng(self.seed).random(self.X_train.shape) < share
        return np.where(gaps, np.nan, self.X_train)


@lru_cache
def digits() -> Split:
    return _classes("digits", datasets.load_digits(), seed=0)


def breast_cancer(seed: int) -> Split:
    return _classes("breast-cancer", datasets.load_breast_cancer(), seed=seed)


def wine() -> Split:
    """All rows for training and unscaled, since cross-validation splits and scales them itself."""
    bunch = datasets.load_wine()
    return Split(
        title="wine",
        X_train=bunch.data,
        X_test=bunch.data[:0],
        y_train=bunch.target,
        y_test=bunch.target[:0],
        features=tuple(bunch.feature_names),
        names=tuple(map(str, bunch.target_names)),
    )


@lru_cache
def diabetes() -> Split:
    bunch = datasets.load_diabetes()
    X_train, X_test, y_train, y_test = train_test_split(bunch.data, bunch.target, random_state=0)
    features, targets = StandardScaler().fit(X_train), StandardScaler().fit(y_train[:, None])
    return Split(
        title="diabetes",
        X_train=features.transform(X_train),
        X_test=features.transform(X_test),
        y_train=targets.transform(y_train[:, None])[:, 0],
        y_test=targets.transform(y_test[:, None])[:, 0],
        features=tuple(bunch.feature_names),
    )


def _classes(title: str, bunch: object, *, seed: int) -> Split:
    X_train, X_test, y_train, y_test = train_test_split(
        bunch.data, bunch.target, random_state=seed, stratify=bunch.target
    )
    scaler = StandardScaler().fit(X_train)
    return Split(
        title=title,
        X_train=scaler.transform(X_train),
        X_test=scaler.transform(X_test),
        y_train=y_train,
        y_test=y_test,
        features=tuple(map(str, bunch.feature_names)),
        names=tuple(map(str, bunch.target_names)),
        seed=seed,
    )
