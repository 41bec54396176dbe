/** The desktop app in Electron itself: window, sandbox, bridge, and a person's way from samples to a name over a restart. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron as electron } from 'playwright-core';
import type { ElectronApplication, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findElectronBinary } from '../../build/setup/electron-binary.mjs';
import { findProjectFolder } from '../../electron/engine/host-folders.ts';

/** @returns why there can be no window here; empty where there can */
function findObstacle(): string {
  if (findElectronBinary() === undefined) return "Electron's binary is not here; \"npm run setup\" brings it where it can be had";
  const { platform, env } = process;
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return 'there is no display';
  return '';
}

const obstacle = findObstacle();
if (obstacle !== '') console.warn(`skipped: ${obstacle}`);

describe.skipIf(obstacle !== '')('Kindred in Electron', () => {
  let folder: string;
  let app: ElectronApplication;
  let page: Page;

  async function start(): Promise<void> {
    const isRoot = process.getuid?.() === 0;
    app = await electron.launch({
      executablePath: findElectronBinary()!,
      // Chromium's own sandbox does not work for root; the page's restrictions are the same without it.
      args: [...(isRoot ? ['--no-sandbox'] : []), findProjectFolder(), '--library', path.join(folder, 'library')],
      env: { ...process.env, LANG: 'en_US.UTF-8' } as Record<string, string>,
    });
    page = await app.firstWindow();
  }

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kindred-electron-'));
    await start();
  });

  afterAll(async () => {
    await app?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('shows the app under its own address', async () => {
    await page.getByTestId('welcome').waitFor();
    expect(page.url()).toMatch(/^kindred:\/\/app\//);
  });

  test('gives the page the bridge and nothing else of Electron or Node', async () => {
    const found = await page.evaluate(() => {
      const seen = globalThis as unknown as Record<string, unknown>;
      return {
        bridge: Object.keys(seen['kindredHost'] as object).sort(),
        others: ['require', 'process', 'module', 'electron', 'Buffer'].filter((name) => seen[name] !== undefined),
      };
    });
    expect(found).toEqual({ bridge: ['chooseFolders', 'kind', 'requestPort'], others: [] });
  });

  test('keeps the window to the app: no other page, no other window, no network', async () => {
    await page.evaluate('window.open("https://example.org"); location.href = "https://example.org"; undefined');
    expect(page.url()).toMatch(/^kindred:\/\/app\//);
    expect(app.windows()).toHaveLength(1);
    const answer = await page.evaluate('fetch("https://example.org").then(() => "answered", () => "stopped")');
    expect(answer).toBe('stopped');
  });

  test('imports the samples over its message port and shows their faces', async () => {
    await page.getByTestId('welcome-samples').click();
    await page.getByTestId('consent-agree').click();
    await page.locator('[data-testid=import-bar][data-state=done]').waitFor({ timeout: 120_000 });
    const picture = page.getByTestId('person-card').first().locator('img');
    await expect
      .poll(() => picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth))
      .toBeGreaterThan(90);
  });

  test('keeps a name over a reload and a restart', async () => {
    const name = page.getByTestId('person-card').first().getByTestId('person-name');
    await name.click();
    await page.getByTestId('name-input').fill('Anna');
    await page.getByTestId('name-input').press('Enter');
    await expect.poll(() => name.textContent()).toContain('Anna');
    await page.reload();
    await expect.poll(() => name.textContent()).toContain('Anna');
    await app.close();
    await start();
    const kept = page.getByTestId('person-card').first().getByTestId('person-name');
    await expect.poll(() => kept.textContent()).toContain('Anna');
  });
});
