import { expect, it } from "vitest";
import { field, fieldText, lowerIsBetter, parseField } from "./field";

it.each([
  ["start_time", field("attributes", "start_time")],
  ["params.lr", field("params", "lr")],
  ["params.optimizer.lr", field("params", "optimizer.lr")],
  ["metrics.loss", field("metrics", "loss")],
  ["metrics.loss.min", field("metrics", "loss", "min")],
  ["metrics.val/acc.max", field("metrics", "val/acc", "max")],
  ['metrics."loss.min"', field("metrics", "loss.min")],
  ['metrics."val loss".max', field("metrics", "val loss", "max")],
  ['tags."say ""hi"""', field("tags", 'say "hi"')],
  ["params.1st-layer:width", field("params", "1st-layer:width")],
])("reads %s and writes the same text", (text, expected) => {
  expect(parseField(text)).toEqual(expected);
  expect(fieldText(expected)).toBe(text);
});

it("knows which way is better from the name", () => {
  expect(["val_loss", "accuracy", "val/rmse", "lossless_ratio", "f1"].map(lowerIsBetter)).toEqual([
    true,
    false,
    true,
    false,
    false,
  ]);
});
