import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../electron/base/random.ts';
import { Demand } from '../../../electron/clustering/linkage/demand.ts';
import { linkGroups, type LinkageGroup } from '../../../electron/clustering/linkage/linkage.ts';
import type { JoinRule } from '../../../electron/clustering/linkage/join-rules.ts';
import { NeighbourIndex } from '../../../electron/clustering/neighbours/neighbour-index.ts';
import { drawDirection, inventFaces, testLength, testOptions, toInput, toUnit, type InventedFace } from '../synthetic-library.ts';

const minSimilarity = 0.46;

function freeRule(): JoinRule {
  return { anchor: -1, photos: new Set(), members: new Set(), forbidden: new Set(), firstDay: Infinity, bornDay: -Infinity };
}

function link(faces: readonly InventedFace[], maxNeighbours = 128, groups?: LinkageGroup[]) {
  const index = new NeighbourIndex(testLength, {
    minSimilarity: minSimilarity - 1e-5,
    maxNeighbours,
    exactUpTo: 20_000,
    exactFrom: minSimilarity,
    subspaceTolerance: 0,
  });
  const { embeddingRows, embeddings } = toInput(faces);
  index.update(embeddingRows, embeddings);
  return linkGroups({
    groups: groups ?? faces.map((_, face) => ({ faces: [face], rule: freeRule() })),
    units: index.units,
    length: testLength,
    neighbours: index,
    demand: new Demand({ ...testOptions, maxDistance: Math.sqrt(2 - 2 * minSimilarity) }, faces.length),
  });
}

function averageOf(faces: readonly InventedFace[], one: readonly number[], other: readonly number[]): number {
  let sum = 0;
  for (const left of one) {
    for (const right of other) {
      sum += faces[left]!.embedding.reduce((total, value, at) => total + value * faces[right]!.embedding[at]!, 0);
    }
  }
  return sum / (one.length * other.length);
}

/** Average linkage as the textbook has it, over all pairs. */
function linkByTheBook(faces: readonly InventedFace[]): number[][] {
  const groups = faces.map((_, face) => [face]);
  for (;;) {
    let best = { similarity: minSimilarity, one: -1, other: -1 };
    groups.forEach((left, one) => {
      groups.forEach((right, other) => {
        if (one >= other) return;
        const similarity = averageOf(faces, left, right);
        if (similarity > best.similarity) best = { similarity, one, other };
      });
    });
    if (best.one < 0) return groups.map((group) => group.sort((a, b) => a - b)).sort((a, b) => a[0]! - b[0]!);
    groups[best.one]!.push(...groups.splice(best.other, 1)[0]!);
  }
}

describe('average linkage', () => {
  it.each([1, 2, 3])('finds what the textbook’s method over all pairs finds (draw %d)', (seed) => {
    // Loose people, so that some clusters are hard to tell apart.
    const faces = inventFaces(seed, 9, 7, 0.5);
    expect(link(faces).map(({ faces: members }) => members)).toEqual(linkByTheBook(faces));
  });

  it('finds people again who differ as real ones do', () => {
    const faces = inventFaces(11, 150, 8, 0.68);
    for (const { faces: members } of link(faces)) {
      expect(new Set(members.map((face) => faces[face]!.identity)).size).toBe(1);
    }
    expect(link(faces).length).toBe(150);
  });

  it('does not chain: faces in a row, each like the next, stay several people', () => {
    const random = createRandom(4);
    const from = drawDirection(random);
    const aside = drawDirection(random);
    const overlap = from.reduce((sum, value, at) => sum + value * aside[at]!, 0);
    const across = toUnit(aside.map((value, at) => value - overlap * from[at]!));
    // A third of a circle in 40 steps: neighbours at cosine 0.999, the ends at -0.5.
    const faces = Array.from({ length: 40 }, (_, step) => {
      const angle = (step / 39) * ((2 * Math.PI) / 3);
      return {
        ...inventFaces(1, 1)[0]!,
        id: `step-${step}` as InventedFace['id'],
        embedding: from.map((value, at) => Math.cos(angle) * value + Math.sin(angle) * across[at]!),
      };
    });
    const groups = link(faces);
    expect(groups.length).toBeGreaterThan(1);
    expect(groups.some(({ faces: members }) => members.includes(0) && members.includes(39))).toBe(false);
  });

  it.each([2, 5, 20])('leaves no two groups that could be joined, with lists of only %d neighbours', (maxNeighbours) => {
    const faces = inventFaces(8, 12, 40, 0.62);
    const groups = link(faces, maxNeighbours);
    groups.forEach((one, at) => {
      for (const other of groups.slice(at + 1)) {
        expect(averageOf(faces, one.faces, other.faces)).toBeLessThan(minSimilarity);
      }
    });
    expect(groups.length).toBe(link(faces).length);
  });

  it('measures groups that are given as groups by all of their faces', () => {
    const faces = inventFaces(13, 2, 12, 0.7).sort((one, other) => one.identity - other.identity);
    const first = faces.findIndex(({ identity }) => identity === 1);
    const everyFace = faces.map((_, face) => face);
    const mixed = [everyFace.slice(0, first + 1), ...everyFace.slice(first + 1).map((face) => [face])];
    const groups = link(faces, 128, mixed.map((members) => ({ faces: members, rule: freeRule() })));
    expect(groups[0]!.faces).toEqual(mixed[0]);
    expect(groups.length).toBe(2);
  });

  it('joins none that their rules keep apart', () => {
    const faces = inventFaces(21, 1, 30, 0.7);
    const groups = faces.map((_, face): LinkageGroup => ({
      faces: [face],
      rule: { ...freeRule(), members: new Set([face % 2]), forbidden: new Set([1 - (face % 2)]) },
    }));
    const linked = link(faces, 128, groups);
    expect(linked.length).toBe(2);
    for (const { faces: members } of linked) expect(new Set(members.map((face) => face % 2)).size).toBe(1);
  });

  it('asks more of groups that stand side by side in a photo, and more yet of those that do so often', () => {
    const count = (similarity: number, photos: number): number => {
      const faces = inventFaces(22, 1, 40, similarity).slice(0, 20);
      const halves = [0, 1].map((half): LinkageGroup => ({
        faces: faces.flatMap((_, face) => (face % 2 === half ? [face] : [])),
        rule: { ...freeRule(), photos: new Set(Array.from({ length: photos }, (_, photo) => photo)) },
      }));
      return link(faces, 128, halves).length;
    };
    expect(count(0.6, 0)).toBe(1);
    expect(count(0.6, 1)).toBe(2);
    expect(count(0.8, 1)).toBe(1);
    expect(count(0.8, 3)).toBe(2);
    expect(count(0.97, 3)).toBe(1);
  });

  it('decides between equally similar pairs by the lowest faces', () => {
    const twins = Array.from({ length: 6 }, (_, at) => ({ ...inventFaces(1, 1)[0]!, id: `twin-${at}` as InventedFace['id'] }));
    const groups = twins.map((_, face): LinkageGroup => ({
      faces: [face],
      rule: { ...freeRule(), members: new Set([face % 3]), forbidden: new Set([0, 1, 2].filter((one) => one !== face % 3)) },
    }));
    expect(link(twins, 128, groups).map(({ faces }) => faces)).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
  });
});
