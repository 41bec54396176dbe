/** Reviewing clusters in a real browser, by keyboard: questions, a split, comparing anew, strangers. The library is invented. */

import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasBrowser } from '../support/browser.ts';
import { expectNoBarriers, openInventedApp } from '../support/invented-app.ts';
import type { InventedEngine } from '../support/invented-engine.ts';

describe.skipIf(!hasBrowser)('Reviewing in a browser', () => {
  let engine: InventedEngine;
  let page: Page;
  let problems: readonly string[];

  openInventedApp({ albums: 10, isConsentGiven: true }, (app) => ({ engine, page, problems } = app));

  const readSides = async (): Promise<(string | null)[]> =>
    Promise.all(['review-first', 'review-second'].map((side) => page.getByTestId(side).getAttribute('data-person-id')));
  const readKinds = async (): Promise<string[]> =>
    (await engine.api.call('journal.list', {})).entries.filter(({ isUndone }) => !isUndone).map(({ kind }) => kind);

  async function openMenuItem(menu: string, item: string): Promise<void> {
    await page.getByTestId(menu).click();
    await page.getByTestId(item).click();
  }

  test('questions are answered, skipped and taken back by keys, and nothing moves', async () => {
    await page.getByTestId('nav-review').click();
    await page.getByTestId('review-yes').waitFor();
    await expectNoBarriers(page);
    const place = await page.getByTestId('review-yes').boundingBox();
    const asked = await readSides();
    await page.keyboard.press('n');
    await expect.poll(readSides).not.toEqual(asked);
    await page.keyboard.press('y');
    await page.keyboard.press('u');
    await page.keyboard.press('s');
    await expect.poll(readKinds).toEqual(['leave-open', 'merge-people', 'tell-apart']);
    expect(await page.getByTestId('review-yes').boundingBox()).toEqual(place);
    for (let count = 2; count >= 0; count -= 1) {
      await page.keyboard.press('z');
      await expect.poll(async () => (await readKinds()).length).toBe(count);
    }
    await expect.poll(readSides).toEqual(asked);
  });

  test('the questions come to an end that leads onward', async () => {
    const { people } = await engine.api.call('people.list', {});
    await page.evaluate(`location.hash = '#/review?person=${people.at(-1)!.id}'`);
    await page.getByTestId('back').waitFor();
    for (let turn = 0; turn < 20 && (await page.getByTestId('review-done').count()) === 0; turn += 1) {
      await page.keyboard.press('n');
      await expect.poll(() => page.getByTestId('review-done').or(page.getByTestId('review-yes')).count()).toBe(1);
    }
    await page.getByTestId('review-done').waitFor();
    await expectNoBarriers(page);
  });

  test('a person who may be two is found, its doubtful faces come first, and it is split', async () => {
    await page.getByTestId('nav-people').click();
    await openMenuItem('people-tools', 'open-checks');
    await page.getByTestId('mixed-person').first().waitFor();
    await expectNoBarriers(page);
    const personId = await page.getByTestId('mixed-person').first().getAttribute('data-person-id');
    await page.locator('[data-testid=mixed-grid] [tabindex="0"]').focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('mixed-notice').waitFor();
    await page.locator('[data-testid=face-grid] [tabindex="0"]').focus();
    await page.keyboard.press('d');
    await page.getByTestId('face-fit').first().waitFor();
    await expectNoBarriers(page);
    await page.getByTestId('mixed-split').click();
    await page.getByTestId('split-group').nth(1).waitFor();
    // The first face alone goes into a group of its own and back again.
    await expect.poll(() => page.evaluate('document.activeElement.dataset.testid')).toBe('face-toggle');
    await page.keyboard.press('0');
    await expect.poll(() => page.getByTestId('split-group').count()).toBe(3);
    await page.getByTestId('split-remove').last().click();
    await expectNoBarriers(page);
    const before = (await engine.api.call('people.list', {})).total;
    await page.getByTestId('split-go').click();
    await expect.poll(async () => (await engine.api.call('people.list', {})).total).toBe(before + 1);
    await page.getByTestId('mixed-notice').waitFor({ state: 'detached' });
    expect(page.url()).toContain(personId!);
  });

  test('comparing anew shows what would change, and only what is ticked is done', async () => {
    await openMenuItem('person-tools', 'recluster-person');
    await page.getByTestId('recluster-group').first().waitFor();
    await expectNoBarriers(page);
    const groups = await page.getByTestId('recluster-group').count();
    for (let index = 1; index < groups; index += 1) await page.getByTestId('recluster-group').nth(index).uncheck();
    await page.getByTestId('recluster-go').click();
    await expect.poll(async () => (await readKinds())[0]).toBe('recluster-person');
  });

  test('a birth date is said in the menu of a person', async () => {
    await openMenuItem('person-tools', 'set-born');
    await page.getByTestId('born-field').fill('2014-4');
    await expectNoBarriers(page);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByTestId('person-born').textContent()).toBe('Born April 2014');
  });

  test('nobody else in a photo matters, and the photo leads back to the questions it was opened from', async () => {
    await page.getByTestId('nav-review').click();
    await page.getByTestId('review-first').locator('a').first().click();
    await page.getByTestId('photo-ignore-strangers').waitFor();
    await expectNoBarriers(page);
    await page.keyboard.press('i');
    await expect.poll(async () => (await readKinds())[0]).toBe('ignore-strangers');
    await page.getByTestId('photo-ignore-strangers').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await page.getByTestId('review-view').waitFor();
  });

  test('strangers are counted and set aside', async () => {
    await page.getByTestId('nav-people').click();
    await openMenuItem('people-tools', 'open-strangers');
    await page.getByTestId('strangers-count').getByText('people').waitFor();
    await page.keyboard.press('ArrowRight');
    await expectNoBarriers(page);
    const before = (await engine.api.call('people.list', {})).total;
    await page.getByTestId('strangers-go').click();
    await expect.poll(async () => (await engine.api.call('people.list', {})).total).toBeLessThan(before);
  });

  test('nothing went wrong in the page', () => {
    expect(problems).toEqual([]);
  });
});
