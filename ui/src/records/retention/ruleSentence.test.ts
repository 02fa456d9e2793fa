import { expect, test } from "vitest";
import { NEW_RULE } from "../../api/keeping/model";
import { ruleSentence } from "./ruleSentence";

test("a rule reads as a sentence", () => {
  expect(ruleSentence(NEW_RULE)).toBe("runs go to the trash after 30 days, and for good 30 days later");
  expect(ruleSentence({ ...NEW_RULE, keepBest: 3, bestBy: "metrics.loss ASC", keepLast: 1, per: "parent", filter: "tags.kind = 'x'", trashDays: null, afterDays: 1 })).toBe(
    "Keep the best 3 by metrics.loss ASC and the last 1 per parent; other runs with tags.kind = 'x' go to the trash after 1 day",
  );
});
