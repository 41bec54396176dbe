/** Compares a partition with the true one: B-cubed and pairwise precision and recall, purity. */

import { AppError } from '../../../electron/base/errors.ts';

export interface Agreement {
  readonly precision: number;
  readonly recall: number;
  /** Harmonic mean of precision and recall. */
  readonly f: number;
}

export interface PartitionScores {
  readonly items: number;
  readonly clusters: number;
  readonly singletons: number;
  /** Averages over the items: the share of an item's cluster that is of its class, and the other way round.
   *  Source: Bagga and Baldwin 1998. */
  readonly bCubed: Agreement;
  /** Of the pairs put together, the share that belongs together; of those that belong together, the share put so.
   *  Of no pairs, all are right. */
  readonly pairwise: Agreement;
  /** Share of the items that are of their cluster's most frequent class. */
  readonly purity: number;
}

/**
 * @param classes [n], the true class of each item
 * @param clusters [n], the cluster of each item; null for an item that was not found, which counts as a cluster of
 *   its own
 * @throws AppError "bad-argument" for lists that differ in length or hold nothing
 */
export function scorePartition(
  classes: readonly (string | number)[],
  clusters: readonly (string | number | null)[],
): PartitionScores {
  const items = classes.length;
  if (items === 0 || clusters.length !== items) {
    throw new AppError('bad-argument', `Expected a cluster for each of ${items} items but received ${clusters.length}`);
  }
  const labels = clusters.map((cluster, item) => (cluster === null ? `missed ${item}` : `cluster ${typeof cluster} ${cluster}`));
  const clusterSizes = countBy(labels);
  const classSizes = countBy(classes);
  const cells = countCells(labels, classes);

  let precision = 0;
  let recall = 0;
  let pairs = 0;
  let purest = 0;
  for (const [cluster, counts] of cells) {
    let most = 0;
    for (const [trueClass, count] of counts) {
      precision += (count * count) / clusterSizes.get(cluster)!;
      recall += (count * count) / classSizes.get(trueClass)!;
      pairs += pairCount(count);
      most = Math.max(most, count);
    }
    purest += most;
  }
  return {
    items,
    clusters: clusterSizes.size,
    singletons: [...clusterSizes.values()].filter((size) => size === 1).length,
    bCubed: agreement(precision / items, recall / items),
    pairwise: agreement(share(pairs, sumPairs(clusterSizes)), share(pairs, sumPairs(classSizes))),
    purity: purest / items,
  };
}

function countBy<Key>(keys: readonly Key[]): Map<Key, number> {
  const counts = new Map<Key, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** By cluster and class. */
function countCells<Class>(labels: readonly string[], classes: readonly Class[]): Map<string, Map<Class, number>> {
  const cells = new Map<string, Map<Class, number>>();
  labels.forEach((label, item) => {
    const row = cells.get(label) ?? new Map<Class, number>();
    cells.set(label, row);
    const trueClass = classes[item]!;
    row.set(trueClass, (row.get(trueClass) ?? 0) + 1);
  });
  return cells;
}

function sumPairs(sizes: ReadonlyMap<unknown, number>): number {
  let sum = 0;
  for (const size of sizes.values()) sum += pairCount(size);
  return sum;
}

function pairCount(size: number): number {
  return (size * (size - 1)) / 2;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}

function agreement(precision: number, recall: number): Agreement {
  const sum = precision + recall;
  return { precision, recall, f: sum === 0 ? 0 : (2 * precision * recall) / sum };
}
