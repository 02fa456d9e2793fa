import type { Page } from "@playwright/test";
import { expect, test } from "./server";

/** Frames of a canvas, as the browser itself writes them. */
async function recordVideo(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [64, 48];
    const pen = canvas.getContext("2d")!;
    const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/webm;codecs=vp8" });
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    for (let frame = 0; frame < 12; frame++) {
      pen.fillStyle = `hsl(${frame * 30} 80% 50%)`;
      pen.fillRect(0, 0, 64, 48);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    recorder.stop();
    await stopped;
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    return btoa(String.fromCharCode(...bytes));
  });
}

/** A document of one page, half a second of a tone, and the video. */
const FILES = `
import base64, io, math, os, struct, wave
import runfold

def pdf():
    parts = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
             b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"]
    text = b"BT /F 24 Tf 40 100 Td (Confusion matrix) Tj ET"
    parts += [b"<< /Length %d >>\\nstream\\n%s\\nendstream" % (len(text), text), b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    out, places = b"%PDF-1.4\\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\\n%s\\nendobj\\n" % (number, part)
    start = len(out)
    out += b"xref\\n0 6\\n0000000000 65535 f \\n" + b"".join(b"%010d 00000 n \\n" % place for place in places)
    return out + b"trailer << /Size 6 /Root 1 0 R >>\\nstartxref\\n%d\\n%%%%EOF\\n" % start

def sound():
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as out:
        out.setnchannels(1); out.setsampwidth(2); out.setframerate(8000)
        out.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(at / 4))) for at in range(4000)))
    return buffer.getvalue()

runfold.set_experiment("previews")
with runfold.start_run(run_name="media"):
    for name, content in {"matrix.pdf": pdf(), "tone.wav": sound(), "frames.webm": base64.b64decode(os.environ["VIDEO"])}.items():
        open(name, "wb").write(content)
        runfold.log_artifact(name)
`;

test("PDF, sound and video are looked into", async ({ page, server }) => {
  await page.goto("/experiments");
  server.run(`import os\nos.environ["VIDEO"] = "${await recordVideo(page)}"\n${FILES}`);
  await page.reload();
  await page.getByRole("link", { name: "previews" }).click();
  await page.getByRole("link", { name: "media" }).click();
  await page.getByRole("tab", { name: "Artifacts" }).click();

  await page.getByRole("treeitem", { name: /tone\.wav/ }).click();
  const sound = page.locator("audio");
  await expect.poll(() => sound.evaluate((element: HTMLAudioElement) => element.duration)).toBeCloseTo(0.5, 1);
  // Moving about needs ranges of bytes.
  await sound.evaluate((element: HTMLAudioElement) => {
    element.muted = true;
    return element.play();
  });
  await expect.poll(() => sound.evaluate((element: HTMLAudioElement) => element.currentTime)).toBeGreaterThan(0);

  await page.getByRole("treeitem", { name: /frames\.webm/ }).click();
  const video = page.locator("video");
  await expect.poll(() => video.evaluate((element: HTMLVideoElement) => [element.videoWidth, element.videoHeight])).toEqual([64, 48]);
  await video.evaluate((element: HTMLVideoElement) => element.play());
  await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.currentTime)).toBeGreaterThan(0);

  await page.getByRole("treeitem", { name: /matrix\.pdf/ }).click();
  const frame = page.locator("iframe[title='matrix.pdf']");
  await expect(frame).toHaveAttribute("src", /^blob:/);
  // The browser's own viewer took the document.
  await expect.poll(() => page.frames().some((one) => one.url().startsWith("chrome-extension://"))).toBe(true);
});
