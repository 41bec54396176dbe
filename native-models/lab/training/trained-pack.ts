/** Makes a pack of another one and an embedder that was trained: from the pack's own, or from nothing. */

import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseManifest, type Embedder, type PackManifest } from '../../packs/manifest.ts';

export interface TrainedPackOptions {
  readonly name: string;
  readonly version: string;
  /** What the embedder learnt from. */
  readonly trainingData: string;
  readonly thresholds: PackManifest['thresholds'];
  /** Null where nobody has fitted it to the new distances. */
  readonly calibration: PackManifest['calibration'];
}

/** An embedder for a pack to hold. */
export interface OwnEmbedder {
  /** Bytes of the ONNX file. */
  readonly model: Uint8Array;
  /** How it is fed and read. */
  readonly description: Omit<Embedder, 'file'>;
  /** For people. */
  readonly title: string;
}

/**
 * Detector, landmarks, alignment and how the embedder is fed stay the base pack's; what was measured on its embedder goes.
 * @param base of the pack that training began with
 * @param model bytes of the trained embedder, as writeModel gives them
 * @returns a manifest whose embedder is `<name>.onnx`, to lie beside it
 * @throws AppError "bad-argument" where the name or a number does not fit
 */
export function describeTrainedPack(base: PackManifest, model: Uint8Array, options: TrainedPackOptions): PackManifest {
  return describePack(base, { model, description: base.embedder }, {
    ...options,
    origin: `The pack ${base.name} (version ${base.version}) with its embedder trained further by Kindred. ${base.origin}`,
    trainingData: `${base.trainingData} Trained further on: ${options.trainingData}`,
  });
}

/**
 * Detector and landmarks stay the base pack's, the embedder is another.
 * @param base of the pack that found the faces which it learnt from
 * @returns as describeTrainedPack
 * @throws AppError "bad-argument" where the name or a number does not fit
 */
export function describeOwnPack(base: PackManifest, embedder: OwnEmbedder, options: TrainedPackOptions): PackManifest {
  return describePack(base, embedder, {
    ...options,
    origin: `Detector and landmarks of the pack ${base.name} (version ${base.version}) with the embedder ${embedder.title}, which Kindred trained from nothing. Of ${base.name}: ${base.origin}`,
    trainingData: `Embedder: ${options.trainingData} The rest: ${base.trainingData}`,
  });
}

function describePack(
  base: PackManifest,
  { model, description }: Omit<OwnEmbedder, 'title'>,
  options: TrainedPackOptions & Pick<PackManifest, 'origin'>,
): PackManifest {
  const { name, version, origin, trainingData, thresholds, calibration } = options;
  const file = `${name}.onnx`;
  const before = base.embedder.file;
  const kept = base.files.filter((one) => one.name !== before);
  const sourcesInUse = new Set(kept.map(({ source }) => source));
  return parseManifest({
    ...base,
    name,
    version,
    origin,
    trainingData,
    sources: { ...Object.fromEntries(Object.entries(base.sources).filter(([key]) => sourcesInUse.has(key))), trained: { kind: 'local' } },
    files: [
      ...kept,
      { name: file, source: 'trained', path: file, bytes: model.length, sha256: createHash('sha256').update(model).digest('hex') },
    ],
    embedder: { ...description, file },
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
