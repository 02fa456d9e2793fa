import { expect, it } from "vitest";
import { parquetHead } from "./parquet";

/** Written by polars: three rows of text, floats, big integers, times, lists and bytes, with the compression of its default. */
const EVERYTHING =
  "UEFSMRUEFR4VMEwVBBUAAAAotS/9IA95AAADAAAAY2F0BAAAAGTDtmcVABUSFSQsFQYVEBUGFQYcNgIoBGTDtmcYA2NhdAAAACi1L/0gCUkAAAIAAAADAwEDAhUMGTUABhAZGARuYW1lFQwWBhaKARauASZSJggcNgIoBGTDtmcYA2NhdAAAFQAVLBU+LBUGFQAVBhUGHDYCKAjsUbgehevpPxgI9ihcj8L16D8AAAAotS/9IBaxAAACAAAAAwPsUbgehevpP/YoXI/C9eg/FQoZJQAGGRgFc2NvcmUVDBYGFn4WkAEmjgI8NgIoCOxRuB6F6+k/GAj2KFyPwvXoPwAAFQQVMBU4TBUGFQAAACi1L/0gGJ0AAGgBAAEAAAMAAAAAAAAAAQAGwAIVABUUFSYsFQYVEBUGFQYcNgAoCAAAAAAAAQAAGAgBAAAAAAAAAAAAACi1L/0gClEAAAIAAAAGAQIDJAAVBBk1AAYQGRgBbhUMFgYWsAEWygEm1gQmhAQcNgAoCAAAAAAAAQAAGAgBAAAAAAAAAAAAFQQVEBUiTBUCFQAAACi1L/0gCEEAAEDzTPZeRwYAFQAVEBUiLBUGFRAVBhUGHDYAKAhA80z2XkcGABgIQPNM9l5HBgAAAAAotS/9IAhBAAACAAAABgEAAxUEGTUABhAZGARzZWVuFQwWBhaMARawASbyBia2Bhw2ACgIQPNM9l5HBgAYCEDzTPZeRwYAAAAVABUuFUAsFQgVABUGFQYcNgQoAWIYAWEAAAAotS/9IBe5AAACAAAAAwIDAAAAAx8AAQAAAGEBAAAAYhUMGSUABhk4BHRhZ3MEbGlzdAdlbGVtZW50FQwWCBZkFnYm1Ag8NgQoAWIYAWEAABUEFUQVOEwVBhUAAAAotS/9ICKdAABYAgAAAAABFAAAAP8CALjUCEoRFQAVFBUmLBUGFRAVBhUGHDYAKBT//////////////////////////xgAAAAAKLUv/SAKUQAAAgAAAAYBAgMkABUMGTUABhAZGANyYXcVDBYGFswBFtIBJvwKJqoKHDYAKBT//////////////////////////xgAAAAZEQIZGANjYXQZGARkw7ZnFQAZFgIAGRECGRgI9ihcj8L16D8ZGAjsUbgehevpPxUAGRYCABkRAhkYCAEAAAAAAAAAGRgIAAAAAAABAAAVABkWAAAZEQIZGAhA80z2XkcGABkYCEDzTPZeRwYAFQAZFgAAGRECGRgBYRkYAWIVABkWBAAZEQIZGAAZGBT//////////////////////////xUAGRYAABkcFlIVZBYAAAAZHBaOAhWQARYAAAAZHBbWBBV4FgAAABkcFvIGFXQWAAAAGRwW1AgVdhYAAAAZHBb8ChWAARYAAAAVAhmcSARyb290FQwAFQwlAhgEbmFtZSUATBwAAAAVCiUCGAVzY29yZQAVBCUCGAFuABUEJQIYBHNlZW5sjBIcLAAAAAAANQIYBHRhZ3MVAhUGTDwAAAA1BBgEbGlzdBUCABUMJQIYB2VsZW1lbnQlAEwcAAAAFQwlAhgDcmF3ABYGGRwZbCaAAhwVDBk1AAYQGRgEbmFtZRUMFgYWigEWrgEmUiYIHDYCKARkw7ZnGANjYXQAABa+DxUUFvAMFSwAJp4DHBUKGSUABhkYBXNjb3JlFQwWBhZ+FpABJo4CPDYCKAjsUbgehevpPxgI9ihcj8L16D8AABbSDxUYFpwNFT4AJqAGHBUEGTUABhAZGAFuFQwWBhawARbKASbWBCaEBBw2ACgIAAAAAAABAAAYCAEAAAAAAAAAAAAW6g8VFhbaDRU+ACaiCBwVBBk1AAYQGRgEc2VlbhUMFgYWjAEWsAEm8gYmtgYcNgAoCEDzTPZeRwYAGAhA80z2XkcGAAAAFoAQFRYWmA4VPgAmygkcFQwZJQAGGTgEdGFncwRsaXN0B2VsZW1lbnQVDBYIFmQWdibUCDw2BCgBYhgBYQAAFpYQFRYW1g4VIgAmzgwcFQwZNQAGEBkYA3JhdxUMFgYWzAEW0gEm/AomqgocNgAoFP//////////////////////////GAAAABasEBUYFvgOFUYAFvQGFgYmCBaACBQAABkcGAxBUlJPVzpzY2hlbWEYmAQvLy8vLzRrQkFBQUVBQUFBOHYvLy94UUFBQUFFQUFFQUFBQUtBQXNBQ0FBS0FBUUErUC8vL3d3QUFBQUlBQWdBQUFBRUFBWUFBQUFnQVFBQTdBQUFBTFFBQUFDRUFBQUFMQUFBQUFRQUFBRGsvdi8vR0FBQUFCQUFBQUFJQUFBQUFSTUFBQUFBQUFEay92Ly9Bd0FBQUhKaGR3QUkvLy8vUkFBQUFEd0FBQUFJQUFBQUFSVUFBQUVBQUFBRUFBQUFKUC8vL3hnQUFBQVFBQUFBQ0FBQUFBRVVBQUFBQUFBQUpQLy8vd1FBQUFCcGRHVnRBQUFBQURULy8vOEVBQUFBZEdGbmN3QUFBQUJjLy8vL0hBQUFBQkFBQUFBSUFBQUFBUW9BQUFBQUFBQ2EvLy8vQWdBQUFBUUFBQUJ6WldWdUFBQUFBSWovLy84b0FBQUFFQUFBQUFnQUFBQUJBZ0FBQUFBQUFQVC8vLzlBQUFBQUFRQUFBQWdBQ1FBRUFBZ0FBUUFBQUc0QUFBQzgvLy8vSUFBQUFCQUFBQUFJQUFBQUFRTUFBQUFBQUFENi8vLy9BZ0FHQUFZQUJBQUZBQUFBYzJOdmNtVUFBQURzLy8vL0xBQUFBQ0FBQUFBWUFBQUFBUlFBQUJBQUVnQUVBQkFBRVFBSUFBQUFEQUFBQUFBQS9QLy8vd1FBQkFBRUFBQUFibUZ0WlFBPQAYTlBvbGFycyAocHl0aG9uKSB2ZXJzaW9uIDIuMS4wIChidWlsZCA3ZjkwMmJkM2ZmZDI3ZmY4MmQxNDI3OGEwOWEyOTVmZjJmN2FlZDkyKRlsHAAAHAAAHAAAHAAAHAAAHAAAALIEAABQQVIx";
