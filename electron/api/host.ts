/** What a host gives to the renderer besides the api: where pictures are, how folders are chosen, how the line stands. */

import type { KindredApi } from './contract.ts';
import type { MediaKind } from './picture-kinds.ts';

/** What Electron's preload script puts on `window.kindredHost`. */
export interface HostBridge {
  readonly kind: 'electron';
  /** The system's own dialog. @returns absolute paths, none where the user cancelled */
  chooseFolders(): Promise<string[]>;
  /** Asks for a message port to the engine; it arrives as a window message, see [Note: port hand-over]. */
  requestPort(): void;
}

export const connectionStates = [
  /** Not there yet; calls wait. */
  'connecting',
  'connected',
  /** Lost, and being tried again; calls fail with "disconnected". */
  'reconnecting',
  /** The server answers but no longer knows this page: it has to be opened anew from the terminal. */
  'unauthorized',
  /** Closed for good. */
  'closed',
] as const;
export type ConnectionState = (typeof connectionStates)[number];

/** The renderer's one way to the engine, whatever the host. */
export interface Host {
  readonly kind: 'electron' | 'web';
  /** Stays the same object across reconnections; subscriptions are kept. */
  readonly api: KindredApi;
  /** @param sizePx longest edge, in device pixels, 16 to 4096
   *  @param pictureNumber of the face's record, see [Note: picture versions] in media-path.ts */
  mediaUrl(kind: MediaKind, id: string, sizePx: number, pictureNumber?: number | null): string;
  /** The system's folder dialog, or null where there is none and `folders.browse` has to do. */
  readonly chooseFolders: (() => Promise<string[]>) | null;
  readonly connection: ConnectionState;
  onConnectionChange(listener: (state: ConnectionState) => void): () => void;
  close(): void;
}

/**
 * [Note: port hand-over] Ports cannot cross the context bridge. The main process posts one end to the preload
 * script, which posts it on to its own window as this message; connect-host takes it from there.
 */
export const portMessage = 'kindred:port';
