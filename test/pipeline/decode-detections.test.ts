/** Each kind of detector's tensors, read against boxes and points worked out by hand. */

import { describe, expect, it } from 'vitest';
import { createDetectionReader, type RawDetection } from '../../electron/pipeline/decode-detections.ts';
import { parseManifest, type Detector } from '../../native-models/packs/manifest.ts';
import { createRuntime } from '../../native-models/runtime/create-runtime.ts';
import type { FloatTensor } from '../../native-models/runtime/runtime.ts';
import { readStandardManifest } from '../../native-models/packs/standard-pack.ts';
import { craftModel } from '../native-models/onnx/craft-model.ts';

/** Input of 16 x 8 pixels: with a stride of 8 two cells side by side, with one of 4 two rows of four. */
const input = { width: 16, height: 8 };
const common = {
  file: 'fr_detect.onnx',
  input: { name: 'x', shape: [1, 3, 8, 16], channelOrder: 'rgb', mean: 0, scale: 1 },
  scoreThreshold: 0.5,
  nmsThreshold: 0.4,
  reliableFacePx: 4,
  sizeMultiplePx: null,
};

function parseDetector(detector: object): Detector {
  const standard = JSON.parse(JSON.stringify(readStandardManifest())) as object;
  return parseManifest({ ...standard, detector: { ...common, ...detector }, knownAnswers: undefined }).detector;
}

/** Numbers by place; zero elsewhere. */
function fill(length: number, values: Readonly<Record<number, number | readonly number[]>>): FloatTensor {
  const data = new Float32Array(length);
  for (const [at, value] of Object.entries(values)) data.set(typeof value === 'number' ? [value] : value, Number(at));
  return { shape: [length], data };
}

function read(detector: Detector, outputs: Record<string, FloatTensor>, pictureCount = 1): RawDetection[][] {
  return createDetectionReader(detector)(outputs, input, pictureCount);
}

const priors = { strides: [8], sizesPx: [[4, 10]], variances: [0.1, 0.2] };
const rfb = parseDetector({ kind: 'rfb', outputs: { scores: 's', offsets: 'o' }, priors });
const retinaface = parseDetector({ kind: 'retinaface', outputs: { scores: 's', offsets: 'o', landmarks: 'l' }, priors });
const yunet = parseDetector({
  kind: 'yunet',
  strides: [4, 8],
  outputs: { classes: ['c4', 'c8'], objectness: ['o4', 'o8'], boxes: ['b4', 'b8'], landmarks: ['l4', 'l8'] },
});
const scrfd = parseDetector({
  kind: 'scrfd',
  strides: [4, 8],
  priorsPerCell: 2,
  outputs: { scores: ['s4', 's8'], distances: ['d4', 'd8'], landmarks: ['l4', 'l8'] },
});

describe('RFB', () => {
  it('moves and scales the prior of the right cell and size', () => {
    // Priors in order: (4, 4) side 4, (4, 4) side 10, (12, 4) side 4, (12, 4) side 10. The last one answers.
    const scores = fill(8, { 1: 0.2, 7: 0.9 });
    // Centre 12 + 2 x 0.1 x 10 = 14 and 4 - 1 x 0.1 x 10 = 3; sides 10 e^(0.2 ln 2 / 0.2) = 20 and 10.
    const offsets = fill(16, { 12: [2, -1, Math.LN2 / 0.2, 0] });
    const [[face, ...others]] = read(rfb, { s: scores, o: offsets }) as [RawDetection[]];
    expect(others).toEqual([]);
    expect(face!.score).toBeCloseTo(0.9, 6);
    expect(face!.fivePoints).toBeNull();
    expect(face!.box.x).toBeCloseTo(4, 4);
    expect(face!.box.y).toBeCloseTo(-2, 4);
    expect(face!.box.width).toBeCloseTo(20, 4);
    expect(face!.box.height).toBeCloseTo(10, 4);
  });

  it('tells pictures of a batch apart', () => {
    const found = read(rfb, { s: fill(16, { 3: 0.7, 9: 0.8 }), o: fill(32, {}) }, 2);
    expect(found.map((faces) => faces.map(({ box }) => box))).toEqual([
      [{ x: -1, y: -1, width: 10, height: 10 }],
      [{ x: 2, y: 2, width: 4, height: 4 }],
    ]);
  });

  it('takes nothing that is not a number for a face', () => {
    expect(read(rfb, { s: fill(8, { 1: Number.NaN, 3: 0.9, 5: 0.9 }), o: fill(16, { 4: Number.NaN, 8: [0, 0, -50, 0] }) })).toEqual([[]]);
  });

  it('refuses a tensor of another length', () => {
    expect(() => read(rfb, { s: fill(7, {}), o: fill(16, {}) })).toThrowError(expect.objectContaining({ code: 'model-mismatch' }));
    expect(() => read(rfb, { s: fill(8, {}) })).toThrowError(expect.objectContaining({ code: 'model-mismatch' }));
  });
});

describe('RetinaFace', () => {
  it('places five points from the same prior', () => {
    const landmarks = fill(40, { 20: [1, 0, -1, 0, 0, 0, 0, 2, 0, -2] });
    const [[face]] = read(retinaface, { s: fill(8, { 5: 0.6 }), o: fill(16, {}), l: landmarks }) as [RawDetection[]];
    // Prior (12, 4) of side 4: a step of one is 0.1 x 4 pixels.
    expect(face!.box).toEqual({ x: 10, y: 2, width: 4, height: 4 });
    expect(face!.fivePoints!.flat().map((value) => Number(value.toFixed(4)))).toEqual([12.4, 4, 11.6, 4, 12, 4, 12, 4.8, 12, 3.2]);
  });
});

