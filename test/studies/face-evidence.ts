/**
 * Faces of Labeled Faces in the Wild for studies of quality: those of its photos, and those of photos spoiled on purpose,
 * as news photos are too good. Analyzed once and kept in a work folder, as that takes minutes; an empty folder starts anew.
 */

import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { analysisDefaults, workerCountDefault } from '../../electron/engine/config.ts';
import { createRandom, type Random } from '../../electron/base/random.ts';
import { intersectionOverUnion, placeBox } from '../../electron/geometry/boxes.ts';
import { averageFivePoints } from '../../electron/geometry/face-shape.ts';
import { fitSimilarityTransform } from '../../electron/geometry/similarity-transform.ts';
import type { Box, Point } from '../../electron/geometry/types.ts';
import { dotProduct } from '../../electron/geometry/vectors.ts';
import { decodePhoto, readImageHeader, samplePhoto, type DecodedPhoto } from '../../electron/imaging/decode.ts';
import { roundPixels } from '../../electron/imaging/pixels.ts';
import type { FaceEvidence } from '../../electron/imaging/quality.ts';
import { createAnalyzerPool, type AnalyzerPool } from '../../electron/pipeline/worker-pool.ts';
import type { AnalyzedFace } from '../../electron/terms/analyzed-photo.ts';
import { listLabeledPhotos, type LabeledPhoto } from '../../native-models/lab/evaluation/people-folder.ts';
import { readStandardManifest } from '../../native-models/packs/standard-pack.ts';
import { loadStandardPack } from '../support/standard-pack.ts';
import { spoil, spoilings, type SpoilingName } from '../support/spoiled-photos.ts';
import { lfwFolder } from './labeled-faces.ts';

export const defaultWorkFolder = path.join(tmpdir(), 'kindred-face-evidence');

export interface StudiedFace {
  /** The file that was analyzed. */
  readonly photo: string;
  /** The photo of the data set that it came from. */
  readonly original: string;
  /** Whose folder the photo lies in: who a main face is, and whom a bystander is not, usually. */
  readonly person: string;
  readonly spoiling: SpoilingName | 'none';
  /** Whether it is the face that the photo is named for. */
  readonly isMain: boolean;
  readonly box: Box;
  readonly score: number;
  /** [68, 2], photo pixels. */
  readonly landmarks: Float32Array;
  /** A unit vector. */
  readonly embedding: Float32Array;
}

/** People of whom there are more photos are shown by so many: else a dozen statesmen decide about everybody. */
const mostPhotosOfOne = 6;
/** Photos that are spoiled, each in several ways. */
const spoiledPhotos = 1200;
const spoilingsOfOne = 6;

/** @returns every face of at most six photos a person, then those of the spoiled photos */
export async function loadEvidence(workFolder = defaultWorkFolder, folder = lfwFolder): Promise<StudiedFace[]> {
  const file = path.join(workFolder, 'faces.jsonl');
  if (!existsSync(file)) {
    await mkdir(workFolder, { recursive: true });
    const faces = await collectEvidence(workFolder, folder);
    await writeFile(`${file}.part`, faces.map((face) => `${serializeFace(face)}\n`).join(''));
    await rename(`${file}.part`, file);
  }
  const lines = (await readFile(file, 'utf8')).split('\n');
  return lines.filter((line) => line !== '').map(parseFace);
}

/** @returns a random half of the people, the same every time, to fit on; the others are to check on */
export function drawFittedPeople(people: Iterable<string>): Set<string> {
  const random = createRandom(7);
  return new Set([...new Set(people)].sort().filter(() => random() < 0.5));
}

async function collectEvidence(workFolder: string, folder: string): Promise<StudiedFace[]> {
  const photos = capPhotos(await listLabeledPhotos(folder));
  const pool = await createAnalyzerPool({
    ...analysisDefaults,
    pack: await loadStandardPack(),
    runtime: 'onnx',
    workers: workerCountDefault(),
  });
  try {
    const asTheyAre = photos.map(({ path: photo, person }): Task => ({ photo, original: photo, person, spoiling: 'none', mainBox: null }));
    const faces = await analyzeAll(pool, asTheyAre);
    const spoiled = await writeSpoiledPhotos(workFolder, photos, faces);
    return [...faces, ...(await analyzeAll(pool, spoiled))];
  } finally {
    await pool.dispose();
  }
}

function capPhotos(photos: readonly LabeledPhoto[]): LabeledPhoto[] {
  const counts = new Map<string, number>();
  return photos.filter(({ person }) => {
    const count = (counts.get(person) ?? 0) + 1;
    counts.set(person, count);
    return count <= mostPhotosOfOne;
  });
}

interface Task extends Pick<StudiedFace, 'photo' | 'original' | 'person' | 'spoiling'> {
  /** The main face's box where it is known, in shares of the photo's width and height. */
  readonly mainBox: Box | null;
}

async function analyzeAll(pool: AnalyzerPool, tasks: readonly Task[]): Promise<StudiedFace[]> {
  const found: StudiedFace[][] = tasks.map(() => []);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < tasks.length; index = next++) {
      const { mainBox, ...task } = tasks[index]!;
      const result = await pool.analyze(task.photo);
      if ('known' in result) throw new Error(`Expected an unknown photo but received ${task.photo}`);
      const main =
        mainBox === null
          ? findMainFace(result.faces, result.width, result.height)
          : findFaceAt(result.faces, placeBox(mainBox, { originX: 0, originY: 0, scaleX: result.width, scaleY: result.height }));
      found[index] = result.faces.map((face) => ({ ...task, ...face, isMain: face === main }));
      if (index % 1000 === 0) console.error(`${index} of ${tasks.length} photos`);
    }
  };
  await Promise.all(Array.from({ length: pool.workerCount * 2 }, work));
  return found.flat();
}

