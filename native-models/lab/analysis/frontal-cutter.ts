/** Shows the embedder faces from the front, see docs/frontal.md. */

import { isAppError } from '../../../electron/base/errors.ts';
import type { ChipCutter } from '../../../electron/pipeline/face-finder.ts';
import { cutFrontalChip } from '../../../electron/pipeline/frontal-chip.ts';

/** A head seen from its side has no frontal view: its chip stays what it is. */
export const cutFrontalChipOrPlain: ChipCutter = (chip, { photo, landmarks, template }) => {
  try {
    return cutFrontalChip(photo, landmarks, template).chip;
  } catch (error) {
    if (isAppError(error, 'degenerate-landmarks')) return chip;
    throw error;
  }
};
