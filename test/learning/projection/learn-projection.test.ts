/** What is learnt from confirmed people: where there is something to learn, where there is not, and how it is refused. */

import { describe, expect, it } from 'vitest';
import { AppError } from '../../../electron/base/errors.ts';
import { createRandom } from '../../../electron/base/random.ts';
import { projectEmbeddings } from '../../../electron/clustering/neighbours/projection.ts';
import {
  learnProjection,
  type LearningInput,
  type LearningOptions,
} from '../../../electron/learning/projection/learn-projection.ts';
import { startLearning } from '../../../electron/learning/projection/start-learning.ts';

const length = 16;
const options: LearningOptions = {
  steps: 60,
  learningRate: 0.3,
  marginShare: 0.5,
  preservation: 0.5,
  leastPeople: 3,
  leastFaces: 30,
  mostFacesPerPerson: 40,
  backgroundFaces: 400,
};
const unwatched = (): void => undefined;

/** People who differ in the last four numbers alone, while the first ones change from photo to photo.
 *  @param disturbance of the numbers that say nothing */
function inventLibrary({ people, facesEach, disturbance }: { people: number; facesEach: number; disturbance: number }): LearningInput {
  const random = createRandom(7);
  const gauss = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const labels: number[] = [];
  const rows: number[] = [];
  for (let person = 0; person < people; person++) {
    const looks = Array.from({ length: 8 }, gauss);
    for (let face = 0; face < facesEach; face++) {
      labels.push(person);
      for (let at = 0; at < length; at++) {
        rows.push(at < 8 ? disturbance * gauss() : looks[at - 8]! + 0.25 * gauss());
      }
    }
  }
  return {
    length,
    embeddings: Float32Array.from(rows),
    labels: Int32Array.from(labels),
    people: Int32Array.from(labels),
    photos: Int32Array.from(labels, (_, face) => face),
    sameDistance: 0.9,
    seed: 1,
  };
}

describe('learning a projection', () => {
  it('learns to look past what changes from photo to photo, and tells held-out faces apart better', () => {
    const input = inventLibrary({ people: 10, facesEach: 30, disturbance: 1.2 });
    const outcome = learnProjection(input, options, unwatched);
    expect(outcome).toMatchObject({ refusal: null, peopleCount: 10, faceCount: 300 });
    const { valBefore, valAfter, standardError } = outcome.heldOut!.faces;
    expect(valAfter - valBefore).toBeGreaterThan(2 * standardError);
    expect(valAfter - valBefore).toBeGreaterThan(0.1);
    expect(outcome.heldOut!.toldApart.length).toBeGreaterThan(0);
    for (const { people, before, after } of outcome.heldOut!.toldApart) {
      expect(people[0]).toBeLessThan(people[1]);
      expect(after).toBeLessThan(before);
    }
    const { matrix, outputLength, distanceScale } = outcome.learnt!;
    expect(distanceScale).toBeGreaterThan(0.5);
    expect(distanceScale).toBeLessThan(1.5);
    const projected = projectEmbeddings(input.embeddings, length, { version: 1, matrix, outputLength });
    for (let face = 0; face < 300; face += 17) {
      const unit = projected.subarray(face * outputLength, (face + 1) * outputLength);
      expect(Math.hypot(...unit)).toBeCloseTo(1, 5);
    }
  });

  it('gives the same for the same faces', () => {
    const input = inventLibrary({ people: 6, facesEach: 14, disturbance: 1.2 });
    const fewSteps = { ...options, steps: 10 };
    expect(learnProjection(input, fewSteps, unwatched)).toEqual(learnProjection(input, fewSteps, unwatched));
  });

  it('refuses where everybody is told apart already, and leaves nothing to use', () => {
    const outcome = learnProjection(inventLibrary({ people: 10, facesEach: 30, disturbance: 0.05 }), options, unwatched);
    expect(outcome).toMatchObject({ refusal: 'no-gain', learnt: null });
    expect(outcome.heldOut!.faces.valBefore).toBeGreaterThan(0.99);
  });

  it('refuses to learn from few people or few faces, and never from somebody with one face', () => {
    const few = inventLibrary({ people: 2, facesEach: 30, disturbance: 1 });
    expect(learnProjection(few, options, unwatched)).toMatchObject({ refusal: 'too-few', peopleCount: 2, heldOut: null });
    const single = inventLibrary({ people: 60, facesEach: 1, disturbance: 1 });
    expect(learnProjection(single, options, unwatched)).toMatchObject({ refusal: 'too-few', peopleCount: 0, faceCount: 0 });
  });

  it('learns in a worker what it learns without one, and tells how far it is', async () => {
    const input = inventLibrary({ people: 6, facesEach: 14, disturbance: 1.2 });
    const fewSteps = { ...options, steps: 10 };
    const told: number[] = [];
    const outcome = await startLearning(input, fewSteps, { onProgress: (done) => told.push(done) });
    expect(outcome).toEqual(learnProjection(input, fewSteps, unwatched));
    expect(told.length).toBeGreaterThan(2);
    expect(told).toEqual([...told].sort((one, other) => one - other));
  });

  it('stops when it is cancelled', async () => {
    const input = inventLibrary({ people: 10, facesEach: 30, disturbance: 1.2 });
    const controller = new AbortController();
    const learning = startLearning(input, { ...options, steps: 100_000 }, { signal: controller.signal });
    controller.abort();
    await expect(learning).rejects.toSatisfy((error) => error instanceof AppError && error.code === 'cancelled');
  });
});
