/** Decodes photos once, at the best resolution memory allows, and shows them upright and in sRGB at any size. */

import sharp, { type Metadata } from 'sharp';
import { AppError } from '../base/errors.ts';
import { affineScale, composeAffine, invertAffine } from '../geometry/affine.ts';
import type { AffineMatrix, Box } from '../geometry/types.ts';
import { applyColourTable, isRgbProfile, readColourTable, type ColourTable } from './colour-table.ts';
import { toImageError, unsupportedFormat } from './image-errors.ts';
import { isSideways, makeUpright, readOrientation, turnOrientation, uprightToStored, type Orientation } from './orientation.ts';
import { cropPixels, roundPixels, samplePixels, samplePixelsAt, warpPixels, type PixelImage, type SampledImage } from './pixels.ts';

export const imageFormats = ['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif'] as const;
export type ImageFormat = (typeof imageFormats)[number];

export interface ImageHeader {
  readonly format: ImageFormat;
  /** Upright pixels. */
  readonly width: number;
  /** Upright pixels. */
  readonly height: number;
  readonly orientation: Orientation;
  /** The EXIF block as the file holds it. */
  readonly exif: Uint8Array | null;
  /** The ICC profile, where the pixels are 8-bit RGB in it, see [Note: deferred colour]. */
  readonly rgbProfile: Uint8Array | null;
  readonly hasAlpha: boolean;
}

export interface DecodeLimits {
  /** Photos with more pixels are refused by their header. */
  readonly maxPixels: number;
  /** Photos with more pixels are shrunk while decoding; 3 bytes each in memory. */
  readonly maxWorkingPixels: number;
}

export interface DecodeOptions extends DecodeLimits {
  /** How many pixels along one of the photo's are enough, 0 to 1: formats that can leave pixels out while they decode
   *  are decoded at the next larger of 1, 1/2, 1/4 and 1/8. By default 1. */
  readonly enoughScale?: number;
}

export interface DecodedPhoto {
  readonly header: ImageHeader;
  /** As stored: neither upright nor, with a table, sRGB. */
  readonly stored: PixelImage;
  /** Maps upright photo pixels to pixels of `stored`. */
  readonly uprightToStored: AffineMatrix;
  readonly colourTable: ColourTable | null;
}

/** Transparent parts are shown on white, as browsers do. */
const backgroundColour = '#ffffff';

/** Keeps the decoder to one thread a picture and without a cache: several workers share the machine, and no photo is
 *  decoded twice. Holds for the whole process. */
export function limitDecoder(): void {
  sharp.concurrency(1);
  sharp.cache(false);
}

/** Reads what a file says of itself, without decoding its pixels.
 *  @throws AppError "empty-file", "not-an-image", "unsupported-format", "corrupt-image", "too-many-pixels" */
