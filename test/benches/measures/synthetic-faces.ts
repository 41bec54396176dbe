/** Invents libraries of any size whose faces lie as far apart as the standard pack's of real ones. */

import { createRandom, type Random } from '../../../electron/base/random.ts';
import { drawNormal } from '../../clustering/synthetic-library.ts';

export interface SyntheticFaces {
  /** [n, length], unit vectors */
  readonly embeddings: Float32Array;
  readonly length: number;
  /** [n], who each face shows */
  readonly people: Int32Array;
}

/**
 * [Note: invented distances] Strangers' directions are drawn in 160 dimensions, as many as the standard pack's embeddings use
 * all but a ten-thousandth of, of falling weight, so that two of them are as alike as strangers' among lfw-dev's main faces. A
 * face keeps a share of its person's direction that is drawn for it; two faces of one person are then as similar as theirs.
 * The bench prints both beside each other. The 160 numbers become 512 by turning copies of them, which keeps all distances.
 */
const dimensions = 160;
/** How the weight of a dimension falls from the first to the last. */
const weights = Float32Array.from({ length: dimensions }, (_, at) => (1 - at / dimensions) ** 1.1);
/** Share of a face that is its person: mean and deviation. */
const likeness = { mean: 0.725, deviation: 0.09, least: 0.3, most: 0.82 };

/** What lfw-dev has: quantiles of the similarity of two faces of one person, and what shares of strangers' pairs exceed. */
export const realDistances = {
  genuine: { 0.05: 0.553, 0.25: 0.658, 0.5: 0.717, 0.75: 0.767, 0.95: 0.827 },
  strangers: { 0.01: 0.251, 0.001: 0.345, 0.0001: 0.425 },
} as const;

/** Half the faces are of people with many photos, sizes falling as 1 / rank; half of people who were seen once to thrice.
 *  @returns [n], by photos of `facesOfPhoto` faces one after another; nobody is in a photo twice, if it can be */
export function drawPeople(faceCount: number, facesOfPhoto: number, random: Random): Int32Array {
  const people = new Int32Array(faceCount);
  let face = 0;
  let person = 0;
  const often = Math.floor(faceCount / 2);
  const largest = Math.max(4, Math.min(5_000, Math.floor(faceCount / 40)));
  while (face < often) {
    const size = Math.max(4, Math.round(largest / (1 + person / 4)));
    for (let count = 0; count < size && face < often; count++) people[face++] = person;
    person += 1;
  }
  while (face < faceCount) {
    const size = 1 + Math.floor(3 * random() ** 2);
    for (let count = 0; count < size && face < faceCount; count++) people[face++] = person;
    person += 1;
  }
  const swap = (one: number, other: number): void => {
    [people[one], people[other]] = [people[other]!, people[one]!];
  };
  for (let at = faceCount - 1; at > 0; at--) swap(at, Math.floor(random() * (at + 1)));
  for (let at = 0; at < faceCount; at++) {
    const photo = people.subarray(at - (at % facesOfPhoto), at);
    for (let tries = 0; tries < 20 && photo.includes(people[at]!); tries++) swap(at, at + Math.floor(random() * (faceCount - at)));
  }
  return people;
}

/** @param people [n], who each face is to show
 *  @param length numbers of an embedding, at least as many as there are dimensions */
export function drawEmbeddings(people: Int32Array, seed: number, length = 512): Float32Array {
  const embeddings = new Float32Array(people.length * length);
  const random = createRandom(seed);
  const turn = createTurn(createRandom(7), length);
  const centre = new Float32Array(dimensions);
  const face = new Float32Array(dimensions);
  people.forEach((person, index) => {
    drawDirection(createRandom(1_000_003 * (person + 1)), centre);
    drawDirection(random, face);
    const share = Math.min(likeness.most, Math.max(likeness.least, likeness.mean + likeness.deviation * drawNormal(random)));
    for (let at = 0; at < dimensions; at++) face[at] = Math.sqrt(share) * centre[at]! + Math.sqrt(1 - share) * face[at]!;
    turn(face, embeddings, index * length);
  });
  return embeddings;
}

/** @returns copies of the numbers in another order and with other signs, scaled so that lengths and angles stay */
function createTurn(random: Random, length: number): (from: Float32Array, to: Float32Array, start: number) => void {
  const copies = Math.floor(length / dimensions);
  const used = copies * dimensions;
  const signs = Float32Array.from({ length: used }, () => (random() < 0.5 ? -1 : 1) / Math.sqrt(copies));
  const places = Int32Array.from({ length: used }, (_, at) => at);
  for (let at = used - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [places[at], places[other]] = [places[other]!, places[at]!];
  }
  return (from, to, start) => {
    for (let at = 0; at < used; at++) to[start + places[at]!] = signs[at]! * from[at % dimensions]!;
  };
}

function drawDirection(random: Random, into: Float32Array): void {
  let squares = 0;
  for (let at = 0; at < dimensions; at++) {
    into[at] = weights[at]! * drawNormal(random);
    squares += into[at]! ** 2;
  }
  for (let at = 0; at < dimensions; at++) into[at]! /= Math.sqrt(squares);
}
