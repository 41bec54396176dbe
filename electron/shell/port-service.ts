/** Hands each window that asks a message port to the engine, and takes it back when the window goes or asks anew. */

import { createMainPortTransport } from '../api/port-transport.ts';
import type { MainPort } from '../api/port-transport.ts';
import { apiLimits } from '../api/limits.ts';
import { serveApi } from '../api/serve-api.ts';
import type { ServeOptions } from '../api/serve-api.ts';
import type { Transport } from '../api/transport.ts';
import { Limiter } from '../base/limiter.ts';
import type { Engine } from '../engine/engine.ts';

/** A window's asking, freed of Electron's types so that tests can ask. */
export interface PortRequest {
  readonly windowId: number;
  /** Whether the app's own page asks, see sender.ts. */
  readonly isFromApp: boolean;
  /** @returns our end of a new channel, whose other end has been posted to the frame */
  openChannel(): MainPort;
  /** Tells when the window has gone. */
  onDestroyed(listener: () => void): void;
}

export interface PortService {
  /** Pages other than the app's get nothing. */
  answer(request: PortRequest): void;
  close(): void;
}

export function createPortService(
  engine: Pick<Engine, 'handlers' | 'events'>,
  options: ServeOptions = {},
): PortService {
  const slots = new Limiter(apiLimits.callsOfAll);
  const transports = new Map<number, Transport>();
  /** Windows whose end is waited for: each asks many times, as its page is loaded anew. */
  const watchedWindows = new Set<number>();

  function release(windowId: number): void {
    transports.get(windowId)?.close();
    transports.delete(windowId);
  }

  return {
    answer: ({ windowId, isFromApp, openChannel, onDestroyed }) => {
      if (!isFromApp) return;
      if (!watchedWindows.has(windowId)) {
        watchedWindows.add(windowId);
        onDestroyed(() => {
          watchedWindows.delete(windowId);
          release(windowId);
        });
      }
      // A page that was loaded anew has forgotten its old port.
      release(windowId);
      const transport = createMainPortTransport(openChannel());
      transports.set(windowId, transport);
      serveApi(engine.handlers, engine.events, transport, { slots, ...options });
    },
    close: () => {
      for (const windowId of [...transports.keys()]) release(windowId);
    },
  };
}
