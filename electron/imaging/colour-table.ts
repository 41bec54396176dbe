/** Colour profiles as tables: from a photo's own RGB to sRGB.
 *
 *  [Note: deferred colour] Taking twelve megapixels through a profile costs three times their decoding, and most of
 *  them are thrown away. So pixels are decoded as they stand, and only what a network sees goes through the table. */

import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { createPixelImage, type PixelImage } from './pixels.ts';

/** Grid points along each of red, green and blue. 33 keeps Display P3 and Adobe RGB within two levels of 255. */
const gridSize = 33;
/** A profile that changes no colour by more is taken for sRGB. */
const largestSilentDifference = 2;
/** Photos of one camera share a profile; a household has a handful of them. */
const tablesKept = 8;

/** [33, 33, 33, 3] sRGB by red, green, blue. */
export type ColourTable = Uint8Array;

const tables = new Map<string, ColourTable | null>();

/** @param profile ICC profile of an RGB photo
 *  @returns null where the profile is sRGB or as good as */
export async function readColourTable(profile: Uint8Array): Promise<ColourTable | null> {
  const key = createHash('sha256').update(profile).digest('hex');
  const known = tables.get(key);
  if (known !== undefined) return known;
  const table = await computeTable(profile);
  const oldest = tables.keys().next();
  if (tables.size >= tablesKept && !oldest.done) tables.delete(oldest.value);
  tables.set(key, table);
  return table;
}

/** Whether a profile speaks of RGB pixels; the tables are for those alone. Source: ICC.1:2022, 7.2.6. */
export function isRgbProfile(profile: Uint8Array): boolean {
  return profile.length > 128 && Buffer.from(profile.subarray(16, 20)).toString('latin1') === 'RGB ';
}

/** @returns the picture in sRGB. Source of the interpolation: Kasson et al. 1995, tetrahedral. */
export function applyColourTable(image: PixelImage, table: ColourTable): PixelImage {
  const converted = createPixelImage(image.width, image.height);
  const from = image.data;
  const to = converted.data;
  const redStep = gridSize * gridSize * 3;
  const greenStep = gridSize * 3;
  const blueStep = 3;
  for (let index = 0; index < from.length; index += 3) {
    const red = (from[index]! * (gridSize - 1)) / 255;
    const green = (from[index + 1]! * (gridSize - 1)) / 255;
    const blue = (from[index + 2]! * (gridSize - 1)) / 255;
    // The last grid point belongs to the cell before it.
    const redCell = Math.min(gridSize - 2, red | 0);
    const greenCell = Math.min(gridSize - 2, green | 0);
    const blueCell = Math.min(gridSize - 2, blue | 0);
    const x = red - redCell;
    const y = green - greenCell;
    const z = blue - blueCell;
    const origin = redCell * redStep + greenCell * greenStep + blueCell * blueStep;
    const far = origin + redStep + greenStep + blueStep;
    // Walk from the cell's darkest corner to its brightest along the axes in falling order of share.
    let first: number;
    let second: number;
    let high: number;
    let middle: number;
    let low: number;
    if (x >= y) {
      if (y >= z) [first, second, high, middle, low] = [redStep, redStep + greenStep, x, y, z];
      else if (x >= z) [first, second, high, middle, low] = [redStep, redStep + blueStep, x, z, y];
      else [first, second, high, middle, low] = [blueStep, blueStep + redStep, z, x, y];
    } else if (x >= z) [first, second, high, middle, low] = [greenStep, greenStep + redStep, y, x, z];
    else if (y >= z) [first, second, high, middle, low] = [greenStep, greenStep + blueStep, y, z, x];
    else [first, second, high, middle, low] = [blueStep, blueStep + greenStep, z, y, x];
    for (let channel = 0; channel < 3; channel++) {
      const at = origin + channel;
      to[index + channel] =
        table[at]! * (1 - high) +
        table[at + first]! * (high - middle) +
        table[at + second]! * (middle - low) +
        table[far + channel]! * low +
        0.5;
    }
  }
  return converted;
}

async function computeTable(profile: Uint8Array): Promise<ColourTable | null> {
  const grid = createGrid();
  const table = await sharp(encodePng(grid, profile)).toColourspace('srgb').removeAlpha().raw({ depth: 'uchar' }).toBuffer();
  let largest = 0;
  for (let index = 0; index < table.length; index++) {
    largest = Math.max(largest, Math.abs(table[index]! - grid.data[index]!));
  }
  return largest <= largestSilentDifference ? null : new Uint8Array(table);
}

function createGrid(): PixelImage {
  const grid = createPixelImage(gridSize * gridSize, gridSize);
  let index = 0;
  const level = (step: number): number => Math.round((step * 255) / (gridSize - 1));
  for (let red = 0; red < gridSize; red++) {
    for (let green = 0; green < gridSize; green++) {
      for (let blue = 0; blue < gridSize; blue++) {
        grid.data[index++] = level(red);
        grid.data[index++] = level(green);
        grid.data[index++] = level(blue);
      }
    }
  }
  return grid;
}

/** sharp converts to a profile but never just attaches one, so the file is put together here.
 *  Source: PNG Specification, third edition, chapters 5 and 11. */
function encodePng(image: PixelImage, profile: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(image.width, 0);
  header.writeUInt32BE(image.height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const lines: Buffer[] = [];
  for (let row = 0; row < image.height; row++) {
    const line = image.data.subarray(row * image.width * 3, (row + 1) * image.width * 3);
    lines.push(Buffer.from([0]), Buffer.from(line));
  }
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    encodeChunk('IHDR', header),
    encodeChunk('iCCP', Buffer.concat([Buffer.from('profile\0\0', 'latin1'), deflateSync(profile)])),
    encodeChunk('IDAT', deflateSync(Buffer.concat(lines), { level: 1 })),
    encodeChunk('IEND', Buffer.alloc(0)),
  ]);
}

function encodeChunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
