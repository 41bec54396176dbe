import { describe, expect, it } from 'vitest';
import type { FaceId } from '../../electron/base/ids.ts';
import { createRandom, shuffle, type Random } from '../../electron/base/random.ts';
import { LibraryClustering } from '../../electron/clustering/library-clustering.ts';
import type { ClusteringOptions, ClusteringResult } from '../../electron/clustering/types.ts';
import type { ClusteringInput } from '../../electron/terms/clustering-input.ts';
import {
  canonical,
  drawAround,
  drawDirection,
  inventFaces,
  testOptions,
  toInput,
  toUnit,
  type Decisions,
  type InventedFace,
} from './synthetic-library.ts';

function cluster(
  faces: readonly InventedFace[],
  decisions: Decisions = {},
  options: ClusteringOptions = testOptions,
): ClusteringResult {
  return new LibraryClustering().run(toInput(faces, decisions), options, { scope: 'settled' });
}

/** Person of every face after the result, new people by number. */
function applyResult(input: ClusteringInput, result: ClusteringResult): Map<FaceId, string> {
  const personOf = new Map<FaceId, string>();
  input.faceIds.forEach((id, face) => {
    const person = input.personIndices[face]!;
    if (person >= 0) personOf.set(id, input.people[person]!.id);
  });
  for (const { faceId, person } of result.assignments) {
    personOf.set(faceId, typeof person === 'number' ? `new ${person}` : person);
  }
  return personOf;
}

function partitionOf(personOf: ReadonlyMap<FaceId, string>): string[] {
  const members = new Map<string, FaceId[]>();
  for (const [face, person] of personOf) members.set(person, [...(members.get(person) ?? []), face]);
  return canonical([...members.values()]);
}

describe('clustering a library', () => {
  it('puts every face in exactly one cluster and in the person of that cluster', () => {
    const faces = inventFaces(1, 60);
    const input = toInput(faces);
    const result = cluster(faces);
    expect(result.clusters.flat().sort()).toEqual(faces.map(({ id }) => id).sort());
    expect(partitionOf(applyResult(input, result))).toEqual(canonical(result.clusters));
  });

  it('takes an empty library', () => {
    expect(cluster([])).toMatchObject({ clusters: [], assignments: [] });
  });

  it.each([1, 2, 3, 4, 5])('gives the same partition whatever the order of the faces (draw %d)', (seed) => {
    const random = createRandom(seed);
    // Loose people, several faces a photo, some of low quality: everything that an order could have a say in.
    const faces = inventFaces(seed, 70, 10, 0.55).map((face) => ({
      ...face,
      photo: face.photo % 150,
      quality: random() < 0.2 ? 0.1 : 0.8,
    }));
    const expected = canonical(cluster(faces).clusters);
    for (let turn = 0; turn < 3; turn++) expect(canonical(cluster(shuffle(faces, random)).clusters)).toEqual(expected);
    const capped = { ...testOptions, maxNeighbours: 4 };
    const expectedCapped = canonical(cluster(faces, {}, capped).clusters);
    expect(canonical(cluster(shuffle(faces, random), {}, capped).clusters)).toEqual(expectedCapped);
  });

  it('gives the same result twice', () => {
    const faces = inventFaces(3, 60, 8, 0.55);
    expect(cluster(faces)).toEqual(cluster(faces));
  });

  it.each([1, 2, 3])('ends with the partition of one go after faces came in parts and were folded in (draw %d)', (seed) => {
    const random = createRandom(seed);
    const faces = inventFaces(seed, 60, 10, 0.55).map((face) => ({ ...face, photo: face.photo % 150 }));
    const arrival = new Map(faces.map(({ id }) => [id, random()]));
    const clustering = new LibraryClustering();
    let personOf = new Map<FaceId, string>();
    for (let step = 1; step <= 6; step++) {
      const present = faces.filter(({ id }) => arrival.get(id)! <= step / 6);
      const input = toInput(present, { personOf });
      const result = clustering.run(input, testOptions, { scope: 'everybody' });
      // Nobody who was there has moved.
      for (const { faceId } of result.assignments) expect(personOf.has(faceId)).toBe(false);
      personOf = applyResult(input, result);
      personOf = new Map([...personOf].map(([face, person]) => [face, `${person}${person.startsWith('new') ? ` of ${step}` : ''}`]));
      expect(personOf.size).toBe(present.length);
    }
    const input = toInput(faces, { personOf });
    const last = clustering.run(input, testOptions, { scope: 'settled' });
    expect(canonical(last.clusters)).toEqual(canonical(cluster(faces).clusters));
    expect(partitionOf(applyResult(input, last))).toEqual(canonical(last.clusters));
  });

  it('changes nothing when it runs again', () => {
    const faces = inventFaces(6, 60, 8, 0.55);
    const personOf = applyResult(toInput(faces), cluster(faces));
    expect(cluster(faces, { personOf }).assignments).toEqual([]);
  });

  it('folds a new face into the person it resembles and gives a stranger a person of its own', () => {
    const faces = inventFaces(9, 20, 6, 0.7);
    const latecomer = faces.find(({ identity }) => faces.filter((face) => face.identity === identity).length > 3)!;
    const before = faces.filter((face) => face !== latecomer);
    const clustering = new LibraryClustering();
    const personOf = applyResult(toInput(before), cluster(before));
    const stranger = { ...latecomer, id: 'stranger' as FaceId, embedding: drawDirection(createRandom(77)), photo: 9999 };
    const result = clustering.run(toInput([...faces, stranger], { personOf }), testOptions, { scope: 'everybody' });
    const family = before.find(({ identity }) => identity === latecomer.identity)!;
    expect(result.assignments).toEqual([
      { faceId: latecomer.id, person: personOf.get(family.id) },
      { faceId: 'stranger', person: 0 },
    ].sort((one, other) => (one.faceId === latecomer.id ? -1 : other.faceId === latecomer.id ? 1 : 0)));
  });
});

