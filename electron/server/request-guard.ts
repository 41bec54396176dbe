/** Decides which requests the local server answers: only its own pages and programs that know its token. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createTickets } from './tickets.ts';
import type { TicketOptions } from './tickets.ts';

/** Why a request is refused, and with which HTTP status. */
export interface Refusal {
  readonly status: 401 | 403 | 405 | 413 | 421;
  readonly reason: string;
}

export interface RequestGuard {
  /** What programs send as a bearer token; no address carries it. */
  readonly token: string;
  /** The Set-Cookie line for a browser that came with a ticket. */
  readonly cookie: string;
  /** Checks everything but who asks. @returns null where the request is fine */
  checkOrigin(request: IncomingMessage): Refusal | null;
  /** Checks who asks: the cookie of a page or the bearer token of a program. */
  checkIdentity(request: IncomingMessage): Refusal | null;
  /** WebSockets are not covered by the same-origin policy: a page must name its origin, a program its token. */
  checkUpgrade(request: IncomingMessage): Refusal | null;
  /** @returns what opens one browser, once: the terminal and the command line that it goes through are no secret */
  createTicket(): string;
  /** Whether it is a ticket, which is used up by the question. */
  redeemTicket(candidate: string): boolean;
  /** Whether the browser has its cookie already. */
  hasSession(request: IncomingMessage): boolean;
  hasBearer(request: IncomingMessage): boolean;
}

const secretBytes = 32;

/** @param port that the server listens on */
export function createRequestGuard(port: number, ticketOptions: TicketOptions): RequestGuard {
  const token = randomBytes(secretBytes).toString('base64url');
  // Cookies go to every port of a host: so the cookie is not the token, and its name tells two servers apart.
  const session = randomBytes(secretBytes).toString('base64url');
  const cookieName = `kindred-${port}`;
  const tickets = createTickets(ticketOptions);
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);

  function checkOrigin(request: IncomingMessage): Refusal | null {
    // A foreign name that resolves to 127.0.0.1 (DNS rebinding) still shows in Host.
    const { host, origin } = request.headers;
    if (host === undefined || !hosts.has(host)) return { status: 421, reason: 'unknown host' };
    if (origin !== undefined && origin !== `http://${host}`) return { status: 403, reason: 'foreign origin' };
    const site = request.headers['sec-fetch-site'];
    const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none';
    // Following a link here shows our page and tells the other one nothing; anything else from elsewhere might.
    if (isForeign && request.headers['sec-fetch-mode'] !== 'navigate') return { status: 403, reason: 'foreign page' };
    return null;
  }

  function checkIdentity(request: IncomingMessage): Refusal | null {
    if (hasSession(request) || hasBearer(request)) return null;
    return { status: 401, reason: 'no valid token' };
  }

  function checkUpgrade(request: IncomingMessage): Refusal | null {
    const refusal = checkOrigin(request) ?? checkIdentity(request);
    if (refusal !== null) return refusal;
    if (request.headers.origin === undefined && !hasBearer(request)) return { status: 403, reason: 'no origin' };
    return null;
  }

  function hasSession(request: IncomingMessage): boolean {
    return isEqualSecret(readCookie(request.headers.cookie ?? '', cookieName), session);
  }

  function hasBearer(request: IncomingMessage): boolean {
    const [scheme, value] = (request.headers.authorization ?? '').split(' ');
    return scheme?.toLowerCase() === 'bearer' && isEqualSecret(value ?? null, token);
  }

  return {
    token,
    cookie: `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/`,
    checkOrigin,
    checkIdentity,
    checkUpgrade,
    createTicket: () => tickets.create(),
    redeemTicket: (candidate) => tickets.redeem(candidate),
    hasSession,
    hasBearer,
  };
}

function readCookie(header: string, name: string): string | null {
  for (const part of header.split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name) return value ?? null;
  }
  return null;
}

/** Takes the same time wherever the first difference lies. */
function isEqualSecret(candidate: string | null, secret: string): boolean {
  if (candidate === null) return false;
  return timingSafeEqual(digest(candidate), digest(secret));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
