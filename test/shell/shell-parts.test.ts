import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAllowedRequest, isAppUrl } from '../../electron/shell/app-address.ts';
import { readSecondStart, readShellArguments } from '../../electron/shell/arguments.ts';
import { createMenuTemplate } from '../../electron/shell/menu.ts';
import { isFromApp } from '../../electron/shell/sender.ts';
import { importFromTerminal } from '../../electron/shell/terminal-import.ts';
import { createFakeEngine } from '../support/fake-engine.ts';

describe('the arguments of the desktop app', () => {
  const start = path.resolve('/home/anna');

  test('name folders, relative to where it was started', () => {
    const args = ['electron', '.', 'Pictures', path.resolve('/media/card')];
    expect(readShellArguments(args, false, start)).toEqual({
      folders: [path.join(start, 'Pictures'), path.resolve('/media/card')],
      libraryFolder: undefined,
      runtime: undefined,
    });
    expect(readShellArguments(['kindred', 'Pictures'], true, start).folders).toEqual([path.join(start, 'Pictures')]);
  });

  test('name library and runtime, and leave switches of Chromium aside', () => {
    const args = ['electron', '--no-sandbox', '.', '--library', 'mine', '--runtime=wasm', '--enable-logging=stderr', 'a'];
    expect(readShellArguments(args, false, start)).toEqual({
      folders: [path.join(start, 'a')],
      libraryFolder: path.join(start, 'mine'),
      runtime: 'wasm',
    });
  });

  test('fall back to the best runtime for one that nobody knows', () => {
    expect(readShellArguments(['electron', '.', '--runtime', 'abacus'], false, start).runtime).toBe('auto');
  });
});

describe('a second start of the app', () => {
  test('hands its folders to the first', () => {
    expect(readSecondStart({ folders: ['/photos'] })).toEqual({ folders: ['/photos'] });
  });

  test.each([undefined, null, 'text', {}, { folders: 'x' }, { folders: [1] }, { folders: ['/a\0b'] }])(
    'that hands over %j brings nothing',
    (additional) => expect(readSecondStart(additional)).toEqual({ folders: [] }),
  );
});

describe('who may ask the main process', () => {
  const mainFrame = { url: 'kindred://app/people', frameTreeNodeId: 4 };

  test("is the window's main frame with the app in it", () => {
    expect(isFromApp({ senderFrame: mainFrame, sender: { mainFrame } })).toBe(true);
  });

  test('is no frame inside it, no other page, and nobody who has gone', () => {
    const inside = { url: 'kindred://app/people', frameTreeNodeId: 5 };
    expect(isFromApp({ senderFrame: inside, sender: { mainFrame } })).toBe(false);
    expect(isFromApp({ senderFrame: null, sender: { mainFrame } })).toBe(false);
    for (const url of ['https://evil.example/', 'kindred://other/', 'file:///etc/passwd', 'about:blank', 'data:text/html,x', '']) {
      const frame = { url, frameTreeNodeId: 4 };
      expect(isFromApp({ senderFrame: frame, sender: { mainFrame: frame } })).toBe(false);
    }
  });
});

describe('what the window may load', () => {
  const own = ['kindred://app/', 'kindred://app/media/face/1', 'blob:kindred://app/1', 'data:image/png;base64,'];
  const tools = ['devtools://devtools/x', 'chrome-extension://abcdef/panel.html'];
  const foreign = [
    'https://example.org/',
    'http://127.0.0.1/',
    'file:///etc/passwd',
    'ws://example.org',
    'kindred://other/',
    'kindred-x://app/',
    'blob:https://example.org/1',
    'blob:kindred://application/1',
    'javascript:alert(1)',
    'view-source:kindred://app/',
  ];

  test.each(own)('lets %s through, packaged or not', (url) => {
    for (const hasDeveloperTools of [true, false]) expect(isAllowedRequest(url, { hasDeveloperTools })).toBe(true);
  });

  test.each(tools)('lets %s through for who develops, and stops it in the packaged app', (url) => {
    expect(isAllowedRequest(url, { hasDeveloperTools: true })).toBe(true);
    expect(isAllowedRequest(url, { hasDeveloperTools: false })).toBe(false);
  });

  test.each(foreign)('stops %s', (url) => {
    for (const hasDeveloperTools of [true, false]) expect(isAllowedRequest(url, { hasDeveloperTools })).toBe(false);
  });

  test('takes only the app for the app', () => {
    expect(isAppUrl('kindred://app/people')).toBe(true);
    expect(isAppUrl('kindred://app.evil/')).toBe(false);
    expect(isAppUrl('no address')).toBe(false);
  });
});

describe('the menu', () => {
  test('speaks Korean to who does, and English to everyone else', () => {
    expect(createMenuTemplate({ locale: 'ko-KR', platform: 'linux', hasDeveloperTools: true }).map((menu) => menu.label)).toEqual(['파일', '편집', '보기', '창']);
    expect(createMenuTemplate({ locale: 'fr', platform: 'linux', hasDeveloperTools: true }).map((menu) => menu.label)).toEqual(['File', 'Edit', 'View', 'Window']);
  });

  test('has a word for every role in Korean', () => {
    const items = createMenuTemplate({ locale: 'ko', platform: 'linux', hasDeveloperTools: true }).flatMap((menu) => menu.submenu as { role?: string; label?: string }[]);
    const unnamed = items.filter((item) => item.role !== undefined && item.label === undefined);
    expect(unnamed).toEqual([]);
  });

  test('offers developer tools to who develops alone', () => {
    const roles = (hasDeveloperTools: boolean): unknown[] =>
      createMenuTemplate({ locale: 'en', platform: 'linux', hasDeveloperTools }).flatMap((menu) =>
        (menu.submenu as { role?: string }[]).map(({ role }) => role),
      );
    expect(roles(true)).toContain('toggleDevTools');
    expect(roles(false)).not.toContain('toggleDevTools');
    expect(roles(false)).not.toContain('forceReload');
  });

  test("begins with the app's own on macOS", () => {
    expect(createMenuTemplate({ locale: 'en', platform: 'darwin', hasDeveloperTools: true })[0]).toEqual({ role: 'appMenu' });
  });
});

describe('folders on the command line of the desktop app', () => {
  function createStream() {
    const texts: string[] = [];
    return { write: (text: string) => texts.push(text) > 0, once: () => undefined, texts };
  }

  test('are imported and reported on the terminal', async () => {
    const stdout = createStream();
    const stderr = createStream();
    const engine = createFakeEngine();
    await importFromTerminal(engine.api, ['/photos'], { stdout, stderr });
    expect(engine.importedFolders).toEqual([['/photos']]);
    expect(stdout.texts.join('')).toContain('The library holds 22 faces of 21 people.');
    expect(stderr.texts.join('')).toContain('biometric data');
  });

  test('that cannot be imported are told, and the app goes on', async () => {
    const stdout = createStream();
    const stderr = createStream();
    const engine = createFakeEngine({ isConsentGiven: true });
    await engine.close();
    await importFromTerminal(engine.api, ['/photos'], { stdout, stderr });
    expect(stdout.texts).toEqual([]);
    expect(stderr.texts.join('')).toContain('connection');
  });
});
