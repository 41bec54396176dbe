/** KindredApi for a host in the engine's own process: the same validation as over any other transport. */

import { connectApi } from './connect-api.ts';
import type { ConnectedApi } from './connect-api.ts';
import type { MethodHandlers } from './contract.ts';
import { createMemoryTransports } from './memory-transport.ts';
import { serveApi } from './serve-api.ts';
import type { EventSource, ServeOptions } from './serve-api.ts';

export function createInProcessApi(
  handlers: MethodHandlers,
  events: EventSource,
  options: ServeOptions = {},
): ConnectedApi {
  const [client, server] = createMemoryTransports();
  serveApi(handlers, events, server, options);
  return connectApi(client);
}
