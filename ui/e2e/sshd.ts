/** A real SSH server on this machine that lets one key in. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { BIN, freePort } from "./server";

const START_MS = 10_000;

export class Sshd {
  readonly user = userInfo().username;
  readonly python = join(BIN, "python");

  private constructor(
    readonly home: string,
    readonly port: number,
    private readonly process: ChildProcess,
  ) {}

  get hostKey(): string {
    return readFileSync(join(this.home, "host_key.pub"), "utf8").trim();
  }

  static async create(): Promise<Sshd> {
    const home = mkdtempSync(join(tmpdir(), "runfold-sshd-"));
    const port = await freePort();
    for (const name of ["host_key", "user_key"]) execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(home, name)]);
    const settings = [
      `ListenAddress 127.0.0.1:${port}`,
      `HostKey ${home}/host_key`,
      `AuthorizedKeysFile ${home}/user_key.pub`,
      "PidFile none",
      "StrictModes no",
      "PermitRootLogin yes",
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
    ];
    writeFileSync(join(home, "sshd_config"), `${settings.join("\n")}\n`);
    // What starts the system's own server makes it.
    if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
    const running = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", join(home, "sshd_config")], { stdio: ["ignore", "ignore", "pipe"] });
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("The SSH server did not start.")), START_MS);
      running.stderr.on("data", (said: Buffer) => {
        if (!said.includes("listening")) return;
        clearTimeout(late);
        resolve();
      });
    });
    return new Sshd(home, port, running);
  }

  async remove(): Promise<void> {
    const gone = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    await gone;
    rmSync(this.home, { recursive: true, force: true });
  }
}
