import { expect, it } from 'vitest';
import { createRandom, type Random } from '../../../../../electron/base/random.ts';
import { intersectionOverUnion } from '../../../../../electron/geometry/boxes.ts';
import { findWindows } from '../../../../../native-models/lab/hog/find-windows.ts';
import { readHogModel, writeHogModel } from '../../../../../native-models/lab/hog/hog-model.ts';
import { trainHog, type HogPicture } from '../../../../../native-models/lab/training/hog/train-hog.ts';
import { trainLinearSvm } from '../../../../../native-models/lab/training/hog/linear-svm.ts';

const svmOptions = { cost: 10, positiveWeight: 1, maxEpochs: 1000, tolerance: 1e-4 };

it('finds the widest margin between two kinds', () => {
  const examples = [
    { features: Float32Array.of(3, 1), isPositive: true },
    { features: Float32Array.of(3, -1), isPositive: true },
    { features: Float32Array.of(1, 1), isPositive: false },
    { features: Float32Array.of(1, -1), isPositive: false },
  ];
  const { weights, bias } = trainLinearSvm(examples, svmOptions, createRandom(1));
  // With the bias in the norm, x = 3 and x = 1 are held apart by (1, 0) and -2.
  expect(weights[0]).toBeCloseTo(1, 2);
  expect(weights[1]).toBeCloseTo(0, 2);
  expect(bias).toBeCloseTo(-2, 2);
});

it('learns to find a pattern, and finds it where it was never seen, the same way from the same seed', async () => {
  const train = (seed: number) => {
    const random = createRandom(seed);
    return trainHog(Array.from({ length: 16 }, () => drawPicture(random)), Array.from({ length: 6 }, () => drawPicture(random)), {
      cellPx: 6,
      windowCells: 6,
      rounds: 1,
      picturesPerRound: 8,
      falsePerPicture: 0.2,
      random,
    });
  };
  const { model, recall, falsePerPicture } = await train(3);
  expect(recall).toBeGreaterThan(0.8);
  expect(falsePerPicture).toBeLessThanOrEqual(0.2);
  const random = createRandom(99);
  const unseen = Array.from({ length: 10 }, () => drawPicture(random));
  let found = 0;
  for (const { read, faces } of unseen) {
    const image = await read();
    const [best] = findWindows(image, model).sort((one, other) => other.margin - one.margin);
    if (best !== undefined && intersectionOverUnion(best.box, faces[0]!) > 0.5) found += 1;
    // Early ends leave out windows, and change none that are left.
    const all = findWindows(image, { ...model, rowFloors: model.rowFloors.map(() => -Infinity) });
    expect(all).toEqual(expect.arrayContaining(findWindows(image, model)));
  }
  expect(found).toBeGreaterThanOrEqual(8);
  expect((await train(3)).model).toEqual(model);
  expect(readHogModel(JSON.parse(writeHogModel(model, 'a test')))).toEqual(model);
});

it('says what it lacks', async () => {
  const options = { cellPx: 6, windowCells: 6, rounds: 0, picturesPerRound: 1, falsePerPicture: 0.1, random: createRandom(1) };
  await expect(trainHog([{ ...drawPicture(createRandom(1)), faces: [] }], [], options)).rejects.toMatchObject({ code: 'bad-argument' });
  expect(() => readHogModel({ cellPx: 6 })).toThrowError(expect.objectContaining({ code: 'model-mismatch' }));
});

/** A dark disc with two bright ones in it, somewhere in stripes and noise. */
function drawPicture(random: Random): HogPicture {
  const side = 72;
  const radius = 13 + random() * 6;
  const x = radius + random() * (side - 2 * radius);
  const y = radius + random() * (side - 2 * radius);
  const period = 5 + random() * 12;
  const data = Float32Array.from({ length: side * side }, (_, pixel) => {
    const column = (pixel % side) - x;
    const row = Math.floor(pixel / side) - y;
    const isEye = [-0.4, 0.4].some((at) => Math.hypot(column - at * radius, row + 0.2 * radius) < 0.25 * radius);
    const noise = (random() - 0.5) * 10;
    if (isEye) return 230 + noise;
    return (Math.hypot(column, row) < radius ? 60 : 150 + 30 * Math.sin(pixel / period)) + noise;
  });
  return {
    read: () => Promise.resolve({ width: side, height: side, data }),
    faces: [{ x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius }],
  };
}
