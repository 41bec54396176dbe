import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../electron/base/random.ts';
import { clusterByContraction } from '../../../../native-models/lab/clustering-methods/additive-contraction.ts';
import { groupLabels, listNeighbours } from './listed-neighbours.ts';

const options = { minSimilarity: 0, logOdds: (similarity: number) => similarity - 0.5, unseenLogOdds: -0.5 };

/** @returns the sum of the log-odds of all pairs within groups */
function worthOf(labels: ArrayLike<number>, similarities: readonly (readonly number[])[]): number {
  let worth = 0;
  for (let one = 0; one < labels.length; one++) {
    for (let other = one + 1; other < labels.length; other++) {
      if (labels[one] === labels[other]) worth += options.logOdds(similarities[one]![other]!);
    }
  }
  return worth;
}

function* listPartitions(count: number): Generator<number[]> {
  if (count === 0) return yield [];
  for (const rest of listPartitions(count - 1)) {
    const groups = Math.max(-1, ...rest) + 1;
    for (let group = 0; group <= groups; group++) yield [...rest, group];
  }
}

describe('clusterByContraction', () => {
  it('joins two triangles and not the bridge between them', () => {
    const lists = listNeighbours(6, [[0, 1, 0.9], [0, 2, 0.9], [1, 2, 0.9], [3, 4, 0.9], [3, 5, 0.9], [4, 5, 0.9], [2, 3, 0.95]]);
    // The bridge goes first, and is undone by the moves: with it, eight unseen pairs would count against.
    expect(groupLabels(clusterByContraction(lists, options))).toEqual([[0, 1, 2], [3, 4, 5]]);
  });

  it('counts pairs that no list shows against joining', () => {
    const chain = listNeighbours(3, [[0, 1, 0.9], [1, 2, 0.8]]);
    expect(groupLabels(clusterByContraction(chain, options))).toEqual([[0, 1], [2]]);
    expect(groupLabels(clusterByContraction(chain, { ...options, unseenLogOdds: -0.2 }))).toEqual([[0, 1, 2]]);
  });

  it('comes close to the best of all partitions, and never past it', () => {
    let found = 0;
    let possible = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const random = createRandom(seed);
      const similarities = Array.from({ length: 7 }, () => new Array<number>(7).fill(0));
      const pairs: [number, number, number][] = [];
      for (let one = 0; one < 7; one++) {
        for (let other = one + 1; other < 7; other++) {
          const similarity = Math.fround(random());
          similarities[one]![other] = similarity;
          pairs.push([one, other, similarity]);
        }
      }
      const worth = worthOf(clusterByContraction(listNeighbours(7, pairs), options), similarities);
      const best = Math.max(...[...listPartitions(7)].map((labels) => worthOf(labels, similarities)));
      expect(worth).toBeLessThanOrEqual(best + 1e-9);
      found += worth;
      possible += best;
    }
    expect(found / possible).toBeGreaterThan(0.95);
  });
});
