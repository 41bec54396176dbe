import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { traceShares } from '../../../../native-models/lab/evaluation/draw-landmarks.ts';
import { comparePhoto } from '../../../../native-models/lab/evaluation/evaluate-landmarks.ts';
import { readLandmarkedFolder, toPointsFile } from '../../../../native-models/lab/evaluation/landmarked-photos.ts';
import { compareLandmarks, scoreLandmarks, type LandmarkError } from '../../../../native-models/lab/evaluation/landmarks.ts';
import { formatPoints } from '../../../../native-models/lab/evaluation/points-file.ts';

/** Points of a row, but for the outer corners of the eyes, which are 50 apart. */
function invent(): Float32Array {
  const landmarks = Float32Array.from({ length: 136 }, (_, at) => (at % 2 === 0 ? at : 40));
  landmarks.set([10, 40], 36 * 2);
  landmarks.set([40, 80], 45 * 2);
  return landmarks;
}

function move(landmarks: Float32Array, points: readonly number[], [x, y]: readonly [number, number]): Float32Array {
  const moved = Float32Array.from(landmarks);
  for (const point of points) {
    moved[point * 2]! += x;
    moved[point * 2 + 1]! += y;
  }
  return moved;
}

const all = Array.from({ length: 68 }, (_, point) => point);

describe('the error of landmarks', () => {
  it('is nothing where they lie where they should', () => {
    expect(compareLandmarks(invent(), invent())).toEqual({ mean: 0, byRegion: { jaw: 0, brows: 0, nose: 0, eyes: 0, mouth: 0 } });
  });

  it('is the mean distance by that of the outer corners of the eyes', () => {
    // All are off by 5 of 50.
    const error = compareLandmarks(invent(), move(invent(), all, [3, 4]));
    expect(error.mean).toBeCloseTo(0.1, 6);
    for (const region of Object.values(error.byRegion)) expect(region).toBeCloseTo(0.1, 6);
  });

  it.each([
    ['jaw', 0, 17],
    ['brows', 17, 27],
    ['nose', 27, 36],
    ['eyes', 36, 48],
    ['mouth', 48, 68],
  ] as const)('of %s is that of points %i up to %i alone', (region, first, end) => {
    const error = compareLandmarks(invent(), move(invent(), all.slice(first, end), [0, 10]));
    expect(error.byRegion[region]).toBeCloseTo(0.2, 6);
    expect(error.mean).toBeCloseTo((0.2 * (end - first)) / 68, 6);
    expect(Object.values(error.byRegion).filter((value) => value > 0)).toHaveLength(1);
  });

  it('is the same in a photo of another size', () => {
    const found = move(invent(), all, [2, -1]);
    const grow = (landmarks: Float32Array): Float32Array => landmarks.map((coordinate) => coordinate * 3);
    expect(compareLandmarks(grow(invent()), grow(found)).mean).toBeCloseTo(compareLandmarks(invent(), found).mean, 6);
  });

  it('is refused for five points, and without a distance between the eyes', () => {
    const five = new Float32Array(10);
    expect(() => compareLandmarks(invent(), five)).toThrow(expect.objectContaining({ code: 'bad-argument' }));
    expect(() => compareLandmarks(new Float32Array(136), invent())).toThrow(expect.objectContaining({ code: 'degenerate-landmarks' }));
  });
});

describe('the scores of landmarks', () => {
  const errorOf = (mean: number): LandmarkError => ({ mean, byRegion: { jaw: 2 * mean, brows: mean, nose: mean, eyes: mean, mouth: 0 } });

  it('are mean, median and the shares above the limits', () => {
    const scores = scoreLandmarks([0.09, 0.01, 0.2, 0.02].map(errorOf));
    expect(scores.mean).toBeCloseTo(0.08, 9);
    expect(scores.median).toBeCloseTo(0.055, 9);
    expect(scores.above).toEqual([
      { limit: 0.08, share: 0.5 },
      { limit: 0.1, share: 0.25 },
    ]);
    expect(scores.byRegion!.jaw).toBeCloseTo(0.16, 9);
    expect(scores.errors).toEqual([0.01, 0.02, 0.09, 0.2]);
  });

  it('are nothing without faces', () => {
    expect(scoreLandmarks([])).toMatchObject({ faces: 0, mean: null, median: null, byRegion: null });
  });

  it('are drawn as a staircase that leaves out what is beyond the frame', () => {
    expect(traceShares([0.05, 0.5])).toEqual([
      { x: 0, y: 0 },
      { x: 0.05, y: 0 },
      { x: 0.05, y: 0.5 },
      { x: 0.2, y: 0.5 },
    ]);
  });
});

