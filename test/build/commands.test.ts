import { describe, expect, it } from 'vitest';
import { outputsOf } from '../../build/compile.mjs';
import { findReasonAgainstWindow } from '../../build/start.mjs';
import { parseTestArguments, summarizeCounts } from '../../build/test.mjs';

describe('npm start', () => {
  const ready = {
    args: [],
    platform: 'linux',
    env: { DISPLAY: ':0' },
    isRoot: false,
    hasElectron: true,
    hasElectronDatabase: true,
    electronReason: '',
  } as const;

  it('opens a window where Electron and a display are there', () => {
    expect(findReasonAgainstWindow(ready)).toBe('');
    expect(findReasonAgainstWindow({ ...ready, env: { WAYLAND_DISPLAY: 'wayland-0' } })).toBe('');
    expect(findReasonAgainstWindow({ ...ready, platform: 'darwin', env: {} })).toBe('');
    expect(findReasonAgainstWindow({ ...ready, args: ['/photos'] })).toBe('');
  });

  it('serves where the user asks for it', () => {
    for (const args of [['--no-open'], ['/photos', '--port', '8080'], ['--port=0']]) {
      expect(findReasonAgainstWindow({ ...ready, args })).toBe('asked');
    }
  });

  it('says why there is no window', () => {
    expect(findReasonAgainstWindow({ ...ready, hasElectron: false, electronReason: 'github.com cannot be reached' })).toBe(
      "Electron's binary is not here: github.com cannot be reached",
    );
    expect(findReasonAgainstWindow({ ...ready, hasElectronDatabase: false })).toBe('better-sqlite3 has no binary for Electron');
    expect(findReasonAgainstWindow({ ...ready, env: {} })).toBe('there is no display');
    expect(findReasonAgainstWindow({ ...ready, isRoot: true })).toBe('Electron does not run as root');
    expect(findReasonAgainstWindow({ ...ready, env: { ...ready.env, KINDRED_ELECTRON: 'skip' } })).toBe('KINDRED_ELECTRON=skip');
  });
});

describe('npm test', () => {
  it('checks everything without arguments and matching tests alone with a filter', () => {
    expect(parseTestArguments([])).toEqual({ topics: ['types', 'layers', 'lint', 'tests'], filters: [] });
    expect(parseTestArguments(['geometry'])).toEqual({ topics: ['tests'], filters: ['geometry'] });
    expect(parseTestArguments(['--only', 'types'])).toEqual({ topics: ['types'], filters: [] });
    expect(() => parseTestArguments(['--only', 'nothing'])).toThrow(/but received nothing/);
  });

  it('closes with the sum of all counts', () => {
    const skipped = [{ name: 'a', reason: '' }];
    expect(summarizeCounts([{ passed: 1, failed: 0, skipped: [] }, { passed: 20, failed: 2, skipped }])).toBe(
      '21 passed, 2 failed, 1 skipped',
    );
  });
});

describe('compiled files', () => {
  it('have names that follow their sources', () => {
    expect(outputsOf('electron/engine/engine.ts')).toEqual(['electron/engine/engine.js', 'electron/engine/engine.js.map']);
    expect(outputsOf('native-models/packs/standard.json')).toEqual(['native-models/packs/standard.json']);
    expect(outputsOf('electron/shell/preload.ts')).toEqual(['electron/shell/preload.cjs']);
  });
});
