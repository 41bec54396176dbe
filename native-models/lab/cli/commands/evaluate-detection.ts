/** kindred evaluate detection: counts the faces that are found, missed and false. */

import path from 'node:path';
import { Option, type Command } from 'commander';
import type { Box } from '../../../../electron/geometry/types.ts';
import type { QuarterTurn } from '../../spoiled-photos/derive-photo.ts';
import type { AnnotatedEvaluation, MainFaceEvaluation } from '../../evaluation/evaluate-detection.ts';
import { countOf } from '../../../../electron/terminal/terminal.ts';
import type { LabContext, LabRunner } from '../lab-runner.ts';
import type { Output } from '../../../../electron/cli/output.ts';
import { parseWholeNumber } from '../../../../electron/cli/parse-whole-number.ts';
import { printTable } from '../print-table.ts';
import {
  addAnalyzerOptions,
  formatPercent,
  printFailures,
  resolveDataFolder,
  runEvaluation,
  type AnalyzerOptions,
} from '../run-evaluation.ts';
import { saveCharts } from '../save-charts.ts';
import { UsageError } from '../../../../electron/cli/usage-error.ts';

interface DetectionOptions extends AnalyzerOptions {
  readonly data: string;
  readonly shrinkTo?: number;
  readonly turn: string;
  readonly square: boolean;
  readonly svg?: string;
}

interface Setting {
  readonly pack: string;
  readonly effort: string;
  readonly detector: string;
  readonly runtime: string;
  readonly data: string;
  readonly turn: QuarterTurn;
}

const smallestShrunkFacePx = 4;
const largestShrunkFacePx = 1000;

export function addEvaluateDetectionCommand(evaluate: Command, runner: LabRunner): void {
  addAnalyzerOptions(evaluate.command('detection'))
    .description('count the faces that are found, missed and false')
    .requiredOption('--data <folder>', "photos with dlib's annotations in XML beside them, or a folder of photos for each person")
    .option(
      '--shrink-to <px>',
      'shrink the photos until the median annotated face is so high',
      parseWholeNumber(smallestShrunkFacePx, largestShrunkFacePx),
    )
    .addOption(new Option('--turn <degrees>', 'turn the photos clockwise').choices(['0', '90', '180', '270']).default('0'))
    .option('--square', 'compare found boxes as squares of the same area, as annotations mostly are', false)
    .option('--svg <folder>', 'draw precision against recall, and the overlaps, into this folder')
    .action((options: DetectionOptions, command: Command) => runner.run(command, (context) => run(context, options)));
}

async function run(context: LabContext, given: DetectionOptions): Promise<void> {
  const { data, shrinkTo, turn, square, effort, detector, svg } = given;
  const folder = await resolveDataFolder(context.environment, data);
  // What decodes pictures takes a while to load: help and wrong usage do without.
  const [{ hasAnnotations }, { evaluateAnnotatedPhotos, evaluateMainFaces }] = await Promise.all([
    import('../../evaluation/annotated-photos.ts'),
    import('../../evaluation/evaluate-detection.ts'),
  ]);
  const isAnnotated = await hasAnnotations(folder);
  if (!isAnnotated && (shrinkTo !== undefined || square || svg !== undefined)) {
    throw new UsageError(`--shrink-to, --square and --svg need annotated faces, and there is no XML file in ${data}`);
  }
  const quarterTurn = Number(turn) as QuarterTurn;
  const { output } = context;
  await runEvaluation(context, given, async ({ pool, pack }, shared) => {
    const options = { ...shared, turn: quarterTurn };
    const setting = { pack: pack.name, effort, detector, runtime: pool.runtimeDescription, data: folder, turn: quarterTurn };
    if (isAnnotated) {
      const result = await evaluateAnnotatedPhotos(pool, folder, { ...options, shrinkToPx: shrinkTo, isSquared: square });
      if (svg !== undefined) {
        const { drawDetection } = await import('../../evaluation/draw-detection.ts');
        const charts = drawDetection(`${pack.name} pack`, result);
        await saveCharts(context, svg, { 'precision-recall.svg': charts.precisionRecall, 'overlaps.svg': charts.overlaps });
      }
      await (output.isJson ? output.printJson(toAnnotatedRecord(setting, result)) : printAnnotated(output, folder, result));
    } else {
      const result = await evaluateMainFaces(pool, folder, options);
      await (output.isJson ? output.printJson(toMainFaceRecord(setting, result)) : printMainFaces(output, folder, result));
    }
  });
}

