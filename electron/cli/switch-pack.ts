/** Switches a library to another pack for the commands that do: says what will happen, follows it, reports. */

import type { SwitchSummary } from '../api/schemas.ts';
import { AppError } from '../base/errors.ts';
import { followJob, withAllFailures } from '../terminal/follow-job.ts';
import { describeSwitch } from '../terminal/switch-report.ts';
import { countOf } from '../terminal/terminal.ts';
import type { LibraryContext } from './command-runner.ts';
import { followWithProgress } from './follow-with-progress.ts';

/** @returns null where there was nothing to look at
 *  @throws AppError "not-found", "model-missing", "model-mismatch", "cancelled" */
export async function switchPack(
  context: Pick<LibraryContext, 'api' | 'session' | 'output' | 'environment'>,
  name: string,
): Promise<SwitchSummary | null> {
  const { api, output } = context;
  const { packs } = await api.call('packs.list', {});
  const pack = packs.find((known) => known.name === name);
  if (pack === undefined) {
    throw new AppError('not-found', `Expected the name of a model pack but received ${name}`, {
      parameters: { kind: 'pack', id: name },
    });
  }
  if (pack.photosToAnalyze > 0 && pack.state === 'ready') {
    output.tell(`${countOf(pack.photosToAnalyze, 'photo')} of the library will be looked at again with ${name}. Names stay.`);
  }
  const job = await followWithProgress(context, (options) =>
    followJob(api, async () => (await api.call('packs.use', { name })).jobId, options),
  );
  const summary = job?.kind === 'switch-pack' && job.summary !== null ? await withAllFailures(api, job.id, job.summary) : null;
  if (summary !== null && !output.isJson) for (const line of describeSwitch(name, summary)) await output.print(line);
  return summary;
}