/** One column `n` of 1, 2, 3. */
const SMALL = {
  snappy: "UEFSMRUEFTAVLkwVBhUAAAAYBAEACQE8AgAAAAAAAAADAAAAAAAAABUAFRQVGCwVBhUQFQYVBgAACiQCAAAABgECAyQAFQQZNQAGEBkYAW4VAhYGFoABFoIBJlAmCAAZHBZQFToWAAAAFQIZLEgEcm9vdBUCABUEJQIYAW4AFgYZHBkcJtIBHBUEGTUABhAZGAFuFQIWBhaAARaCASZQJggAFr4BFRQAFoABFgYmCBaCARQAABkcGAxBUlJPVzpzY2hlbWEYqAEvLy8vLzNZQUFBQUVBQUFBOHYvLy94UUFBQUFFQUFFQUFBQUtBQXNBQ0FBS0FBUUErUC8vL3d3QUFBQUlBQWdBQUFBRUFBRUFBQUFFQUFBQTdQLy8vemdBQUFBZ0FBQUFHQUFBQUFFQ0FBQVFBQklBQkFBUUFCRUFDQUFBQUF3QUFBQUFBUFQvLy85QUFBQUFBUUFBQUFnQUNRQUVBQWdBQVFBQUFHNEEAGE5Qb2xhcnMgKHB5dGhvbikgdmVyc2lvbiAyLjEuMCAoYnVpbGQgN2Y5MDJiZDNmZmQyN2ZmODJkMTQyNzhhMDlhMjk1ZmYyZjdhZWQ5MikZHBwAAABeAQAAUEFSMQ==",
  gzip: "UEFSMRUEFTAVOEwVBhUAAAAfiwgAAAAAAAD/Y2SAACYozQylAYeNyysYAAAAFQAVFBU8LBUGFRAVBhUGAAAfiwgAAAAAAAD/Y2JgYGBjZGJWYQAAkuXhVQoAAAAVBBk1AAYQGRgBbhUEFgYWgAEWsAEmWiYIABkcFloVXhYAAAAVAhksSARyb290FQIAFQQlAhgBbgAWBhkcGRwmigIcFQQZNQAGEBkYAW4VBBYGFoABFrABJlomCAAW7AEVFAAWgAEWBiYIFrABFAAAGRwYDEFSUk9XOnNjaGVtYRioAS8vLy8vM1lBQUFBRUFBQUE4di8vL3hRQUFBQUVBQUVBQUFBS0FBc0FDQUFLQUFRQStQLy8vd3dBQUFBSUFBZ0FBQUFFQUFFQUFBQUVBQUFBN1AvLy96Z0FBQUFnQUFBQUdBQUFBQUVDQUFBUUFCSUFCQUFRQUJFQUNBQUFBQXdBQUFBQUFQVC8vLzlBQUFBQUFRQUFBQWdBQ1FBRUFBZ0FBUUFBQUc0QQAYTlBvbGFycyAocHl0aG9uKSB2ZXJzaW9uIDIuMS4wIChidWlsZCA3ZjkwMmJkM2ZmZDI3ZmY4MmQxNDI3OGEwOWEyOTVmZjJmN2FlZDkyKRkcHAAAAF4BAABQQVIx",
  lz4: "UEFSMRUEFTAVJkwVBhUAAAAiAQABABICBwCQAAMAAAAAAAAAFQAVFBUWLBUGFRAVBhUGAACgAgAAAAYBAgMkABUEGTUABhAZGAFuFQ4WBhaAARZ4JkgmCAAZHBZIFTgWAAAAFQIZLEgEcm9vdBUCABUEJQIYAW4AFgYZHBkcJsABHBUEGTUABhAZGAFuFQ4WBhaAARZ4JkgmCAAWsgEVFAAWgAEWBiYIFngUAAAZHBgMQVJST1c6c2NoZW1hGKgBLy8vLy8zWUFBQUFFQUFBQTh2Ly8veFFBQUFBRUFBRUFBQUFLQUFzQUNBQUtBQVFBK1AvLy93d0FBQUFJQUFnQUFBQUVBQUVBQUFBRUFBQUE3UC8vL3pnQUFBQWdBQUFBR0FBQUFBRUNBQUFRQUJJQUJBQVFBQkVBQ0FBQUFBd0FBQUFBQVBULy8vOUFBQUFBQVFBQUFBZ0FDUUFFQUFnQUFRQUFBRzRBABhOUG9sYXJzIChweXRob24pIHZlcnNpb24gMi4xLjAgKGJ1aWxkIDdmOTAyYmQzZmZkMjdmZjgyZDE0Mjc4YTA5YTI5NWZmMmY3YWVkOTIpGRwcAAAAXAEAAFBBUjE=",
};

