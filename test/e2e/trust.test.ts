/** How far recognition can be trusted, in a real browser: too little at first, then figures, and back by a key. The engine is the fake one. */

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolveHostFolders } from '../../electron/host-folders.ts';
import { startLocalServer, type LocalServer } from '../../electron/server/local-server.ts';
import { addBarrierSearch, findBarriers, hasBrowser, openPage, startBrowser, type TestBrowser } from '../support/browser.ts';
import { createFakeEngine, type FakeEngine } from '../support/fake-engine.ts';

describe.skipIf(!hasBrowser)('Trust in a browser', () => {
  let chromium: TestBrowser;
  let engine: FakeEngine;
  let server: LocalServer;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    chromium = await startBrowser();
    engine = createFakeEngine({ albums: 10, isConsentGiven: true });
    server = await startLocalServer({ engine, rendererFolder: resolveHostFolders(process.env).rendererFolder, port: 0 });
    page = await openPage(chromium.browser, problems);
    await page.goto(server.url);
    await addBarrierSearch(page);
  });

  afterAll(async () => {
    await chromium?.close();
    await server?.close();
    await engine?.close();
  });

  /** In either theme. */
  async function expectNoBarriers(): Promise<void> {
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      expect(await findBarriers(page)).toEqual([]);
    }
  }

  test('is reached by keys, and says what is missing', async () => {
    await page.getByTestId('people-tools').focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('open-trust').press('Enter');
    await page.getByTestId('empty-state').waitFor();
    await expectNoBarriers();
  });

  test('shows figures and charts as soon as faces are confirmed, in a narrow window too', async () => {
    const { people } = await engine.api.call('people.list', {});
    for (const { id } of people.filter(({ faceCount }) => faceCount > 1)) {
      const { faces } = await engine.api.call('faces.list', { personId: id });
      await engine.api.call('faces.confirm', { faceIds: faces.map((face) => face.id) });
    }
    await page.getByTestId('trust-distances').waitFor();
    await page.getByTestId('trust-roc').waitFor();
    expect(await page.getByTestId('trust-nearest').locator('li').count()).toBe(12);
    await expectNoBarriers();
    await page.setViewportSize({ width: 380, height: 800 });
    const isWider = () => page.getByTestId('trust-view').evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
    await expect.poll(isWider).toBe(false);
    await expectNoBarriers();
  });

  test('is left by Escape, and nothing went wrong', async () => {
    await page.keyboard.press('Escape');
    await page.getByTestId('people-tools').waitFor();
    expect(problems).toEqual([]);
  });
});
