/** The bridge between Electron and the window; the build bundles it into the one CommonJS file that the sandbox loads. */

import { contextBridge, ipcRenderer } from 'electron';
import type { HostBridge } from '../api/host.ts';
import { channels } from './channels.ts';

/** The part of the window that is used here; the program as a whole is typed without the DOM. */
declare const window: {
  postMessage(message: unknown, targetOrigin: string, transfer: readonly unknown[]): void;
};

const bridge: HostBridge = {
  kind: 'electron',
  chooseFolders: async () => (await ipcRenderer.invoke(channels.chooseFolders)) as string[],
  requestPort: () => ipcRenderer.send(channels.requestPort),
};

contextBridge.exposeInMainWorld('kindredHost', bridge);

/** [Note: port hand-over] in api/host.ts. */
ipcRenderer.on(channels.port, (event) => {
  // To this very window, which navigates nowhere but to the app.
  window.postMessage(channels.port, '*', event.ports);
});
