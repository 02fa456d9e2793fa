// Takes pictures of pages, each in both themes and several sizes of the window.

export const THEMES = ["light", "dark"];
export const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];

/** Each picture: name, address, what is done there first, and what is done before the page is opened. */
export async function takeAll(browser, base, pictures, { folder, only, sizes = SIZES, storageState }) {
  for (const picture of pictures) {
    const [name] = picture;
    if (only.length && !only.some((word) => name.includes(word))) continue;
    for (const theme of THEMES) {
      for (const size of sizes) {
        const path = `${folder}/${name}-${theme}-${size.width}.png`;
        try {
          await take(browser, path, base, picture, { viewport: size, colorScheme: theme, storageState });
          console.log(path);
        } catch (error) {
          console.error(`${name}: ${error.message}`);
          process.exitCode = 1;
        }
      }
    }
  }
}

async function take(browser, path, base, [, address, act, prepare], options) {
  const page = await browser.newPage(options);
  await prepare?.(page);
  await page.goto(base + address);
  if (prepare) await page.waitForTimeout(1200);
  else await page.waitForLoadState("networkidle");
  const undo = await act?.(page);
  if (act) {
    await page.waitForTimeout(300);
    await page.waitForLoadState("networkidle");
  }
  await page.screenshot({ path });
  await undo?.();
  await page.close();
}
