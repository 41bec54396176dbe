/** Entry of a process that measures bare costs beside others of its kind. */

import { measureBareCosts, type BareCostsRequest } from './bare-costs.ts';

process.once('message', async (request: BareCostsRequest) => {
  const costs = await measureBareCosts(request);
  process.send?.(costs, () => process.exit(0));
});
