/** Stands in for the process that tries a runtime: its argument says how it goes wrong. */

import { findWrongAnswer } from '../../../native-models/runtime/check-runtime.ts';
import { createRuntime } from '../../../native-models/runtime/create-runtime.ts';
import type { Network, Runtime } from '../../../native-models/runtime/runtime.ts';
import type { TrialMessage, TrialRequest } from '../../../native-models/runtime/trial.ts';

const behaviour = process.argv[2];
const send = (message: TrialMessage): void => void process.send?.(message);

/** ONNX Runtime with every output a little too large. */
async function openWrongRuntime(): Promise<Runtime> {
  const right = await createRuntime('onnx');
  return {
    ...right,
    async load(model): Promise<Network> {
      const network = await right.load(model);
      return {
        ...network,
        async run(inputs) {
          const outputs = Object.entries(await network.run(inputs));
          return Object.fromEntries(
            outputs.map(([name, tensor]) => [name, { ...tensor, data: tensor.data.map((value) => value * 1.01) }]),
          );
        },
      };
    },
  };
}

async function misbehave({ pack }: TrialRequest): Promise<void> {
  if (behaviour === 'hang') {
    send({ kind: 'opened', description: 'Sleeper', device: 'gpu' });
    setInterval(() => undefined, 1000);
  } else if (behaviour === 'be-wrong' && pack !== null) {
    const runtime = await openWrongRuntime();
    send({ kind: 'opened', description: runtime.description, device: runtime.device });
    send({ kind: 'wrong', reason: (await findWrongAnswer(runtime, pack)) ?? 'nothing' });
  } else {
    process.kill(process.pid, 'SIGSEGV');
  }
}

if (behaviour === 'crash') process.kill(process.pid, 'SIGSEGV');
process.once('message', (request: TrialRequest) => void misbehave(request));
