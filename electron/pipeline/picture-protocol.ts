/** What the thread that makes pictures and the rest of the app say to each other. */

import type { PackedError } from '../base/thread-errors.ts';
import type { PictureRendererOptions } from './picture-renderer.ts';

export interface PictureWorkerSetup extends PictureRendererOptions {
  readonly picturesFolder: string;
}

export interface PictureCall {
  readonly id: number;
  /** Of PictureRenderer, as far as the asking side says so: the thread checks. */
  readonly method: string;
  readonly args: readonly unknown[];
}

export type PictureAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: PackedError };
