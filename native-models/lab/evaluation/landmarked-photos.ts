/** Reads photos whose faces have 68 annotated landmarks: from dlib's XML, or from a .pts file beside each photo. */

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../electron/base/errors.ts';
import { boxFromCorners } from '../../../electron/geometry/boxes.ts';
import type { Box } from '../../../electron/geometry/types.ts';
import { isPhotoFileName } from '../../../electron/library/file-types.ts';
import { hasAnnotations, readAnnotatedFolder } from './annotated-photos.ts';
import { outerEyeCorners } from './landmarks.ts';
import { parsePoints } from './points-file.ts';

export interface LandmarkedFace {
  /** Photo pixels. */
  readonly box: Box;
  /** [68, 2], photo pixels, see [Note: pixel coordinates] in imaging/pixels.ts; null where nobody placed any. */
  readonly landmarks: Float32Array | null;
}

export interface LandmarkedPhoto {
  /** Absolute. */
  readonly path: string;
  readonly faces: readonly LandmarkedFace[];
}

const landmarkCount = 68;
/** Annotators' numbers name pixels; the middle of the one named 0 lies at 0.5 here. */
const pixelCentre = 0.5;
/** See [Note: .pts coordinates] in points-file.ts. */
const firstPointsPixel = 1;

/** @param folder with dlib's XML, or photos with .pts files of the same name
 *  @returns by name of the photo for .pts, in the XML's order else
 *  @throws AppError as readAnnotatedFolder and parsePoints do; "bad-argument" for a face with other than 68 landmarks or without a
 *    distance between its eyes, and for a .pts file that two photos share; "not-found" where there is neither XML nor a photo with a .pts file */
export async function readLandmarkedFolder(folder: string): Promise<LandmarkedPhoto[]> {
  if (!(await hasAnnotations(folder))) return await readPointsFolder(folder);
  const { annotated } = await readAnnotatedFolder(folder);
  return annotated.map((photo) => ({
    path: photo.path,
    faces: photo.faces.map(({ box, landmarks }) => ({
      box,
      landmarks: landmarks === null ? null : moveLandmarks(landmarks, pixelCentre, photo.path),
    })),
  }));
}

/** @param landmarks [n, 2], photo pixels
 *  @returns as .pts files count */
export function toPointsFile(landmarks: Float32Array): Float32Array {
  return landmarks.map((coordinate) => coordinate - pixelCentre + firstPointsPixel);
}

async function readPointsFolder(folder: string): Promise<LandmarkedPhoto[]> {
  const names = (await readdir(folder)).sort();
  const pointsByStem = new Map(names.filter((name) => /\.pts$/i.test(name)).map((name) => [path.parse(name).name, name]));
  const photos = names.filter((name) => isPhotoFileName(name) && pointsByStem.has(path.parse(name).name));
  if (photos.length === 0) {
    throw new AppError('not-found', `Expected XML files with annotations, or photos with .pts files of the same name, in ${folder} but found none`, {
      parameters: { kind: 'annotations', path: folder },
    });
  }
  const stems = new Set<string>();
  for (const name of photos) {
    const stem = path.parse(name).name;
    if (stems.has(stem)) throw invalid(path.join(folder, pointsByStem.get(stem)!), 'two photos of that name');
    stems.add(stem);
  }
  return await Promise.all(
    photos.map(async (name) => {
      const file = path.join(folder, pointsByStem.get(path.parse(name).name)!);
      const points = parsePoints(await readFile(file, 'utf8'), file);
      const landmarks = moveLandmarks(points, pixelCentre - firstPointsPixel, file);
      return { path: path.join(folder, name), faces: [{ box: boxAround(landmarks), landmarks }] };
    }),
  );
}

/** @param source named in errors */
function moveLandmarks(landmarks: Float32Array, shiftPx: number, source: string): Float32Array {
  if (landmarks.length !== landmarkCount * 2) throw invalid(source, `${landmarks.length / 2} landmarks of a face`);
  const [left, right] = outerEyeCorners;
  if (landmarks[left * 2] === landmarks[right * 2] && landmarks[left * 2 + 1] === landmarks[right * 2 + 1]) {
    throw invalid(source, 'outer corners of the eyes that coincide');
  }
  return landmarks.map((coordinate) => coordinate + shiftPx);
}

function boxAround(landmarks: Float32Array): Box {
  const x = landmarks.filter((_, index) => index % 2 === 0);
  const y = landmarks.filter((_, index) => index % 2 === 1);
  return boxFromCorners(Math.min(...x), Math.min(...y), Math.max(...x), Math.max(...y));
}

function invalid(file: string, detail: string): AppError {
  return new AppError('bad-argument', `Expected ${landmarkCount} landmarks of each face in ${file} but received ${detail}`, {
    parameters: { path: file, detail },
  });
}
