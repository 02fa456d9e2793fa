// A provider of OpenID Connect on 127.0.0.1, for tests: `node provider.mjs FOLDER`.
//
// FOLDER/provider.json says { port, server, more }: where it listens, the address of the Runfold server that is its
// client, and fields of the client that differ. FOLDER/people.json holds its people by their subject, each with the
// claims that are told of them; it is read anew each time, so people come, change and go while the provider runs.
// FOLDER/clock.json, if it is there, holds by how many seconds its clock is ahead, from its next request on.
// Keys are new at each start. Its own pages ask for a name (the subject; any password will do) and for consent.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";

const folder = process.argv[2];
const read = (name) => JSON.parse(readFileSync(join(folder, name), "utf-8"));
const { port, server, more } = read("provider.json");
const issuer = `http://127.0.0.1:${port}`;

const trueNow = Date.now;
let aheadMs = 0;
Date.now = () => trueNow() + aheadMs;

async function newKey(alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: "sig", kid: `${alg}-${process.pid}` };
}

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "runfold",
      client_secret: "the client's secret",
      redirect_uris: [`${server}/oidc/callback`],
      post_logout_redirect_uris: [`${server}/sign-in?reason=signed-out`],
      backchannel_logout_uri: `${server}/oidc/logout`,
      backchannel_logout_session_required: true,
      ...more,
    },
  ],
  jwks: { keys: [await newKey("RS256"), await newKey("ES256")] },
  claims: { openid: ["sub"], profile: ["preferred_username", "name"], email: ["email", "email_verified"], groups: ["groups"] },
  scopes: ["openid", "profile", "email", "groups"],
  features: { backchannelLogout: { enabled: true } },
  cookies: { keys: ["a key of tests"] },
  findAccount: (_context, subject) => {
    const claims = read("people.json")[subject];
    return claims && { accountId: subject, claims: () => ({ sub: subject, ...claims }) };
  },
  // It refuses addresses of its own machine otherwise, where the server is that it tells of the end of a session.
  fetch: (url, options) => globalThis.fetch(url, { ...options, dispatcher: undefined }),
});
provider.use(async (_context, next) => {
  aheadMs = existsSync(join(folder, "clock.json")) ? 1000 * read("clock.json") : 0;
  await next();
});
provider.on("backchannel.error", (_context, error) => console.error("backchannel:", error));
provider.on("server_error", (_context, error) => console.error(error));
provider.listen(port, "127.0.0.1", () => console.log(issuer));