const open = (base64: string) => {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)).buffer;
  return { size: bytes.byteLength, read: (start: number, stop: number) => Promise.resolve(bytes.slice(start, stop)) };
};

it("reads values of every kind as text, and knows numbers", async () => {
  const { size, read } = open(EVERYTHING);
  const head = await parquetHead(size, read, 2);
  expect(head.columns.map(({ name, type, isNumber }) => [name, type, isNumber])).toEqual([
    ["name", "string", false],
    ["score", "double", true],
    ["n", "int64", true],
    ["seen", "timestamp", false],
    ["tags", "list", false],
    ["raw", "bytes", false],
  ]);
  expect([head.nRows, head.nColumns]).toEqual([3, 6]);
  expect(head.rows).toEqual([
    ["cat", "0.81", "1", "2026-01-02 03:04:05", '["a","b"]', "0001"],
    ["dög", "0.78", "1099511627776", "2026-01-02 03:04:05", "[]", ""],
  ]);
});

it("tells null from empty", async () => {
  const { size, read } = open(EVERYTHING);
  const last = (await parquetHead(size, read, 10)).rows[2];
  expect(last?.slice(0, 2)).toEqual([null, null]);
  expect(last?.[5]).toBe(`${"ff".repeat(16)}… (20 bytes)`);
});

