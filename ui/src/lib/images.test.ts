import { expect, it } from "vitest";
import { imageSeries } from "./images";

it("gathers the images of a series by step and leaves out thumbnails", () => {
  const series = imageSeries([
    "images/val#sample%step%10%timestamp%1700%ab.png",
    "images/val#sample%step%2%timestamp%1600%cd.png",
    "images/val#sample%step%2%timestamp%1600%cd%compressed.webp",
    "images/other.png",
  ]);
  expect([...series].map(([key, images]) => [key, images.map((i) => i.step)])).toEqual([["val/sample", [2, 10]]]);
});
