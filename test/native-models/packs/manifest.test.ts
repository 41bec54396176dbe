import { expect, test } from 'vitest';
import { isAppError } from '../../../electron/base/errors.ts';
import { parseManifest } from '../../../native-models/packs/manifest.ts';
import { readStandardManifest } from '../../../native-models/packs/standard-pack.ts';

function copyOfStandard(): Record<string, unknown> & { files: { name: string; sha256: string }[]; detector: { file: string } } {
  return JSON.parse(JSON.stringify(readStandardManifest()));
}

test('the standard manifest is valid and names the networks as they were measured', () => {
  const manifest = readStandardManifest();
  expect(manifest.files.map(({ name, bytes }) => [name, bytes])).toEqual([
    ['fr_detect.onnx', 1_217_758],
    ['fr_landmark.onnx', 1_163_742],
    ['fr_feature.onnx', 4_884_269],
  ]);
  expect(manifest.embedder).toMatchObject({ length: 512, normalised: true, input: { channelOrder: 'bgr' } });
  expect(manifest.embedder.template.points).toHaveLength(5);
  expect(manifest.trainingData).toMatch(/undocumented/i);
});

test('a manifest of which a part is wrong is refused, and the part is named', () => {
  const manifest = copyOfStandard();
  manifest.files[1]!.sha256 = 'not a hash';
  expect(() => parseManifest(manifest)).toThrowError(/files\.1\.sha256/);
  try {
    parseManifest(manifest);
  } catch (error) {
    expect(isAppError(error, 'bad-argument')).toBe(true);
  }
});

test('a network whose file is not listed is refused', () => {
  const manifest = copyOfStandard();
  manifest.detector.file = 'elsewhere.onnx';
  expect(() => parseManifest(manifest)).toThrowError(/detector.*elsewhere\.onnx/);
});

test('a file name that leads out of the pack folder is refused', () => {
  const manifest = copyOfStandard();
  manifest.files[0]!.name = '../fr_detect.onnx';
  expect(() => parseManifest(manifest)).toThrowError(/files\.0\.name/);
});

test('an unknown field is refused, so that a misspelt threshold is noticed', () => {
  expect(() => parseManifest({ ...copyOfStandard(), threshold: 1 })).toThrowError(/threshold/);
});
