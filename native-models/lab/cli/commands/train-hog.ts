/** kindred train-hog: trains the HOG detector on photos of people, whose faces a pack's detector finds. */

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { createRandom } from '../../../../electron/base/random.ts';
import { analysisLimits } from '../../../../electron/engine/config.ts';
import { countOf } from '../../../../electron/terminal/terminal.ts';
import type { HogPicture } from '../../training/hog/train-hog.ts';
import type { LabContext, LabRunner } from '../lab-runner.ts';
import { parseWholeNumber } from '../../../../electron/cli/parse-whole-number.ts';
import { addAnalyzerOptions, formatPercent, printFailures, resolveDataFolder, runEvaluation, type AnalyzerOptions } from '../run-evaluation.ts';

interface TrainHogOptions extends AnalyzerOptions {
  readonly data: string;
  readonly negatives: readonly string[];
  readonly out: string;
  readonly mostPhotos: number;
  readonly cell: number;
  readonly window: number;
  readonly rounds: number;
  readonly seed: number;
}

const largestCount = 1_000_000;
/** Every so many people are held out, to set the threshold by. */
const heldOutEvery = 8;
const falsePerPicture = 0.03;
const picturesPerRound = 600;

export function addTrainHogCommand(program: Command, runner: LabRunner): void {
  addAnalyzerOptions(program.command('train-hog'))
    .description('train the HOG detector (--detector hog) on faces that the pack finds')
    .requiredOption('--data <folder>', 'a folder of photos for each person')
    .option('--negatives <folders...>', 'folders of photos without people, subfolders not included', [])
    .requiredOption('--out <file>', 'where the model goes')
    .option('--most-photos <n>', 'photos that count of each person, the first by name', parseWholeNumber(1, largestCount), 1)
    .option('--cell <px>', "a cell's side", parseWholeNumber(3, 32), 6)
    .option('--window <cells>', "the window's side", parseWholeNumber(4, 32), 10)
    .option('--rounds <n>', 'of hard negatives', parseWholeNumber(0, 20), 3)
    .option('--seed <n>', 'of chance', parseWholeNumber(0, 2 ** 32 - 1), 1)
    .action((options: TrainHogOptions, command: Command) => runner.run(command, (context) => run(context, options)));
}

async function run(context: LabContext, options: TrainHogOptions): Promise<void> {
  const { environment, output } = context;
  const folder = await resolveDataFolder(environment, options.data);
  const negativeFolders = await Promise.all(options.negatives.map((name) => resolveDataFolder(environment, name)));
  const [{ analyzePhotos }, { capPhotos, listLabeledPhotos }, { trainHog }, { listPictures, readGreyPhoto }, { writeHogModel }] = await Promise.all([
    import('../../evaluation/analyze-photos.ts'),
    import('../../evaluation/people-folder.ts'),
    import('../../training/hog/train-hog.ts'),
    import('../../training/hog/read-pictures.ts'),
    import('../../hog/hog-model.ts'),
  ]);
  const photos = capPhotos(await listLabeledPhotos(folder), options.mostPhotos);
  const negatives = (await Promise.all(negativeFolders.map(listPictures))).flat();
  await runEvaluation(context, options, async ({ pack, pool }, shared) => {
    const found = await analyzePhotos(pool, photos.map((photo) => photo.path), ({ faces }) => faces.map(({ box }) => box), shared);
    await printFailures(output, found.failed);
    const people = [...new Set(photos.map(({ person }) => person))];
    const heldOutPeople = new Set(people.filter((_, index) => index % heldOutEvery === heldOutEvery - 1));
    const pictures = photos.flatMap(({ path: file, person }, index) => {
      const faces = found.values[index];
      return faces === null || faces === undefined ? [] : [{ person, read: () => readGreyPhoto(file, analysisLimits), faces }];
    });
    const empty = negatives.map((file): HogPicture => ({ read: () => readGreyPhoto(file, analysisLimits), faces: [] }));
    const trained = await trainHog(
      [...pictures.filter(({ person }) => !heldOutPeople.has(person)), ...empty],
      pictures.filter(({ person }) => heldOutPeople.has(person)),
      {
        cellPx: options.cell,
        windowCells: options.window,
        rounds: options.rounds,
        picturesPerRound,
        falsePerPicture,
        random: createRandom(options.seed),
        ...(shared.signal === undefined ? {} : { signal: shared.signal }),
        onProgress: ({ round, positives, negatives: wrong }) => output.tell(`Round ${round}: ${positives} faces, ${wrong} others.`),
      },
    );
    const training =
      `${countOf(photos.length, 'photo')} of ${countOf(people.length, 'person', 'people')}, ${heldOutPeople.size} of them held out for the threshold, ` +
      `${negatives.length} without people; faces by ${pack.name}; ${options.rounds} rounds of hard negatives, seed ${options.seed}`;
    const file = path.resolve(environment.currentFolder, options.out);
    await writeFile(file, writeHogModel(trained.model, training));
    const { recall, falsePerPicture: falseFaces, model } = trained;
    await (output.isJson
      ? output.printJson({ out: file, training, recall, falsePerPicture: falseFaces, threshold: model.threshold })
      : output.print(
          `${training}. Of the people held out ${formatPercent(recall)} of the faces found, ${falseFaces.toFixed(3)} false faces a photo, ` +
            `threshold ${model.threshold.toFixed(3)}: ${file}`,
        ));
  });
}
