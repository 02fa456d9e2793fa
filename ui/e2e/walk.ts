/** Goes over a page as somebody who tries everything: each button, each entry of a menu, each key. */
import { type Page, type Response, expect } from "@playwright/test";

/** A control as it stands on the page. */
interface Control {
  name: string;
  isOff: boolean;
  why: string;
}

const ROLE_NAMED = /needs the role (contributor|manager)|administrators/;
/** Of the shell, or ends the session; and what grants and takes rights, which would change what is tried. */
const LEFT_ALONE = /^(Theme|Shortcuts|Fold|Unfold|Skip to the page|Sign out|Search and commands|Copy|Grant the role|Take back|Access|Resize|Reload|Change the password|Link|Try again)/;
/** How a page is looked at, which is nobody's right to refuse. */
const LOOKS = /^(Column |Columns|Group|Export|Sort|Size|x:|y:|Menu of the chart|Metrics in the chart|How many|Add chart|Open |Close |Larger|state|model|Runs|Name|Last run|Facet)|chart/i;
/** Keys that move about, and those of parts of the page, which are addresses of their own. */
const MOTIONS = /^(g .|ctrl\+.|\[|shift\+t|\?|\/|\d|j|k|x|shift\+j|enter|space|escape|arrow\w+|f)$/;
/** Comes last, so that what it ends could be looked at before. */
const ENDS = /delete|remove|trash|stop|withdraw/i;
const OPEN = "[role=menu]:visible, [role=dialog]:visible";
const STREAMS = /\/(events|await|changes)\b/;

export class Walker {
  /** What must not be: in words, with the page where it was. */
  readonly problems: string[] = [];
  private readonly pending = new Set<unknown>();
  private readonly reading: Promise<void>[] = [];
  private here = "";
  /** What was tried on pages of one kind, by its name. */
  private tried = new Set<string>();
  private isActing = false;
  /** Pages that say of something that it may not be seen, or is gone. */
  private readonly explained = new Set<string>();

  /** @param foreign what must appear nowhere */
  constructor(
    readonly page: Page,
    private readonly foreign: RegExp,
  ) {
    page.on("request", (request) => {
      if (/\/(ajax-)?api\//.test(request.url()) && !STREAMS.test(request.url())) this.pending.add(request);
    });
    page.on("requestfinished", (request) => this.pending.delete(request));
    page.on("requestfailed", (request) => this.pending.delete(request));
    page.on("response", (response) => this.reading.push(this.look(response)));
  }

  private async look(response: Response): Promise<void> {
    const [url, status] = [response.url(), response.status()];
    if (!/\/(ajax-)?api\//.test(url) || STREAMS.test(url)) return;
    const what = `${this.here}: ${response.request().method()} ${new URL(url).pathname} answered ${status}`;
    const text = await response.text().catch(() => "");
    if (this.foreign.test(text)) this.problems.push(`${what} and named ${this.foreign.exec(text)?.[0]}`);
    // What is tried with made-up words may be refused for its words, but for no right.
    const isWrong = this.isActing ? status === 403 || status === 401 || status >= 500 : status >= 400;
    if (isWrong && !(status === 404 && this.explained.has(this.here))) this.problems.push(`${what} to ${response.request().postData()?.slice(0, 120) ?? ""}: ${text.slice(0, 160)}`);
  }

  /** Until the page has all that it asked for. */
  async settle(): Promise<void> {
    do {
      await expect.poll(() => this.pending.size, { intervals: [15, 25, 50, 100], message: `what ${this.here} waits for`, timeout: 20_000 }).toBe(0);
      await this.page.waitForFunction(() => !document.querySelector("#main [aria-busy=true]"), null, { timeout: 20_000 });
      // An answer that has just come is drawn, and may ask for more: what one may do with the rows it brought.
      await this.page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 10)))).catch(() => undefined);
    } while (this.pending.size > 0);
  }

  async visit(address: string): Promise<void> {
    this.here = address;
    this.isActing = false;
    await this.page.goto(address);
    await this.page.locator("main").first().waitFor();
    await this.settle();
    await this.expectNothingForeign();
    // A page that says so has explained what it did not find.
    if (await this.page.getByText("you may not see, or that is gone").count()) {
      this.explained.add(address);
      const rest = this.problems.filter((problem) => !(problem.startsWith(`${address}: `) && problem.includes(" answered 404 ")));
      this.problems.splice(0, Infinity, ...rest);
    }
  }

  async expectNothingForeign(): Promise<void> {
    await Promise.all(this.reading.splice(0));
    const kept = await this.page.evaluate(() => [document.documentElement.outerHTML, document.title, JSON.stringify({ ...localStorage, ...sessionStorage })].join("\n"));
    const found = this.foreign.exec(kept);
    if (found) this.problems.push(`${this.here}: the page holds ${kept.slice(found.index - 60, found.index + 60)}`);
  }

  /** Another kind of page follows. */
  beginKind(): void {
    this.tried = new Set();
  }

  /** Presses all that can be pressed and was not yet on pages of this kind, and looks at the reasons of what cannot. */
  async tryAll(): Promise<void> {
    for (const isLast of [false, true]) {
      for (const { name, isOff } of await this.controls("#main button:visible")) {
        if (isOff || this.tried.has(name) || ENDS.test(name) !== isLast || LEFT_ALONE.test(name) || LOOKS.test(name)) continue;
        this.tried.add(name);
        await this.press(name);
      }
    }
  }

  private async press(name: string): Promise<void> {
    this.isActing = true;
    const button = () => this.page.locator("#main").getByRole("button", { name, exact: true }).first();
    if (!(await button().isVisible())) return;
    await button().click({ force: true, timeout: 2_000 }).catch(() => undefined);
    await this.settle();
    const entries = await this.controls("[role=menu] [role=menuitem]:visible, [role=menu] [role=menuitemcheckbox]:visible");
    for (const entry of entries) {
      if (entry.isOff || LEFT_ALONE.test(entry.name)) continue;
      if (!(await this.page.locator("[role=menu]:visible").count())) await button().click({ force: true, timeout: 2_000 }).catch(() => undefined);
      await this.page.locator("[role=menu]:visible").getByText(entry.name, { exact: true }).first().click({ timeout: 2_000 }).catch(() => undefined);
      await this.settle();
      await this.complete();
      await this.goBack();
    }
    await this.complete();
    await this.goBack();
  }

  /** Fills in what is open, and sends it. */
  private async complete(): Promise<void> {
    const dialog = this.page.locator("[role=dialog]:visible").last();
    if (!(await dialog.count())) return;
    await this.controls("[role=dialog] button:visible");
    for (const field of await dialog.locator("input[type=text]:visible, textarea:visible").all()) {
      if ((await field.inputValue()) === "" && (await field.isEditable())) await field.fill("plum");
    }
    const send = dialog.locator("button[type=submit]:visible:not(:disabled):not([aria-disabled=true])").last();
    if (await send.count()) await send.click({ timeout: 2_000 }).catch(() => undefined);
    await this.settle();
  }

  private async goBack(): Promise<void> {
    for (let n = 0; n < 4 && (await this.page.locator(OPEN).count()); n += 1) await this.page.keyboard.press("Escape");
    await this.expectNothingForeign();
    // What the rest of the address says is how the page is looked at.
    if (new URL(this.page.url()).pathname !== this.here.replace(/\?.*/, "") || (await this.page.locator(OPEN).count())) {
      await this.page.goto(this.here);
      await this.page.locator("main").first().waitFor();
      await this.settle();
    }
  }

  /** Every key that the page says it has, on the first row of its list where there is one. */
  async tryKeys(): Promise<void> {
    // What was left open, and typed into, would take the keys.
    if (await this.page.locator(OPEN).count()) await this.visit(this.here);
    await this.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await this.page.keyboard.press("?");
    const list = this.page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await list.waitFor({ timeout: 10_000 });
    const keys = await list.locator("[data-keys]").evaluateAll((rows) => rows.map((row) => [row.getAttribute("data-keys") ?? "", row.getAttribute("title") ?? ""]));
    await this.page.keyboard.press("Escape");
    this.isActing = true;
    for (const [key = "", why = ""] of keys) {
      if (why) {
        if (!ROLE_NAMED.test(why)) this.problems.push(`${this.here}: the key ${key} says only ${why}`);
        continue;
      }
      if (MOTIONS.test(key) || this.tried.has(`key ${key}`)) continue;
      this.tried.add(`key ${key}`);
      await this.page.keyboard.press("j");
      await this.page.keyboard.press(NAMES[key] ?? key.replace("shift+", "Shift+"));
      await this.settle();
      await this.goBack();
    }
  }

  /** What the palette offers says why it does nothing, and knows of nothing foreign. */
  async tryPalette(words: string[]): Promise<void> {
    await this.page.keyboard.press("ControlOrMeta+k");
    const field = this.page.getByRole("combobox", { name: "Go to" });
    for (const word of words) {
      await field.fill(word);
      await this.settle();
      await this.controls("[role=option]:visible");
      await this.expectNothingForeignBut(word);
    }
    await this.page.keyboard.press("Escape");
  }

  /** The word that was typed stands in its field, and in the words that nothing was found. */
  private async expectNothingForeignBut(typed: string): Promise<void> {
    const options = await this.page.locator("[role=option]:visible").allTextContents();
    if (options.some((text) => this.foreign.test(text))) this.problems.push(`${this.here}: the palette offers ${options.join(", ")} for ${typed}`);
  }

  private async controls(which: string): Promise<Control[]> {
    const found = await this.page.locator(which).evaluateAll((all) =>
      all.map((one) => ({
        name: (one.getAttribute("aria-label") ?? one.querySelector("span[title]")?.textContent ?? (one as HTMLElement).innerText).trim(),
        isOff: (one as HTMLButtonElement).disabled === true || one.getAttribute("aria-disabled") === "true",
        isDenied: one.getAttribute("aria-disabled") === "true",
        why: one.getAttribute("aria-description") ?? "",
      })),
    );
    for (const { name, isDenied, why } of found) {
      // What waits for something else, such as a choice, says nothing of rights.
      if (isDenied && why && !ROLE_NAMED.test(why)) this.problems.push(`${this.here}: “${name}” says only “${why}”`);
    }
    return found;
  }
}

const NAMES: Record<string, string> = { space: "Space", enter: "Enter", escape: "Escape", delete: "Delete", arrowup: "ArrowUp", arrowdown: "ArrowDown", arrowleft: "ArrowLeft", arrowright: "ArrowRight" };
