import { expect, test } from "vitest";
import type { Standing } from "../../api/accounts/model";
import { why } from "./Access";
import { effect } from "./GrantForm";

const user = { name: "ann", isAdmin: false, isService: false, isActive: true, createdMs: 0 };
const nothing: Standing = { user, role: "none", abilities: [], before: "none", deciding: [] };

test("a role says where it comes from", () => {
  expect(why(nothing)).toBe("Nothing is granted.");
  expect(why({ ...nothing, user: { ...user, isAdmin: true } })).toBe("Administrators may do everything.");
  const deciding = [
    { subject: "group:vision", place: "folder:team", role: "reader" as const },
    { subject: "everyone", place: "everything", role: "none" as const },
  ];
  expect(why({ ...nothing, deciding })).toBe("Granted to the group vision, on the folder team; Denied to everyone, on everything.");
});

test("a change says whom it touches, and how many more", () => {
  expect(effect([])).toBe("That would change nothing for anybody.");
  const changed = ["ann", "ben", "cal", "dee", "eve"].map((name): Standing => ({ ...nothing, user: { ...user, name }, role: "reader" }));
  expect(effect(changed.slice(0, 1))).toBe("Would change what 1 user may do: ann from no access to reader.");
  expect(effect(changed)).toContain("cal from no access to reader and 2 more.");
});
