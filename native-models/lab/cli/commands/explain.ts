/** kindred explain: a page that shows step by step how a photo's faces are found and told apart. */

import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { AppError, isAppError, photoFaults } from '../../../../electron/base/errors.ts';
import { defaultPack, fitAnalysisTo } from '../../../../electron/engine/config.ts';
import { libraryFileName } from '../../../../electron/database/file/library-file.ts';
import { countOf } from '../../../../electron/terminal/terminal.ts';
import type { ExplainedPhoto } from '../../explain/explain-photo.ts';
import type { LibraryAnswer, LibraryNeighbour } from '../../explain/report.ts';
import { readSameDistance } from '../../../packs/manifest.ts';
import type { LabContext, LabRunner } from '../lab-runner.ts';
import { findNearestLibraryFaces, type LibraryFace } from '../nearest-library-faces.ts';
import { addAnalyzerOptions, type AnalyzerOptions } from '../run-evaluation.ts';
import { runWithNetworks } from '../run-with-networks.ts';
import type { AnalysisNetworks } from '../../../../electron/pipeline/networks.ts';
import { openSession, type Session } from '../../../../electron/cli/session.ts';
import { UsageError } from '../../../../electron/cli/usage-error.ts';

interface ExplainOptions extends AnalyzerOptions {
  readonly out: string;
}

/** Of the library's, for each face of the photo. */
const neighboursShown = 3;
const neighbourEdgePx = 104;

export function addExplainCommand(program: Command, runner: LabRunner): void {
  addAnalyzerOptions(program.command('explain'), "the library's, else standard")
    .description("write a page that shows step by step how a photo's faces are found and told apart")
    .argument('<photo>', 'which need not be in the library')
    .requiredOption('--out <file>', 'the page, as HTML; it holds its pictures, and those of faces of the library')
    .action((photo: string, options: ExplainOptions, command: Command) => runner.run(command, (context) => run(context, photo, options, isLibraryNamed(command))));
}

function isLibraryNamed(command: Command): boolean {
  return command.optsWithGlobals<{ library?: string }>().library !== undefined;
}

async function run(context: LabContext, photo: string, options: ExplainOptions, mustHaveLibrary: boolean): Promise<void> {
  const { environment, output } = context;
  const photoFile = path.resolve(environment.currentFolder, photo);
  const out = path.resolve(environment.currentFolder, options.out);
  await requirePlace(out, photoFile, options.out);
  // What decodes pictures takes a while to load: help and wrong usage do without.
  const [{ readPhotoFile }, { explainPhoto }, { drawReport }] = await Promise.all([
    import('../../../../electron/library/fingerprint.ts'),
    import('../../explain/explain-photo.ts'),
    import('../../explain/draw-report.ts'),
  ]);
  const bytes = await namingPhoto(photoFile, () => readPhotoFile(photoFile));
  const { session, reason } = await openLibrary(context, mustHaveLibrary);
  try {
    const libraryPack = session === null ? null : (await session.api.call('library.status', {})).pack;
    await runWithNetworks(context, options.pack ?? libraryPack ?? defaultPack, async ({ networks, pack }) => {
      if (networks.landmarker === null && options.detector === 'hog') {
        throw new AppError('bad-argument', `Expected a pack with landmarks of its own for HOG but received ${pack.name}, whose detector places them`);
      }
      const explained = await namingPhoto(photoFile, async () => explainPhoto(await chooseParts(networks, options), bytes, fitAnalysisTo(options.effort)));
      const library = session === null ? leftOut(reason) : await askLibrary(session, explained, { pack: pack.name, libraryPack });
      const { detector } = options;
      const report = { fileName: path.basename(photoFile), explained, pack: pack.name, detector, sameDistance: readSameDistance(pack), library };
      const page = drawReport(report);
      await writeFile(out, page);
      if (output.isJson) return await output.printJson(toRecord(out, page, report));
      await output.print(`${countOf(explained.faces.length, 'face')} found. Wrote ${out}.`);
      output.tell(library.kind === 'left-out' ? library.reason : 'The page shows faces of your library: it is as private as they are.');
    });
  } finally {
    await session?.close();
  }
}

/** @throws AppError "not-found" where the page's folder is missing; UsageError where it would replace the photo or a folder */
async function requirePlace(out: string, photoFile: string, given: string): Promise<void> {
  const folder = path.dirname(out);
  const [holder, existing] = await Promise.all([folder, out].map((place) => stat(place).catch(() => null)));
  if (holder?.isDirectory() !== true) {
    throw new AppError('not-found', `Expected a folder for the page but received ${folder}`, { parameters: { kind: 'folder', path: folder } });
  }
  if (existing?.isDirectory() === true) throw new UsageError(`--out needs a file, and ${given} is a folder`);
  if (out === photoFile) throw new UsageError('--out names the photo itself, which would be overwritten');
}

