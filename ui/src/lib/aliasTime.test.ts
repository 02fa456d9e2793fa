import { expect, it } from "vitest";
import { aliasLanes, dayOf, endOfDay, versionAt } from "./aliasTime";

const move = (alias: string, version: number | null, timeMs: number) => ({ alias, version, timeMs });
const MOVES = [move("gone", null, 50), move("champion", 3, 40), move("champion", 1, 10), move("gone", 2, 5), move("champion", null, 20), move("champion", 1, 30)];

it("makes one lane an alias, with gaps where it pointed nowhere", () => {
  const [champion, gone] = aliasLanes(MOVES);
  expect(champion).toEqual({
    alias: "champion",
    spans: [
      { version: 1, fromMs: 10, toMs: 20 },
      { version: 1, fromMs: 30, toMs: 40 },
      { version: 3, fromMs: 40, toMs: null },
    ],
    now: 3,
    before: 1,
  });
  expect(gone).toMatchObject({ now: null, before: 2 });
});

it("says where an alias pointed at a time", () => {
  const champion = aliasLanes(MOVES)[0]!;
  expect([5, 10, 19, 20, 39, 40, 999].map((ms) => versionAt(champion, ms))).toEqual([null, 1, 1, null, 1, 3, 3]);
});

it("reads and writes days of the reader's own time", () => {
  const end = endOfDay("2026-05-03")!;
  expect(dayOf(end)).toBe("2026-05-03");
  expect(dayOf(end + 1)).toBe("2026-05-04");
  expect(endOfDay("3 May")).toBeNull();
});
