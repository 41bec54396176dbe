/** Colour profiles as tables: from a photo's own RGB to sRGB.
 *
 *  [Note: deferred colour] Taking twelve megapixels through a profile costs three times their decoding, and most of
 *  them are thrown away. So pixels are decoded as they stand, and only what a network sees goes through the table. */

import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { createPixelImage, type PixelImage } from './pixels.ts';

/** Grid points along each of red, green and blue. 33 keeps a photo in Display P3 within 0.2 levels of 255 on average and
 *  6 at most; only colours at the very edge of what sRGB can show are further off. */
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
  const red = tabulateAxis(gridSize * gridSize * 3);
  const green = tabulateAxis(gridSize * 3);
  const blue = tabulateAxis(3);
  const far = red.step + green.step + blue.step;
  for (let index = 0; index < from.length; index += 3) {
    const redValue = from[index]!;
    const greenValue = from[index + 1]!;
    const blueValue = from[index + 2]!;
    const x = red.share[redValue]!;
    const y = green.share[greenValue]!;
    const z = blue.share[blueValue]!;
    // Walk from the cell's darkest corner to its brightest, along the axis with the largest share first.
    let firstStep = red.step;
    let lastStep = blue.step;
    let high = x;
    let middle = y;
    let low = z;
    if (x >= y) {
      if (y < z) {
        lastStep = green.step;
        low = y;
        if (x >= z) middle = z;
        else {
          firstStep = blue.step;
          high = z;
          middle = x;
        }
      }
    } else if (y >= z) {
      firstStep = green.step;
      high = y;
      if (x >= z) middle = x;
      else {
        lastStep = red.step;
        middle = z;
        low = x;
      }
    } else {
      firstStep = blue.step;
      lastStep = red.step;
      high = z;
      middle = y;
      low = x;
    }
    const origin = red.origin[redValue]! + green.origin[greenValue]! + blue.origin[blueValue]!;
    const first = origin + firstStep;
    const second = origin + far - lastStep;
    const last = origin + far;
    const originShare = 256 - high;
    const firstShare = high - middle;
    const secondShare = middle - low;
    to[index] =
      (table[origin]! * originShare + table[first]! * firstShare + table[second]! * secondShare + table[last]! * low + 128) >> 8;
    to[index + 1] =
      (table[origin + 1]! * originShare +
        table[first + 1]! * firstShare +
        table[second + 1]! * secondShare +
        table[last + 1]! * low +
        128) >>
      8;
    to[index + 2] =
      (table[origin + 2]! * originShare +
        table[first + 2]! * firstShare +
        table[second + 2]! * secondShare +
        table[last + 2]! * low +
        128) >>
      8;
  }
  return converted;
}

/** For each 8-bit value along one axis of the table: where its cell begins, and its share of the cell in 256ths. */
function tabulateAxis(step: number): { step: number; origin: Int32Array; share: Int32Array } {
  const origin = new Int32Array(256);
  const share = new Int32Array(256);
  for (let value = 0; value < 256; value++) {
    const place = (value * (gridSize - 1)) / 255;
    // The last grid point belongs to the cell before it.
    const cell = Math.min(gridSize - 2, Math.floor(place));
    origin[value] = cell * step;
    share[value] = Math.round((place - cell) * 256);
  }
  return { step, origin, share };
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
