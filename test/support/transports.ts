/** Every way the API is carried, opened the same way, for the test that holds for all of them. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WebSocket } from 'ws';
import { connectApi } from '../../electron/api/connect-api.ts';
import type { ConnectedApi } from '../../electron/api/connect-api.ts';
import { createMemoryTransports } from '../../electron/api/memory-transport.ts';
import { createMainPortTransport, createWindowPortTransport } from '../../electron/api/port-transport.ts';
import { serveApi } from '../../electron/api/serve-api.ts';
import type { Transport } from '../../electron/api/transport.ts';
import { createWebSocketTransport } from '../../electron/api/web-socket-transport.ts';
import { startLocalServer } from '../../electron/server/local-server.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { createFakePorts } from './fake-ports.ts';

export interface OpenConnection {
  readonly api: ConnectedApi;
  /** The client's end, below the api: for messages that no client would send. */
  readonly transport: Transport;
  /** Ends the connection from the serving side. */
  closeServer(): Promise<void>;
  close(): Promise<void>;
}

export interface TransportCase {
  readonly name: string;
  open(engine: Engine): Promise<OpenConnection>;
}

export const transportCases: readonly TransportCase[] = [
  {
    name: 'the pair in memory',
    open: async (engine) => {
      const [client, server] = createMemoryTransports();
      serveApi(engine.handlers, engine.events, server);
      return openOver(client, async () => server.close());
    },
  },
  {
    name: 'the WebSocket server',
    open: async (engine) => {
      const rendererFolder = await mkdtemp(path.join(tmpdir(), 'kindred-renderer-'));
      await writeFile(path.join(rendererFolder, 'index.html'), '<!doctype html>');
      const server = await startLocalServer({ engine, rendererFolder, port: 0 });
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/api`, {
        headers: { authorization: `Bearer ${server.token}` },
      });
      let isClosed = false;
      const closeServer = async (): Promise<void> => {
        if (isClosed) return;
        isClosed = true;
        await server.close();
        await rm(rendererFolder, { recursive: true });
      };
      return openOver(createWebSocketTransport(socket), closeServer);
    },
  },
  {
    name: 'the ports of Electron',
    open: async (engine) => {
      const { windowPort, mainPort } = createFakePorts();
      const server = createMainPortTransport(mainPort);
      serveApi(engine.handlers, engine.events, server);
      return openOver(createWindowPortTransport(windowPort), async () => server.close());
    },
  },
];

function openOver(transport: Transport, closeServer: () => Promise<void>): OpenConnection {
  const api = connectApi(transport);
  return {
    api,
    transport,
    closeServer,
    close: async () => {
      api.close();
      await closeServer();
    },
  };
}