export async function readImageHeader(bytes: Uint8Array, limits: Pick<DecodeLimits, 'maxPixels'>): Promise<ImageHeader> {
  if (bytes.length === 0) throw new AppError('empty-file', 'Expected an image but received an empty file');
  let metadata: Metadata;
  try {
    metadata = await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (error) {
    throw toImageError(error, bytes);
  }
  const format = readFormat(metadata);
  const { width: storedWidth, height: storedHeight } = metadata;
  if (storedWidth * storedHeight > limits.maxPixels) {
    throw new AppError(
      'too-many-pixels',
      `Expected at most ${limits.maxPixels} pixels but received ${storedWidth}x${storedHeight}`,
      { parameters: { width: storedWidth, height: storedHeight, maxPixels: limits.maxPixels } },
    );
  }
  const orientation = readOrientation(metadata.orientation);
  const isPlainRgb = metadata.space === 'srgb' && metadata.depth === 'uchar';
  return {
    format,
    width: isSideways(orientation) ? storedHeight : storedWidth,
    height: isSideways(orientation) ? storedWidth : storedHeight,
    orientation,
    exif: metadata.exif ?? null,
    rgbProfile: isPlainRgb && metadata.icc !== undefined && isRgbProfile(metadata.icc) ? metadata.icc : null,
    hasAlpha: metadata.hasAlpha,
  };
}

function readFormat(metadata: Metadata): ImageFormat {
  const { format } = metadata;
  if (format === 'heif') {
    if (metadata.compression === 'av1') return 'avif';
    throw unsupportedFormat('heic');
  }
  const known = imageFormats.find((name) => name === format);
  if (known === undefined) throw unsupportedFormat(format);
  return known;
}

/** Formats whose decoders skip work for pixels that nobody asked for, and by how much they can shrink. */
const shrinkingFormats: ReadonlySet<ImageFormat> = new Set(['jpeg']);
export const decoderScales = [1 / 8, 1 / 4, 1 / 2] as const;

/** Decodes the first frame or page.
 *  @throws AppError "corrupt-image" where the file ends early or its pixels do not decode */
export async function decodePhoto(bytes: Uint8Array, header: ImageHeader, options: DecodeOptions): Promise<DecodedPhoto> {
  const full = storedSize(header);
  const { enoughScale = 1, maxWorkingPixels } = options;
  const decoderScale = shrinkingFormats.has(header.format) ? (decoderScales.find((scale) => scale >= enoughScale) ?? 1) : 1;
  const shrink = Math.min(decoderScale, Math.sqrt(maxWorkingPixels / (full.width * full.height)));
  const size = { width: Math.max(1, Math.round(full.width * shrink)), height: Math.max(1, Math.round(full.height * shrink)) };
  const colourTable = await readTable(header, bytes);
  const stored = await renderRgb(bytes, header, shrink < 1 ? { size } : {});
  const scale: AffineMatrix = [stored.width / full.width, 0, 0, 0, stored.height / full.height, 0];
  return {
    header,
    stored,
    uprightToStored: composeAffine(scale, uprightToStored(header.orientation, full)),
    colourTable,
  };
}

/** Decodes a part of a photo that was shrunk while decoding, at full resolution.
 *  @param box upright photo pixels */
export async function decodePart(bytes: Uint8Array, header: ImageHeader, box: Box): Promise<DecodedPhoto> {
  const [part] = await decodeParts(bytes, header, [box]);
  return part!;
}

/** Pixels that are decoded at a time where parts lie near to each other: 48 MB. */
const maxSharedPixels = 16_000_000;

/** As decodePart, of many parts: a decoder has to go through whatever is above a part, so those that lie near to each other
 *  are decoded at one go.
 *  @param boxes upright photo pixels; they may reach beyond the photo, and overlap */
export async function decodeParts(bytes: Uint8Array, header: ImageHeader, boxes: readonly Box[]): Promise<DecodedPhoto[]> {
  if (boxes.length === 0) return [];
  const upright = uprightToStored(header.orientation, storedSize(header));
  const colourTable = await readTable(header, bytes);
  const areas = boxes.map((box) => findStoredArea(header, box));
  const parts = new Array<DecodedPhoto>(boxes.length);
  for (const { area, members } of shareAreas(areas)) {
    const decoded = await renderRgb(bytes, header, { part: area });
    for (const index of members) {
      const { left, top, width, height } = areas[index]!;
      const stored = cropPixels(decoded, { x: left - area.left, y: top - area.top, width, height });
      parts[index] = { header, stored, uprightToStored: composeAffine([1, 0, -left, 0, 1, -top], upright), colourTable };
    }
  }
  return parts;
}

/** Whole pixels of the photo as it is stored. */
interface StoredArea {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function findStoredArea(header: ImageHeader, box: Box): StoredArea {
  const full = storedSize(header);
  const [a, b, tx, c, d, ty] = uprightToStored(header.orientation, full);
  const x = a * (box.x + box.width / 2) + b * (box.y + box.height / 2) + tx;
  const y = c * (box.x + box.width / 2) + d * (box.y + box.height / 2) + ty;
  const halfWidth = (Math.abs(a) * box.width + Math.abs(b) * box.height) / 2;
  const halfHeight = (Math.abs(c) * box.width + Math.abs(d) * box.height) / 2;
  const left = Math.min(full.width - 1, Math.max(0, Math.floor(x - halfWidth)));
  const top = Math.min(full.height - 1, Math.max(0, Math.floor(y - halfHeight)));
  const width = Math.max(1, Math.min(full.width, Math.ceil(x + halfWidth)) - left);
  const height = Math.max(1, Math.min(full.height, Math.ceil(y + halfHeight)) - top);
  return { left, top, width, height };
}

/** Joins areas, from top to bottom, as long as what surrounds them is no larger than allowed. */
function shareAreas(areas: readonly StoredArea[]): { area: StoredArea; members: number[] }[] {
  const shared: { area: StoredArea; members: number[] }[] = [];
  const order = areas.map((_, index) => index).sort((one, other) => areas[one]!.top - areas[other]!.top);
  for (const index of order) {
    const last = shared.at(-1);
    const joined = last === undefined ? null : surround(last.area, areas[index]!);
    if (last === undefined || joined === null || joined.width * joined.height > maxSharedPixels) {
      shared.push({ area: areas[index]!, members: [index] });
    } else {
      last.area = joined;
      last.members.push(index);
    }
  }
  return shared;
}

function surround(one: StoredArea, other: StoredArea): StoredArea {
  const left = Math.min(one.left, other.left);
  const top = Math.min(one.top, other.top);
  const right = Math.max(one.left + one.width, other.left + other.width);
  const bottom = Math.max(one.top + one.height, other.top + other.height);
  return { left, top, width: right - left, height: bottom - top };
}

/** @param turns quarter turns to the right
 *  @returns the same pixels as a photo that is upright when turned so */
export function turnPhoto(photo: DecodedPhoto, turns: number): DecodedPhoto {
  const { header, stored } = photo;
  const full = storedSize(header);
  const orientation = turnOrientation(header.orientation, turns);
  const scale: AffineMatrix = [stored.width / full.width, 0, 0, 0, stored.height / full.height, 0];
  return {
    ...photo,
    header: {
      ...header,
      orientation,
      width: isSideways(orientation) ? full.height : full.width,
      height: isSideways(orientation) ? full.width : full.height,
    },
    uprightToStored: composeAffine(scale, uprightToStored(orientation, full)),
  };
}

/** How many pixels of `photo.stored` lie along one upright photo pixel: 1 at full resolution. */
export function storedScale(photo: DecodedPhoto): number {
  return affineScale(photo.uprightToStored);
}

/** @returns the whole photo, upright, in sRGB, stretched to the given size */
export async function renderUpright(photo: DecodedPhoto, size: { width: number; height: number }): Promise<PixelImage> {
  const { orientation } = photo.header;
  const width = isSideways(orientation) ? size.height : size.width;
  const height = isSideways(orientation) ? size.width : size.height;
  const scaled = await scalePixels(photo.stored, { width, height });
  const upright = makeUpright(scaled, orientation);
  return photo.colourTable === null ? upright : applyColourTable(upright, photo.colourTable);
}

/** @returns the picture stretched to the given size, averaged where it shrinks */
export async function scalePixels(image: PixelImage, size: { width: number; height: number }): Promise<PixelImage> {
  if (image.width === size.width && image.height === size.height) return image;
  // sharp is the faster one, but moves the picture by half a pixel where it enlarges: boxes would follow.
  if (size.width > image.width || size.height > image.height) {
    return warpPixels(image, [image.width / size.width, 0, 0, 0, image.height / size.height, 0], size);
  }
  const raw = { width: image.width, height: image.height, channels: 3 } as const;
  const data = await sharp(image.data, { raw, limitInputPixels: false })
    .resize(size.width, size.height, { fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer();
  return { width: size.width, height: size.height, data };
}

/** @param uprightToTarget maps upright photo pixels to target pixels
 *  @returns the part of the photo that the target shows, in sRGB; edge pixels repeat beyond the photo's border */
export function samplePhoto(
  photo: DecodedPhoto,
  uprightToTarget: AffineMatrix,
  size: { width: number; height: number },
): SampledImage {
  const targetToStored = composeAffine(photo.uprightToStored, invertAffine(uprightToTarget));
  const table = photo.colourTable;
  return samplePixels(photo.stored, targetToStored, size, table === null ? null : (part) => applyColourTable(part, table));
}

/** As samplePhoto, but each pixel is looked up at a place of its own.
 *  @param uprightToView maps upright photo pixels to the space of the places, of the target's resolution
 *  @param places [height, width, 2] */
export function samplePhotoAt(
  photo: DecodedPhoto,
  uprightToView: AffineMatrix,
  places: Float32Array,
  size: { width: number; height: number },
): SampledImage {
  const viewToStored = composeAffine(photo.uprightToStored, invertAffine(uprightToView));
  const table = photo.colourTable;
  return samplePixelsAt(photo.stored, viewToStored, places, size, table === null ? null : (part) => applyColourTable(part, table));
}

/** As samplePhoto, in eight bits. */
export function warpPhoto(
  photo: DecodedPhoto,
  uprightToTarget: AffineMatrix,
  size: { width: number; height: number },
): PixelImage {
  return roundPixels(samplePhoto(photo, uprightToTarget, size));
}

function storedSize(header: ImageHeader): { width: number; height: number } {
  return isSideways(header.orientation)
    ? { width: header.height, height: header.width }
    : { width: header.width, height: header.height };
}

async function readTable(header: ImageHeader, bytes: Uint8Array): Promise<ColourTable | null> {
  if (header.rgbProfile === null) return null;
  try {
    return await readColourTable(header.rgbProfile);
  } catch (error) {
    throw toImageError(error, bytes);
  }
}

interface RenderOptions {
  readonly size?: { width: number; height: number };
  /** Stored pixels. */
  readonly part?: { left: number; top: number; width: number; height: number };
}

async function renderRgb(bytes: Uint8Array, header: ImageHeader, options: RenderOptions): Promise<PixelImage> {
  let pipeline = sharp(bytes, {
    limitInputPixels: false,
    // "error" takes in files that end early, but not the harmless irregularities of some cameras.
    failOn: 'error',
    ignoreIcc: header.rgbProfile !== null,
  });
  if (options.part !== undefined) pipeline = pipeline.extract(options.part);
  if (options.size !== undefined) pipeline = pipeline.resize(options.size.width, options.size.height, { fit: 'fill' });
  if (header.hasAlpha) pipeline = pipeline.flatten({ background: backgroundColour });
  try {
    const { data, info } = await pipeline
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) {
      throw new AppError('corrupt-image', `Expected 3 channels for the pixels but received ${info.channels}`);
    }
    return { width: info.width, height: info.height, data };
  } catch (error) {
    throw toImageError(error, bytes);
  }
}
