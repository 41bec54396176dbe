/** The desktop app: opens the engine and gives it a window. */

import { createHash } from 'node:crypto';
import path from 'node:path';
import { app, BrowserWindow, dialog, ipcMain, Menu, MessageChannelMain, protocol } from 'electron';
import { openEngine } from '../engine/engine.ts';
import type { Engine } from '../engine/engine.ts';
import { resolveHostFolders } from '../engine/host-folders.ts';
import { describeError } from '../terminal/messages.ts';
import { appScheme, isAppUrl } from './app-address.ts';
import { readShellArguments } from './arguments.ts';
import type { ShellArguments } from './arguments.ts';
import { channels } from './channels.ts';
import { createMenuTemplate } from './menu.ts';
import { createPortService } from './port-service.ts';
import type { PortService } from './port-service.ts';
import { createProtocolHandler } from './protocol-handler.ts';
import { importFromTerminal } from './terminal-import.ts';
import { openMainWindow, restrictPages } from './windows.ts';

const shellArguments = readShellArguments(process.argv, app.isPackaged, process.cwd());
const folders = resolveHostFolders(process.env, shellArguments.libraryFolder);

// One window a library, not one a user: so what Chromium keeps, and the lock with it, is a matter of the library.
const libraryKey = createHash('sha256').update(folders.libraryFolder).digest('hex').slice(0, 16);
app.setPath('userData', path.join(folders.cacheFolder, 'electron', libraryKey));

protocol.registerSchemesAsPrivileged([
  { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);

function reportBug(error: unknown): void {
  process.stderr.write(`${describeError(error)}\n`);
  if (process.env.KINDRED_DEBUG && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
}

function focusWindow(): void {
  const [window] = BrowserWindow.getAllWindows();
  if (window === undefined) return;
  if (window.isMinimized()) window.restore();
  window.focus();
}

function servePorts(ports: PortService): void {
  ipcMain.on(channels.requestPort, (event) => {
    const { sender, senderFrame } = event;
    if (senderFrame === null) return;
    ports.answer({
      windowId: sender.id,
      frameUrl: senderFrame.url,
      openChannel: () => {
        const { port1, port2 } = new MessageChannelMain();
        senderFrame.postMessage(channels.port, null, [port2]);
        return port1;
      },
    });
    sender.once('destroyed', () => ports.release(sender.id));
  });
}

function serveDialogs(): void {
  ipcMain.handle(channels.chooseFolders, async (event) => {
    if (event.senderFrame === null || !isAppUrl(event.senderFrame.url)) return [];
    const window = BrowserWindow.fromWebContents(event.sender);
    if (window === null) return [];
    const { canceled, filePaths } = await dialog.showOpenDialog(window, {
      properties: ['openDirectory', 'multiSelections'],
    });
    return canceled ? [] : filePaths;
  });
}

/** Electron does not wait for anybody at the end, so its end is put off until the library is closed. */
function closeBeforeQuit(engine: Engine, ports: PortService): void {
  let isClosed = false;
  app.on('will-quit', (event) => {
    if (isClosed) return;
    event.preventDefault();
    ports.close();
    void engine
      .close()
      .catch(reportBug)
      .finally(() => {
        isClosed = true;
        app.quit();
      });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());
}

async function start(): Promise<void> {
  await app.whenReady();
  const engine = await openEngine({ ...folders, runtime: shellArguments.runtime });
  const noteBug = (error: unknown): void => {
    engine.log.noteError(error, 'window');
    reportBug(error);
  };
  const ports = createPortService(engine, { onBug: noteBug });
  closeBeforeQuit(engine, ports);
  protocol.handle(
    appScheme,
    createProtocolHandler({ media: engine.media, rendererFolder: folders.rendererFolder, onBug: noteBug }),
  );
  restrictPages();
  servePorts(ports);
  serveDialogs();
  Menu.setApplicationMenu(Menu.buildFromTemplate(createMenuTemplate(app.getLocale(), process.platform)));
  openMainWindow();
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openMainWindow();
  });
  app.on('second-instance', (_event, _args, _folder, additional) => {
    focusWindow();
    const { folders: more } = additional as Pick<ShellArguments, 'folders'>;
    void importFromTerminal(engine.api, more, process);
  });
  await importFromTerminal(engine.api, shellArguments.folders, process);
}

app.on('window-all-closed', () => {
  if (process.platform !== 'darwin') app.quit();
});

// What the second start was told reaches the first, with paths as the second one's folder makes them.
if (app.requestSingleInstanceLock({ folders: shellArguments.folders })) {
  start().catch((error: unknown) => {
    reportBug(error);
    dialog.showErrorBox('Kindred', describeError(error));
    app.exit(1);
  });
} else {
  process.stdout.write('Kindred is open already: its window comes to the front.\n');
  app.quit();
}
