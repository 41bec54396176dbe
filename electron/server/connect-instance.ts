/** Connects a program of this machine, such as the command line, to the Kindred that serves a library. */

import { once } from 'node:events';
import { WebSocket } from 'ws';
import { connectApi } from '../api/connect-api.ts';
import type { ConnectedApi } from '../api/connect-api.ts';
import { createWebSocketTransport } from '../api/web-socket-transport.ts';
import { AppError } from '../base/errors.ts';
import type { Instance } from './instance.ts';
import { formatTicketUrl } from './local-server.ts';

/** Embeddings of a page of faces are some megabytes of JSON. */
const maxMessageBytes = 256 * 1024 * 1024;

/** @throws AppError "disconnected" where the server is not there or refuses */
export async function connectInstance(instance: Pick<Instance, 'port' | 'token'>): Promise<ConnectedApi> {
  const socket = new WebSocket(`ws://127.0.0.1:${instance.port}/api`, {
    headers: { authorization: `Bearer ${instance.token}` },
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
  });
  try {
    await once(socket, 'open');
  } catch (error) {
    throw new AppError('disconnected', `Expected Kindred to answer on port ${instance.port}`, {
      cause: error,
      parameters: { port: instance.port },
    });
  }
  return connectApi(createWebSocketTransport(socket));
}

/** @returns an address that opens one browser, once
 *  @throws AppError "disconnected" where the server is not there or refuses */
export async function requestTicketUrl(instance: Pick<Instance, 'port' | 'token'>): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${instance.port}/ticket`, {
    headers: { authorization: `Bearer ${instance.token}` },
    redirect: 'error',
  });
  if (!response.ok) throw new AppError('disconnected', `Expected a ticket but received status ${response.status}`);
  return formatTicketUrl(instance.port, await response.text());
}
