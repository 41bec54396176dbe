/** The app in a real browser over a real engine and an invented library, open on its first page. */

import { afterAll, beforeAll, expect } from 'vitest';
import type { Page } from 'playwright-core';
import { resolveHostFolders } from '../../electron/engine/host-folders.ts';
import { startLocalServer } from '../../electron/server/local-server.ts';
import { addBarrierSearch, findBarriers, openPage, startBrowser } from './browser.ts';
import { openInventedEngine, type InventedEngine, type InventedEngineOptions } from './invented-engine.ts';

export interface InventedApp {
  readonly engine: InventedEngine;
  readonly page: Page;
  /** What has gone wrong in the page so far. */
  readonly problems: string[];
}

/** Opens it before the tests of a suite and closes it after them; `open` is told of it. */
export function openInventedApp(options: InventedEngineOptions, open: (app: InventedApp) => void): void {
  const closings: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const chromium = await startBrowser();
    closings.push(() => chromium.close());
    const engine = await openInventedEngine(options);
    const server = await startLocalServer({ engine, rendererFolder: resolveHostFolders(process.env).rendererFolder, port: 0 });
    closings.push(
      () => server.close(),
      () => engine.close(),
    );
    const problems: string[] = [];
    const page = await openPage(chromium.browser, problems);
    await page.goto(server.createTicketUrl());
    await addBarrierSearch(page);
    open({ engine, page, problems });
  });

  afterAll(async () => {
    for (const close of closings) await close();
  });
}

/** In either theme, the dark one first. */
export async function expectNoBarriers(page: Page): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await findBarriers(page)).toEqual([]);
  }
}