it.each(["snappy", "gzip"] as const)("reads %s", async (codec) => {
  const { size, read } = open(SMALL[codec]);
  expect((await parquetHead(size, read, 10)).rows).toEqual([["1"], ["2"], ["3"]]);
});

it("says which compression it does not know", async () => {
  const { size, read } = open(SMALL.lz4);
  await expect(parquetHead(size, read, 10)).rejects.toThrow(/LZ4/);
});

it("refuses what is no Parquet file", async () => {
  const { size, read } = open(btoa("a,b\n1,2\n".repeat(9)));
  await expect(parquetHead(size, read, 10)).rejects.toThrow();
});

/** The column `n` with another size of its first page, which says to how many bytes it unpacks: 24, in the file. */
const promising = (size: number) => {
  const bytes = Uint8Array.from(atob(SMALL.snappy), (char) => char.charCodeAt(0));
  const zigzag: number[] = [];
  for (let rest = size * 2; ; rest = Math.floor(rest / 128)) {
    zigzag.push((rest % 128) + (rest > 127 ? 128 : 0));
    if (rest <= 127) break;
  }
  // "PAR1", then the header of the page of the dictionary: its type, and the size in question.
  const forged = new Uint8Array([...bytes.slice(0, 7), ...zigzag, ...bytes.slice(8)]).buffer;
  return { size: forged.byteLength, read: (start: number, stop: number) => Promise.resolve(forged.slice(start, stop)) };
};

it("unpacks no page that says it is larger than one can be looked at", async () => {
  const { size, read } = promising(2 ** 31 - 1);
  await expect(parquetHead(size, read, 10)).rejects.toThrow(/unpacks to more/);
});

it("reads no description of columns as long as the file", async () => {
  const read = () => Promise.resolve(new Uint8Array([0xff, 0xff, 0xff, 0x7f, 0x50, 0x41, 0x52, 0x31]).buffer);
  await expect(parquetHead(2 ** 31, read, 10)).rejects.toThrow(/description is longer/);
});