function toAnnotatedRecord(setting: Setting, { scores, ...result }: AnnotatedEvaluation) {
  return {
    ...setting,
    scale: result.scale,
    medianFaceHeight: result.medianFaceHeightPx,
    photos: scores.photos,
    faces: scores.faces,
    found: scores.facesFound,
    recall: scores.recall,
    precision: scores.precision,
    falseFaces: scores.falseFaces,
    falsePerPhoto: scores.falsePerPhoto,
    meanOverlap: scores.meanOverlap,
    overlaps: scores.overlaps,
    averagePrecision: result.curve.averagePrecision,
    curve: result.curve.points,
    byPhoto: scores.byPhoto,
    missed: scores.missed,
    false: scores.false,
    unannotated: result.unannotated,
    failed: result.failed,
    seconds: result.seconds,
  };
}

function toMainFaceRecord(setting: Setting, result: MainFaceEvaluation) {
  return {
    ...setting,
    photos: result.photos,
    people: result.people,
    mainFacesFound: result.mainFacesFound,
    recall: result.recall,
    faces: result.facesFound,
    missed: result.missed,
    failed: result.failed,
    seconds: result.seconds,
  };
}

async function printAnnotated(output: Output, folder: string, result: AnnotatedEvaluation): Promise<void> {
  const { scores } = result;
  const nameOf = (photo: string): string => path.relative(folder, photo);
  await output.print(
    `${scores.facesFound} of ${countOf(scores.faces, 'face')} found in ${countOf(scores.photos, 'photo')}: recall ${formatPercent(scores.recall)}, ` +
      `precision ${formatPercent(scores.precision)}, ${scores.falsePerPhoto.toFixed(2)} false faces a photo.`,
  );
  await output.print(
    `Median face ${result.medianFaceHeightPx.toFixed(1)} px high; found boxes overlap by ${(scores.meanOverlap ?? 0).toFixed(2)} on average.`,
  );
  await printOverlaps(output, result);
  await printTable(output, [
    ['photo', 'faces', 'found', 'false', 'mean overlap'],
    ...scores.byPhoto.map(({ photo, faces, facesFound, falseFaces, meanOverlap }) => [
      nameOf(photo),
      ...[faces, facesFound, falseFaces].map(String),
      meanOverlap === null ? '' : meanOverlap.toFixed(2),
    ]),
  ]);
  for (const { photo, box } of scores.missed) await output.print(`missed  ${nameOf(photo)}  ${describeBox(box)}`);
  for (const { photo, box, score } of scores.false) {
    await output.print(`false   ${nameOf(photo)}  ${describeBox(box)}  score ${score.toFixed(2)}`);
  }
  for (const { photo, faces } of result.unannotated) await output.print(`${nameOf(photo)} has no annotation: ${faces} found.`);
  await printFailures(output, result.failed);
  await printSpeed(output, scores.photos + result.unannotated.length, result.seconds);
}

async function printOverlaps(output: Output, { scores, curve }: AnnotatedEvaluation): Promise<void> {
  const shares = [0.6, 0.7, 0.8].map((least) => {
    const count = scores.overlaps.filter((overlap) => overlap >= least).length;
    return `${least}: ${formatPercent(scores.overlaps.length === 0 ? 0 : count / scores.overlaps.length, 0)}`;
  });
  await output.print(
    `Of the faces found overlap by at least ${shares.join(', ')}; average precision ${formatPercent(curve.averagePrecision)} ` +
      `down to the lowest score kept.`,
  );
}

async function printMainFaces(output: Output, folder: string, result: MainFaceEvaluation): Promise<void> {
  await output.print(
    `Main face found in ${result.mainFacesFound} of ${countOf(result.photos, 'photo')} of ` +
      `${countOf(result.people, 'person', 'people')}: ${formatPercent(result.recall)}. ${countOf(result.facesFound, 'face')} in all.`,
  );
  for (const { photo, boxes } of result.missed) {
    const instead = boxes.length === 0 ? 'nothing' : boxes.map(describeBox).join(', ');
    await output.print(`missed  ${path.relative(folder, photo)}, found ${instead}`);
  }
  await printFailures(output, result.failed);
  await printSpeed(output, result.photos, result.seconds);
}

async function printSpeed(output: Output, photos: number, seconds: number): Promise<void> {
  if (seconds > 0) await output.print(`${(photos / seconds).toFixed(1)} photos a second.`);
}

/** Width and height first: how large a missed face is says most. */
function describeBox({ x, y, width, height }: Box): string {
  return `${Math.round(width)}x${Math.round(height)}+${Math.round(x)}+${Math.round(y)}`;
}
