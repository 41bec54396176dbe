/** Training on WebGPU beside the CPU reference: in a process of its own, on SwiftShader, so that it is tested anywhere. */

import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseReport, runScript } from '../../../support/run-script.ts';
import { provideSwiftShader } from '../../../support/swift-shader.ts';
import { embedByModel, takeTinyStep, trainTinyPack, type StepAnswer, type TrainingAnswer } from './tiny-training.ts';
import type { WebGpuTrainingReport } from './train-on-webgpu.ts';

const swiftShader = provideSwiftShader();

/** Of numbers around 1 that both compute in float32, in another order. */
const tolerance = 1e-5;
/** Rounding grows from step to step. */
const trainedTolerance = 1e-4;

function expectClose(received: readonly number[], expected: readonly number[], most: number): void {
  expect(received).toHaveLength(expected.length);
  received.forEach((value, at) => expect(Math.abs(value - expected[at]!), `${value} beside ${expected[at]} at ${at}`).toBeLessThan(most));
}

describe.skipIf(swiftShader === null)('on WebGPU (skipped: no SwiftShader for this system)', () => {
  let step: StepAnswer;
  let training: TrainingAnswer;

  beforeAll(async () => {
    await tf.setBackend('cpu');
    const report = parseReport<WebGpuTrainingReport>(await runScript(new URL('./train-on-webgpu.ts', import.meta.url), [], swiftShader!));
    if ('missing' in report) throw new Error(report.missing);
    expect(report.description).toMatch(/WebGPU/);
    ({ step, training } = report);
  });

  test('loss and gradients of a batch in slices are those of the CPU, which sees it whole', async () => {
    const { measured, gradients, tensorsLeft } = await takeTinyStep(8);
    expect(measured.active).toBeGreaterThan(0);
    expect(step.measured).toMatchObject({ triplets: measured.triplets, active: measured.active });
    expectClose([step.measured.loss], [measured.loss], tolerance);
    expect(step.gradients).toHaveLength(gradients.length);
    for (const [variable, expected] of gradients.entries()) {
      expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(10 * tolerance);
      expectClose(step.gradients[variable]!, expected, tolerance);
    }
    expect([step.tensorsLeft, tensorsLeft]).toEqual([0, 0]);
  });

  test("the optimiser's step takes the weights where it takes them on the CPU", async () => {
    const { weightsBefore, weightsAfter } = await takeTinyStep(8);
    for (const [variable, expected] of weightsAfter.entries()) {
      expect(expected).not.toEqual(weightsBefore[variable]);
      expectClose(step.weightsBefore[variable]!, weightsBefore[variable]!, 1e-7);
      expectClose(step.weightsAfter[variable]!, expected, tolerance);
    }
  });

  test("a training of a pack's embedder goes as on the CPU, and its network can be written afterwards", async () => {
    const expected = await trainTinyPack();
    expectClose(training.losses, expected.losses, trainedTolerance);
    expectClose(training.embeddings, expected.embeddings, trainedTolerance);
    for (const when of ['untrained', 'trained'] as const) expect(training.equalErrors[when]).toBeCloseTo(expected.equalErrors[when], 2);
    expectClose(await embedByModel(training.model), training.embeddings, tolerance);
  });
});
