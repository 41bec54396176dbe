/** Which states of a job are an end: what nothing more comes after until somebody asks for it. */

import type { JobState } from './schemas.ts';

const endStates: ReadonlySet<JobState> = new Set<JobState>(['done', 'failed', 'cancelled', 'interrupted']);

export function isEnded(state: JobState): boolean {
  return endStates.has(state);
}
