import { describe, expect, it } from "vitest";
import { ago, axisNumber, bytes, cutMiddle, duration, plural, readDuration, roundNumber, shortNumber } from "./format";

describe("shortNumber", () => {
  it.each([
    [0.123456, "0.1235"],
    [0.00012346, "0.0001235"],
    [1.5e-7, "1.5e−7"],
    [-3.14159, "−3.142"],
    [12345.678, "12\u2009346"],
    [1234, "1234"],
    [2_500_000, "2\u2009500\u2009000"],
    [6.02e23, "6.02e23"],
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "−∞"],
    [null, ""],
  ])("writes %s as %s", (value, text) => expect(shortNumber(value)).toBe(text));
});

describe("duration", () => {
  it.each([
    [12, "12 ms"],
    [4200, "4.2 s"],
    [90_000, "1 m 30 s"],
    [8_040_000, "2 h 14 m"],
    [3 * 86_400_000, "3 d"],
    [null, ""],
  ])("writes %s ms as %s", (ms, text) => expect(duration(ms).replaceAll("\u00a0", " ")).toBe(text));
});

describe("readDuration", () => {
  it.each([
    ["90 m", 5400],
    ["2 h 30 m", 9000],
    ["1.5d", 129_600],
    ["2\u00a0h\u00a014\u00a0m", 8040],
    ["", 0],
    ["90", null],
    ["2 months", null],
    ["1.2.3 s", null],
  ])("reads %s as %s seconds", (text, seconds) => expect(readDuration(text)).toBe(seconds));
});

it("writes round numbers without zeros at the end", () => {
  expect([roundNumber(0.75), roundNumber(0.03912, 2), roundNumber(400), roundNumber(1e-6), roundNumber(12000)]).toEqual([
    "0.75",
    "0.039",
    "400",
    "1e−6",
    "12\u2009000",
  ]);
});

it("tells an age in the largest unit that fits", () => {
  const now = Date.UTC(2026, 5, 1);
  const texts = [10_000, 180_000, 7_200_000, 86_400_000, 40 * 86_400_000].map((age) => ago(now - age, now));
  expect(texts.map((text) => text.replaceAll("\u00a0", " "))).toEqual([
    "just now",
    "3 min ago",
    "2 h ago",
    "1 day ago",
    "22 Apr",
  ]);
});

it("cuts names in the middle and leaves short ones alone", () => {
  expect(cutMiddle("resnet50-lr0.01-seed3", 11)).toBe("resne…seed3");
  expect(cutMiddle("short", 11)).toBe("short");
});

it("counts and measures", () => {
  expect([plural(1, "run"), plural(12000, "run"), bytes(1536).replace("\u00a0", " ")]).toEqual([
    "1 run",
    "12\u2009000 runs",
    "1.50 KiB",
  ]);
});

it.each([
  [0, "0"],
  [-2500, "−2500"],
  [20_000, "20k"],
  [1_500_000, "1.5M"],
  [-3e13, "−30T"],
  [2e28, "2e28"],
])("writes %s beside an axis as %s", (value, text) => expect(axisNumber(value)).toBe(text));
