import { expect, test } from 'vitest';
import { parseModel } from '../../../native-models/onnx/parse-model.ts';
import { easeForCpu, easePackForCpu } from '../../../native-models/runtime/ease-for-cpu.ts';
import { loadStandardPack } from '../../support/standard-pack.ts';

test('a pack for the CPU has no PReLU left, and its other networks as they are', async () => {
  const pack = await loadStandardPack();
  const eased = await easePackForCpu(pack);
  expect(parseModel(pack.embedder).nodes.map(({ operator }) => operator)).toContain('PRelu');
  expect(parseModel(eased.embedder).nodes.map(({ operator }) => operator)).not.toContain('PRelu');
  expect(eased.detector).toBe(pack.detector);
  expect(eased.landmarker).toBe(pack.landmarker);
  expect(await easeForCpu(eased.embedder)).toBeNull();
});

test('a file that names PReLU but is no network is left to ONNX Runtime, which says what is wrong', async () => {
  expect(await easeForCpu(Buffer.from('not a network, only the word PRelu'))).toBeNull();
});
