import { expect, test } from "vitest";
import { FIELDS, placeOf, settingsOf, textsOf } from "./targetForms";

const target = { name: "t", description: "", labels: [], nGpus: 0, memoryGib: 0, queue: "", trackingUri: "", updatedMs: 0 };

test("settings go into fields and come back, and what the form does not show stays", () => {
  const before = { host: "h", port: 2222, folder: "jobs", other: 1 };
  const texts = textsOf(before, FIELDS.ssh);
  expect(texts).toMatchObject({ host: "h", port: "2222", user: "" });
  expect(settingsOf({ ...texts, user: "me", folder: "" }, FIELDS.ssh, before)).toEqual({ host: "h", port: 2222, user: "me", other: 1 });
  expect(settingsOf({ options: "--a=1  --b" }, FIELDS.slurm, {})).toEqual({ options: ["--a=1", "--b"] });
});

test("a place is told in a word or two", () => {
  expect(placeOf({ ...target, kind: "ssh", settings: { host: "h", user: "me", port: 22 } })).toBe("me@h:22");
  expect(placeOf({ ...target, kind: "slurm", settings: { login: { host: "l" } } })).toBe("l");
  expect(placeOf({ ...target, kind: "kubernetes", settings: {} })).toBe("default");
  expect(placeOf({ ...target, kind: "local", settings: {} })).toBe("the agent's machine");
});
