/** Decides whether a message to the main process comes from the app's own page. */

import { isAppUrl } from './app-address.ts';

/** What is used of Electron's event; tests bring their own. */
export interface MessageEvent {
  /** Null once the frame has gone. */
  readonly senderFrame: { readonly url: string; readonly frameTreeNodeId: number } | null;
  readonly sender: { readonly mainFrame: { readonly frameTreeNodeId: number } };
}

/** The window's main frame, with the app in it: no frame inside it, and no other page. */
export function isFromApp({ senderFrame, sender }: MessageEvent): boolean {
  return senderFrame !== null && senderFrame.frameTreeNodeId === sender.mainFrame.frameTreeNodeId && isAppUrl(senderFrame.url);
}
