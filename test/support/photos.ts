/** The six sample photos, and photos derived from them whose faces and people are known. */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { samplesFolder } from './sample-faces.ts';

export const sampleNumbers = [1, 2, 3, 4, 5, 6] as const;
export type SampleNumber = (typeof sampleNumbers)[number];

/** Faces in each sample photo. */
export const sampleFaceCounts: Readonly<Record<SampleNumber, number>> = { 1: 3, 2: 3, 3: 3, 4: 4, 5: 5, 6: 4 };

export function samplePath(sample: SampleNumber): string {
  return path.join(samplesFolder, `sample${sample}.jpg`);
}

export function readSample(sample: SampleNumber): Promise<Buffer> {
  return readFile(samplePath(sample));
}

export type ExifOrientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** Stores a photo turned or mirrored, with the tag that makes it upright again. */
export async function storeOriented(photo: Uint8Array, orientation: ExifOrientation): Promise<Buffer> {
  let pixels = sharp(photo).png({ compressionLevel: 1 });
  const isMirrored = orientation === 2 || orientation === 4 || orientation === 5 || orientation === 7;
  // Turned the other way round than a viewer turns it back.
  const turn = { 1: 0, 2: 0, 3: 180, 4: 180, 5: 90, 6: 270, 7: 270, 8: 90 }[orientation];
  if (turn !== 0) pixels = sharp(await pixels.rotate(turn).toBuffer()).png({ compressionLevel: 1 });
  if (isMirrored) pixels = sharp(await pixels.flop().toBuffer());
  return pixels.keepIccProfile().withMetadata({ orientation }).jpeg({ quality: 96, chromaSubsampling: '4:4:4' }).toBuffer();
}

/** Ways to change a photo that leave its people who they are. */
export const variants = {
  same: (photo: Uint8Array) => Promise.resolve(Buffer.from(photo)),
  half: (photo: Uint8Array) => sharp(photo).resize(960).jpeg().toBuffer(),
  bright: (photo: Uint8Array) => sharp(photo).modulate({ brightness: 1.25 }).jpeg().toBuffer(),
  dark: (photo: Uint8Array) => sharp(photo).modulate({ brightness: 0.7 }).jpeg().toBuffer(),
  grey: (photo: Uint8Array) => sharp(photo).greyscale().jpeg().toBuffer(),
  mirrored: (photo: Uint8Array) => sharp(photo).flop().jpeg().toBuffer(),
  turned: (photo: Uint8Array) => storeOriented(photo, 6),
  webp: (photo: Uint8Array) => sharp(photo).resize(1280).webp({ quality: 85 }).toBuffer(),
} as const;
export type VariantName = keyof typeof variants;

export interface DerivedPhoto {
  readonly path: string;
  readonly sample: SampleNumber;
  readonly variant: VariantName;
}

/** Writes variants of samples into `folder`, one file each, with the same people in every variant of a sample. */
export async function writeDerivedPhotos(
  folder: string,
  options: { samples?: readonly SampleNumber[]; variants?: readonly VariantName[] } = {},
): Promise<DerivedPhoto[]> {
  await mkdir(folder, { recursive: true });
  const written: DerivedPhoto[] = [];
  for (const sample of options.samples ?? sampleNumbers) {
    const photo = await readSample(sample);
    for (const variant of options.variants ?? (Object.keys(variants) as VariantName[])) {
      const extension = variant === 'webp' ? 'webp' : 'jpg';
      const file = path.join(folder, `sample${sample}-${variant}.${extension}`);
      await writeFile(file, await variants[variant](photo));
      written.push({ path: file, sample, variant });
    }
  }
  return written;
}

/** A valid PNG header that claims any size, followed by next to nothing. */
export function forgePngHeader(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    forgeChunk('IHDR', header),
    forgeChunk('IDAT', Buffer.from('789c6260000000ffff030000060005', 'hex')),
    forgeChunk('IEND', Buffer.alloc(0)),
  ]);
}

function forgeChunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