describe('the faces of a photo', () => {
  it('are compared with those whose boxes they overlap, in any order; one without landmarks takes its own away', () => {
    const box = (x: number) => ({ x, y: 0, width: 100, height: 100 });
    const truth = [
      { box: box(0), landmarks: invent() },
      { box: box(200), landmarks: null },
      { box: box(400), landmarks: move(invent(), all, [400, 0]) },
      { box: box(600), landmarks: invent() },
    ];
    const found = [
      { box: box(402), score: 0.7, landmarks: move(invent(), all, [400, 5]) },
      { box: box(201), score: 0.9, landmarks: new Float32Array(136) },
      { box: box(1), score: 0.8, landmarks: invent() },
    ];
    expect(comparePhoto(truth, found).map(({ mean }) => Math.round(mean * 1e6) / 1e6).sort()).toEqual([0, 0.1]);
  });
});

describe('a folder of photos with landmarks', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kindred-landmarks-test-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is read from .pts files, which count pixels from 1 and from their middles', async () => {
    await writeFile(path.join(folder, 'a.pts'), formatPoints(invent()));
    for (const name of ['a.jpg', 'b.jpg', 'c.txt']) await writeFile(path.join(folder, name), '');
    const [photo, ...others] = await readLandmarkedFolder(folder);
    expect(others).toEqual([]);
    expect(photo!.path).toBe(path.join(folder, 'a.jpg'));
    expect(photo!.faces[0]!.landmarks).toEqual(invent().map((coordinate) => coordinate - 0.5));
    expect(toPointsFile(photo!.faces[0]!.landmarks!)).toEqual(invent());
    expect(photo!.faces[0]!.box).toEqual({ x: -0.5, y: 39.5, width: 134, height: 40 });
  });

  it('is read from XML, whose pixels count from 0', async () => {
    const parts = all.map((point) => `<part name='${String(point).padStart(2, '0')}' x='${point}' y='${point * 2}'/>`).join('');
    const box = `<box left='1' top='2' width='30' height='40'`;
    await writeFile(path.join(folder, 'a.jpg'), '');
    await writeFile(path.join(folder, 'a.xml'), `<dataset><images><image file='a.jpg'>${box}>${parts}</box>${box}/></image></images></dataset>`);
    const [photo] = await readLandmarkedFolder(folder);
    expect(photo!.faces.map(({ landmarks }) => landmarks?.slice(2, 4) ?? null)).toEqual([Float32Array.of(1.5, 2.5), null]);
  });

  it('is refused where it holds neither, naming it', async () => {
    await mkdir(path.join(folder, 'inner'));
    await expect(readLandmarkedFolder(folder)).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining(folder) as string });
  });

  it.each([
    ['two landmarks', { 'a.pts': formatPoints(Float32Array.of(1, 2, 3, 4)), 'a.jpg': '' }, /a\.pts but received 2 landmarks/],
    ['eyes in one place', { 'a.pts': formatPoints(new Float32Array(136)), 'a.jpg': '' }, /a\.pts.*coincide/],
    ['two photos of a name', { 'a.pts': formatPoints(invent()), 'a.jpg': '', 'a.png': '' }, /a\.pts.*two photos/],
    ['a file that is none', { 'a.pts': 'hello', 'a.jpg': '' }, /a\.pts.*line 1/],
  ])('is refused with %s, naming the file', async (_, files, message) => {
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
    await expect(readLandmarkedFolder(folder)).rejects.toMatchObject({ code: 'bad-argument', message: expect.stringMatching(message) as string });
  });
});
