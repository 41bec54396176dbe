/** Opens the app's window. */

import path from 'node:path';
import { BrowserWindow, nativeTheme } from 'electron';
import { appUrl } from './app-address.ts';

const background = { light: '#ffffff', dark: '#161616' } as const;

export function openMainWindow({ hasDeveloperTools }: { readonly hasDeveloperTools: boolean }): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 860,
    minWidth: 480,
    minHeight: 400,
    title: 'Kindred',
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? background.dark : background.light,
    webPreferences: {
      preload: path.join(import.meta.dirname, 'preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      devTools: hasDeveloperTools,
    },
  });
  window.once('ready-to-show', () => window.show());
  void window.loadURL(appUrl);
  return window;
}
