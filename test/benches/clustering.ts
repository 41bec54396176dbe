/**
 * Shows what clustering costs as a library grows, in time and memory, on invented faces that lie as far apart as real ones.
 *
 *   npm run bench -- clustering [--faces 10000,100000] [--bare] [--seed <n>]
 *
 * For each number of faces a new library is filled and then, through database and worker threads as in the product:
 * everything is clustered, 100 new photos of three faces are folded in, faces are confirmed one by one (the median is told)
 * and the review queue is listed. `--bare` measures the clustering alone, in one thread: what fits for 1,000,000 faces. The
 * time to fill the library does not count; the memory is the most that the process has held. First the invented distances
 * are held against those of real faces.
 */

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dotProduct } from '../../electron/geometry/vectors.ts';
import { createRandom } from '../../electron/base/random.ts';
import type { ClusteringCosts, ClusteringRequest } from './measures/clustering-process.ts';
import { readWholeNumber, runBench } from './measures/options.ts';
import { drawEmbeddings, drawPeople, realDistances } from './measures/synthetic-faces.ts';

/** Faces of the draw whose distances are checked, and pairs. */
const checkedFaces = 20_000;
const checkedPairs = 500_000;

function printDistances(seed: number): void {
  const people = drawPeople(checkedFaces, 1, createRandom(seed));
  const embeddings = drawEmbeddings(people, seed + 1);
  const random = createRandom(seed + 2);
  const row = (face: number): Float32Array => embeddings.subarray(face * 512, (face + 1) * 512);
  const byPerson = new Map<number, number[]>();
  people.forEach((person, face) => byPerson.set(person, [...(byPerson.get(person) ?? []), face]));
  const genuine: number[] = [];
  for (const faces of byPerson.values()) {
    for (let pair = 0; pair < Math.min(40, faces.length - 1); pair++) {
      const [one, other] = [0, 1].map(() => faces[Math.floor(random() * faces.length)]!) as [number, number];
      if (one !== other) genuine.push(dotProduct(row(one), row(other)));
    }
  }
  const strangers: number[] = [];
  for (let pair = 0; pair < checkedPairs; pair++) {
    const [one, other] = [0, 1].map(() => Math.floor(random() * checkedFaces)) as [number, number];
    if (people[one] !== people[other]) strangers.push(dotProduct(row(one), row(other)));
  }
  const tell = (values: number[], quantiles: Readonly<Record<string, number>>, fromTop: boolean): string => {
    values.sort((one, other) => one - other);
    return Object.entries(quantiles)
      .map(([share, real]) => {
        const at = fromTop ? 1 - Number(share) : Number(share);
        return `${share}: ${values[Math.floor(at * (values.length - 1))]!.toFixed(3)} (real ${real.toFixed(3)})`;
      })
      .join(', ');
  };
  console.log(`one person's pairs, quantiles of cosine similarity ${tell(genuine, realDistances.genuine, false)}`);
  console.log(`strangers' pairs, exceeded by a share of ${tell(strangers, realDistances.strangers, true)}`);
}

function measureInProcess(request: ClusteringRequest): Promise<ClusteringCosts> {
  return new Promise((resolve, reject) => {
    // A worker thread's heap follows the process's limit.
    const child = fork(fileURLToPath(new URL('measures/clustering-process.ts', import.meta.url)), {
      execArgv: [...process.execArgv, '--max-old-space-size=3072'],
    });
    child.once('message', (costs) => resolve(costs as ClusteringCosts));
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`A process that measures ended with ${code}`)));
    child.send(request);
  });
}

function printCosts(faces: number, costs: ClusteringCosts): void {
  const { full, foldIn, confirm, review, questionsLeft, clusters, bCubed, peakBytes } = costs;
  const confirmed = confirm === null ? '' : `, one confirmation ${(1000 * confirm).toFixed(1)} ms`;
  console.log(
    `${faces} faces: all ${full.toFixed(2)} s, 300 new ones ${foldIn.toFixed(2)} s${confirmed}, review queue ${review.toFixed(2)} s ` +
      `(${questionsLeft} questions left), most memory ${(peakBytes / 2 ** 20).toFixed(0)} MB; ${clusters} clusters, ` +
      `B-cubed P ${bCubed.precision.toFixed(4)} R ${bCubed.recall.toFixed(4)} F ${bCubed.f.toFixed(4)}`,
  );
}

/** How fast costs grow between two sizes: e of n^e. */
function printGrowth(smaller: [number, ClusteringCosts], larger: [number, ClusteringCosts]): void {
  const exponent = (one: number, other: number): string => (Math.log(other / one) / Math.log(larger[0] / smaller[0])).toFixed(2);
  const [small, large] = [smaller[1], larger[1]];
  const confirm = small.confirm === null || large.confirm === null ? '' : `, one confirmation ${exponent(small.confirm, large.confirm)}`;
  console.log(
    `from ${smaller[0]} to ${larger[0]} faces, exponents: all ${exponent(small.full, large.full)}, 300 new ones ` +
      `${exponent(small.foldIn, large.foldIn)}${confirm}, review queue ${exponent(small.review, large.review)}, ` +
      `memory ${exponent(small.peakBytes, large.peakBytes)}`,
  );
}

await runBench(async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      faces: { type: 'string', default: '10000,100000' },
      bare: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
    },
  });
  const seed = readWholeNumber('seed', values.seed);
  const sizes = values.faces.split(',').map((text) => readWholeNumber('faces', text.trim(), 100));
  printDistances(seed);
  let before: [number, ClusteringCosts] | null = null;
  for (const faces of sizes) {
    const costs = await measureInProcess({ faces, isBare: values.bare, seed });
    printCosts(faces, costs);
    if (before !== null) printGrowth(before, [faces, costs]);
    before = [faces, costs];
  }
});
