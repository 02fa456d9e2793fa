/** A real provider of OpenID Connect in a process of its own; see tests/provider. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../tests/provider/provider.mjs", import.meta.url));
const START_MS = 30_000;
export const SECRET = "the client's secret";

export class Provider {
  private process: ChildProcess | null = null;
  readonly folder = mkdtempSync(join(tmpdir(), "runfold-provider-"));

  constructor(readonly port: number) {
    writeFileSync(this.secretFile, SECRET);
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get secretFile(): string {
    return join(this.folder, "secret");
  }

  /** For a server at addresses, with people by their subject and what is told of them. */
  async start([server, ...others]: [string, ...string[]], people: Record<string, object>): Promise<void> {
    const redirect_uris = [server, ...others].map((address) => `${address}/oidc/callback`);
    writeFileSync(join(this.folder, "provider.json"), JSON.stringify({ port: this.port, server, more: { redirect_uris } }));
    writeFileSync(join(this.folder, "people.json"), JSON.stringify(people));
    this.process = spawn("node", [PROGRAM, this.folder], { stdio: "ignore" });
    const end = Date.now() + START_MS;
    while (Date.now() < end) {
      const answer = await fetch(`${this.issuer}/.well-known/openid-configuration`).catch(() => null);
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`The provider did not answer within ${START_MS} ms; make setup installs it.`);
  }

  async stop(): Promise<void> {
    const running = this.process;
    if (running && running.exitCode === null) {
      const gone = new Promise((resolve) => running.once("exit", resolve));
      running.kill("SIGTERM");
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