describe('faces of one photo', () => {
  it('do not start in one cluster where they are as alike as one person’s faces of two photos', () => {
    const random = createRandom(1);
    const centre = drawDirection(random);
    const faces = Array.from({ length: 20 }, (_, at): InventedFace => ({
      id: `f${String(at).padStart(2, '0')}` as FaceId,
      embedding: drawAround(centre, 0.6, random),
      identity: 0,
      photo: at % 10,
      quality: 1,
    }));
    for (const members of cluster(faces).clusters) {
      expect(new Set(members.map((id) => Number(id.slice(1)) % 10)).size).toBe(members.length);
    }
  });

  it('start in one cluster where they are all but the same, as in mirrors and collages', () => {
    const faces = inventFaces(2, 1, 8, 0.95).map((face) => ({ ...face, photo: 0 }));
    expect(cluster(faces).clusters.length).toBe(1);
  });

  it('stay together where the user has put them together', () => {
    const faces = inventFaces(2, 1, 8, 0.8).map((face) => ({ ...face, photo: 0 }));
    const personOf = new Map(faces.map(({ id }) => [id, 'anna']));
    const result = cluster(faces, { personOf, held: new Set(['anna']) });
    expect(result.clusters.length).toBe(1);
    expect(result.assignments).toEqual([]);
  });

  it('do not both join a person who has two looks', () => {
    const random = createRandom(5);
    const looks = [drawDirection(random), drawDirection(random)];
    const make = (id: string, look: number, photo: number): InventedFace => ({
      id: id as FaceId,
      embedding: drawAround(looks[look]!, 0.65, random),
      identity: 0,
      photo,
      quality: 1,
    });
    const old = [0, 0, 0, 1, 1, 1].map((look, at) => make(`old-${at}`, look, at));
    const personOf = new Map(old.map(({ id }) => [id, 'anna']));
    const together = [...old, make('new-0', 0, 50), make('new-1', 1, 50)];
    const result = cluster(together, { personOf, held: new Set(['anna']) });
    expect(result.assignments.filter(({ person }) => person === 'anna').length).toBe(1);
    const apart = [...old, make('new-0', 0, 50), make('new-1', 1, 51)];
    expect(cluster(apart, { personOf, held: new Set(['anna']) }).assignments).toEqual([
      { faceId: 'new-0', person: 'anna' },
      { faceId: 'new-1', person: 'anna' },
    ]);
  });
});

