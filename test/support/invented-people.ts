/** People with photos of them as an evaluation finds them, whose faces are as alike as those of real people. */

import { createRandom } from '../../electron/base/random.ts';
import type { LabeledFaces } from '../../native-models/lab/evaluation/labeled-faces.ts';
import { drawAround, drawDirection } from '../clustering/synthetic-library.ts';

/** @param length numbers of an embedding
 *  @returns photos of twelve people, 10 to 21 each, and of 60 people, one or two; on every tenth stands somebody unknown */
export function inventPeople(length: number): LabeledFaces[] {
  const random = createRandom(3);
  return Array.from({ length: 72 }, (_, identity) => {
    const centre = drawDirection(random, length);
    const count = identity < 12 ? 10 + identity : 1 + (identity % 2);
    return Array.from({ length: count }, (_unused, at): LabeledFaces => {
      const face = (x: number, embedding: Float32Array, isMain: boolean) => {
        return { box: { x, y: 10, width: 50, height: 50 }, score: 0.9, quality: 0.9, embedding, isMain };
      };
      const faces = [face(25, drawAround(centre, 0.7, random), true)];
      if (at % 10 === 0) faces.push(face(100, drawDirection(random, length), false));
      return { photo: `person ${identity}/${at}.jpg`, person: `person ${identity}`, width: 200, height: 100, faces };
    });
  }).flat();
}
