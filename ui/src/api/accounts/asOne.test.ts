import { expect, test, vi } from "vitest";
import { asOne } from "./asOne";

test("questions of one moment go out together, each once, and in parts", async () => {
  const ask = vi.fn((questions: string[]) => Promise.resolve(questions.map((one) => one.toUpperCase())));
  const one = asOne(ask, 2);
  expect(await Promise.all(["a", "b", "a", "c"].map(one))).toEqual(["A", "B", "A", "C"]);
  expect(ask.mock.calls.map(([questions]) => questions)).toEqual([["a", "b"], ["c"]]);
  expect(await one("a")).toBe("A");
  expect(ask).toHaveBeenCalledTimes(3);
});

test("a failure reaches everybody who asked, and the next question is asked anew", async () => {
  let isDown = true;
  const one = asOne((questions) => (isDown ? Promise.reject(new Error("down")) : Promise.resolve(questions)), 10);
  const both = await Promise.allSettled([one("a"), one("b")]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  isDown = false;
  expect(await one("a")).toBe("a");
});
