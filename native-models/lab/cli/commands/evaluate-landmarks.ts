/** kindred evaluate landmarks: measures how exactly a pack places the 68 landmarks of a face. */

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { AppError } from '../../../../electron/base/errors.ts';
import type { FoundLandmarks, LandmarkEvaluation } from '../../evaluation/evaluate-landmarks.ts';
import { landmarkRegions } from '../../evaluation/landmarks.ts';
import { countOf } from '../../../../electron/terminal/terminal.ts';
import type { LabContext, LabRunner } from '../lab-runner.ts';
import type { Output } from '../../../../electron/cli/output.ts';
import { printTable } from '../print-table.ts';
import { addAnalyzerOptions, formatPercent, printFailures, resolveDataFolder, runEvaluation, type AnalyzerOptions } from '../run-evaluation.ts';
import { saveCharts } from '../save-charts.ts';
import { UsageError } from '../../../../electron/cli/usage-error.ts';

interface LandmarksOptions extends AnalyzerOptions {
  readonly data: string;
  readonly svg?: string;
  readonly writePts?: string;
}

export function addEvaluateLandmarksCommand(evaluate: Command, runner: LabRunner): void {
  addAnalyzerOptions(evaluate.command('landmarks'))
    .description('measure how far the 68 landmarks lie from annotated ones, in distances between the outer corners of the eyes')
    .requiredOption('--data <folder>', "photos with dlib's annotations in XML beside them, or with .pts files of the same name")
    .option('--svg <folder>', 'draw the share of the faces up to an error into this folder')
    .option('--write-pts <folder>', 'write the landmarks that were found as .pts files into this folder, one for each face')
    .action((options: LandmarksOptions, command: Command) => runner.run(command, (context) => run(context, options)));
}

async function run(context: LabContext, given: LandmarksOptions): Promise<void> {
  const { data, svg, writePts, effort, detector } = given;
  const { output, environment } = context;
  const folder = await resolveDataFolder(environment, data);
  const pointsFolder = writePts === undefined ? null : path.resolve(environment.currentFolder, writePts);
  if (pointsFolder === folder) throw new UsageError('--write-pts needs another folder than --data: annotations would be overwritten');
  const { evaluateLandmarks } = await import('../../evaluation/evaluate-landmarks.ts');
  await runEvaluation(context, given, async ({ pool, pack }, shared) => {
    if (pack.landmarker === null) {
      throw new AppError('bad-argument', `Expected a pack that places 68 landmarks but received ${pack.name}, whose detector places five`);
    }
    const result = await evaluateLandmarks(pool, folder, shared);
    if (svg !== undefined) {
      const { drawLandmarkErrors } = await import('../../evaluation/draw-landmarks.ts');
      await saveCharts(context, svg, { [`landmarks-${pack.name}.svg`]: drawLandmarkErrors(`${pack.name} pack`, result.scores) });
    }
    if (pointsFolder !== null) {
      const files = await writePointsFiles(folder, pointsFolder, result.found);
      if (!output.isJson) output.tell(`Wrote ${countOf(files, '.pts file')} into ${pointsFolder}.`);
    }
    if (output.isJson) {
      const setting = { pack: pack.name, effort, detector, runtime: pool.runtimeDescription, data: folder, normalisedBy: 'outer eye corners, points 36 and 45' };
      const { scores, photos, missed, byPhoto, failed, seconds } = result;
      await output.printJson({ ...setting, photos, missed, ...scores, byPhoto, failed, seconds });
    } else {
      await print(output, folder, result);
    }
  });
}

async function print(output: Output, folder: string, { scores, missed, photos, byPhoto, failed }: LandmarkEvaluation): Promise<void> {
  await output.print(
    `${countOf(scores.faces, 'face')} with 68 landmarks in ${countOf(photos, 'photo')}, ${missed} missed. Errors are mean distances by the distance ` +
      'between the annotated outer corners of the eyes (points 36 and 45, counted from 0).',
  );
  const above = scores.above.map(({ limit, share }) => `${formatShare(share, 1)} of the faces above ${limit}`).join(', ');
  await output.print(`Mean ${formatShare(scores.mean)}, median ${formatShare(scores.median)}; ${above}.`);
  if (scores.byRegion !== null) {
    const { byRegion } = scores;
    await output.print(`By region: ${landmarkRegions.map((region) => `${region} ${formatPercent(byRegion[region])}`).join(', ')}.`);
  }
  await printTable(output, [
    ['photo', 'faces', 'missed', 'mean', 'median', 'worst'],
    ...byPhoto.map((photo) => [
      path.relative(folder, photo.photo),
      String(photo.faces),
      String(photo.missed),
      ...[photo.mean, photo.median, photo.errors.at(-1) ?? null].map((error) => (error === null ? '' : formatPercent(error))),
    ]),
  ]);
  await printFailures(output, failed);
}

function formatShare(share: number | null, digits: number = 2): string {
  return share === null ? 'none' : formatPercent(share, digits);
}

/** @returns how many were written: of a photo with one face "name.pts", of one with several "name-1.pts" and so on, from the left
 *  @throws AppError "bad-argument" where two photos would have one file */
async function writePointsFiles(dataFolder: string, folder: string, found: readonly FoundLandmarks[]): Promise<number> {
  const [{ formatPoints }, { toPointsFile }] = await Promise.all([
    import('../../evaluation/points-file.ts'),
    import('../../evaluation/landmarked-photos.ts'),
  ]);
  const files = new Map<string, string>();
  for (const { photo, faces } of found) {
    const { dir, name } = path.parse(path.relative(dataFolder, photo));
    // Photos may lie beside the folder of the XML, but what is written stays in the folder that was named.
    const stem = path.join(dir.startsWith('..') ? '' : dir, name);
    faces.forEach((landmarks, index) => {
      const file = path.join(folder, `${stem}${faces.length === 1 ? '' : `-${index + 1}`}.pts`);
      if (files.has(file)) throw new AppError('bad-argument', `Expected a .pts file of its own for ${photo} but received ${file} twice`);
      files.set(file, formatPoints(toPointsFile(landmarks)));
    });
  }
  for (const [file, text] of files) {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return files.size;
}