describe('YuNet', () => {
  const empty = { c4: fill(8, {}), o4: fill(8, {}), b4: fill(32, {}), l4: fill(80, {}), c8: fill(2, {}), o8: fill(2, {}), b8: fill(8, {}), l8: fill(20, {}) };

  it('reads a cell of the first stride, its score the geometric mean', () => {
    // Cell 6: row 1, column 2.
    const outputs = {
      ...empty,
      c4: fill(8, { 6: 0.9 }),
      o4: fill(8, { 6: 0.4 }),
      b4: fill(32, { 24: [0.5, 0.25, Math.LN2, 0] }),
      l4: fill(80, { 60: [0, 0, 1, 0, 0.5, 0.5, 0, 1, 1, 1] }),
    };
    const [[face]] = read(yunet, outputs) as [RawDetection[]];
    expect(face!.score).toBeCloseTo(0.6, 6);
    // Centre ((2 + 0.5) 4, (1 + 0.25) 4) = (10, 5), sides 2 x 4 and 1 x 4.
    expect(face!.box.x).toBeCloseTo(6, 5);
    expect(face!.box.y).toBeCloseTo(3, 5);
    expect(face!.box.width).toBeCloseTo(8, 5);
    expect(face!.box.height).toBeCloseTo(4, 5);
    expect(face!.fivePoints).toEqual([[8, 4], [12, 4], [10, 6], [8, 8], [12, 8]]);
  });

  it('reads the coarser stride from its own tensors, and takes no share beyond one', () => {
    const [[face, ...others]] = read(yunet, { ...empty, c8: fill(2, { 1: 1.2 }), o8: fill(2, { 1: 1 }) }) as [RawDetection[]];
    expect(others).toEqual([]);
    expect(face).toMatchObject({ score: 1, box: { x: 4, y: -4, width: 8, height: 8 } });
  });
});

describe('SCRFD', () => {
  const empty = { s4: fill(16, {}), d4: fill(64, {}), l4: fill(160, {}), s8: fill(4, {}), d8: fill(16, {}), l8: fill(40, {}) };

  it('measures the edges from the corner of the cell, for both priors of it', () => {
    // Prior 11 of stride 4 is the second of cell 5: row 1, column 1. Corner (4, 4).
    const outputs = { ...empty, s4: fill(16, { 11: 0.75 }), d4: fill(64, { 44: [0.5, 1, 2, 0.25] }), l4: fill(160, { 110: [0, 0, 1, 0, 0.5, 0.5, 0, 1, 1, 1] }) };
    const [[face]] = read(scrfd, outputs) as [RawDetection[]];
    expect(face).toEqual({ score: 0.75, box: { x: 2, y: 0, width: 10, height: 5 }, fivePoints: [[4, 4], [8, 4], [6, 6], [4, 8], [8, 8]] });
  });

  it('goes without landmarks where the network gives none', () => {
    const bare = parseDetector({ kind: 'scrfd', strides: [8], priorsPerCell: 1, outputs: { scores: ['s'], distances: ['d'], landmarks: null } });
    const found = read(bare, { s: fill(2, { 1: 0.9 }), d: fill(8, { 4: [1, 0, 1, 1] }) });
    expect(found[0]).toMatchObject([{ box: { x: 0, y: 0, width: 16, height: 8 }, fivePoints: null }]);
  });
});

describe('a network crafted like SCRFD', () => {
  it('is read from its tensors as they leave the runtime', async () => {
    // A convolution of 8 x 8 pixels makes of each cell its mean (the score) and four distances of half a stride.
    const model = craftModel({
      input: [1, 3, 8, 16],
      nodes: [
        { operator: 'Conv', inputs: ['x', 'mean'], output: 'm', integers: { strides: [8, 8] } },
        { operator: 'Transpose', inputs: ['m'], output: 'mt', integers: { perm: [0, 2, 3, 1] } },
        { operator: 'Reshape', inputs: ['mt', 'one'], output: 's' },
        { operator: 'Conv', inputs: ['x', 'zero', 'half'], output: 'h', integers: { strides: [8, 8] } },
        { operator: 'Transpose', inputs: ['h'], output: 'ht', integers: { perm: [0, 2, 3, 1] } },
        { operator: 'Reshape', inputs: ['ht', 'four'], output: 'd' },
      ],
      constants: {
        mean: { shape: [1, 3, 8, 8], floats: Array.from({ length: 192 }, () => 1 / 192) },
        zero: { shape: [4, 3, 8, 8], floats: Array.from({ length: 768 }, () => 0) },
        half: { shape: [4], floats: [0.5, 0.5, 0.5, 0.5] },
        one: { shape: [3], integers: [1, -1, 1] },
        four: { shape: [3], integers: [1, -1, 4] },
      },
      outputs: ['s', 'd'],
    });
    const detector = parseDetector({ kind: 'scrfd', strides: [8], priorsPerCell: 1, outputs: { scores: ['s'], distances: ['d'], landmarks: null } });
    const runtime = await createRuntime('onnx');
    const network = await runtime.load(model);
    // The right half of the picture is bright.
    const data = Float32Array.from({ length: 3 * 8 * 16 }, (_, at) => (at % 16 < 8 ? 0.1 : 0.8));
    const outputs = await network.run({ x: { shape: [1, 3, 8, 16], data } });
    const [faces] = createDetectionReader(detector)(outputs, input, 1);
    expect(faces).toHaveLength(1);
    expect(faces![0]!.score).toBeCloseTo(0.8, 5);
    expect(faces![0]!.box).toEqual({ x: 4, y: -4, width: 8, height: 8 });
    await network.dispose();
    await runtime.dispose();
  });
});
