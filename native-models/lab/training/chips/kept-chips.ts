/** Keeps chips and landmarks in a file, so that the next training does not look at the photos again. */

import { open, readFile, rename } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '../../../../electron/base/errors.ts';
import type { ChipShape } from './chip-shape.ts';
import { sizeKeptChip, type TrainingChip } from './training-chip.ts';

/** What finds the faces; as evaluation's kept faces have it. */
export interface KeptFacesKey {
  readonly pack: string;
  readonly packFingerprint: string;
  readonly pipelineVersion: number;
  readonly effort: string;
}

export interface KeptChips {
  readonly key: KeptFacesKey;
  readonly shape: ChipShape;
  /** Photos in which no main face was found. */
  readonly missed: readonly string[];
  readonly chips: readonly TrainingChip[];
}

const format = 'kindred-training-chips-1';
const lengthBytes = 4;

const headSchema = z.object({
  format: z.literal(format),
  key: z.object({ pack: z.string(), packFingerprint: z.string(), pipelineVersion: z.number(), effort: z.string() }),
  shape: z.object({
    width: z.number().int().positive(),
    height: z.number().int().positive(),
    borderPx: z.number().int().nonnegative(),
    template: z.object({ kind: z.enum(['arcface-5', 'dlib-5']), points: z.array(z.tuple([z.number(), z.number()])).length(5) }),
  }),
  missed: z.array(z.string()),
  chips: z.array(
    z.object({
      photo: z.string(),
      person: z.string(),
      quality: z.number(),
      scale: z.number().positive().max(1),
      landmarks: z.array(z.number()),
    }),
  ),
});

/** @returns null where there is no file yet, or one of another key, which a later write replaces
 *  @throws AppError "bad-argument" for a file that is something else, which is left alone */
export async function readKeptChips(file: string, key: KeptFacesKey): Promise<KeptChips | null> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new AppError('unreadable-file', `Expected to read ${file}`, { cause });
  }
  const { head, pixelsAt } = parseHead(file, bytes);
  const names = ['pack', 'packFingerprint', 'pipelineVersion', 'effort'] as const;
  if (names.some((name) => head.key[name] !== key[name])) return null;
  let at = pixelsAt;
  const chips = head.chips.map(({ landmarks, ...chip }): TrainingChip => {
    const size = sizeKeptChip(head.shape, chip.scale);
    const data = bytes.subarray(at, (at += size.width * size.height * 3));
    return { ...chip, landmarks: Float32Array.from(landmarks), image: { ...size, data } };
  });
  if (at !== bytes.length) throw notChips(file, new Error(`Expected ${at} bytes but received ${bytes.length}`));
  return { key: head.key, shape: head.shape, missed: head.missed, chips };
}

/** Whole or not at all: another training may read the file meanwhile. */
export async function writeKeptChips(file: string, { key, shape, missed, chips }: KeptChips): Promise<void> {
  const head: z.input<typeof headSchema> = {
    format,
    key,
    shape: { ...shape, template: { kind: shape.template.kind, points: shape.template.points.map(([x, y]) => [x, y]) } },
    missed: [...missed],
    chips: chips.map(({ photo, person, quality, scale, landmarks }) => ({
      photo,
      person,
      quality,
      scale,
      landmarks: Array.from(landmarks),
    })),
  };
  const text = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32LE(text.length);
  const unfinished = `${file}.${process.pid}.unfinished`;
  const handle = await open(unfinished, 'w', 0o600);
  try {
    await handle.appendFile(length);
    await handle.appendFile(text);
    for (const { image } of chips) await handle.appendFile(image.data);
  } finally {
    await handle.close();
  }
  await rename(unfinished, file);
}

function parseHead(file: string, bytes: Buffer): { head: z.output<typeof headSchema>; pixelsAt: number } {
  try {
    const pixelsAt = lengthBytes + bytes.readUInt32LE(0);
    return { head: headSchema.parse(JSON.parse(bytes.subarray(lengthBytes, pixelsAt).toString('utf8'))), pixelsAt };
  } catch (cause) {
    throw notChips(file, cause);
  }
}

function notChips(file: string, cause: unknown): AppError {
  return new AppError('bad-argument', `Expected chips that a training kept but received ${file}`, {
    cause,
    parameters: { path: file },
  });
}
