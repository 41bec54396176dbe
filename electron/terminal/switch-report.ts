/** What a person at a terminal reads once a switch to another pack is done. */

import type { SwitchSummary } from '../api/schemas.ts';
import { formatDuration } from './job-progress.ts';
import { describeReason } from './messages.ts';
import { cleanText, countOf } from './terminal.ts';

/** @returns lines */
export function describeSwitch(pack: string, summary: SwitchSummary): string[] {
  const lines = [
    `${countOf(summary.analyzed, 'photo')} looked at again with ${pack} (${formatDuration(summary.seconds)}, ${summary.runtime}).`,
    `The library holds ${countOf(summary.faces, 'face')} of ${countOf(summary.people, 'person', 'people')}.`,
  ];
  if (summary.missing > 0) {
    const photos = countOf(summary.missing, 'photo');
    lines.push(`${photos} could not be found. Their faces keep their people, and are not compared until the photos are back.`);
  }
  if (summary.failed.length > 0) {
    lines.push(`${countOf(summary.failed.length, 'file')} could not be read:`);
    for (const { path, reason, detail } of summary.failed) {
      lines.push(`  ${cleanText(path)}: ${describeReason(reason, detail)}`);
    }
  }
  return lines;
}
