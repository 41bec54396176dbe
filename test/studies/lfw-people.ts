/**
 * Measures an import of people of Labeled Faces in the Wild.
 *
 *   npx tsx test/studies/lfw-people.ts --draw 300 --seed 1 --to <folder>     copies their photos, a folder per person
 *   kindred import <folder> --library <library>; kindred faces --library <library> > faces.jsonl
 *   npx tsx test/studies/lfw-people.ts --score faces.jsonl --truth <folder>  one line of JSON
 */

import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { scorePartition } from '../../native-models/lab/evaluation/bcubed.ts';
import { listLabeledPhotos } from '../../native-models/lab/evaluation/people-folder.ts';
import { drawPeople, findMainFaces, lfwFolder, readFoundFaces } from './labeled-faces.ts';

const { values } = parseArgs({
  options: {
    draw: { type: 'string' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: lfwFolder },
    to: { type: 'string' },
    score: { type: 'string' },
    truth: { type: 'string' },
  },
});

async function draw(from: string, count: number, seed: number, to: string): Promise<void> {
  const photos = drawPeople(await listLabeledPhotos(from), count, seed);
  for (const photo of photos) {
    const folder = path.join(to, photo.person);
    await mkdir(folder, { recursive: true });
    await copyFile(photo.path, path.join(folder, path.basename(photo.path)));
  }
  console.log(JSON.stringify({ people: count, photos: photos.length, seed, folder: path.resolve(to) }));
}

async function score(facesFile: string, truth: string): Promise<void> {
  const photos = await listLabeledPhotos(path.resolve(truth));
  const faces = await readFoundFaces(facesFile);
  const mainFaces = await findMainFaces(photos, faces);
  const found = photos.map((photo) => mainFaces.get(photo)!);
  const missed = photos.filter((_, index) => found[index] === null);
  const scores = scorePartition(
    photos.map(({ person }) => person),
    found.map((face) => face?.person ?? null),
  );
  console.log(
    JSON.stringify({
      photos: photos.length,
      faces: faces.length,
      mainFacesFound: (photos.length - missed.length) / photos.length,
      missed: missed.map(({ path: file }) => path.basename(file)),
      ...scores,
    }),
  );
}

if (values.score !== undefined && values.truth !== undefined) {
  await score(values.score, values.truth);
} else if (values.draw !== undefined && values.to !== undefined) {
  if (existsSync(values.from)) await draw(values.from, Number(values.draw), Number(values.seed), values.to);
  else console.log('skipped: no ../shared');
} else {
  console.error('Expected --draw <people> [--seed <n>] --to <folder>, or --score <faces.jsonl> --truth <folder>');
  process.exitCode = 2;
}
