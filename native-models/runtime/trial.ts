/** Tries a runtime in a process of its own, so that one that crashes or hangs is only passed over. */

import type { ChildProcess } from 'node:child_process';
import { startProcess } from '../../electron/base/worker-entry.ts';
import type { Device } from './runtime.ts';
import type { MeasuredRuntime } from './runtime-table.ts';
import type { TrialMessage, TrialRequest } from './trial-messages.ts';

export interface TrialOptions extends TrialRequest {
  /** A process that says nothing for so long is taken for hung. */
  readonly silenceMs: number;
  /** Replaced where a test wants a process that crashes, hangs or answers wrongly. */
  readonly start?: () => ChildProcess;
}

interface Outcome {
  readonly msPerPhoto?: number | null;
  readonly reason?: string | null;
}

/** Never throws: what goes wrong is the answer. */
export function tryRuntime({ name, pack, silenceMs, start = startTrial }: TrialOptions): Promise<MeasuredRuntime> {
  return new Promise((resolve) => {
    let opened: { device: Device; description: string } | null = null;
    let child: ChildProcess | null = null;
    let timer: NodeJS.Timeout | undefined;

    const settle = (state: MeasuredRuntime['state'], { msPerPhoto = null, reason = null }: Outcome = {}): void => {
      clearTimeout(timer);
      child?.removeAllListeners();
      // An error that comes late has nobody to tell.
      child?.on('error', () => undefined);
      child?.kill('SIGKILL');
      const { device = null, description = null } = opened ?? {};
      resolve({ name, state, device, description, msPerPhoto, reason });
    };
    const watch = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => settle('failed', { reason: `no answer for ${Math.round(silenceMs / 1000)} s` }), silenceMs);
    };
    const receive = (message: TrialMessage): void => {
      watch();
      if (message.kind === 'opened') opened = message;
      else if (message.kind === 'unchecked') settle('unchecked');
      else if (message.kind !== 'running') settle(message.kind, message);
    };

    try {
      child = start();
    } catch (error) {
      settle('failed', { reason: error instanceof Error ? error.message : String(error) });
      return;
    }
    watch();
    child.on('message', receive);
    child.once('error', (error) => settle('failed', { reason: error.message }));
    child.once('exit', (code, signal) => settle('failed', { reason: `crashed: ${signal ?? `exit code ${code}`}` }));
    child.send({ name, pack } satisfies TrialRequest);
  });
}

function startTrial(): ChildProcess {
  // What native libraries complain about on the terminal is told by what they throw, too.
  return startProcess(import.meta.url, './trial-process', { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
}
