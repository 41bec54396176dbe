/** Makes a pack of another one and an embedder that was trained from its own. */

import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseManifest, type PackManifest } from '../packs/manifest.ts';

export interface TrainedPackOptions {
  readonly name: string;
  readonly version: string;
  /** What the embedder learnt from: added to what the base pack says of its own data. */
  readonly trainingData: string;
  readonly thresholds: PackManifest['thresholds'];
  /** Null where nobody has fitted it to the new distances. */
  readonly calibration: PackManifest['calibration'];
}

/**
 * Detector, landmarks, alignment and how the embedder is fed stay the base pack's; what was measured on its embedder goes.
 * @param base of the pack that training began with
 * @param model bytes of the trained embedder, as writeModel gives them
 * @returns a manifest whose embedder is `<name>.onnx`, to lie beside it
 * @throws AppError "bad-argument" where the name or a number does not fit
 */
export function describeTrainedPack(base: PackManifest, model: Uint8Array, options: TrainedPackOptions): PackManifest {
  const { name, version, thresholds, calibration } = options;
  const file = `${name}.onnx`;
  const before = base.embedder.file;
  const kept = base.files.filter((one) => one.name !== before);
  const sourcesInUse = new Set(kept.map(({ source }) => source));
  return parseManifest({
    ...base,
    name,
    version,
    origin: `The pack ${base.name} (version ${base.version}) with its embedder trained further by Kindred. ${base.origin}`,
    trainingData: `${base.trainingData} Trained further on: ${options.trainingData}`,
    sources: { ...Object.fromEntries(Object.entries(base.sources).filter(([key]) => sourcesInUse.has(key))), trained: { kind: 'local' } },
    files: [
      ...kept,
      { name: file, source: 'trained', path: file, bytes: model.length, sha256: createHash('sha256').update(model).digest('hex') },
    ],
    embedder: { ...base.embedder, file },
    thresholds,
    calibration,
    knownAnswers: { ...base.knownAnswers, networks: base.knownAnswers.networks.filter((answer) => answer.file !== before) },
  });
}

/** Writes manifest and embedder into `folder`, from where `kindred packs add` takes them; the other files come from where
 *  the base pack has them. */
export async function writeTrainedPack(folder: string, manifest: PackManifest, model: Uint8Array): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, manifest.embedder.file), model);
  await writeFile(path.join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
