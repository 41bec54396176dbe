/** The desktop app: opens the engine and gives it a window. */

import { createHash } from 'node:crypto';
import path from 'node:path';
import { app, BrowserWindow, dialog, ipcMain, Menu, MessageChannelMain, protocol, session } from 'electron';
import { openEngine } from '../engine/engine.ts';
import type { Engine } from '../engine/engine.ts';
import { resolveHostFolders } from '../engine/host-folders.ts';
import { listenForInterrupts } from '../terminal/interrupts.ts';
import { describeError } from '../terminal/messages.ts';
import { appScheme } from './app-address.ts';
import { readSecondStart, readShellArguments } from './arguments.ts';
import type { SecondStart } from './arguments.ts';
import { channels } from './channels.ts';
import { createMenuTemplate } from './menu.ts';
import { restrictPages } from './page-restrictions.ts';
import { createPortService } from './port-service.ts';
import type { PortService } from './port-service.ts';
import { createProtocolHandler } from './protocol-handler.ts';
import { importFromTerminal } from './terminal-import.ts';
import { isFromApp } from './sender.ts';
import { openMainWindow } from './windows.ts';

const shellArguments = readShellArguments(process.argv, app.isPackaged, process.cwd());
const folders = resolveHostFolders(process.env, shellArguments.libraryFolder);

/** Whoever has the packaged app has no use for them, and whoever gets into its page would have. */
const hasDeveloperTools = !app.isPackaged;

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
      isFromApp: isFromApp(event),
      openChannel: () => {
        const { port1, port2 } = new MessageChannelMain();
        senderFrame.postMessage(channels.port, null, [port2]);
        return port1;
      },
      onDestroyed: (listener) => sender.once('destroyed', listener),
    });
  });
}

function serveDialogs(): void {
  ipcMain.handle(channels.chooseFolders, async (event) => {
    if (!isFromApp(event)) return [];
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
  let isAskedBefore = false;
  listenForInterrupts(process, () => {
    // Asked a second time, it ends though the library does not close.
    if (isAskedBefore) app.exit(1);
    else app.quit();
    isAskedBefore = true;
  });
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
  restrictPages({ app, session: session.defaultSession, hasDeveloperTools });
  servePorts(ports);
  serveDialogs();
  Menu.setApplicationMenu(Menu.buildFromTemplate(createMenuTemplate({ locale: app.getLocale(), platform: process.platform, hasDeveloperTools })));
  openMainWindow({ hasDeveloperTools });
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openMainWindow({ hasDeveloperTools });
  });
  app.on('second-instance', (_event, _args, _folder, additional) => {
    focusWindow();
    void importFromTerminal(engine.api, readSecondStart(additional).folders, process);
  });
  await importFromTerminal(engine.api, shellArguments.folders, process);
}

app.on('window-all-closed', () => {
  if (process.platform !== 'darwin') app.quit();
});

// What the second start was told reaches the first, with paths as the second one's folder makes them.
if (app.requestSingleInstanceLock({ folders: shellArguments.folders } satisfies SecondStart)) {
  start().catch((error: unknown) => {
    reportBug(error);
    dialog.showErrorBox('Kindred', describeError(error));
    app.exit(1);
  });
} else {
  process.stdout.write('Kindred is open already: its window comes to the front.\n');
  app.quit();
}
