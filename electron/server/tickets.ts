/** Addresses for browsers: each opens one, once, and only for a while. */

import { randomBytes } from 'node:crypto';

export interface Tickets {
  create(): string;
  /** @returns whether it opens a browser; it is used up by that */
  redeem(ticket: string): boolean;
}

export interface TicketOptions {
  readonly lifetimeMs: number;
  /** Beyond so many that nobody has used, the oldest goes. */
  readonly limit: number;
  /** Milliseconds that only ever grow. */
  readonly now: () => number;
}

const ticketBytes = 32;

export function createTickets({ lifetimeMs, limit, now }: TicketOptions): Tickets {
  /** Until when each is good, the oldest first. */
  const expiries = new Map<string, number>();
  return {
    create: () => {
      const [oldest] = expiries.keys();
      if (expiries.size >= limit && oldest !== undefined) expiries.delete(oldest);
      const ticket = randomBytes(ticketBytes).toString('base64url');
      expiries.set(ticket, now() + lifetimeMs);
      return ticket;
    },
    redeem: (ticket) => {
      const expiry = expiries.get(ticket);
      expiries.delete(ticket);
      return expiry !== undefined && now() < expiry;
    },
  };
}