describe('what the user has settled', () => {
  it('keeps a held person’s faces, takes in free faces that resemble them, and leaves out a lone odd one', () => {
    const random = createRandom(12);
    const [anna, odd] = [drawDirection(random), drawDirection(random)];
    const make = (id: string, centre: Float32Array, photo: number): InventedFace => ({
      id: id as FaceId,
      embedding: drawAround(centre, 0.75, random),
      identity: 0,
      photo,
      quality: 1,
    });
    const old = [...Array.from({ length: 6 }, (_, at) => make(`anna-${at}`, anna, at)), make('odd', odd, 6)];
    const fresh = [make('anna-new', anna, 10), ...[1, 2, 3].map((at) => make(`odd-new-${at}`, odd, 10 + at))];
    const personOf = new Map(old.map(({ id }) => [id, 'anna']));
    const result = cluster([...old, ...fresh], { personOf, held: new Set(['anna']) });
    expect(result.assignments).toEqual([
      { faceId: 'anna-new', person: 'anna' },
      ...[1, 2, 3].map((at) => ({ faceId: `odd-new-${at}`, person: 0 })),
    ]);
    // Once the user has confirmed the odd face, it speaks for the person.
    const confirmed = new Set(['odd' as FaceId]);
    const after = cluster([...old, ...fresh], { personOf, held: new Set(['anna']), confirmed });
    expect(after.assignments.every(({ person }) => person === 'anna')).toBe(true);
    expect(after.assignments.length).toBe(4);
  });

  it('never joins two held people, however alike', () => {
    const faces = inventFaces(31, 1, 40, 0.8);
    const personOf = new Map(faces.slice(0, -2).map(({ id }, at) => [id, at % 2 === 0 ? 'anna' : 'her twin']));
    const result = cluster(faces, { personOf, held: new Set(['anna', 'her twin']) });
    expect(result.clusters.length).toBe(2);
    expect(result.assignments.length).toBe(2);
  });

  it('keeps a rejected face out of a held person and out of an unnamed one', () => {
    const faces = inventFaces(41, 1, 12, 0.8);
    const out = faces[0]!;
    const personOf = new Map(faces.map(({ id }) => [id, id === out.id ? 'alone' : 'anna']));
    for (const held of [new Set(['anna']), new Set<string>()]) {
      const decisions = { personOf, held, rejections: [[out.id, 'anna']] as const };
      const result = cluster(faces, decisions);
      expect(result.assignments).toEqual([]);
      expect(result.clusters.length).toBe(2);
    }
  });

  it('does not return a rejected face through the back door of new faces', () => {
    const faces = inventFaces(42, 1, 12, 0.8);
    const out = faces[0]!;
    const late = faces[1]!;
    const present = faces.filter((face) => face !== late);
    const personOf = new Map(present.map(({ id }) => [id, id === out.id ? 'alone' : 'anna']));
    const input = toInput(faces, { personOf, rejections: [[out.id, 'anna']] });
    const after = applyResult(input, new LibraryClustering().run(input, testOptions, { scope: 'settled' }));
    expect(after.get(out.id)).not.toBe('anna');
    for (const { id } of present.filter((face) => face !== out)) expect(after.get(id)).toBe('anna');
  });

  it('keeps a confirmed face in its unnamed person and lets the person follow it', () => {
    const faces = inventFaces(51, 2, 14, 0.75).filter((_, at, all) => all.length > at);
    const settled = faces[0]!;
    const personOf = new Map(faces.map(({ id }) => [id, 'mixed']));
    const result = cluster(faces, { personOf, confirmed: new Set([settled.id]) });
    const moved = new Set(result.assignments.map(({ faceId }) => faceId));
    for (const { id, identity } of faces) expect(moved.has(id)).toBe(identity !== settled.identity);
  });

  it('lets the larger part of a torn unnamed person keep its id', () => {
    const faces = inventFaces(61, 2, 14, 0.75);
    const sizes = [0, 1].map((identity) => faces.filter((face) => face.identity === identity).length);
    expect(sizes[0]).not.toBe(sizes[1]);
    const larger = sizes[0]! > sizes[1]! ? 0 : 1;
    const personOf = new Map(faces.map(({ id }) => [id, 'mixed']));
    const moved = new Set(cluster(faces, { personOf }).assignments.map(({ faceId }) => faceId));
    for (const { id, identity } of faces) expect(moved.has(id)).toBe(identity !== larger);
  });
});

describe('faces of low quality', () => {
  const random = createRandom(71);
  const centre = drawDirection(random);
  const make = (id: string, quality: number, photo: number, similarity = 0.8): InventedFace => ({
    id: id as FaceId,
    embedding: drawAround(centre, similarity, random),
    identity: 0,
    photo,
    quality,
  });

  it('join a cluster that they resemble', () => {
    const faces = [make('a', 1, 0), make('b', 1, 1), make('blurred', 0.1, 2)];
    expect(cluster(faces).clusters).toEqual([['a', 'b', 'blurred']]);
  });

  it('start none among themselves', () => {
    expect(cluster([make('a', 0.1, 0), make('b', 0.1, 1), make('c', 0.1, 2)]).clusters.length).toBe(3);
  });

  it('do not join a cluster with a face of the same photo', () => {
    expect(cluster([make('a', 1, 0), make('b', 1, 1), make('blurred', 0.1, 1)]).clusters.length).toBe(2);
  });

  it('bring no two clusters together', () => {
    const [left, right] = [drawDirection(random), drawDirection(random)];
    const between = left.map((value, at) => value + right[at]!);
    const around = (id: string, at: Float32Array, quality: number, photo: number): InventedFace => ({
      id: id as FaceId,
      embedding: drawAround(at, 0.9, random),
      identity: 0,
      photo,
      quality,
    });
    const faces = [
      ...[0, 1, 2].map((at) => around(`left-${at}`, left, 1, at)),
      ...[0, 1, 2].map((at) => around(`right-${at}`, right, 1, 10 + at)),
    ];
    const blurred = Array.from({ length: 8 }, (_, at) => around(`blurred-${at}`, toUnit(between), 0.1, 20 + at));
    const clusters = cluster([...faces, ...blurred]).clusters;
    expect(clusters.some((members) => members.includes('left-0' as FaceId) && members.includes('right-0' as FaceId))).toBe(false);
  });

  it('speak for a person whom the user knows only by them', () => {
    const faces = [make('dim', 0.1, 0), make('clear', 1, 1)];
    const personOf = new Map([['dim' as FaceId, 'anna']]);
    expect(cluster(faces, { personOf, held: new Set(['anna']) }).assignments).toEqual([{ faceId: 'clear', person: 'anna' }]);
  });
});

