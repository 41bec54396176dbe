/** What is known of a machine's runtimes: which are there, which are right, how fast each is; and which to take. */

import { z } from 'zod';
import { runtimeNames, type RuntimeName } from './runtime.ts';

const measuredRuntimeSchema = z.strictObject({
  name: z.enum(runtimeNames),
  /** right: answers as it should; unchecked: opens, but no pack was there to ask it about; wrong: answers otherwise;
   *  missing: does not open on this machine; failed: crashed, hung, or could not run the networks. */
  state: z.enum(['right', 'unchecked', 'wrong', 'missing', 'failed']),
  /** null where it did not open, as for the description. */
  device: z.enum(['cpu', 'gpu']).nullable(),
  description: z.string().nullable(),
  /** Of one photo on one thread: see measurePhoto; null unless right. */
  msPerPhoto: z.number().positive().nullable(),
  /** For people, in English, from the library itself; null where it is right or unchecked. */
  reason: z.string().nullable(),
});

export const runtimeTableSchema = z.strictObject({
  /** UTC, ISO 8601. */
  measuredAt: z.string(),
  runtimes: z.array(measuredRuntimeSchema),
});

export type MeasuredRuntime = Readonly<z.output<typeof measuredRuntimeSchema>>;
export interface RuntimeTable {
  readonly measuredAt: string;
  readonly runtimes: readonly MeasuredRuntime[];
}

/**
 * [Note: which runtime is fastest] On a CPU every worker runs the networks on a core of its own, so that a photo costs
 * its milliseconds divided by the workers. A GPU is one for all of them, so that a photo costs its milliseconds as they
 * are. That decoding would have the cores to itself beside a GPU is left out: what it costs is not known here.
 * @param workers threads that analyze photos
 * @returns runtimes that are right, the one that costs least first; of equal ones the first by name
 */
export function rankRuntimes(table: RuntimeTable, workers: number): RuntimeName[] {
  const ranked: { name: RuntimeName; cost: number }[] = [];
  for (const { name, state, device, msPerPhoto } of table.runtimes) {
    if (state !== 'right' || msPerPhoto === null) continue;
    ranked.push({ name, cost: device === 'gpu' ? msPerPhoto : msPerPhoto / workers });
  }
  ranked.sort((first, second) => first.cost - second.cost || runtimeNames.indexOf(first.name) - runtimeNames.indexOf(second.name));
  return ranked.map(({ name }) => name);
}
