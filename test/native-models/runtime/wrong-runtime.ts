/** ONNX Runtime with every output a little off, for tests of what notices. */

import { createRuntime } from '../../../native-models/runtime/create-runtime.ts';
import type { Network, Runtime } from '../../../native-models/runtime/runtime.ts';

/** @param factor what every output is multiplied by */
export async function openWrongRuntime(factor: number): Promise<Runtime> {
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
            outputs.map(([name, tensor]) => [name, { ...tensor, data: tensor.data.map((value) => value * factor) }]),
          );
        },
      };
    },
  };
}
