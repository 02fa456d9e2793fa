import { expect, it } from "vitest";
import { autoLayout } from "./autoLayout";

const shown = (keys: string[]) => autoLayout(keys).map((s) => [s.name, s.panels.map((p) => p.y)]);

it("needs no headings for a few charts", () => expect(shown(["val/loss", "train/loss"])).toEqual([["", ["val/loss", "train/loss"]]]));

it("puts keys with the same beginning together, what stands alone too, the system last", () => {
  expect(shown(["system/cpu", "val/loss", "epoch", "val/acc", "train/loss", "train/acc", "lone/one"])).toEqual([
    ["val", ["val/loss", "val/acc"]],
    ["Other", ["epoch", "lone/one"]],
    ["train", ["train/loss", "train/acc"]],
    ["system", ["system/cpu"]],
  ]);
});
