/** How far recognition can be trusted, in a real browser: too little at first, then figures, and back by a key. The library is invented. */

import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasBrowser } from '../support/browser.ts';
import { expectNoBarriers, openInventedApp } from '../support/invented-app.ts';
import type { InventedEngine } from '../support/invented-engine.ts';

describe.skipIf(!hasBrowser)('Trust in a browser', () => {
  let engine: InventedEngine;
  let page: Page;
  let problems: readonly string[];

  openInventedApp({ albums: 10, isConsentGiven: true }, (app) => ({ engine, page, problems } = app));

  test('is reached by keys, and says what is missing', async () => {
    await page.getByTestId('people-tools').focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('open-trust').press('Enter');
    await page.getByTestId('empty-state').waitFor();
    await expectNoBarriers(page);
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
    await expectNoBarriers(page);
    await page.setViewportSize({ width: 380, height: 800 });
    const isWider = () => page.getByTestId('trust-view').evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
    await expect.poll(isWider).toBe(false);
    await expectNoBarriers(page);
  });

  test('is left by Escape, and nothing went wrong', async () => {
    await page.keyboard.press('Escape');
    await page.getByTestId('people-tools').waitFor();
    expect(problems).toEqual([]);
  });
});
