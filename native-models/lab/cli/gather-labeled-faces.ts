/** Gets the faces of photos in a folder per person, from a file where an earlier evaluation has kept them. */

import path from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { defaultPack } from '../../../electron/engine/config.ts';
import { alignments } from '../analysis/part-names.ts';
import { pipelineVersion } from '../../../electron/pipeline/pipeline-version.ts';
import type { PhotoFailure } from '../evaluation/analyze-photos.ts';
import type { LabeledFaces } from '../evaluation/labeled-faces.ts';
import type { LabeledPhoto } from '../evaluation/people-folder.ts';
import { fingerprintPack } from '../../packs/fingerprint-pack.ts';
import type { PackManifest } from '../../packs/manifest.ts';
import type { LabContext } from './lab-runner.ts';
import { parseWholeNumber } from '../../../electron/cli/parse-whole-number.ts';
import { addAnalyzerOptions, resolveDataFolder, runEvaluation, type AnalyzerOptions } from './run-evaluation.ts';
import { UsageError } from '../../../electron/cli/usage-error.ts';

export interface LabeledFacesOptions extends AnalyzerOptions {
  readonly dataset: string;
  readonly cache?: string;
}

export interface GatheredFaces {
  /** Absolute. */
  readonly folder: string;
  readonly pack: PackManifest;
  /** By person and name; photos that could not be read are left out. */
  readonly photos: readonly LabeledFaces[];
  readonly failed: readonly PhotoFailure[];
  /** What ran the networks, for people, and for how long; null and 0 where all faces were kept. */
  readonly runtime: string | null;
  readonly seconds: number;
}

const largestCount = 1_000_000;

export function addLabeledFacesOptions(command: Command): Command {
  return addEmbeddingOptions(addAnalyzerOptions(command).requiredOption('--dataset <folder>', 'a folder of photos for each person'));
}

/** Of commands that compare embeddings. */
export function addEmbeddingOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--align <name>', 'how faces are made alike: turned and scaled, or seen from the front').choices(alignments).default('similarity'),
    )
    .option('--cache <file>', 'keeps the faces found, so that the next evaluation need not look at the photos again');
}

/** For an option that caps the photos of a person. @returns Infinity for "all" */
export function parsePhotoCount(text: string): number {
  if (text === 'all') return Number.POSITIVE_INFINITY;
  try {
    return parseWholeNumber(1, largestCount)(text);
  } catch {
    throw new InvalidArgumentError(`Expected all, or a whole number from 1 to ${largestCount}.`);
  }
}

/** @param mostPhotos of a person, the first by name
 *  @throws AppError as gatherFaces does */
export async function gatherLabeledFaces(
  context: LabContext,
  options: LabeledFacesOptions,
  mostPhotos: number,
): Promise<GatheredFaces> {
  const folder = await resolveDataFolder(context.environment, options.dataset);
  // What decodes pictures takes a while to load: help and wrong usage do without.
  const { capPhotos, listLabeledPhotos } = await import('../evaluation/people-folder.ts');
  return await gatherFaces(context, options, folder, capPhotos(await listLabeledPhotos(folder), mostPhotos));
}

/** @param folder absolute, of all people
 *  @param photos in it
 *  @throws AppError "not-found", "bad-argument", "cancelled", and what opening a pack and its analyzers does */
export async function gatherFaces(
  context: LabContext,
  options: Omit<LabeledFacesOptions, 'dataset'>,
  folder: string,
  photos: readonly LabeledPhoto[],
): Promise<GatheredFaces> {
  const { environment } = context;
  // What is kept says by which pack faces were found, and not that it was without the pack's detector.
  if (options.detector !== 'network' && options.cache !== undefined) throw new UsageError("--cache keeps what the pack's own detector finds");
  if (options.align === 'frontal' && options.cache !== undefined) throw new UsageError('--cache keeps the embeddings of --align similarity');
  const { findLabeledFaces, nameLabeledPhoto } = await import('../evaluation/labeled-faces.ts');
  const look = (missing: readonly LabeledPhoto[]) =>
    runEvaluation(context, options, async ({ pool, pack }, shared) => {
      const found = await findLabeledFaces(pool, folder, missing, shared);
      return { ...found, pack, runtime: pool.runtimeDescription };
    });
  if (options.cache === undefined) return { folder, ...(await look(photos)) };

  const { readKeptFaces, writeKeptFaces } = await import('../evaluation/kept-faces.ts');
  const pack = await (await environment.openPacks(context.folders)).readManifest(options.pack ?? defaultPack);
  const key = { pack: pack.name, packFingerprint: fingerprintPack(pack), pipelineVersion, effort: options.effort };
  const file = path.resolve(environment.currentFolder, options.cache);
  const kept = await readKeptFaces(file, key);
  const missing = photos.filter((photo) => !kept.has(nameLabeledPhoto(folder, photo)));
  const found = missing.length === 0 ? null : await look(missing);
  if (found !== null) {
    for (const photo of found.photos) kept.set(photo.photo, photo);
    await writeKeptFaces(file, key, kept.values());
  }
  return {
    folder,
    pack,
    photos: photos.flatMap((photo) => kept.get(nameLabeledPhoto(folder, photo)) ?? []),
    failed: found?.failed ?? [],
    runtime: found?.runtime ?? null,
    seconds: found?.seconds ?? 0,
  };
}