/** @returns of the boxes that hold the photo's centre and take 25 to 80 % of its width the one nearest to it */
function findMainFace(faces: readonly AnalyzedFace[], width: number, height: number): AnalyzedFace | null {
  const candidates = faces
    .filter(({ box }) => box.x <= width / 2 && box.x + box.width >= width / 2)
    .filter(({ box }) => box.y <= height / 2 && box.y + box.height >= height / 2)
    .filter(({ box }) => box.width >= 0.25 * width && box.width <= 0.8 * width)
    .map((face) => ({ face, distance: Math.hypot(face.box.x + (face.box.width - width) / 2, face.box.y + (face.box.height - height) / 2) }))
    .sort((one, other) => one.distance - other.distance);
  return candidates[0]?.face ?? null;
}

/** @returns the face whose box overlaps `box` most, by a third at least: what is half covered may be found half */
function findFaceAt(faces: readonly AnalyzedFace[], box: Box): AnalyzedFace | null {
  const overlaps = faces.map((face) => ({ face, overlap: intersectionOverUnion(face.box, box) }));
  const best = overlaps.sort((one, other) => other.overlap - one.overlap)[0];
  return best !== undefined && best.overlap >= 1 / 3 ? best.face : null;
}

/** Spoils photos of people of whom there are at least two, as only such faces can fail to match. */
async function writeSpoiledPhotos(
  workFolder: string,
  photos: readonly LabeledPhoto[],
  faces: readonly StudiedFace[],
): Promise<Task[]> {
  const random = createRandom(11);
  const mainFaces = new Map(faces.filter(({ isMain }) => isMain).map((face) => [face.photo, face]));
  const counts = new Map<string, number>();
  for (const { person } of photos) counts.set(person, (counts.get(person) ?? 0) + 1);
  const eligible = shuffle(photos.filter(({ person, path: photo }) => counts.get(person)! >= 2 && mainFaces.has(photo)), random);
  const folder = path.join(workFolder, 'spoiled');
  await mkdir(folder, { recursive: true });
  const tasks: Task[] = [];
  for (const [index, { path: original, person }] of eligible.slice(0, spoiledPhotos).entries()) {
    const bytes = await readFile(original);
    const { width, height } = await sharp(bytes).metadata();
    const face = mainFaces.get(original)!;
    const mainBox = placeBox(face.box, { originX: 0, originY: 0, scaleX: 1 / width, scaleY: 1 / height });
    for (const spoiling of shuffle(spoilings, random).slice(0, spoilingsOfOne)) {
      const photo = path.join(folder, `${index}-${spoiling}.png`);
      await writeFile(photo, await spoil(bytes, spoiling, { face, strength: random(), random }));
      tasks.push({ photo, original, person, spoiling, mainBox });
    }
  }
  return tasks;
}

function shuffle<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
}

function serializeFace(face: StudiedFace): string {
  const { photo, original, person, spoiling, isMain, box, score } = face;
  const [landmarks, embedding] = [face.landmarks, face.embedding].map((values) =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64'),
  );
  return JSON.stringify({ photo, original, person, spoiling, isMain, box, score, landmarks, embedding });
}

function parseFace(line: string): StudiedFace {
  const face = JSON.parse(line) as Omit<StudiedFace, 'landmarks' | 'embedding'> & { landmarks: string; embedding: string };
  return { ...face, landmarks: parseFloats(face.landmarks), embedding: parseFloats(face.embedding) };
}

function parseFloats(text: string): Float32Array {
  // Copied: a buffer out of Node's pool need not start at a multiple of four.
  return new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
}

const decodeLimits = { maxPixels: 1e8, maxWorkingPixels: 1e8 };

/** Cuts every face's chip anew, as the analysis keeps none. */
export async function* cutChips(faces: readonly StudiedFace[]): AsyncGenerator<{ face: StudiedFace; evidence: FaceEvidence }> {
  const { chipSizePx, points } = readStandardManifest().embedder.template;
  let decodedPhoto = '';
  let pixels: DecodedPhoto | null = null;
  for (const face of faces) {
    if (pixels === null || decodedPhoto !== face.photo) {
      const bytes = await readFile(face.photo);
      pixels = await decodePhoto(bytes, await readImageHeader(bytes, decodeLimits), decodeLimits);
      decodedPhoto = face.photo;
    }
    const { score, box, landmarks } = face;
    const all = Array.from({ length: 68 }, (_, index) => [landmarks[index * 2]!, landmarks[index * 2 + 1]!]);
    const photoToChip = fitSimilarityTransform(averageFivePoints(all) as unknown as Point[], points);
    const chip = samplePhoto(pixels, photoToChip, { width: chipSizePx, height: chipSizePx });
    // Rounded: eight bits a value let all chips stay in memory.
    yield { face, evidence: { score, box, landmarks, photoToChip, chip: roundPixels(chip) } };
  }
}

/** @returns the cosine similarity that the given share of all pairs of strangers exceed */
export function findThreshold(faces: readonly StudiedFace[], falseMatches: number): number {
  const bins = 20_000;
  const counts = new Uint32Array(bins + 1);
  let pairs = 0;
  for (const [index, face] of faces.entries()) {
    for (const other of faces.slice(0, index)) {
      if (other.person === face.person) continue;
      counts[Math.round(((dotProduct(face.embedding, other.embedding) + 1) / 2) * bins)]! += 1;
      pairs += 1;
    }
  }
  let above = 0;
  let bin = bins;
  while (bin > 0 && above + counts[bin]! <= pairs * falseMatches) above += counts[bin--]!;
  return (bin / bins) * 2 - 1;
}
