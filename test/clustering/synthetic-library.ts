/** Makes libraries of invented faces whose similarities are spread as those of real ones. */

import { createRandom, shuffle, type Random } from '../../electron/base/random.ts';
import type { FaceId, PersonId } from '../../electron/base/ids.ts';
import { type ClusteringOptions } from '../../electron/clustering/types.ts';
import { unknownDay } from '../../electron/terms/capture-day.ts';
import type { ClusteringInput } from '../../electron/terms/clustering-input.ts';

export const testOptions: ClusteringOptions = {
  maxDistance: 1.04,
  maxAttachDistance: 0.95,
  minSeedQuality: 0.2,
  maxNeighbours: 128,
  neighbourReach: 1.2,
  exactUpTo: 20_000,
  referenceFaces: 300,
  evidenceGrowth: 0,
  crowding: 0,
  photoPenalty: 0.45,
};

/** Long enough for strangers to be as dissimilar as real ones: cosine 0 with a deviation of 0.09. */
export const testLength = 128;

export interface InventedFace {
  readonly id: FaceId;
  /** [testLength], a unit vector */
  readonly embedding: Float32Array;
  /** Who it shows in truth. */
  readonly identity: number;
  readonly photo: number;
  readonly quality: number;
  /** Days since 1970-01-01; unknown by default. */
  readonly day?: number;
}

/** @returns numbers of mean 0 and deviation 1. Source: Box and Muller 1958. */
export function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export function drawDirection(random: Random, length = testLength): Float32Array {
  return toUnit(Float32Array.from({ length }, () => drawNormal(random)));
}

/** @param similarity average cosine similarity of two faces drawn around one centre; of LFW's faces 0.68 */
export function drawAround(centre: Float32Array, similarity: number, random: Random): Float32Array {
  const noise = drawDirection(random, centre.length);
  return toUnit(centre.map((value, at) => Math.sqrt(similarity) * value + Math.sqrt(1 - similarity) * noise[at]!));
}

export function toUnit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / length);
}

/** People with one to `maxFaces` faces each, one face a photo, in an order that mixes them. */
export function inventFaces(seed: number, people: number, maxFaces = 8, similarity = 0.66): InventedFace[] {
  const random = createRandom(seed);
  const faces: InventedFace[] = [];
  for (let identity = 0; identity < people; identity++) {
    const centre = drawDirection(random);
    const count = 1 + Math.floor(random() * maxFaces);
    for (let face = 0; face < count; face++) {
      faces.push({
        id: `face-${identity}-${face}` as FaceId,
        embedding: drawAround(centre, similarity, random),
        identity,
        photo: faces.length,
        quality: 0.5 + random() / 2,
      });
    }
  }
  return shuffle(faces, random);
}

export interface Decisions {
  /** Person of a face, by face id. */
  readonly personOf?: ReadonlyMap<FaceId, string>;
  readonly held?: ReadonlySet<string>;
  readonly confirmed?: ReadonlySet<FaceId>;
  readonly rejections?: readonly (readonly [FaceId, string])[];
  /** First day of each person's birth date. */
  readonly born?: ReadonlyMap<string, number>;
}

const embeddingNumbers = new Map<FaceId, Map<Float32Array, number>>();
let embeddingCount = 0;

/** The same array of the same face is the same embedding. */
function numberEmbedding({ id, embedding }: InventedFace): number {
  const ofFace = embeddingNumbers.get(id) ?? new Map<Float32Array, number>();
  embeddingNumbers.set(id, ofFace);
  const known = ofFace.get(embedding) ?? ++embeddingCount;
  ofFace.set(embedding, known);
  return known;
}

export function toInput(faces: readonly InventedFace[], decisions: Decisions = {}): ClusteringInput {
  const { personOf = new Map(), held = new Set(), confirmed = new Set(), rejections = [], born = new Map() } = decisions;
  const people = [...new Set([...personOf.values(), ...held, ...rejections.map(([, person]) => person)])];
  const personIndices = new Map(people.map((person, index) => [person, index]));
  const faceIndices = new Map(faces.map(({ id }, index) => [id, index]));
  const length = faces[0]?.embedding.length ?? testLength;
  const embeddings = new Float32Array(faces.length * length);
  faces.forEach(({ embedding }, index) => embeddings.set(embedding, index * length));
  return {
    faceIds: faces.map(({ id }) => id),
    embeddingLength: length,
    embeddingRows: Float64Array.from(faces, numberEmbedding),
    embeddings,
    captureDays: Int32Array.from(faces, ({ day }) => day ?? unknownDay),
    qualities: Float32Array.from(faces, ({ quality }) => quality),
    photoIndices: Int32Array.from(faces, ({ photo }) => photo),
    personIndices: Int32Array.from(faces, ({ id }) => personIndices.get(personOf.get(id) ?? '') ?? -1),
    confirmed: Uint8Array.from(faces, ({ id }) => (confirmed.has(id) ? 1 : 0)),
    people: people.map((person) => ({
      id: person as PersonId,
      isHeld: held.has(person),
      name: null,
      isIgnored: false,
      bornDay: born.get(person) ?? null,
    })),
    leftOpen: [],
    rejections: rejections
      .filter(([face]) => faceIndices.has(face))
      .map(([face, person]) => [faceIndices.get(face)!, personIndices.get(person)!] as const),
  };
}

/** Clusters as sets of ids in an order of their own, to compare partitions of faces that came in any order. */
export function canonical(clusters: readonly (readonly FaceId[])[]): string[] {
  return clusters.map((cluster) => [...cluster].sort().join(' ')).sort();
}
