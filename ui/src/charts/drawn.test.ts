import { expect, it } from "vitest";
import { lonePlaces, toDrawn } from "./drawn";

const PLAIN = { isLogX: false, isLogY: false, isClipped: false };
const line = (y: (number | null)[]) => ({ id: "a", label: "A", colour: "#3764cd", x: y.map((_, at) => at), y });

it("takes numbers that ticks cannot reach in a unit of their own", () => {
  const drawn = toDrawn([line([2e150, 4e150, null])], PLAIN);
  expect(drawn.unit).toBe(1e150);
  expect(drawn.data[1]?.[1]).toBeCloseTo(4);
  expect(toDrawn([line([3e-20, -1e-21])], PLAIN).unit).toBe(1e-20);
  expect(toDrawn([line([0.5, 30_000])], PLAIN).unit).toBe(1);
  expect(toDrawn([line([5e-320])], PLAIN).data[1]?.[0]).toBeGreaterThan(0);
});

it("finds the points that no line reaches", () => {
  expect(lonePlaces([1, undefined, null, 2, null, 3, undefined, 4])).toEqual([0, 3]);
  expect(lonePlaces([undefined, 7, undefined])).toEqual([1]);
});

it("leaves outliers out of the bounds it is asked to clip", () => {
  const y = [...Array.from({ length: 99 }, (_, at) => at / 99), 1e99];
  expect(toDrawn([line(y)], { ...PLAIN, isClipped: true }).middle?.[1]).toBeLessThan(3);
  expect(toDrawn([line(y)], PLAIN).middle).toBeNull();
});

it("has no place for zero and below on a scale of powers of ten", () => {
  const drawn = toDrawn([line([-1, 0, 5])], { ...PLAIN, isLogX: true, isLogY: true });
  expect(drawn.data).toEqual([[1, 2], [null, 5]]);
});
