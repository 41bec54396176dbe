/** Imports the folders of the command line and reports to the terminal that started the app. */

import type { KindredApi } from '../api/contract.ts';
import { giveConsentNotice } from '../terminal/consent-notice.ts';
import { followImport } from '../terminal/follow-job.ts';
import { createJobProgress } from '../terminal/job-progress.ts';
import { describeImport, peopleInReport } from '../terminal/import-report.ts';
import { describeError } from '../terminal/messages.ts';
import { cleanText } from '../terminal/terminal.ts';
import type { TextStream } from '../terminal/terminal.ts';

/** Whatever becomes of the import, the app goes on: errors are told, not thrown.
 *  @param folders absolute paths */
export async function importFromTerminal(
  api: KindredApi,
  folders: readonly string[],
  streams: { stdout: TextStream; stderr: TextStream },
): Promise<void> {
  if (folders.length === 0) return;
  const progress = createJobProgress(streams.stderr);
  const tell = (line: string): void => void streams.stderr.write(`${cleanText(line)}\n`);
  try {
    await giveConsentNotice(api, tell);
    const summary = await followImport(api, folders, { onProgress: (job) => progress.show(job) });
    progress.stop();
    const { people } = await api.call('people.list', { limit: peopleInReport });
    for (const line of describeImport(summary, people)) streams.stdout.write(`${line}\n`);
  } catch (error) {
    progress.stop();
    tell(describeError(error));
  }
}
