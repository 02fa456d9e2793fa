import { expect, test } from "vitest";
import type { Entrance, Identity } from "../../api/accounts/model";
import { providerWord, shownAs, waysWord } from "./identities";

const entrance: Entrance = { hasUsers: true, provider: "Example ID", issuer: "https://id.example.com" };
const identity: Identity = { user: "ann", issuer: "https://id.example.com", subject: "1001", shown: "", sinceMs: null, lastSignInMs: null };

test("the provider of the server is called as its button says, another one by its host", () => {
  expect(providerWord("https://id.example.com", entrance)).toBe("Example ID");
  expect(providerWord("https://old.example.com/realms/a", entrance)).toBe("old.example.com");
  expect(providerWord("no address", entrance)).toBe("no address");
  expect(providerWord("", { ...entrance, provider: null, issuer: "" })).toBe("");
});

test("somebody is shown by what they know themselves by, or by the subject", () => {
  expect(shownAs({ ...identity, shown: "ann@example.com" })).toBe("ann@example.com");
  expect(shownAs(identity)).toBe("1001");
});

test("ways are told once each, the password first", () => {
  expect(waysWord({ user: "ann", hasPassword: true, identities: [identity, { ...identity, subject: "2" }] }, entrance)).toBe("password, Example ID");
  expect(waysWord({ user: "ann", hasPassword: false, identities: [] }, entrance)).toBe("");
});
