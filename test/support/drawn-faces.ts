/** Chips of people that do not exist: a pattern of colours each, and noise on every photo. */

import { createRandom } from '../../electron/base/random.ts';
import type { ChipShape } from '../../native-models/lab/training/chips/chip-shape.ts';
import { sizeKeptChip, type TrainingChip } from '../../native-models/lab/training/chips/training-chip.ts';

export const tinyShape: ChipShape = {
  width: 8,
  height: 8,
  borderPx: 1,
  template: {
    kind: 'arcface-5',
    points: [
      [2, 3],
      [6, 3],
      [4, 4],
      [3, 6],
      [5, 6],
    ],
  },
};

/** @returns `photos` chips of each of `people`, by person */
export function drawFaces(people: number, photos: number, noise: number = 60, shape: ChipShape = tinyShape): TrainingChip[] {
  const random = createRandom(7);
  const size = sizeKeptChip(shape, 1);
  const length = size.width * size.height * 3;
  return Array.from({ length: people }, (_, person) => {
    const pattern = Float32Array.from({ length }, () => random() * 255);
    return Array.from({ length: photos }, (_, photo): TrainingChip => {
      const data = Uint8Array.from(pattern, (value) => Math.min(255, Math.max(0, value + (random() - 0.5) * noise)));
      const name = `person-${String(person).padStart(2, '0')}`;
      return { photo: `${name}/${photo}.jpg`, person: name, landmarks: new Float32Array(10), quality: 1, scale: 1, image: { ...size, data } };
    });
  }).flat();
}
