/** The gradient by hand against differences of the loss itself, computed in double precision. */

import { expect, it } from 'vitest';
import { createRandom } from '../../../electron/base/random.ts';
import type { Triplets } from '../../../electron/learning/triplets/select-triplets.ts';
import { addTripletGradient } from '../../../electron/learning/triplets/triplet-gradient.ts';

const length = 5;
const margin = 0.4;

function computeLoss(rows: readonly number[], { anchors, positives, negatives }: Triplets): number {
  let loss = 0;
  anchors.forEach((anchor, index) => {
    const distance = (other: number): number => {
      let squares = 0;
      for (let at = 0; at < length; at++) squares += (rows[anchor * length + at]! - rows[other * length + at]!) ** 2;
      return squares;
    };
    loss += Math.max(0, distance(positives[index]!) - distance(negatives[index]!) + margin);
  });
  return loss;
}

it('is what the loss changes by, number by number', () => {
  const random = createRandom(3);
  const embeddings = Float32Array.from({ length: 6 * length }, () => random() - 0.5);
  const triplets = {
    anchors: Int32Array.of(0, 1, 2, 3, 0),
    positives: Int32Array.of(1, 0, 3, 2, 1),
    negatives: Int32Array.of(4, 5, 0, 4, 2),
  };
  const gradient = new Float32Array(embeddings.length);
  const loss = addTripletGradient(embeddings, length, triplets, { margin, gradient });
  const rows = [...embeddings];
  expect(loss).toBeCloseTo(computeLoss(rows, triplets), 5);
  const step = 1e-5;
  gradient.forEach((value, at) => {
    const moved = (by: number): number => computeLoss(rows.with(at, rows[at]! + by), triplets);
    expect(value).toBeCloseTo((moved(step) - moved(-step)) / (2 * step), 3);
  });
});

it('adds nothing for triplets that are right by the margin', () => {
  const embeddings = Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0);
  const gradient = new Float32Array(15);
  const triplets = { anchors: Int32Array.of(0), positives: Int32Array.of(1), negatives: Int32Array.of(2) };
  expect(addTripletGradient(embeddings, length, triplets, { margin, gradient })).toBe(0);
  expect([...gradient].every((value) => value === 0)).toBe(true);
});
