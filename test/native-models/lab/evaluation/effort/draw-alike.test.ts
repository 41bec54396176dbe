/** Families of people who look alike. */

import { expect, it } from 'vitest';
import { drawAlike } from '../../../../../native-models/lab/evaluation/effort/draw-alike.ts';
import type { LabeledFaces } from '../../../../../native-models/lab/evaluation/labeled-faces.ts';

/** @param degrees in which direction all of somebody's faces lie */
function invent(person: string, degrees: number): [string, LabeledFaces[]] {
  const radians = (degrees * Math.PI) / 180;
  const embedding = Float32Array.of(3 * Math.cos(radians), 3 * Math.sin(radians));
  const face = { box: { x: 0, y: 0, width: 1, height: 1 }, score: 1, quality: 1, embedding, isMain: true };
  return [person, [0, 1].map((at) => ({ photo: `${person}/${at}.jpg`, person, width: 1, height: 1, faces: [face] }))];
}

it('begins with the first and goes on with whoever is most alike to somebody who is in', () => {
  const candidates = [invent('first', 0), invent('far', 180), invent('near', 20), invent('beside', 45), invent('other', 100)];
  expect(drawAlike(candidates, 3).map(([person]) => person)).toEqual(['first', 'near', 'beside']);
  expect(drawAlike(candidates, 9).map(([person]) => person)).toEqual(['first', 'near', 'beside', 'other', 'far']);
});
