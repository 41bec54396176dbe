/**
 * Measures on people of Labeled Faces in the Wild what is said about one person's faces: whether they are more than one
 * person, how they split, and which of them do not belong there.
 *
 *   kindred import ../shared/faces/lfw-dev --library <library>
 *   kindred faces --embeddings --library <library> > faces.jsonl
 *   npx tsx test/studies/mixed-people.ts faces.jsonl [<folder per person>] [<pack>]
 *
 * Faces of another pack than the standard one come from test/studies/analyze-photos.ts.
 */

import { existsSync } from 'node:fs';
import { listMixed } from '../../electron/clustering/suggestions/mixed.ts';
import { rankOutliers } from '../../electron/clustering/suggestions/outliers.ts';
import { proposeSplit } from '../../electron/clustering/suggestions/split.ts';
import { sumFaces, averageSimilarity } from '../../electron/clustering/suggestions/vectors.ts';
import { lfwFolder } from './labeled-faces.ts';
import { openView, readLabeledFaces, readOptions, type LabeledFace, type ViewOptions } from './labeled-views.ts';

/** People with fewer faces are not looked at... */
const fewestFaces = 4;
/** ...nor more faces of anybody. */
const mostFaces = 100;

type People = readonly (readonly LabeledFace[])[];

/** @returns each person with the one whom its faces resemble most on average, so that each mixture is a likely one */
function pairLookalikes(people: People, options: ViewOptions): [readonly LabeledFace[], readonly LabeledFace[]][] {
  const view = openView(people.flat(), options);
  const length = view.input.embeddingLength;
  let from = 0;
  const sums = people.map((own) => {
    from += own.length;
    return sumFaces(view.units, length, own.map((_, index) => from - own.length + index));
  });
  return people.map((own, index) => {
    let best = -1;
    let similarity = -2;
    sums.forEach((sum, other) => {
      const value = other === index ? -2 : averageSimilarity(sums[index]!, sum, length);
      if (value > similarity) [best, similarity] = [other, value];
    });
    return [own, people[best]!];
  });
}

/** @returns the faces in a view of people as given, whoever they are in truth */
function openPeople(people: People, options: ViewOptions): ReturnType<typeof openView> {
  const owners = people.flatMap((own, person) => own.map(() => person));
  return openView(people.flat(), options, Int32Array.from(owners));
}

function describeShares(name: string, people: People, options: ViewOptions): void {
  const faces = people.flat();
  const view = openPeople(people, options);
  const mixed = listMixed(view);
  let groupCount = 0;
  let exact = 0;
  let single = 0;
  let wrong = 0;
  let stray = 0;
  people.forEach((_, person) => {
    const { groups } = proposeSplit(view, person);
    groupCount += groups.length;
    if (groups.length === 1) single += 1;
    const identities = groups.map((group) => new Set(group.map((face) => faces[face]!.identity)));
    if (new Set(groups.flat().map((face) => faces[face]!.identity)).size === groups.length && identities.every(({ size }) => size === 1)) exact += 1;
    for (const group of groups) {
      const counts = new Map<string, number>();
      for (const face of group) counts.set(faces[face]!.identity, (counts.get(faces[face]!.identity) ?? 0) + 1);
      wrong += group.length - Math.max(...counts.values());
    }
    stray += groups.filter((group) => group.length === 1).length;
  });
  console.log(
    `${name}: ${people.length} people of ${faces.length} faces; ${mixed.length} called mixed; split exactly ${exact}, ` +
      `left whole ${single}, ${(groupCount / people.length).toFixed(2)} groups each, ${stray} of single faces, ${wrong} faces with the wrong group`,
  );
}

/** Puts one stranger's face into every person, and says where among the outliers it comes. */
function describeOutliers(people: People, lookalikes: readonly (readonly LabeledFace[])[], options: ViewOptions): void {
  const spoiled = people.map((own, index) => [...own, lookalikes[index]![0]!]);
  const faces = spoiled.flat();
  const view = openPeople(spoiled, options);
  const ranks: number[] = [];
  let [strangerFits, ownFits, doubted] = [0, 0, 0];
  spoiled.forEach((own, person) => {
    const ranked = rankOutliers(view, person);
    const identity = own[0]!.identity;
    ranks.push(ranked.findIndex(({ face }) => faces[face]!.identity !== identity));
    for (const { face, fit } of ranked) {
      if (faces[face]!.identity !== identity) strangerFits += fit;
      else {
        ownFits += fit;
        if (fit < 0.5) doubted += 1;
      }
    }
  });
  const first = ranks.filter((rank) => rank === 0).length;
  const early = ranks.filter((rank) => rank < 3).length;
  console.log(
    `a stranger among each of ${people.length} people: first ${first}, among the first three ${early}; average fit of strangers ` +
      `${(strangerFits / people.length).toFixed(3)}, of the others ${(ownFits / (faces.length - people.length)).toFixed(3)}; ${doubted} own faces below 0.5`,
  );
}

async function study(facesFile: string, folder: string, pack: string): Promise<void> {
  const options = readOptions(pack);
  const byIdentity = new Map<string, LabeledFace[]>();
  for (const labeled of await readLabeledFaces(facesFile, folder)) {
    byIdentity.set(labeled.identity, [...(byIdentity.get(labeled.identity) ?? []), labeled]);
  }
  const people = [...byIdentity.values()].filter((own) => own.length >= fewestFaces).map((own) => own.slice(0, mostFaces));
  const pairs = pairLookalikes(people, options);
  console.log(`${pack}: ${JSON.stringify(options.suggestions)}`);
  describeShares('one person each', people, options);
  describeShares('two people each, most alike', pairs.map(([own, other]) => [...own, ...other]), options);
  describeShares('two faces of another in each', pairs.map(([own, other]) => [...own, ...other.slice(0, 2)]), options);
  describeOutliers(people, pairs.map(([, other]) => other), options);
}

const [facesFile, folder = lfwFolder, pack = 'standard'] = process.argv.slice(2);
if (facesFile === undefined) {
  console.error('Expected the output of kindred faces --embeddings');
  process.exitCode = 2;
} else if (!existsSync(folder)) {
  console.log('skipped: no ../shared');
} else {
  await study(facesFile, folder, pack);
}
