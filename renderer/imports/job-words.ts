/** What is said of a job, whatever its kind: where it stands, and what it has brought. */

import type { JobOf, JobSnapshot } from '../../electron/api/schemas.ts';
import type { Translator } from '../i18n/translator.svelte.ts';

export function describeHeadline(job: JobSnapshot, translator: Translator): string {
  switch (job.kind) {
    case 'import':
      return describeImport(job, translator);
    case 'switch-pack':
      return describeSwitch(job, translator);
    case 'download-pack':
      return describeDownload(job, translator);
    case 'learn':
      return describeLearn(job, translator);
  }
}

/** Further facts, each short. */
export function describeDetail(job: JobSnapshot, translator: Translator): readonly string[] {
  const { t } = translator;
  const { state, progress } = job;
  if (state === 'done' && job.kind === 'import' && job.summary !== null) {
    const { added, faces, seconds, unsupported } = job.summary;
    const list = Object.entries(unsupported).map(([kind, count]) => `${kind} (${translator.number(count)})`);
    return [
      t('import.doneDetail', { added, faces, seconds: translator.duration(seconds) }),
      ...(list.length > 0 ? [t('import.unsupported', { list: list.join(', ') })] : []),
    ];
  }
  if (state === 'done' && job.kind === 'switch-pack' && job.summary !== null) {
    const { people, faces, seconds, missing } = job.summary;
    return [
      t('switch.doneDetail', { people, faces, seconds: translator.duration(seconds) }),
      ...(missing > 0 ? [t('switch.missing', { count: missing })] : []),
    ];
  }
  if (state === 'failed' && job.kind === 'download-pack') {
    const reason = job.error?.parameters.reason;
    return typeof reason === 'string' ? [reason] : [];
  }
  const parts = progress.faces > 0 ? [t('import.faces', { count: progress.faces })] : [];
  if (state !== 'running') return parts;
  const { photosPerSecond, secondsLeft, stage } = progress;
  if (photosPerSecond !== null && photosPerSecond > 0) {
    parts.push(t('import.rate', { rate: translator.number(photosPerSecond, photosPerSecond < 10 ? 1 : 0) }));
  }
  if (secondsLeft !== null && (stage === 'analyzing' || stage === 'downloading')) parts.push(translator.timeLeft(secondsLeft));
  return parts;
}

/** Read aloud at every tenth. */
export function describeTenth(job: JobSnapshot, tenths: number, { t }: Translator): string {
  return job.kind === 'import'
    ? t('import.announce', { percent: tenths * 10, faces: job.progress.faces })
    : t('job.announce', { percent: tenths * 10 });
}

/** @returns what the button that ends it is called */
export function describeCancel(job: JobSnapshot, { t }: Translator): string {
  if (job.kind === 'import') return t('import.cancel');
  if (job.kind === 'learn') return t('learning.cancel');
  return job.kind === 'switch-pack' ? t('switch.cancel') : t('download.cancel');
}

/** @returns 0 to 1, or null while nobody knows how much there is */
export function shareDone({ progress: { done, total } }: JobSnapshot): number | null {
  return total === null || total === 0 ? null : Math.min(1, done / total);
}

function describeImport({ state, progress, summary, error }: JobOf<'import'>, translator: Translator): string {
  const { t } = translator;
  const { total } = progress;
  const done = translator.number(progress.done);
  switch (state) {
    case 'queued':
      return t('import.queued');
    case 'paused':
      return total === null ? t('import.pausedEarly') : t('import.paused', { done, total: translator.number(total) });
    case 'pausing':
      return t('job.pausing');
    case 'cancelling':
      return t('job.cancelling');
    case 'interrupted':
      return t('import.interrupted', { done: progress.done });
    case 'failed':
      return explain(t('import.failed'), error, translator);
    case 'cancelled':
      return t('import.cancelled');
    case 'done':
      return summary === null
        ? t('import.progressOf')
        : t('import.done', { people: summary.people, photos: summary.photos });
    case 'running':
      if (progress.stage === 'preparing') return t('import.preparing');
      if (progress.stage === 'clustering' || progress.stage === 'finished') return t('import.clustering');
      return total === null ? t('import.walking', { count: done }) : t('import.analyzing', { done, total: translator.number(total) });
  }
}

function describeSwitch({ state, progress, summary, error }: JobOf<'switch-pack'>, translator: Translator): string {
  const { t } = translator;
  const { total } = progress;
  const done = translator.number(progress.done);
  switch (state) {
    case 'queued':
      return t('switch.queued');
    case 'paused':
      return total === null ? t('import.pausedEarly') : t('import.paused', { done, total: translator.number(total) });
    case 'pausing':
      return t('job.pausing');
    case 'cancelling':
      return t('job.cancelling');
    case 'interrupted':
      return t('switch.interrupted', { done: progress.done });
    case 'failed':
      return explain(t('switch.failed'), error, translator);
    case 'cancelled':
      return t('switch.cancelled');
    case 'done':
      return t('switch.done', { photos: summary?.analyzed ?? progress.done });
    case 'running':
      if (progress.stage === 'clustering' || progress.stage === 'finished') return t('import.clustering');
      return total === null ? t('import.preparing') : t('switch.analyzing', { done, total: translator.number(total) });
  }
}

function describeDownload({ state, progress, pack, error }: JobOf<'download-pack'>, translator: Translator): string {
  const { t } = translator;
  switch (state) {
    case 'failed':
      return explain(t('download.failed', { pack }), error, translator);
    case 'cancelled':
      return t('download.cancelled');
    case 'pausing':
      return t('job.pausing');
    case 'cancelling':
      return t('job.cancelling');
    case 'running':
      return progress.total === null
        ? t('import.preparing')
        : t('download.running', { pack, done: translator.bytes(progress.done), total: translator.bytes(progress.total) });
    default:
      return t(`download.${state}`, { pack });
  }
}

function describeLearn({ state, progress, error }: JobOf<'learn'>, translator: Translator): string {
  const { t } = translator;
  if (state === 'failed') return explain(t('learning.failed'), error, translator);
  if (state === 'paused') return t('import.pausedEarly');
  if (state === 'pausing' || state === 'cancelling') return t(`job.${state}`);
  return state === 'running' && progress.stage === 'clustering' ? t('import.clustering') : t('learning.running');
}

function explain(what: string, error: JobSnapshot['error'], translator: Translator): string {
  return error === null ? what : translator.t('job.failedBecause', { what, why: translator.error(error) });
}
