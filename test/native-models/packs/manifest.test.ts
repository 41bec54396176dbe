import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isAppError } from '../../../electron/base/errors.ts';
import { readBuiltInManifests } from '../../../native-models/packs/built-in-packs.ts';
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

test('classic finds faces exactly as standard does, by the same files', () => {
  const [standard, classic] = readBuiltInManifests();
  expect(classic!.name).toBe('classic');
  expect(classic!.detector).toEqual(standard!.detector);
  const withoutMeasurement = ({ landmarker }: typeof standard & object): unknown => ({ ...landmarker, secondPass: landmarker?.secondPass?.points });
  expect(withoutMeasurement(classic!)).toEqual(withoutMeasurement(standard!));
  expect(classic!.files.slice(0, 2)).toEqual(standard!.files.slice(0, 2));
});

test('what the OpenCV Zoo publishes comes encrypted, from it or its mirror', () => {
  const { sources, files } = readBuiltInManifests().find(({ name }) => name === 'opencv-zoo')!;
  const addresses = files.flatMap((file) => {
    const source = sources[file.source]!;
    return source.kind === 'web' ? source.addresses.map((address) => `${address}/${file.path}`) : [];
  });
  expect(addresses).toHaveLength(4);
  for (const address of addresses) expect(address).toMatch(/^https:\/\/[a-z.]+\/[\w/]+\/main\/[\w/]*\w+\.onnx$/);
});

test('the example of the documentation is a manifest', () => {
  const page = readFileSync(new URL('../../../docs/packs.md', import.meta.url), 'utf8');
  const [, example] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
  const manifest = parseManifest(JSON.parse(example!));
  expect(manifest).toMatchObject({ name: 'my-pack', landmarker: null, detector: { kind: 'yunet', isOpened: true } });
});
