"""An elastic net on the diabetes data, by gradient descent: `train.py ALPHA L1_RATIO STEPS`."""

import sys

from sklearn.datasets import load_diabetes
from sklearn.linear_model import SGDRegressor
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import runfold

alpha, l1_ratio, steps = float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
rows, targets = load_diabetes(return_X_y=True, as_frame=True)
X_train, X_test, y_train, y_test = train_test_split(rows, targets, random_state=0)
scaler = StandardScaler().fit(X_train)
model = SGDRegressor(penalty="elasticnet", alpha=alpha, l1_ratio=l1_ratio, random_state=0)
with runfold.start_run():
    for step in range(steps):
        model.partial_fit(scaler.transform(X_train), y_train)
        error = mean_squared_error(y_test, model.predict(scaler.transform(X_test)))
        runfold.log_metric("val/mse", error, step=step)
    runfold.sklearn.log_model(make_pipeline(scaler, model), "model", input_example=X_test.head(3))
    print(f"mean squared error {error:.1f} after {steps} steps")
