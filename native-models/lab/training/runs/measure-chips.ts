/** Measures how well a network tells apart the people on chips that it does not learn from. */

import { AppError } from '../../../../electron/base/errors.ts';
import { measureVerification, type VerificationScores } from '../../../../electron/learning/verification/verification.ts';
import { augmentChip, noAugmentation } from '../batches/augment-chip.ts';
import type { ChipShape } from '../chips/chip-shape.ts';
import type { TrainingChip } from '../chips/training-chip.ts';
import { embedInSlices } from '../steps/batch-gradients.ts';
import type { TrainableNetwork } from '../trainable-network.ts';

export interface ChipMeasurement {
  readonly slice: number;
  readonly falseAcceptRates: readonly number[];
  /** For standard errors. */
  readonly bootstrapRounds: number;
  readonly seed: number;
}

/** Chips read as they are, ready to be embedded again and again. */
export interface ReadyChips {
  /** [n, height, width, 3] */
  readonly pixels: Float32Array;
  readonly people: readonly string[];
}

/** A few who were photographed often would decide about everybody. */
const mostChipsOfPerson = 6;

export async function readyChips(chips: readonly TrainingChip[], shape: ChipShape): Promise<ReadyChips> {
  const counts = new Map<string, number>();
  const chosen = chips.filter(({ person }) => {
    const count = (counts.get(person) ?? 0) + 1;
    counts.set(person, count);
    return count <= mostChipsOfPerson;
  });
  const size = shape.width * shape.height * 3;
  const pixels = new Float32Array(chosen.length * size);
  for (const [index, chip] of chosen.entries()) pixels.set(await augmentChip(chip, shape, noAugmentation, () => 0.5), index * size);
  return { pixels, people: chosen.map(({ person }) => person) };
}

/** @throws AppError "internal" for embeddings that are no numbers, and what measureVerification throws */
export async function measureChips(network: TrainableNetwork, { pixels, people }: ReadyChips, options: ChipMeasurement): Promise<VerificationScores> {
  const tensor = embedInSlices(network, pixels, { sliceSize: options.slice, isTraining: false });
  const embeddings = new Float32Array(await tensor.data<'float32'>());
  tensor.dispose();
  if (!embeddings.every(Number.isFinite)) throw new AppError('internal', 'Expected finite embeddings but training has lost them');
  return measureVerification({ embeddings, length: network.dims, people }, { ...options, metric: 'cosine' });
}
