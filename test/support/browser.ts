/** A Chromium for tests, with a profile of its own, and what keeps somebody from using a page in it. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium as playwright, type Browser, type Page } from 'playwright-core';
import { chromiumRemedy, findChromium } from '../../build/find-chromium.mjs';

const found = await findChromium();
if (found === null) console.warn(`skipped: no Chromium; bring one with: ${chromiumRemedy}`);

/** Whether there is a Chromium at all. */
export const hasBrowser = found !== null;

export interface TestBrowser {
  readonly browser: Browser;
  close(): Promise<void>;
}

export async function startBrowser(): Promise<TestBrowser> {
  const profileFolder = await mkdtemp(path.join(tmpdir(), 'kindred-browser-'));
  const browser = await playwright.launch({
    executablePath: found!.executablePath,
    args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', ...found!.args],
    env: { ...process.env, ...found!.env, HOME: profileFolder } as Record<string, string>,
  });
  return {
    browser,
    close: async () => {
      await browser.close();
      await rm(profileFolder, { recursive: true, force: true });
    },
  };
}

/** @param problems gets what goes wrong in the page */
export async function openPage(browser: Browser, problems: string[]): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  return page;
}

/** Lets barriers be looked for, past the page's own rules on scripts, which let in none but its own. */
export async function addBarrierSearch(page: Page): Promise<void> {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  // Colours must not be on their way from one theme to the other while they are measured.
  await page.emulateMedia({ reducedMotion: 'reduce' });
}

/** @returns what keeps somebody from using the page, as axe sees it */
export async function findBarriers(page: Page): Promise<string[]> {
  const barriers = await page.evaluate('axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`))');
  return barriers as string[];
}
