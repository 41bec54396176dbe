/**
 * Aligned chips of the main faces of Labeled Faces in the Wild, as the import cuts them, kept in a work folder: what
 * fine-tuning learns from and is measured on.
 *
 *   npx tsx test/studies/aligned-chips.ts [<work folder>]
 */

import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { analysisDefaults } from '../../electron/engine/config.ts';
import { decodePhoto, readImageHeader, samplePhoto } from '../../electron/imaging/decode.ts';
import { roundPixels } from '../../electron/imaging/pixels.ts';
import { fitChip } from '../../electron/pipeline/align.ts';
import { findFaces } from '../../electron/pipeline/find-faces.ts';
import { loadNetworks } from '../../electron/pipeline/networks.ts';
import { pickMainFace } from '../../native-models/lab/evaluation/main-face.ts';
import { listLabeledPhotos } from '../../native-models/lab/evaluation/people-folder.ts';
import { readBuiltInManifests } from '../../native-models/packs/built-in-packs.ts';
import type { Template } from '../../native-models/packs/manifest.ts';
import { createRuntime } from '../../native-models/runtime/create-runtime.ts';
import { loadStandardPack } from '../support/standard-pack.ts';
import { lfwFolder } from './labeled-faces.ts';

export const defaultChipFolder = path.join(tmpdir(), 'kindred-aligned-chips');

/** Packs that share detector and landmarks, so that one analysis serves both. */
const packNames = ['standard', 'classic'] as const;
export type ChipPack = (typeof packNames)[number];

export interface AlignedChips {
  readonly sizePx: number;
  /** Whose folder each photo lies in. */
  readonly people: readonly string[];
  /** [chips, sizePx, sizePx, 3] RGB. */
  readonly pixels: Uint8Array;
}

/** Cuts them where the work folder does not hold them yet: some minutes. */
export async function loadAlignedChips(pack: ChipPack, workFolder = defaultChipFolder): Promise<AlignedChips> {
  if (!existsSync(path.join(workFolder, 'people.json'))) await cutAlignedChips(workFolder);
  const people = JSON.parse(await readFile(path.join(workFolder, 'people.json'), 'utf8')) as string[];
  return { sizePx: readTemplate(pack).chipSizePx, people, pixels: await readFile(path.join(workFolder, `${pack}.rgb`)) };
}

function readTemplate(pack: ChipPack): Template {
  return readBuiltInManifests().find(({ name }) => name === pack)!.embedder.template;
}

async function cutAlignedChips(workFolder: string): Promise<void> {
  await mkdir(workFolder, { recursive: true });
  const runtime = await createRuntime('onnx');
  const networks = await loadNetworks(runtime, await loadStandardPack());
  const files = await Promise.all(packNames.map((name) => open(path.join(workFolder, `${name}.rgb`), 'w')));
  const templates = packNames.map(readTemplate);
  const people: string[] = [];
  for (const [index, { path: file, person }] of (await listLabeledPhotos(lfwFolder)).entries()) {
    if (index % 500 === 0) console.error(`${index} photos`);
    const bytes = await readFile(file);
    const header = await readImageHeader(bytes, analysisDefaults);
    const photo = await decodePhoto(bytes, header, { ...analysisDefaults, enoughScale: 1 });
    const main = pickMainFace(await findFaces(networks, photo, analysisDefaults.detection), header);
    if (main === null) continue;
    people.push(person);
    for (const [at, template] of templates.entries()) {
      const size = { width: template.chipSizePx, height: template.chipSizePx };
      await files[at]!.write(roundPixels(samplePhoto(photo, fitChip(main.landmarks, template), size)).data);
    }
  }
  for (const file of files) await file.close();
  await networks.dispose();
  await runtime.dispose();
  // Written last: a folder that holds it is whole.
  const list = path.join(workFolder, 'people.json');
  await writeFile(`${list}.part`, JSON.stringify(people));
  await rename(`${list}.part`, list);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (existsSync(lfwFolder)) console.log(`${(await loadAlignedChips('standard', process.argv[2])).people.length} chips`);
  else console.log('skipped: no ../shared');
}
