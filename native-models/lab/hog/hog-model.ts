/** A trained HOG detector, and how it is kept as JSON. */

import { z } from 'zod';
import { AppError } from '../../../electron/base/errors.ts';
import { featuresPerCell } from './cells.ts';

export interface HogModel {
  /** Pixels of the picture along a cell's side. */
  readonly cellPx: number;
  /** Cells of the window that slides over the picture, along each side. */
  readonly windowCells: number;
  /** [windowCells, windowCells, 31] */
  readonly weights: Float32Array;
  readonly bias: number;
  /** A window of this margin, the weighted sum and bias, is a face. */
  readonly threshold: number;
  /** The window's rows in the order in which they are summed up, see [Note: early ends] in find-windows.ts. */
  readonly rowOrder: readonly number[];
  /** By position in that order: a window whose sum so far, without bias, is lower will not come up to the threshold. */
  readonly rowFloors: readonly number[];
  /** The face's box in the middle of the window, in shares of the window's side. */
  readonly faceWidth: number;
  readonly faceHeight: number;
}

const share = z.number().positive().max(1);
const storedModelSchema = z.strictObject({
  /** What it was trained on and how, for people. */
  training: z.string(),
  cellPx: z.number().int().positive(),
  windowCells: z.number().int().positive(),
  bias: z.number(),
  threshold: z.number(),
  rowOrder: z.array(z.number().int().nonnegative()),
  rowFloors: z.array(z.number()),
  faceWidth: share,
  faceHeight: share,
  /** Base64 of 32-bit floats, lowest byte first. */
  weights: z.string(),
});

/** @param training what it was trained on and how */
export function writeHogModel({ weights, ...model }: HogModel, training: string): string {
  const bytes = new DataView(new ArrayBuffer(weights.length * 4));
  weights.forEach((weight, index) => bytes.setFloat32(index * 4, weight, true));
  return `${JSON.stringify({ training, ...model, weights: Buffer.from(bytes.buffer).toString('base64') }, null, 2)}\n`;
}

/** @param stored as parsed from JSON
 *  @throws AppError "model-mismatch" for what is no such model */
export function readHogModel(stored: unknown): HogModel {
  const parsed = storedModelSchema.safeParse(stored);
  if (!parsed.success) {
    throw new AppError('model-mismatch', `Expected a HOG model but received ${parsed.error.issues[0]?.message}`, { cause: parsed.error });
  }
  const { training: _, weights: text, ...model } = parsed.data;
  const bytes = Buffer.from(text, 'base64');
  const length = model.windowCells ** 2 * featuresPerCell;
  if (bytes.length !== length * 4) {
    throw new AppError('model-mismatch', `Expected ${length} weights of a HOG model but received ${bytes.length / 4}`);
  }
  const rows = [...model.rowOrder].sort((first, second) => first - second);
  if (model.rowFloors.length !== model.windowCells || rows.length !== model.windowCells || rows.some((row, index) => row !== index)) {
    throw new AppError('model-mismatch', `Expected ${model.windowCells} rows of a HOG model but received ${model.rowOrder.join(', ')}`);
  }
  return { ...model, weights: Float32Array.from({ length }, (_weight, index) => bytes.readFloatLE(index * 4)) };
}