describe('what holds after any decisions', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed + 1))('holds for random decisions (draw %d)', (seed) => {
    const random = createRandom(seed);
    const { faces, decisions } = drawDecisions(random, seed);
    const input = toInput(faces, decisions);
    const clustering = new LibraryClustering();
    for (const scope of ['settled', 'everybody'] as const) {
      const result = clustering.run(input, { ...testOptions, maxNeighbours: seed % 2 === 0 ? 128 : 5 }, { scope });
      checkPromises(faces, decisions, input, result);
      const again = toInput(faces, { ...decisions, personOf: applyResult(input, result) });
      expect(partitionOf(applyResult(again, clustering.run(again, testOptions, { scope: 'everybody' })))).toEqual(
        partitionOf(applyResult(input, result)),
      );
    }
    const shuffled = shuffle(faces, random);
    const settled = clustering.run(input, testOptions, { scope: 'settled' });
    const other = new LibraryClustering().run(toInput(shuffled, decisions), testOptions, { scope: 'settled' });
    expect(canonical(other.clusters)).toEqual(canonical(settled.clusters));
  });
});

interface Drawn {
  readonly faces: InventedFace[];
  readonly decisions: Required<Omit<Decisions, 'born'>>;
}

/** A library as an untidy user may have left it: people mixed and torn, some held, faces confirmed and rejected. */
function drawDecisions(random: Random, seed: number): Drawn {
  const faces = inventFaces(seed, 25, 8, 0.58).map((face) => ({
    ...face,
    photo: Math.floor(random() * 70),
    quality: random() < 0.2 ? 0.05 : 0.7,
  }));
  const personOf = new Map<FaceId, string>();
  const confirmed = new Set<FaceId>();
  const rejections: [FaceId, string][] = [];
  for (const { id, identity } of faces) {
    if (random() < 0.2) continue;
    const person = `person ${random() < 0.15 ? Math.floor(random() * 25) : identity % 20}`;
    personOf.set(id, person);
    if (random() < 0.15) confirmed.add(id);
  }
  const people = [...new Set(personOf.values())];
  for (const { id } of faces) {
    const person = people[Math.floor(random() * people.length)]!;
    if (random() < 0.15 && personOf.get(id) !== person) rejections.push([id, person]);
  }
  const held = new Set(people.filter(() => random() < 0.4));
  return { faces, decisions: { personOf, held, confirmed, rejections } };
}

function checkPromises(
  faces: readonly InventedFace[],
  { personOf, held, confirmed, rejections }: Required<Omit<Decisions, 'born'>>,
  input: ClusteringInput,
  result: ClusteringResult,
): void {
  const after = applyResult(input, result);
  expect(result.clusters.flat().sort()).toEqual(faces.map(({ id }) => id).sort());
  expect(partitionOf(after)).toEqual(canonical(result.clusters));
  expect(new Set(result.assignments.map(({ faceId }) => faceId)).size).toBe(result.assignments.length);
  for (const [face, person] of personOf) {
    if (held.has(person) || confirmed.has(face)) expect(after.get(face)).toBe(person);
  }
  for (const [face, person] of rejections) expect(after.get(face)).not.toBe(person);
  const photoOf = new Map(faces.map(({ id, photo }) => [id, photo]));
  const isSettled = (id: FaceId): boolean => held.has(personOf.get(id) ?? '') || confirmed.has(id);
  for (const members of result.clusters) {
    // Faces that are no more alike than these join nobody who stands in their photo already.
    const free = members.filter((id) => !isSettled(id) && after.get(id) !== personOf.get(id));
    for (const id of free) {
      expect(members.filter((other) => photoOf.get(other) === photoOf.get(id))).toEqual([id]);
    }
  }
}
