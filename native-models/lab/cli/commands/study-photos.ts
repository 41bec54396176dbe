/** kindred study jpeg and kindred study pixels: how embeddings hold up in photos that were compressed, and in small faces. */

import path from 'node:path';
import type { Command } from 'commander';
import { defaultPack, fitAnalysisTo, workerCountDefault } from '../../../../electron/engine/config.ts';
import { pipelineVersion } from '../../../../electron/pipeline/pipeline-version.ts';
import type { GatheredVariants } from '../../studies/photos/gather-variants.ts';
import type { VariantFace } from '../../studies/photos/kept-variants.ts';
import type { PhotoStudy, PhotoStudyName, StudyRow } from '../../studies/photos/photo-study.ts';
import { fingerprintPack } from '../../../packs/fingerprint-pack.ts';
import { countOf } from '../../../../electron/terminal/terminal.ts';
import type { LabContext, LabRunner } from '../lab-runner.ts';
import type { Output } from '../../../../electron/cli/output.ts';
import { addRateOptions, type RateOptions } from '../rate-options.ts';
import { parseWholeNumber } from '../../../../electron/cli/parse-whole-number.ts';
import { printTable } from '../print-table.ts';
import { addAnalyzerOptions, formatPercent, formatWithError, printFailures, resolveDataFolder, type AnalyzerOptions } from '../run-evaluation.ts';
import { saveCharts } from '../save-charts.ts';
import { runWithNetworks } from '../run-with-networks.ts';

interface PhotoStudyOptions extends AnalyzerOptions, RateOptions {
  readonly data: string;
  readonly people: number;
  readonly mostPhotos: number;
  readonly cache?: string;
  readonly svg?: string;
}

const largestCount = 1_000_000;

const descriptions: Readonly<Record<PhotoStudyName, string>> = {
  jpeg: 'VAL in photos compressed to JPEG qualities of 10 to 90, beside the published figures',
  pixels: 'VAL of faces of 1,600 pixels to as many as the photos hold, beside the published figures',
};

export function addStudyPhotosCommands(study: Command, runner: LabRunner): void {
  for (const name of ['jpeg', 'pixels'] as const) {
    const command = addAnalyzerOptions(study.command(name))
      .description(descriptions[name])
      .requiredOption('--data <folder>', 'a folder of photos for each person')
      .option('--people <n>', 'people that take part, drawn by the seed from those with two photos or more', parseWholeNumber(2, largestCount), 300)
      .option('--most-photos <n>', 'photos that count of each person, the first by name', parseWholeNumber(2, largestCount), 4)
      .option('--cache <file>', 'keeps the embeddings, so that a study that was stopped goes on where it was')
      .option('--svg <folder>', 'draws the table into this folder, too');
    addRateOptions(command).action((options: PhotoStudyOptions) => runner.run(command, (context) => run(context, name, options)));
  }
}

async function run(context: LabContext, name: PhotoStudyName, options: PhotoStudyOptions): Promise<void> {
  const { output, environment } = context;
  const folder = await resolveDataFolder(environment, options.data);
  // What decodes pictures takes a while to load: help and wrong usage do without.
  const [{ listLabeledPhotos }, { countHeldPixels }, { drawStudyPhotos, gatherVariants }, { openKeptVariants }, { listVariants, measurePhotoStudy, median }] =
    await Promise.all([
      import('../../evaluation/people-folder.ts'),
      import('../../studies/photos/face-variants.ts'),
      import('../../studies/photos/gather-variants.ts'),
      import('../../studies/photos/kept-variants.ts'),
      import('../../studies/photos/photo-study.ts'),
    ]);
  const photos = drawStudyPhotos(await listLabeledPhotos(folder), options);
  const { effort, pack: packName = defaultPack } = options;
  await runWithNetworks(context, packName, async ({ networks, pack, runtime }, shared) => {
    const key = { pack: pack.name, packFingerprint: fingerprintPack(pack), pipelineVersion, effort };
    const keptFile = options.cache === undefined ? null : path.resolve(environment.currentFolder, options.cache);
    const kept = keptFile === null ? new Map<string, VariantFace>() : await openKeptVariants(keptFile, key);
    const gathering = { ...shared, analysis: fitAnalysisTo(effort), kept, keptFile, photosAtOnce: workerCountDefault() };
    const whole = await gatherVariants(networks, folder, photos, [{ kind: 'original' }], gathering);
    const heldPixels = median(whole.faces.map(({ landmarks }) => countHeldPixels(networks, landmarks)));
    const found = await gatherVariants(networks, folder, photos, listVariants(name, heldPixels), gathering);
    const { far, bootstrap, seed, mostPhotos } = options;
    const study = measurePhotoStudy(name, found.faces, heldPixels, { falseAcceptRates: far, bootstrapRounds: bootstrap, seed });
    if (options.svg !== undefined) {
      const { drawPhotoStudy } = await import('../../studies/photos/draw-photo-study.ts');
      await saveCharts(context, options.svg, { [`${name}-${pack.name}.svg`]: drawPhotoStudy(name, pack.name, study) });
    }
    const setting = { study: name, pack: pack.name, effort, runtime, data: folder, mostPhotos, seed, rounds: bootstrap };
    if (output.isJson) {
      await output.printJson({ ...setting, photos: photos.length, missed: found.missed, ...study, failed: found.failed });
    } else {
      await print(output, name, { study, found, photos: photos.length, far });
    }
  });
}

interface Printed {
  readonly study: PhotoStudy;
  readonly found: GatheredVariants;
  readonly photos: number;
  readonly far: readonly number[];
}

async function print(output: Output, name: PhotoStudyName, { study, found, photos, far }: Printed): Promise<void> {
  await output.print(
    `${countOf(study.faces, 'main face')} of ${countOf(study.people, 'person', 'people')} in ${countOf(photos, 'photo')}, ` +
      `${found.missed.length} missed: ${countOf(study.genuinePairs, 'genuine pair')}, ${countOf(study.impostorPairs, 'impostor pair')}.`,
  );
  await printTable(output, [
    [name === 'jpeg' ? 'quality' : 'pixels', 'published at 1e-3', ...far.map((one) => `VAL at ${one.toExponential()}`)],
    ...study.rows.map((row) => toCells(row, far.length)),
  ]);
  if (name === 'pixels') {
    await output.print(`Half of the faces hold ${Math.round(study.heldPixels)} pixels or more; larger sizes would only enlarge them.`);
  } else {
    await output.print('The face is found in the photo as it is and cut at those landmarks out of the compressed one.');
  }
  if (study.rows.some(({ rates }) => rates?.some(({ isEnough }) => !isEnough))) {
    await output.print('* rests on fewer than ten impostor pairs.');
  }
  await printFailures(output, found.failed);
}

function toCells({ setting, published, rates }: StudyRow, farCount: number): string[] {
  const cells = rates?.map(({ val, standardError, isEnough }) => formatWithError(val, standardError, 1) + (isEnough ? '' : ' *'));
  return [
    setting === null ? 'as they are' : String(setting),
    published === null ? '' : formatPercent(published, 1),
    ...(cells ?? Array.from({ length: farCount }, () => 'not held')),
  ];
}
