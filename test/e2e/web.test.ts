/** A person's way through Kindred in a real browser: welcome, import, name, merge, undo, restart. */

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolveHostFolders } from '../../electron/engine/host-folders.ts';
import { startLocalServer, type LocalServer } from '../../electron/server/local-server.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { addBarrierSearch, findBarriers, hasBrowser, openPage, startBrowser, type TestBrowser } from '../support/browser.ts';
import { createTemporaryLibrary, type TemporaryLibrary } from '../support/real-engine.ts';

describe.skipIf(!hasBrowser)('Kindred in a browser', () => {
  let library: TemporaryLibrary;
  let chromium: TestBrowser;
  let engine: Engine;
  let server: LocalServer;
  let page: Page;
  const problems: string[] = [];

  async function start(): Promise<void> {
    engine = await library.open();
    server = await startLocalServer({ engine, rendererFolder: resolveHostFolders(process.env).rendererFolder, port: 0 });
    page = await openPage(chromium.browser, problems);
    await page.goto(server.createTicketUrl());
  }

  async function stop(): Promise<void> {
    await page.context().close();
    await server.close();
    await engine.close();
  }

  beforeAll(async () => {
    library = await createTemporaryLibrary();
    chromium = await startBrowser();
    await start();
  });

  afterAll(async () => {
    await chromium?.close();
    await server?.close();
    await library?.remove();
  });

  test('an empty library welcomes, and imports the sample photos after telling what faces are', async () => {
    await page.getByTestId('welcome').waitFor();
    await page.getByTestId('welcome-samples').click();
    await page.getByTestId('consent-agree').click();
    await page.getByTestId('person-card').first().waitFor();
    await page.locator('[data-testid=import-bar][data-state=done]').waitFor();
    const { people } = await engine.api.call('people.list', {});
    expect(people.reduce((sum, { faceCount }) => sum + faceCount, 0)).toBe(22);
    await expect.poll(() => page.getByTestId('person-card').count()).toBe(people.length);
    await expect
      .poll(() =>
        page.getByTestId('person-card').first().locator('img').evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
      )
      .toBeGreaterThan(90);
  });

  test('a person is named in place', async () => {
    const card = page.getByTestId('person-card').first();
    await card.getByTestId('person-name').click();
    await page.getByTestId('name-input').fill('Anna');
    await page.getByTestId('name-input').press('Enter');
    await expect.poll(async () => (await engine.api.call('people.list', {})).people[0]!.name).toBe('Anna');
    await expect.poll(() => card.getByTestId('person-name').textContent()).toContain('Anna');
  });

  test('two people are merged by selection, and the merge is undone', async () => {
    const before = await engine.api.call('people.list', {});
    const cards = page.getByTestId('person-card');
    await cards.nth(0).hover();
    await cards.nth(0).getByTestId('person-select').click();
    await cards.nth(1).getByTestId('person-select').click();
    await page.getByTestId('merge-selected').click();
    const confirm = page.getByTestId('merge-confirm');
    await confirm.waitFor();
    await confirm.click();
    await expect.poll(async () => (await engine.api.call('people.list', {})).total).toBe(before.total - 1);
    await expect.poll(() => cards.count()).toBe(before.total - 1);
    await page.keyboard.press('Control+z');
    await expect.poll(async () => (await engine.api.call('people.list', {})).people).toEqual(before.people);
    await expect.poll(() => cards.count()).toBe(before.total);
  });

  test('one person is merged into another by dragging, and the merge can be done again after an undo', async () => {
    const before = await engine.api.call('people.list', {});
    const cards = page.getByTestId('person-card');
    await cards.nth(2).dragTo(cards.nth(0));
    await expect.poll(async () => (await engine.api.call('people.list', {})).total).toBe(before.total - 1);
    await page.getByTestId('undo').click();
    await expect.poll(async () => (await engine.api.call('people.list', {})).total).toBe(before.total);
    await page.getByTestId('redo').click();
    await expect.poll(async () => (await engine.api.call('people.list', {})).total).toBe(before.total - 1);
  });

  test('a photo shows its faces in boxes, and the arrow keys walk on', async () => {
    await page.getByTestId('person-open').first().click();
    await page.getByTestId('face-card').first().waitFor();
    await page.getByTestId('face-card').first().locator('a').first().click();
    await page.getByTestId('photo-view').waitFor();
    await expect.poll(() => page.getByTestId('photo-face').count()).toBeGreaterThan(2);
    const address = page.url();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.url()).not.toBe(address);
  });

  test('after a restart everything is as it was', async () => {
    const before = await engine.api.call('people.list', {});
    await stop();
    await start();
    await page.getByTestId('person-card').first().waitFor();
    expect((await engine.api.call('people.list', {})).people).toEqual(before.people);
    await expect.poll(() => page.getByTestId('person-card').count()).toBe(before.people.length);
    await expect
      .poll(() => page.getByTestId('person-card').first().getByTestId('person-name').textContent())
      .toContain('Anna');
    await page.getByTestId('undo').click();
    await expect.poll(async () => (await engine.api.call('people.list', {})).total).toBe(before.total + 1);
  });

  test('the settings say how photos are looked at, ask before a switch, and are open to everybody', async () => {
    await page.getByTestId('settings').click();
    await page.getByTestId('pack-card').first().waitFor();
    await expect.poll(() => page.getByTestId('pack-card').first().getByTestId('pack-state').textContent()).toBe('In use');
    await page.getByTestId('effort-fast').check();
    await expect.poll(async () => (await engine.api.call('settings.get', {})).effort).toBe('fast');
    await addBarrierSearch(page);
    for (const theme of ['dark', 'light'] as const) {
      await page.getByTestId(`theme-${theme}`).check();
      expect(await findBarriers(page)).toEqual([]);
    }
    await page.locator('[data-testid=pack-card] [data-testid=pack-use]').first().focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('pack-dialog').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByTestId('pack-dialog').waitFor({ state: 'detached' });
    expect((await engine.api.call('jobs.list', {})).jobs.every(({ kind }) => kind === 'import')).toBe(true);
  });

  test('nothing went wrong in the page', () => {
    expect(problems).toEqual([]);
  });
});
