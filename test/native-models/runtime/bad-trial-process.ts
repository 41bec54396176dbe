/** Stands in for the process that tries a runtime: its argument says how it goes wrong. */

import { findWrongAnswer } from '../../../native-models/runtime/check-runtime.ts';
import type { TrialMessage, TrialRequest } from '../../../native-models/runtime/trial-messages.ts';
import { openWrongRuntime } from './wrong-runtime.ts';

const behaviour = process.argv[2];
const send = (message: TrialMessage): void => void process.send?.(message);

async function misbehave({ pack }: TrialRequest): Promise<void> {
  if (behaviour === 'hang') {
    send({ kind: 'opened', description: 'Sleeper', device: 'gpu' });
    setInterval(() => undefined, 1000);
  } else if (behaviour === 'be-wrong' && pack !== null) {
    const runtime = await openWrongRuntime(1.01);
    send({ kind: 'opened', description: runtime.description, device: runtime.device });
    send({ kind: 'wrong', reason: (await findWrongAnswer(runtime, pack)) ?? 'nothing' });
  } else {
    process.kill(process.pid, 'SIGSEGV');
  }
}

if (behaviour === 'crash') process.kill(process.pid, 'SIGSEGV');
process.once('message', (request: TrialRequest) => void misbehave(request));
