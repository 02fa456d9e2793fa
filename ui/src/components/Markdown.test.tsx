import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { Markdown } from "./Markdown";

const html = (text: string) => renderToStaticMarkup(<Markdown text={text} />).replace(/ class="[^"]*"/g, "");

it("shows the blocks that notes use", () => {
  expect(html("# Title\n\nSome **bold** `code`\n\n- one\n- two\n\n| a | b |\n| - | - |\n| 1 | 2 |")).toBe(
    "<div><h3>Title</h3><p>Some <strong>bold</strong> <code>code</code></p><ul><li>one</li><li>two</li></ul>" +
      "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table></div>",
  );
});

it.each([
  "<img src=x onerror=alert(1)>",
  "[a link](javascript:alert(1))",
  "[x](data:text/html,<script>alert(1)</script>)",
])("lets nothing run: %s", (text) => {
  expect(html(text)).not.toMatch(/<(img|script|a)\b/);
});

it.each([
  ["stars", "**".repeat(30_000)],
  ["brackets", "[".repeat(60_000)],
  ["links without an end", "[a](".repeat(15_000)],
  ["underscores", "_a ".repeat(20_000)],
  ["backticks", "`a".repeat(30_000) + "``"],
  ["dashes below a bar", `a|b\n${"-".repeat(60_000)}`],
  ["spaces and bars", `a|b\n${" |:".repeat(20_000)}x`],
])("takes no time for %s without an end", (_, text) => {
  const started = performance.now();
  html(text);
  expect(performance.now() - started).toBeLessThan(5000);
});
