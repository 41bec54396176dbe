import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAllowedRequest, isAppUrl } from '../../electron/shell/app-address.ts';
import { readShellArguments } from '../../electron/shell/arguments.ts';
import { createMenuTemplate } from '../../electron/shell/menu.ts';
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

describe('what the window may load', () => {
  test.each(['kindred://app/', 'kindred://app/media/face/1', 'blob:kindred://app/1', 'data:image/png;base64,', 'devtools://devtools/x'])(
    'lets %s through',
    (url) => expect(isAllowedRequest(url)).toBe(true),
  );

  test.each(['https://example.org/', 'http://127.0.0.1/', 'file:///etc/passwd', 'ws://example.org', 'kindred://other/', 'kindred-x://app/'])(
    'stops %s',
    (url) => expect(isAllowedRequest(url)).toBe(false),
  );

  test('takes only the app for the app', () => {
    expect(isAppUrl('kindred://app/people')).toBe(true);
    expect(isAppUrl('kindred://app.evil/')).toBe(false);
    expect(isAppUrl('no address')).toBe(false);
  });
});

describe('the menu', () => {
  test('speaks Korean to who does, and English to everyone else', () => {
    expect(createMenuTemplate('ko-KR', 'linux').map((menu) => menu.label)).toEqual(['파일', '편집', '보기', '창']);
    expect(createMenuTemplate('fr', 'linux').map((menu) => menu.label)).toEqual(['File', 'Edit', 'View', 'Window']);
  });

  test('has a word for every role in Korean', () => {
    const items = createMenuTemplate('ko', 'linux').flatMap((menu) => menu.submenu as { role?: string; label?: string }[]);
    const unnamed = items.filter((item) => item.role !== undefined && item.label === undefined);
    expect(unnamed).toEqual([]);
  });

  test("begins with the app's own on macOS", () => {
    expect(createMenuTemplate('en', 'darwin')[0]).toEqual({ role: 'appMenu' });
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
