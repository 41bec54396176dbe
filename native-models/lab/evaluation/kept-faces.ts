/** Keeps the faces of an evaluation in a file, so that the next one need not look at the photos again. */

import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '../../../electron/base/errors.ts';
import type { LabeledFaces } from './labeled-faces.ts';

/** Faces of one key only are comparable, and found in the same way. */
export interface KeptFacesKey {
  readonly pack: string;
  /** See packs/fingerprint-pack.ts. */
  readonly packFingerprint: string;
  readonly pipelineVersion: number;
  readonly effort: string;
}

const format = 'kindred-evaluated-faces-1';

const fileSchema = z.object({
  format: z.literal(format),
  key: z.object({ pack: z.string(), packFingerprint: z.string(), pipelineVersion: z.number(), effort: z.string() }),
  photos: z.array(
    z.object({
      photo: z.string(),
      person: z.string(),
      width: z.number(),
      height: z.number(),
      faces: z.array(
        z.object({
          box: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }),
          score: z.number(),
          quality: z.number(),
          isMain: z.boolean(),
          /** Little-endian single precision, base64. */
          embedding: z.base64(),
        }),
      ),
    }),
  ),
});

/** @returns by photo; nothing where there is no file yet, or one of another key, which a later write replaces
 *  @throws AppError "bad-argument" for a file that is something else, which is left alone */
export async function readKeptFaces(file: string, key: KeptFacesKey): Promise<Map<string, LabeledFaces>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw new AppError('unreadable-file', `Expected to read ${file}`, { cause });
  }
  const kept = parse(file, text);
  if (!isSameKey(kept.key, key)) return new Map();
  return new Map(
    kept.photos.map((photo) => {
      const faces = photo.faces.map((face) => ({ ...face, embedding: decodeEmbedding(face.embedding) }));
      return [photo.photo, { ...photo, faces }] as const;
    }),
  );
}

export async function writeKeptFaces(file: string, key: KeptFacesKey, photos: Iterable<LabeledFaces>): Promise<void> {
  const kept: z.input<typeof fileSchema> = {
    format,
    key,
    photos: [...photos].map((photo) => ({
      ...photo,
      faces: photo.faces.map((face) => ({ ...face, embedding: encodeEmbedding(face.embedding) })),
    })),
  };
  await writeFile(file, JSON.stringify(kept), { mode: 0o600 });
}

function parse(file: string, text: string): z.output<typeof fileSchema> {
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('bad-argument', `Expected faces that an evaluation kept but received ${file}`, { cause });
  }
}

export function isSameKey(one: KeptFacesKey, other: KeptFacesKey): boolean {
  return (
    one.pack === other.pack &&
    one.packFingerprint === other.packFingerprint &&
    one.pipelineVersion === other.pipelineVersion &&
    one.effort === other.effort
  );
}

/** @returns little-endian single precision, base64 */
export function encodeEmbedding(embedding: Float32Array): string {
  const bytes = Buffer.alloc(embedding.length * 4);
  embedding.forEach((value, at) => bytes.writeFloatLE(value, at * 4));
  return bytes.toString('base64');
}

/** @param text of encodeEmbedding */
export function decodeEmbedding(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
}
