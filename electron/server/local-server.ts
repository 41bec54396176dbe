/** The local web server: the renderer's files, thumbnails and the API, for this machine and this user alone. */

import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import sirv from 'sirv';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { createSecurityHeaders } from '../api/content-security-policy.ts';
import { apiLimits, serverLimits } from '../api/limits.ts';
import { parseMediaPath } from '../api/media-path.ts';
import { serveApi } from '../api/serve-api.ts';
import { createWebSocketTransport } from '../api/web-socket-transport.ts';
import { AppError, isAppError } from '../base/errors.ts';
import { Limiter } from '../base/limiter.ts';
import type { Engine } from '../engine/engine.ts';
import { answerChallenge } from './library-key.ts';
import { answerMedia } from './media-route.ts';
import { unknownBrowserPage } from './pages.ts';
import { createRequestGuard } from './request-guard.ts';
import type { Refusal, RequestGuard } from './request-guard.ts';
import { watchFlow } from './socket-flow.ts';
import { limitStrangers } from './strangers.ts';

export interface LocalServerOptions {
  readonly engine: Pick<Engine, 'handlers' | 'events' | 'media'>;
  /** The built renderer, with index.html. */
  readonly rendererFolder: string;
  /** A port that must be had, or 0 for any; without one, the first free port from the usual one on. */
  readonly port?: number;
  /** Called with errors that are ours. */
  readonly onBug?: (error: unknown, where: string) => void;
  /** By which the server shows that it is the library's, see library-key.ts; without one, it cannot. */
  readonly libraryKey?: Buffer;
  /** Milliseconds that only ever grow, for tickets. */
  readonly now?: () => number;
  /** Between two pings; a connection that has not answered by the next one is ended. */
  readonly heartbeatMs?: number;
}

export interface LocalServer {
  readonly port: number;
  readonly token: string;
  /** An address that opens one browser, once, within `serverLimits.ticketMs`. */
  createTicketUrl(): string;
  close(): Promise<void>;
}

const address = '127.0.0.1';
const usualPort = 7327;
const portsToTry = 20;
const heartbeatDefaultMs = 30_000;
/** How long a connection may take to say goodbye. */
const farewellMs = 500;
/** RFC 6455, 7.4.1: the endpoint is going away. */
const goingAwayCode = 1001;

/** @throws AppError "conflict" where the port is taken, "not-found" where the renderer has not been built */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const { engine, rendererFolder } = options;
  const onBug = options.onBug ?? (() => {});
  if (!existsSync(path.join(rendererFolder, 'index.html'))) {
    throw new AppError('not-found', `Expected the built renderer in ${rendererFolder} but found none`, {
      parameters: { kind: 'renderer', path: rendererFolder },
    });
  }
  const server = createServer({
    headersTimeout: serverLimits.headersMs,
    requestTimeout: serverLimits.requestMs,
    connectionsCheckingInterval: serverLimits.headersMs / 4,
  });
  server.setTimeout(serverLimits.silenceMs);
  server.maxConnections = serverLimits.allConnections;
  const strangers = limitStrangers(server, serverLimits.strangers);
  const slots = new Limiter(apiLimits.callsOfAll);
  const port = await listen(server, options.port);
  const guard = createRequestGuard(port, {
    lifetimeMs: serverLimits.ticketMs,
    limit: serverLimits.tickets,
    now: options.now ?? (() => performance.now()),
  });
  const headers = createSecurityHeaders([`ws://${address}:${port}`, `ws://localhost:${port}`]);
  const heartbeat = startHeartbeat(options.heartbeatMs ?? heartbeatDefaultMs);
  const serveFiles = sirv(rendererFolder, { etag: true, single: true, setHeaders: setCacheHeader });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: apiLimits.messageBytes, perMessageDeflate: false });

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response).catch((error: unknown) => {
      onBug(error, 'request');
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'internal');
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const refusal = checkMethod(request) ?? checkBody(request) ?? guard.checkOrigin(request);
    if (refusal !== null) return refuse(response, refusal.status, refusal.reason);
    const url = readUrl(request, port);
    if (url === null) return refuse(response, 400, 'bad address');
    if (url.pathname === '/' && url.searchParams.has('ticket')) return admit(guard, url, request, response);
    if (url.pathname === '/identity') return answerIdentity(url, response);
    const stranger = guard.checkIdentity(request);
    if (stranger !== null) return refuseStranger(stranger, url, response);
    strangers.admit(request.socket);
    if (url.pathname === '/session') return endWith(response, 204);
    if (url.pathname === '/ticket') return answerTicket(guard, request, response);

    const wanted = readMediaPath(url);
    if (wanted === 'bad') return refuse(response, 400, 'bad media address');
    if (wanted !== null) return await answerMedia(engine.media, wanted, request, response);
    serveFiles(request, response, () => refuse(response, 404, 'not found'));
  }

  /** For whoever finds the server's address in a file that may be old: to be asked before any secret is sent. */
  function answerIdentity(url: URL, response: ServerResponse): void {
    const challenge = url.searchParams.get('challenge') ?? '';
    const answer = options.libraryKey === undefined ? null : answerChallenge(options.libraryKey, port, challenge);
    if (answer === null) return refuse(response, 404, 'no such library');
    endWithText(response, answer);
  }

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = readUrl(request, port)?.pathname === '/api' ? guard.checkUpgrade(request) : notFound;
    if (refusal !== null) return refuseUpgrade(socket, refusal);
    if (sockets.clients.size >= serverLimits.connections) return refuseUpgrade(socket, tooManyConnections);
    strangers.admit(request.socket);
    sockets.handleUpgrade(request, socket, head, (webSocket) => serveConnection(webSocket, socket));
  });

  function serveConnection(socket: WebSocket, stream: Duplex): void {
    // ws reports broken frames here and closes the connection itself; the peer is at fault.
    socket.on('error', () => {});
    heartbeat.watch(socket);
    const flow = watchFlow(socket, stream, serverLimits.unsentBytes);
    const transport = createWebSocketTransport(socket, { limits: apiLimits, flow });
    serveApi(engine.handlers, engine.events, transport, { onBug, slots });
  }

  return {
    port,
    token: guard.token,
    createTicketUrl: () => formatTicketUrl(port, guard.createTicket()),
    close: async () => {
      heartbeat.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all([...sockets.clients].map(sayGoodbye));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The address that takes a browser in. */
export function formatTicketUrl(port: number, ticket: string): string {
  return `http://${address}:${port}/?ticket=${ticket}`;
}

/** @returns the port, once the server listens on it */
async function listen(server: Server, fixedPort: number | undefined): Promise<number> {
  const ports =
    fixedPort === undefined ? Array.from({ length: portsToTry }, (_, index) => usualPort + index) : [fixedPort];
  for (const port of ports) {
    if (await tryListen(server, port)) {
      const bound = server.address();
      if (bound === null || typeof bound === 'string') throw new Error('Expected a server bound to a port');
      return bound.port;
    }
  }
  throw new AppError('conflict', `Expected a free port but ${ports.join(', ')} are taken`, {
    parameters: { kind: 'port', port: ports[0] ?? 0 },
  });
}

async function tryListen(server: Server, port: number): Promise<boolean> {
  return await new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      server.off('listening', succeed);
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    };
    const succeed = (): void => {
      server.off('error', fail);
      resolve(true);
    };
    server.once('error', fail);
    server.once('listening', succeed);
    server.listen(port, address);
  });
}

