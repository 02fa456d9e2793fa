import { expect, it } from "vitest";
import { PageTrail } from "./pageTrail";

function walked() {
  const trail = new PageTrail();
  trail.note("", "a");
  trail.note("a", "b");
  trail.note("b", "c");
  return trail;
}

it("knows the way back to every page that was read", () => {
  const trail = walked();
  expect([trail.before("c"), trail.before("b"), trail.before("a"), trail.before("")]).toEqual(["b", "a", "", undefined]);
  expect([trail.indexOf("b"), trail.at(1), trail.at(99), trail.nRead]).toEqual([2, "a", "c", 3]);
});

it("forgets what lay beyond a page that ends elsewhere now", () => {
  const trail = walked();
  trail.note("a", "x");
  expect([trail.knows("b"), trail.knows("x"), trail.nRead]).toEqual([false, true, 2]);
});

it("keeps what lies beyond when a page is read again", () => {
  const trail = walked();
  trail.note("", "a");
  trail.note("unknown", "y");
  expect([trail.nRead, trail.knows("y")]).toEqual([3, false]);
});
