/** How much a client may ask of a host, in one place: what goes beyond it is refused with "too-much" or not taken in. */

/** Of one connection, whatever carries it. */
export interface ApiLimits {
  /** Of one message, as UTF-8 text; over message ports, of its texts. */
  readonly messageBytes: number;
  /** How deep lists and objects may lie in each other. */
  readonly messageDepth: number;
  /** Lists, objects, texts, numbers and so on in one message. */
  readonly messageValues: number;
  /** Calls that run at a time; the others wait in order. */
  readonly callsUnderWay: number;
  readonly callsWaiting: number;
  /** What the arguments of waiting calls may take together. */
  readonly waitingBytes: number;
  /** Calls that run at a time, over all connections of a host. */
  readonly callsOfAll: number;
  /** Messages, refusals and events, that are sent to a side that does not read before it is let go. */
  readonly unreadMessages: number;
}

/**
 * The largest messages that the app sends name 100,000 faces: 3.9 MB of text.
 * A page of 1,000 faces with embeddings of 512 numbers is 4 MB as numbers and 10 MB as text: eight of them at a time,
 * and 16 over all connections, fit into a heap of 256 MB.
 */
export const apiLimits: ApiLimits = {
  messageBytes: 16 * 1024 * 1024,
  messageDepth: 32,
  messageValues: 250_000,
  callsUnderWay: 8,
  callsWaiting: 1_000,
  waitingBytes: 32 * 1024 * 1024,
  callsOfAll: 16,
  unreadMessages: 4_096,
};

/** Of the local web server. */
export interface ServerLimits {
  /** WebSockets at a time: a browser has one a tab, a command one. */
  readonly connections: number;
  /** Connections that have not shown a cookie or a token yet; the oldest makes room for the next. */
  readonly strangers: number;
  /** All connections together. */
  readonly allConnections: number;
  /** How long the headers of a request may take to arrive. */
  readonly headersMs: number;
  /** How long a whole request may take. */
  readonly requestMs: number;
  /** How long nothing may come or go while an answer is on its way. */
  readonly silenceMs: number;
  /** Bytes on their way to a side that does not read; beyond them nothing is read from it either. */
  readonly unsentBytes: number;
  /** Addresses for browsers that have been given out and not opened yet. */
  readonly tickets: number;
  /** How long such an address may wait to be opened. */
  readonly ticketMs: number;
}

export const serverLimits: ServerLimits = {
  connections: 64,
  strangers: 64,
  allConnections: 512,
  headersMs: 10_000,
  requestMs: 30_000,
  silenceMs: 60_000,
  unsentBytes: 1024 * 1024,
  tickets: 32,
  ticketMs: 10 * 60 * 1000,
};

/** Longest path that Linux takes, in bytes; Windows and macOS take less without further ado. */
export const pathLength = 4_096;
/** Longest list of ids or paths that one call may carry. */
export const listLength = 100_000;
/** Folders and files that one import may name: as many as a shell writes out of a pattern... */
export const foldersOfImport = 10_000;
/** ...and how long they may be together, in UTF-16 code units. */
export const foldersLength = 1_000_000;
/** Longest text of a user: a name, a word to search. */
export const textLength = 200;
