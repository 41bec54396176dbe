/** A process of its own that opens one runtime, checks its answers and measures it. Whatever happens, only it ends. */

import { AppError } from '../../electron/base/errors.ts';
import { findWrongAnswer } from './check-runtime.ts';
import { createRuntime } from './create-runtime.ts';
import { readReason } from './load-failure.ts';
import { measurePhoto } from './measure-photo.ts';
import { prepareProcess } from './process-environment.ts';
import type { Runtime } from './runtime.ts';
import type { TrialMessage, TrialRequest } from './trial-messages.ts';

function send(message: TrialMessage): void {
  process.send?.(message);
}

async function tryRuntime({ name, pack }: TrialRequest): Promise<TrialMessage> {
  prepareProcess(name, 1);
  let runtime: Runtime;
  try {
    runtime = await createRuntime(name, { threads: 1 });
  } catch (error) {
    return { kind: 'missing', reason: describeFailure(error) };
  }
  const { description, device } = runtime;
  send({ kind: 'opened', description, device });
  if (pack === null) return { kind: 'unchecked' };
  try {
    const onProgress = (): void => send({ kind: 'running' });
    const openReference = (): Promise<Runtime> => createRuntime('onnx');
    const wrong = await findWrongAnswer(runtime, pack, { openReference, onProgress });
    if (wrong !== null) return { kind: 'wrong', reason: wrong };
    return { kind: 'right', msPerPhoto: await measurePhoto(runtime, pack, { clock: () => performance.now(), onProgress }) };
  } catch (error) {
    return { kind: 'failed', reason: describeFailure(error) };
  }
}

function describeFailure(error: unknown): string {
  const stated = error instanceof AppError ? error.parameters['reason'] : undefined;
  return typeof stated === 'string' ? stated : readReason(error);
}

process.once('message', (request: TrialRequest) => {
  void tryRuntime(request).then((message) => {
    // Nothing that a native library may still hold open is worth waiting for.
    process.send?.(message, () => process.exit(0));
  });
});

// Whoever asked has gone, killed even: nobody waits for the answer.
process.once('disconnect', () => process.exit(1));
