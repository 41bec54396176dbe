/** Refuses a pack that cannot look at photos, with what it lacks. */

import { AppError } from '../base/errors.ts';
import type { PackState } from '../../native-models/packs/pack-store.ts';

/** @throws AppError "not-found", "model-missing", "model-mismatch" */
export function requireReady(name: string, pack: PackState | undefined): void {
  if (pack === undefined) {
    throw new AppError('not-found', `Expected the name of a model pack but received ${name}`, { parameters: { kind: 'pack', id: name } });
  }
  const [lack] = pack.lacking;
  if (lack === undefined) return;
  const { needsDownload } = pack;
  throw new AppError(
    lack.reason === 'wrong' ? 'model-mismatch' : 'model-missing',
    `Expected the model file ${lack.name} of the pack ${name} but it is ${lack.reason}`,
    { parameters: { pack: name, file: lack.name, needsDownload } },
  );
}
