import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../../../electron/base/random.ts';
import { augmentChip, lightAugmentation, noAugmentation, strongAugmentation } from '../../../../../native-models/lab/training/batches/augment-chip.ts';
import { drawBatch } from '../../../../../native-models/lab/training/batches/draw-batch.ts';
import { splitPeople } from '../../../../../native-models/lab/training/batches/split-people.ts';
import { countTriplets } from '../../../../../electron/learning/triplets/select-triplets.ts';
import { drawFaces, tinyShape } from '../../../../support/drawn-faces.ts';

test('Two people of ten photos each make the 1800 triplets that the seminar counts', () => {
  expect(countTriplets([10, 10])).toBe(1800);
});

describe('A split', () => {
  const people = Array.from({ length: 100 }, (_, index) => `p${index}`);
  const options = { seed: 4, validationShare: 0.1, testShare: 0.2, trainingShare: 1 };

  test('Puts everybody into one part, whatever the order they come in', () => {
    const split = splitPeople(people, options);
    expect([...split.training, ...split.validation, ...split.test].sort()).toEqual([...people].sort());
    expect([split.training.length, split.validation.length, split.test.length]).toEqual([70, 10, 20]);
    expect(splitPeople([...people].reverse(), options)).toEqual(split);
  });

  test('Of a share of the people is tested on the same ones, and learns from some of the same', () => {
    const whole = splitPeople(people, options);
    const part = splitPeople(people, { ...options, trainingShare: 0.1 });
    expect(part.test).toEqual(whole.test);
    expect(part.validation).toEqual(whole.validation);
    expect(part.training).toEqual(whole.training.slice(0, 7));
  });

  test('Of too few people is refused', () => {
    expect(() => splitPeople(['a', 'b', 'c'], options)).toThrowError(expect.objectContaining({ code: 'bad-argument' }));
  });
});

describe('A batch', () => {
  const facesByPerson = [[0, 1, 2, 3, 4, 5], [6, 7], [8], [9], [10, 11, 12], [13]];

  test('Has pairs of so many people, and is filled with one face each of others', () => {
    const { chips, people } = drawBatch(facesByPerson, { people: 2, faces: 3, size: 7 }, createRandom(1));
    const counts = new Map<number, number>();
    for (const person of people) counts.set(person, (counts.get(person) ?? 0) + 1);
    expect([...counts.values()].filter((count) => count >= 2)).toHaveLength(2);
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(3);
    expect(new Set(chips).size).toBe(chips.length);
    chips.forEach((chip, row) => expect(facesByPerson[people[row]!]).toContain(chip));
  });

  test('That is too small for all faces leaves everybody two', () => {
    const { people } = drawBatch(facesByPerson, { people: 3, faces: 6, size: 6 }, createRandom(2));
    expect([...people].sort()).toEqual([0, 0, 1, 1, 4, 4]);
  });

  test('Is the same for the same seed', () => {
    const options = { people: 2, faces: 2, size: 6 };
    expect(drawBatch(facesByPerson, options, createRandom(5))).toEqual(drawBatch(facesByPerson, options, createRandom(5)));
  });

  test('Cannot be smaller than two faces of each person', () => {
    expect(() => drawBatch(facesByPerson, { people: 3, faces: 2, size: 5 }, createRandom(1))).toThrowError(
      expect.objectContaining({ code: 'bad-argument' }),
    );
  });
});

describe('An augmented chip', () => {
  const [chip] = drawFaces(1, 1);

  test('Without augmentation is the chip inside its border', async () => {
    const pixels = await augmentChip(chip!, tinyShape, noAugmentation, createRandom(1));
    const { width, data } = chip!.image;
    for (const [row, column] of [
      [0, 0],
      [3, 5],
      [7, 7],
    ] as const) {
      expect(pixels[(row * 8 + column) * 3]).toBeCloseTo(data[((row + 1) * width + column + 1) * 3]!, 3);
    }
  });

  test('Mirrored is the other way round', async () => {
    const plain = await augmentChip(chip!, tinyShape, noAugmentation, createRandom(1));
    const mirrored = await augmentChip(chip!, tinyShape, { ...noAugmentation, isMirrored: true }, () => 0);
    for (let column = 0; column < 8; column++) expect(mirrored[column * 3]).toBeCloseTo(plain[(7 - column) * 3]!, 2);
  });

  test.each([
    ['light', lightAugmentation],
    ['strong', strongAugmentation],
    ['only compressed', { ...noAugmentation, jpegShare: 1, blurShare: 1, lowResolutionShare: 1 }],
  ])('Of %s augmentation is the same for the same seed, within 0 to 255', async (_, augmentation) => {
    const one = await augmentChip(chip!, tinyShape, augmentation, createRandom(9));
    expect(await augmentChip(chip!, tinyShape, augmentation, createRandom(9))).toEqual(one);
    expect(Math.min(...one)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...one)).toBeLessThanOrEqual(255);
  });
});
