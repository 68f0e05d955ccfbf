// Several files as one, in the format that every system opens. What is in it is not compressed.
// The format: PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16.

const UTF8 = 0x0800; // the flag that says how names are written
const DATE = 0x21; // 1 January 1980, the earliest: a picture does not tell when it was made
const VERSION = 20;

/** @type {number[]} */
const CRC = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

/** @param {Uint8Array} data */
function checksum(data) {
  let c = 0xffffffff;
  for (const byte of data) c = CRC[(c ^ byte) & 0xff] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/** Numbers of two or four bytes, one after the other.
 * @param {...[value: number, bytes: 2 | 4]} fields
 */
function packed(...fields) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [, bytes]) => sum + bytes, 0)));
  let at = 0;
  for (const [value, bytes] of fields) {
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += bytes;
  }
  return view;
}

/**
 * @param {{ name: string, data: Uint8Array<ArrayBuffer> }[]} files
 * @returns {Blob}
 */
export function zipOf(files) {
  /** @type {BlobPart[]} */
  const local = [];
  /** @type {BlobPart[]} */
  const central = [];
  let at = 0;
  let listed = 0;
  for (const { name, data } of files) {
    const path = new TextEncoder().encode(name);
    /** @type {[number, 2 | 4][]} */
    const common = [
      [VERSION, 2],
      [UTF8, 2],
      [0, 2], // stored as it is
      [0, 2],
      [DATE, 2],
      [checksum(data), 4],
      [data.length, 4],
      [data.length, 4],
      [path.length, 2],
      [0, 2],
    ];
    const head = packed([0x04034b50, 4], ...common);
    const entry = packed(
      [0x02014b50, 4],
      [VERSION, 2],
      ...common,
      [0, 2],
      [0, 2],
      [0, 2],
      [0, 4],
      [at, 4],
    );
    local.push(head, path, data);
    central.push(entry, path);
    at += head.byteLength + path.length + data.length;
    listed += entry.byteLength + path.length;
  }
  const end = packed(
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [files.length, 2],
    [files.length, 2],
    [listed, 4],
    [at, 4],
    [0, 2],
  );
  return new Blob([...local, ...central, end], { type: "application/zip" });
}
