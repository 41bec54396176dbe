/** The download of a pack's files, in bytes. */

import type { PackStore } from '../../native-models/packs/pack-store.ts';
import type { JobWork } from './job-runner.ts';
import { ProgressMeter } from './progress-meter.ts';

export function createDownloadWork(dependencies: {
  readonly packs: PackStore;
  readonly now: () => number;
  /** Called when the pack may have become complete. */
  readonly onPackChange: () => void;
}): JobWork<'download-pack'> {
  const { packs, now, onPackChange } = dependencies;
  return async ({ pack }, { control, report }) => {
    const meter = new ProgressMeter(now);
    meter.restart(0);
    try {
      await packs.download(pack, {
        signal: control.signal,
        onProgress: (done, total) => {
          meter.record(done);
          report({ stage: 'downloading', done, total, secondsLeft: meter.secondsLeft(total - done) });
        },
      });
    } finally {
      onPackChange();
    }
    return null;
  };
}
