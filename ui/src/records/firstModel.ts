import { HERE } from "../api/here";
import { pythonText, workspaceLine } from "../lib/python";
import { SERVER } from "./firstRun";

/** Lines that register a model under a name; MLflow's client works as it is. */
export function registerScript(name: string): string {
  return `import mlflow
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

mlflow.set_tracking_uri(${pythonText(SERVER)})${workspaceLine("mlflow", HERE)}
x, y = load_iris(return_X_y=True, as_frame=True)
model = LogisticRegression(max_iter=500).fit(x, y)
with mlflow.start_run():
    mlflow.log_metric("accuracy", model.score(x, y))
    mlflow.sklearn.log_model(model, name="model", input_example=x[:3], registered_model_name=${pythonText(name)})`;
}