function checkMethod(request: IncomingMessage): Refusal | null {
  return request.method === 'GET' || request.method === 'HEAD' ? null : { status: 405, reason: 'only GET and HEAD' };
}

/** Nothing that is asked for here takes one, and whoever sends one may go on for ever. */
function checkBody({ headers }: IncomingMessage): Refusal | null {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;
  return hasBody ? { status: 413, reason: 'no body' } : null;
}

function readUrl(request: IncomingMessage, port: number): URL | null {
  const target = request.url ?? '/';
  // An absolute target would overrule the host that was checked.
  if (!target.startsWith('/')) return null;
  const base = `http://${address}:${port}`;
  return URL.canParse(base + target) ? new URL(base + target) : null;
}

function readMediaPath(url: URL): ReturnType<typeof parseMediaPath> | 'bad' {
  try {
    return parseMediaPath(url);
  } catch (error) {
    if (isAppError(error, 'bad-argument')) return 'bad';
    throw error;
  }
}

/** Exchanges the ticket for a cookie, so that it stays in no history and no screenshot. */
function admit(guard: RequestGuard, url: URL, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('cache-control', 'no-store');
  // A browser that is known already, on an address that it has opened before, uses up nothing.
  if (!guard.hasSession(request)) {
    // Nor does one that only looks ahead.
    const isOpening = request.method === 'GET' && request.headers['sec-purpose'] === undefined;
    if (!isOpening || !guard.redeemTicket(url.searchParams.get('ticket') ?? '')) return refusePage(response);
    response.setHeader('set-cookie', guard.cookie);
  }
  response.writeHead(303, { location: '/' });
  response.end();
}

/** For programs only: a page has its cookie already. */
function answerTicket(guard: RequestGuard, request: IncomingMessage, response: ServerResponse): void {
  if (!guard.hasBearer(request)) return refuse(response, 403, 'no bearer token');
  endWithText(response, guard.createTicket());
}

function refuseStranger(refusal: Refusal, url: URL, response: ServerResponse): void {
  if (url.pathname === '/') refusePage(response);
  else refuse(response, refusal.status, refusal.reason);
}

function refusePage(response: ServerResponse): void {
  response.writeHead(401, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(unknownBrowserPage);
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  if (status === 413) response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${reason}\n`);
}

function endWithText(response: ServerResponse, text: string): void {
  response.writeHead(200, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}

function endWith(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'cache-control': 'no-store' });
  response.end();
}

const notFound = { status: 404, reason: 'Not Found' } as const;
const tooManyConnections = { status: 503, reason: 'Too Many Connections' } as const;

function refuseUpgrade(socket: Duplex, refusal: { status: number; reason: string }): void {
  // Whoever is refused may already be gone.
  socket.on('error', () => {});
  const answer = `HTTP/1.1 ${refusal.status} ${refusal.reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
  // The other side may never end its half.
  socket.end(answer, () => socket.destroy());
}

/** Names of built assets hold a hash of their content; index.html keeps its name and is asked for every time. */
function setCacheHeader(response: ServerResponse, pathname: string): void {
  const isHashed = pathname.startsWith('/assets/');
  response.setHeader('cache-control', isHashed ? 'private, max-age=31536000, immutable' : 'no-cache');
}

/** Ends connections whose other side has gone without a word. */
function startHeartbeat(intervalMs: number): { watch(socket: WebSocket): void; stop(): void } {
  const isAnswered = new Map<WebSocket, boolean>();
  const timer = setInterval(() => {
    for (const [socket, answered] of isAnswered) {
      if (answered) socket.ping();
      else socket.terminate();
      isAnswered.set(socket, false);
    }
  }, intervalMs);
  timer.unref();
  return {
    watch: (socket) => {
      isAnswered.set(socket, true);
      socket.on('pong', () => isAnswered.set(socket, true));
      socket.on('close', () => isAnswered.delete(socket));
    },
    stop: () => clearInterval(timer),
  };
}

async function sayGoodbye(socket: WebSocket): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => socket.terminate(), farewellMs);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.close(goingAwayCode);
  });
}
