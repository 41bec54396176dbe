/** The options of the import bench. */

import { parseArgs } from 'node:util';
import { baselineBackends, type BaselineBackend } from '../face-api/baseline.ts';
import { readChoices, readWholeNumber } from './options.ts';
import { photoSets, type PhotoSet } from './photo-sets.ts';

export interface ImportBenchOptions {
  readonly sets: readonly PhotoSet[];
  readonly baselines: readonly BaselineBackend[];
  /** Whether the baselines read photos whole, as their demos do, rather than shrunk as suits them best. */
  readonly readsWhole: boolean;
  readonly photoCounts: Readonly<Record<PhotoSet, number>>;
  readonly repeat: number;
  readonly seed: number;
  /** Instead of speed: peak memory at imports of different size. */
  readonly isMemory: boolean;
  /** Passed on to `kindred import`. */
  readonly kindredArguments: readonly string[];
}

/** @param args such as ["--photos", "100", "--", "--runtime", "wasm"]
 *  @throws Error for what it does not know */
export function parseImportOptions(args: readonly string[]): ImportBenchOptions {
  const end = args.indexOf('--');
  const { values } = parseArgs({
    args: end < 0 ? [...args] : args.slice(0, end),
    options: {
      photos: { type: 'string' },
      sets: { type: 'string', default: photoSets.join(',') },
      baselines: { type: 'string', default: baselineBackends.join(',') },
      'as-demos': { type: 'boolean', default: false },
      repeat: { type: 'string', default: '3' },
      seed: { type: 'string', default: '1' },
      memory: { type: 'boolean', default: false },
    },
  });
  const photos = values.photos === undefined ? null : readWholeNumber('photos', values.photos);
  return {
    sets: readChoices('sets', values.sets, photoSets),
    baselines: values.baselines === 'none' ? [] : readChoices('baselines', values.baselines, baselineBackends),
    readsWhole: values['as-demos'],
    photoCounts: { samples: photos ?? 48, lfw: photos ?? 600 },
    repeat: readWholeNumber('repeat', values.repeat),
    seed: readWholeNumber('seed', values.seed),
    isMemory: values.memory,
    kindredArguments: end < 0 ? [] : args.slice(end + 1),
  };
}
