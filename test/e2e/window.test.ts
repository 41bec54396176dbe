/** The window itself in a real browser: its header at every width, where the keyboard is after a change of view, and what is said of what is not there. */

import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { addBarrierSearch, hasBrowser } from '../support/browser.ts';
import { expectNoBarriers, openInventedApp } from '../support/invented-app.ts';
import type { InventedEngine } from '../support/invented-engine.ts';

const widths = [320, 380, 430, 600, 601, 680, 768, 860, 900, 1024, 1200, 1440];

describe.skipIf(!hasBrowser)('The window in a browser', () => {
  let engine: InventedEngine;
  let page: Page;
  let problems: readonly string[];

  openInventedApp({ albums: 10, isConsentGiven: true }, (app) => ({ engine, page, problems } = app));

  /** What has the keyboard: its test id, its id, or its tag. */
  const readFocus = (): Promise<string> =>
    page.evaluate(
      '(({ activeElement: e }) => e.dataset.testid ?? e.closest("[data-testid]")?.dataset.testid ?? (e.id || e.tagName))(document)',
    );

  /** Words of the header that stand in more than one line, and what does not fit into it. */
  const findBrokenWords = (): Promise<string[]> =>
    page.evaluate(`(() => {
      const header = document.querySelector('header');
      const isShown = (element) => element.getClientRects().length > 0 && element.offsetWidth > 1;
      const lines = (element) => {
        const range = document.createRange();
        range.selectNodeContents(element);
        return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
      };
      const broken = [...header.querySelectorAll('.label, .word, .badge')].filter((element) => isShown(element) && lines(element) > 1);
      const outside = [...header.querySelectorAll('a, button')].filter(({ offsetWidth, offsetLeft }) => offsetLeft + offsetWidth > innerWidth + 1);
      return [...broken, ...outside].map((element) => element.textContent.trim() || element.getAttribute('aria-label'));
    })()`);

  test.each(['en', 'ko'])('the header breaks no word and leaves nothing out at any width (%s)', async (language) => {
    await page.evaluate(`localStorage.setItem('kindred.language', '${language}')`);
    await page.reload();
    await page.getByTestId('nav-review').waitFor();
    const found: Record<number, string[]> = {};
    for (const width of widths) {
      await page.setViewportSize({ width, height: 800 });
      const broken = await findBrokenWords();
      if (broken.length > 0) found[width] = broken;
    }
    expect(found).toEqual({});
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  test.each(['en', 'ko'])('no view is wider than its window, and no heading or button breaks a word (%s)', async (language) => {
    await page.evaluate(`localStorage.setItem('kindred.language', '${language}')`);
    await page.reload();
    const { people } = await engine.api.call('people.list', { limit: 1 });
    const found: Record<string, string[]> = {};
    for (const view of ['people', `person/${people[0]!.id}`, 'review', 'checks/mixed', 'trust', 'history', 'settings', 'failures']) {
      await page.evaluate(`location.hash = '#/${view}'`);
      await page.locator('#content h1').first().waitFor();
      for (const width of [320, 601, 768, 1024]) {
        await page.setViewportSize({ width, height: 800 });
        const broken: string[] = await page.evaluate(`(() => {
          const words = [...document.querySelectorAll('#content :is(h1, h2, h3, button, legend, label span)')].filter((element) => element.offsetWidth > 1);
          const isBroken = (element) => {
            const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
              for (const word of node.data.matchAll(/\\S+/g)) {
                const range = document.createRange();
                range.setStart(node, word.index);
                range.setEnd(node, word.index + word[0].length);
                if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) return true;
              }
            }
            return false;
          };
          const wide = [...document.querySelectorAll('#content .view')].filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1);
          return [...words.filter(isBroken), ...wide].map((element) => element.tagName + ' ' + element.textContent.trim().slice(0, 40));
        })()`);
        if (broken.length > 0) found[`${view} ${width}`] = broken;
      }
    }
    expect(found).toEqual({});
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.evaluate(`localStorage.setItem('kindred.language', 'en')`);
    await page.reload();
  });

  test('the keyboard goes on in the view that comes, and is back where it was on the way back', async () => {
    await page.evaluate("location.hash = '#/people'");
    await page.getByTestId('person-card').nth(2).waitFor();
    const cell = page.locator('[data-testid=people-grid] [data-index="2"]');
    await cell.focus();
    const personId = await cell.getAttribute('data-id');
    await page.keyboard.press('o');
    await page.getByTestId('face-card').first().waitFor();
    await expect.poll(readFocus).toBe('content');
    await page.locator('[data-testid=face-grid] [data-index="1"]').focus();
    const faceId = await page.locator('[data-testid=face-grid] [data-index="1"]').getAttribute('data-id');
    await page.keyboard.press('Enter');
    await page.getByTestId('photo-view').waitFor();
    await expect.poll(readFocus).not.toBe('BODY');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.evaluate('document.activeElement.dataset.id')).toBe(faceId);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.evaluate('document.activeElement.dataset.id')).toBe(personId);
  });

  test.each(['review', 'checks/mixed', 'trust', 'history', 'settings', 'failures', 'people'])(
    'the keyboard is never on the page itself after a change to %s',
    async (view) => {
      await page.evaluate("location.hash = '#/people'");
      await page.locator('[data-testid=people-grid] [tabindex="0"]').focus();
      await page.evaluate(`location.hash = '#/${view}'`);
      await page.locator('#content h1').first().waitFor();
      await expect.poll(readFocus).not.toBe('BODY');
    },
  );

  test('the keyboard stays in the view where the button that was pressed is gone', async () => {
    const { people } = await engine.api.call('people.list', {});
    await page.evaluate(`location.hash = '#/person/${people.find(({ confirmedCount }) => confirmedCount === 0)!.id}'`);
    await page.getByTestId('confirm-all').focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('confirm-all').waitFor({ state: 'detached' });
    await expect.poll(readFocus).not.toBe('BODY');
    const undo = page.getByTestId('toast-undo');
    await undo.focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('toast-redo').waitFor();
    await expect.poll(readFocus).not.toBe('BODY');
  });

  test('a dialog gives the keyboard back, also where what opened it is gone', async () => {
    await page.evaluate("location.hash = '#/people'");
    await page.getByTestId('help').focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('help-dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByTestId('help-dialog').waitFor({ state: 'detached' });
    await expect.poll(readFocus).toBe('help');
    const cards = page.getByTestId('person-card');
    await cards.nth(0).hover();
    await cards.nth(0).getByTestId('person-select').click();
    await cards.nth(1).getByTestId('person-select').click();
    await page.getByTestId('merge-selected').click();
    await page.getByTestId('merge-confirm').click();
    await page.getByTestId('toast-undo').waitFor();
    await expect.poll(readFocus).not.toBe('BODY');
    await page.keyboard.press('Control+z');
  });

  test('a name that is typed quickly breaks nothing', async () => {
    await page.evaluate("location.hash = '#/people'");
    const { people } = await engine.api.call('people.list', {});
    for (const [index, name] of ['Anna', 'Annette', 'Bea'].entries()) {
      await engine.api.call('people.name', { personId: people[index]!.id, name });
    }
    for (let round = 0; round < 4; round += 1) {
      await page.getByTestId('person-card').last().getByTestId('person-name').click();
      await page.getByTestId('name-input').pressSequentially(['An', 'Ann', 'b', 'Anne'][round]!, { delay: 25 });
      await page.getByTestId('name-option').first().waitFor();
      for (let turn = 0; turn < 6; turn += 1) {
        await page.keyboard.type('z');
        await page.waitForTimeout(15 * turn);
        await page.keyboard.press('Backspace');
        await page.waitForTimeout(15 * turn);
      }
      await page.keyboard.press('Escape');
    }
    expect(new Set(problems)).toEqual(new Set());
  });

  test('the field that finds people by name keeps the keyboard, whoever it finds', async () => {
    await page.evaluate("location.hash = '#/people'");
    await page.getByTestId('people-search').fill('Ann');
    await expect.poll(() => page.getByTestId('person-card').count()).toBe(2);
    await page.keyboard.type('xyz');
    await expect.poll(() => page.getByTestId('person-card').count()).toBe(0);
    expect(await readFocus()).toBe('people-search');
    await page.getByTestId('people-search').fill('');
    await expect.poll(() => page.getByTestId('person-card').count()).toBeGreaterThan(2);
  });

  test('a folder that is not there is said to be none', async () => {
    await page.getByTestId('add-folders').click();
    await page.getByTestId('folder-list').waitFor();
    await expect.poll(() => page.getByTestId('folder-path').inputValue()).not.toBe('');
    await page.getByTestId('folder-path').fill('/no/such/folder');
    await page.getByTestId('folder-path').press('Enter');
    const alert = page.getByTestId('folder-dialog').getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toBe('There is no folder /no/such/folder.');
    await page.keyboard.press('Escape');
  });

  test('nothing went wrong in the page, and nobody is kept out', async () => {
    await addBarrierSearch(page);
    await expectNoBarriers(page);
    expect(new Set(problems)).toEqual(new Set());
  });
});
