/** Keeps the embeddings of a study in a file, a line a photo, so that one that was stopped goes on and the next is quick. */

import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '../../../../electron/base/errors.ts';
import { decodeEmbedding, encodeEmbedding, isSameKey, type KeptFacesKey } from '../../evaluation/kept-faces.ts';

/** What is known of one photo's main face. */
export interface VariantFace {
  /** Relative to the folder of all people, separated by '/'. */
  readonly photo: string;
  /** [68, 2] or [5, 2], upright photo pixels; null where no main face was found. */
  readonly landmarks: Float32Array | null;
  /** By the variants' names, [length] each. */
  readonly embeddings: ReadonlyMap<string, Float32Array>;
}

const format = 'kindred-study-faces-1';

const headSchema = z.object({
  format: z.literal(format),
  key: z.object({ pack: z.string(), packFingerprint: z.string(), pipelineVersion: z.number(), effort: z.string() }),
});
/** Little-endian single precision, base64. */
const lineSchema = z.object({ photo: z.string(), landmarks: z.base64().nullable(), embeddings: z.record(z.string(), z.base64()) });

/** @returns by photo; of several lines about one the last counts for what it says. Nothing where there is no file yet, or
 *    one of another key, which is then begun anew
 *  @throws AppError "bad-argument" for a file that is something else, which is left alone */
export async function openKeptVariants(file: string, key: KeptFacesKey): Promise<Map<string, VariantFace>> {
  const kept = new Map<string, VariantFace>();
  let text = '';
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw new AppError('unreadable-file', `Expected to read ${file}`, { cause });
  }
  const lines = text.split('\n');
  const head = lines[0] === '' ? null : parseHead(file, lines[0]!);
  if (head === null || !isSameKey(head, key)) {
    await writeFile(file, `${JSON.stringify({ format, key })}\n`, { mode: 0o600 });
    return kept;
  }
  // What comes after the last line break was being written when the study was killed.
  for (const line of lines.slice(1, -1)) {
    const face = parseLine(file, line);
    const before = kept.get(face.photo);
    kept.set(face.photo, { ...face, embeddings: new Map([...(before?.embeddings ?? []), ...face.embeddings]) });
  }
  if (lines.at(-1) !== '') await writeFile(file, `${lines.slice(0, -1).join('\n')}\n`, { mode: 0o600 });
  return kept;
}

/** @param file that openKeptVariants has opened
 *  @param face with those embeddings that the file lacks */
export async function keepVariants(file: string, { photo, landmarks, embeddings }: VariantFace): Promise<void> {
  const line: z.input<typeof lineSchema> = {
    photo,
    landmarks: landmarks === null ? null : encodeEmbedding(landmarks),
    embeddings: Object.fromEntries([...embeddings].map(([name, embedding]) => [name, encodeEmbedding(embedding)])),
  };
  await appendFile(file, `${JSON.stringify(line)}\n`);
}

function parseHead(file: string, line: string): KeptFacesKey {
  try {
    return headSchema.parse(JSON.parse(line)).key;
  } catch (cause) {
    throw notKept(file, cause);
  }
}

function parseLine(file: string, line: string): VariantFace {
  try {
    const { photo, landmarks, embeddings } = lineSchema.parse(JSON.parse(line));
    return {
      photo,
      landmarks: landmarks === null ? null : decodeEmbedding(landmarks),
      embeddings: new Map(Object.entries(embeddings).map(([name, text]) => [name, decodeEmbedding(text)])),
    };
  } catch (cause) {
    throw notKept(file, cause);
  }
}

function notKept(file: string, cause: unknown): AppError {
  return new AppError('bad-argument', `Expected embeddings that a study kept but received ${file}`, { cause });
}
