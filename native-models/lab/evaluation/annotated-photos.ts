/** Reads photos whose faces are annotated in XML as dlib's imglab writes it: boxes and, where there are any, landmarks. */

import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { z } from 'zod';
import { AppError } from '../../../electron/base/errors.ts';
import type { Box } from '../../../electron/geometry/types.ts';
import { isPhotoFileName } from '../../../electron/library/file-types.ts';

export interface AnnotatedFace {
  /** Photo pixels. */
  readonly box: Box;
  /** Whether the annotators left the face aside (ignore='1'): neither to be found nor false if found. */
  readonly isOptional: boolean;
  /** [n, 2], photo pixels, by the names of the parts: 0 to 67 for the usual 68 landmarks; null without parts. */
  readonly landmarks: Float32Array | null;
}

export interface AnnotatedPhoto {
  /** Absolute. */
  readonly path: string;
  readonly faces: readonly AnnotatedFace[];
}

export interface AnnotatedFolder {
  /** In the order of the XML files, by name, and their entries. */
  readonly annotated: readonly AnnotatedPhoto[];
  /** Photos in the folder that no XML file speaks of, by name: nobody said what they show. Absolute. */
  readonly unannotated: readonly string[];
}

const wholeNumber = z.string().regex(/^-?\d+$/, 'expected a whole number').transform(Number);
const size = wholeNumber.refine((value) => value > 0, 'expected more than 0');
const partSchema = z.object({ name: z.string().min(1), x: wholeNumber, y: wholeNumber });
const boxSchema = z.object({
  left: wholeNumber,
  top: wholeNumber,
  width: size,
  height: size,
  ignore: z.enum(['0', '1']).default('0'),
  part: z.array(partSchema).default([]),
});
const imageSchema = z.object({ file: z.string().min(1), box: z.array(boxSchema).default([]) });
/** An element without content reads as an empty text. */
const imagesSchema = z.union([z.literal('').transform(() => ({ image: [] })), z.object({ image: z.array(imageSchema).default([]) })]);
const documentSchema = z.object({ dataset: z.object({ images: imagesSchema }) });

const listElements: ReadonlySet<string> = new Set(['image', 'box', 'part']);
/** Where a file names no encoding, XML means this one. */
const defaultEncoding = 'utf-8';

/** Whether a folder holds annotations, by the names of its files. */
export async function hasAnnotations(folder: string): Promise<boolean> {
  return (await listXmlFiles(folder)).length > 0;
}

/** Reads all XML files of a folder.
 *  @throws AppError "bad-argument" for XML that is none or says something else, naming file and place; "not-found"
 *    where a photo that it names is missing, or one is annotated twice, or there is no XML file */
export async function readAnnotatedFolder(folder: string): Promise<AnnotatedFolder> {
  const files = await listXmlFiles(folder);
  if (files.length === 0) {
    throw new AppError('not-found', `Expected XML files with annotations in ${folder} but found none`, {
      parameters: { kind: 'annotations', path: folder },
    });
  }
  const annotated = (await Promise.all(files.map(readAnnotations))).flat();
  const known = new Set<string>();
  for (const photo of annotated) {
    if (known.has(photo.path)) {
      throw new AppError('bad-argument', `Expected one annotation for ${photo.path} but received two`);
    }
    known.add(photo.path);
  }
  const names = (await readdir(folder)).filter(isPhotoFileName).sort();
  const unannotated = names.map((name) => path.join(folder, name)).filter((photo) => !known.has(photo));
  return { annotated, unannotated };
}

/** @param file absolute; the photos that it names lie relative to it
 *  @throws AppError as readAnnotatedFolder does */
export async function readAnnotations(file: string): Promise<AnnotatedPhoto[]> {
  const text = decodeXml(await readFile(file), file);
  const problem = XMLValidator.validate(text);
  if (problem !== true) throw invalid(file, `line ${problem.err.line}: ${problem.err.msg}`);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseAttributeValue: false,
    parseTagValue: false,
    isArray: (name) => listElements.has(String(name)),
  });
  const parsed = documentSchema.safeParse(parser.parse(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(file, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  return await Promise.all(
    parsed.data.dataset.images.image.map(async (image) => {
      const photo = path.resolve(path.dirname(file), image.file);
      await requirePhoto(photo, file);
      return { path: photo, faces: image.box.map(toFace) };
    }),
  );
}

function toFace(box: z.infer<typeof boxSchema>): AnnotatedFace {
  const parts = box.part.toSorted((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true }));
  return {
    box: { x: box.left, y: box.top, width: box.width, height: box.height },
    isOptional: box.ignore === '1',
    landmarks: parts.length === 0 ? null : Float32Array.from(parts.flatMap(({ x, y }) => [x, y])),
  };
}

/** Annotators' tools write the encoding that they were set to into the first line. */
function decodeXml(bytes: Uint8Array, file: string): string {
  const declaration = /^<\?xml[^>]*?encoding=["']([\w.-]+)["']/.exec(Buffer.from(bytes.subarray(0, 200)).toString('latin1'));
  const encoding = declaration?.[1] ?? defaultEncoding;
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw invalid(file, `not text in ${encoding}`, error);
  }
}

async function requirePhoto(photo: string, file: string): Promise<void> {
  try {
    await access(photo);
  } catch (error) {
    throw new AppError('not-found', `Expected the photo ${photo}, which ${file} names, but it cannot be read`, {
      cause: error,
      parameters: { path: `photo ${photo}, which ${file} names` },
    });
  }
}

async function listXmlFiles(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.toLowerCase().endsWith('.xml'));
  return names.sort().map((name) => path.join(folder, name));
}

function invalid(file: string, detail: string, cause?: unknown): AppError {
  return new AppError('bad-argument', `Expected annotations as dlib's imglab writes them in ${file} but received ${detail}`, {
    cause,
    parameters: { path: file, detail },
  });
}