/** What is wrong with the photo is told with its name. */
async function namingPhoto<Value>(photoFile: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!isAppError(error) || !photoFaults.has(error.code)) throw error;
    if (error.code === 'file-vanished') {
      throw new AppError('not-found', `Expected the photo ${photoFile} but found none`, { cause: error, parameters: { path: `photo ${photoFile}` } });
    }
    throw new AppError(error.code, error.message, { cause: error, parameters: { ...error.parameters, path: photoFile } });
  }
}

async function chooseParts(networks: AnalysisNetworks, { detector }: ExplainOptions): Promise<AnalysisNetworks> {
  if (detector === 'network') return networks;
  const { replaceParts } = await import('../../analysis/analysis-choice.ts');
  return replaceParts(networks, { detector, align: 'similarity' });
}

/** A page needs no library; one that is there is asked.
 *  @throws AppError "not-found" where the user names one that is not there */
async function openLibrary(context: LabContext, mustBeThere: boolean): Promise<{ session: Session | null; reason: string }> {
  const { environment, folders, runtime } = context;
  const { libraryFolder } = folders;
  const found = await stat(path.join(libraryFolder, libraryFileName)).catch(() => null);
  if (found === null) {
    if (mustBeThere) {
      throw new AppError('not-found', `Expected a library in ${libraryFolder} but found none`, { parameters: { path: `library in ${libraryFolder}` } });
    }
    return { session: null, reason: 'There is no library yet, so the faces are compared with each other alone.' };
  }
  try {
    return { session: await openSession(environment, folders, runtime), reason: '' };
  } catch (error) {
    if (mustBeThere || !isAppError(error, 'library-in-use')) throw error;
    return { session: null, reason: 'Another Kindred holds the library, so the faces are compared with each other alone.' };
  }
}

function leftOut(reason: string): LibraryAnswer {
  return { kind: 'left-out', reason };
}

async function askLibrary(
  { api }: Session,
  { shown }: ExplainedPhoto,
  { pack, libraryPack }: { pack: string; libraryPack: string | null },
): Promise<LibraryAnswer> {
  if (pack !== libraryPack) return leftOut(`Your library compares faces by the pack ${libraryPack}, whose numbers are others than those of ${pack}.`);
  if (shown.length === 0) return leftOut('There is no face to look for in your library.');
  const { compared, nearest } = await findNearestLibraryFaces(api, shown.map(({ embedding }) => embedding), neighboursShown);
  if (compared === 0) return leftOut('There are no faces in your library yet, so the faces are compared with each other alone.');
  const byFace = await Promise.all(
    shown.map(async ({ number }, index) => ({ number, nearest: await Promise.all(nearest[index]!.map(toNeighbour)) })),
  );
  return { kind: 'compared', faces: compared, byFace };
}

async function toNeighbour({ record, distance }: LibraryFace): Promise<LibraryNeighbour> {
  return { name: record.personName, fileName: path.basename(record.photoPath), distance, pictureUrl: await cutFace(record) };
}

/** @returns null where the photo is not there any more, or no face of it can be shown */
async function cutFace({ photoPath, box }: LibraryFace['record']): Promise<string | null> {
  if (box === null) return null;
  const [{ readPhotoFile }, { renderFaceThumbnail }, { toWebpUrl }] = await Promise.all([
    import('../../../../electron/library/fingerprint.ts'),
    import('../../../../electron/imaging/thumbnails.ts'),
    import('../../explain/picture-url.ts'),
  ]);
  try {
    const { maxPixels } = fitAnalysisTo('balanced');
    return toWebpUrl(await renderFaceThumbnail(await readPhotoFile(photoPath), box, { sizePx: neighbourEdgePx, maxPixels }));
  } catch (error) {
    if (isAppError(error) && photoFaults.has(error.code)) return null;
    throw error;
  }
}

function toRecord(
  out: string,
  page: string,
  { explained, pack, detector, sameDistance, library }: { explained: ExplainedPhoto; pack: string; detector: string; sameDistance: number; library: LibraryAnswer },
) {
  const { width, height, faces, shown, pairs } = explained;
  const poses = new Map(shown.map(({ number, pose }) => [number, pose]));
  const scale = width / explained.photo.width;
  return {
    out,
    bytes: Buffer.byteLength(page),
    pack,
    detector,
    width,
    height,
    sameDistance,
    faces: faces.map(({ number, box, score, quality }) => {
      const pose = poses.get(number) ?? null;
      return {
        number,
        box: { x: box.x * scale, y: box.y * scale, width: box.width * scale, height: box.height * scale },
        score,
        quality,
        pose: pose === null ? null : { yaw: pose.yaw, pitch: pose.pitch, roll: pose.roll },
      };
    }),
    pairs,
    library:
      library.kind === 'left-out'
        ? { compared: 0, reason: library.reason }
        : {
            compared: library.faces,
            nearest: library.byFace.flatMap(({ number, nearest }) => nearest.map(({ name, fileName, distance }) => ({ number, name, fileName, distance }))),
          },
  };
}
