/** A person's way through Kindred in a real browser: welcome, import, name, merge, undo, restart. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium as playwright, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumRemedy, findChromium } from '../../build/find-chromium.mjs';
import { resolveHostFolders } from '../../electron/host-folders.ts';
import { startLocalServer, type LocalServer } from '../../electron/server/local-server.ts';
import type { Engine } from '../../electron/engine.ts';
import { createTemporaryLibrary, type TemporaryLibrary } from '../support/real-engine.ts';

const found = await findChromium();
if (found === null) console.warn(`skipped: no Chromium; bring one with: ${chromiumRemedy}`);

/** @returns what keeps somebody from using the page, as axe sees it */
async function findBarriers(page: Page): Promise<string[]> {
  const found = await page.evaluate('axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`))');
  return found as string[];
}

describe.skipIf(found === null)('Kindred in a browser', () => {
  let library: TemporaryLibrary;
  let profileFolder: string;
  let browser: Browser;
  let engine: Engine;
  let server: LocalServer;
  let page: Page;
  const problems: string[] = [];

  async function start(): Promise<void> {
    engine = await library.open();
    server = await startLocalServer({ engine, rendererFolder: resolveHostFolders(process.env).rendererFolder, port: 0 });
    const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 } });
    page = await context.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(server.url);
  }

  async function stop(): Promise<void> {
    await page.context().close();
    await server.close();
    await engine.close();
  }

  beforeAll(async () => {
    library = await createTemporaryLibrary();
    profileFolder = await mkdtemp(path.join(tmpdir(), 'kindred-browser-'));
    browser = await playwright.launch({
      executablePath: found!.executablePath,
      args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', ...found!.args],
      env: { ...process.env, ...found!.env, HOME: profileFolder } as Record<string, string>,
    });
    await start();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await library?.remove();
    await rm(profileFolder, { recursive: true, force: true });
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
    // Past the page's own rules on scripts, which let in none but its own.
    await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
    // Colours must not be on their way from one theme to the other while they are measured.
    await page.emulateMedia({ reducedMotion: 'reduce' });
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
