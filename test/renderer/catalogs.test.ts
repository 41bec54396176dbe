/** Both catalogs say the same things: the same keys, the same parameters, and no sentence that cannot be formatted. */

import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, it } from 'vitest';
import { AppError, errorCodes, type ErrorCode } from '../../electron/base/errors.ts';
import { journalKinds } from '../../electron/api/schemas.ts';
import { en } from '../../renderer/i18n/en.ts';
import type { MessageKey } from '../../renderer/i18n/en.ts';
import { ko } from '../../renderer/i18n/ko.ts';
import { chooseLocale, Translator } from '../../renderer/i18n/translator.svelte.ts';

const keys = Object.keys(en) as MessageKey[];

interface Part {
  readonly value?: unknown;
  readonly type: number;
  readonly options?: Readonly<Record<string, { readonly value: readonly Part[] }>>;
}

/** Part types 1 to 6 carry the name of a parameter; 0 is text and 7 the number of a plural. */
function collectParameters(parts: readonly Part[], found = new Set<string>()): ReadonlySet<string> {
  for (const part of parts) {
    if (part.type >= 1 && part.type <= 6 && typeof part.value === 'string') found.add(part.value);
    for (const option of Object.values(part.options ?? {})) collectParameters(option.value, found);
  }
  return found;
}

function readParameters(message: string, locale: string): string[] {
  const format = new IntlMessageFormat(message, locale, undefined, { ignoreTag: true });
  return [...collectParameters(format.getAst() as readonly Part[])].sort();
}

describe('catalogs', () => {
  it('have the same keys in the same order', () => {
    expect(Object.keys(ko)).toEqual(keys);
  });

  it.each(keys)('use the same parameters for %s', (key) => {
    expect(readParameters(ko[key], 'ko')).toEqual(readParameters(en[key], 'en'));
  });

  it('leave nothing untranslated but names', () => {
    const same = keys.filter((key) => en[key] === ko[key]);
    expect(same).toEqual(['app.name']);
  });

  it('have a sentence for every error and every kind of step', () => {
    for (const code of errorCodes) expect(keys).toContain(`error.${code}`);
    for (const kind of journalKinds) expect(keys).toContain(`journal.${kind}`);
  });
});

describe('chooseLocale', () => {
  it('takes the first language that there is a catalog for', () => {
    expect(chooseLocale(['fr-FR', 'ko-KR', 'en'])).toBe('ko');
    expect(chooseLocale(['EN-us'])).toBe('en');
  });

  it('falls back to English', () => {
    expect(chooseLocale(['fr', 'de'])).toBe('en');
    expect(chooseLocale([])).toBe('en');
  });
});

describe('Translator', () => {
  it('speaks another language as soon as the locale changes', () => {
    const translator = new Translator('en');
    expect(translator.t('people.count', { count: 1 })).toBe('1 person');
    expect(translator.t('people.count', { count: 1234 })).toBe('1,234 people');
    translator.locale = 'ko';
    expect(translator.t('people.count', { count: 1234 })).toBe('1,234명');
  });

  it('says what a step of the journal did', () => {
    const translator = new Translator('en');
    const say = (kind: (typeof journalKinds)[number], parameters: Record<string, string | number | boolean | null>) =>
      translator.journalEntry({ kind, parameters });
    expect(say('name-person', { name: 'Anna', previousName: null, faces: 3 })).toBe('Named Anna');
    expect(say('name-person', { name: 'Anna', previousName: 'Ann', faces: 3 })).toBe('Renamed Ann to Anna');
    expect(say('name-person', { name: null, previousName: 'Ann', faces: 3 })).toBe('Removed the name Ann');
    expect(say('merge-people', { name: 'Anna', sources: 2, faces: 9 })).toBe('Merged 2 people into Anna');
    expect(say('merge-people', { name: null, sources: 1, faces: 9 })).toBe('Merged 1 person into an unnamed person');
    expect(say('move-faces', { name: null, faces: 2, isNew: true })).toBe('2 faces moved to a new person');
    expect(say('reject-faces', { faces: 4 })).toBe('Took out 4 faces');
    expect(say('tell-apart', { name: 'Anna', otherName: null })).toBe('Told Anna and an unnamed person apart');
    expect(say('leave-open', { name: null, otherName: null })).toBe('Left open whether an unnamed person and another are one');
    expect(say('split-person', { name: 'Anna', people: 2, faces: 4 })).toBe('Split 4 faces off Anna');
    expect(say('ignore-strangers', { people: 1, faces: 1 })).toBe('Set 1 face of strangers aside');
  });

  it('says of what is not there what it was, and not that it has gone from the library', () => {
    const translator = new Translator('en');
    const say = (code: ErrorCode, parameters: Record<string, string>) => translator.error(new AppError(code, '', { parameters }));
    expect(say('not-found', { path: '/nowhere' })).toBe('There is no folder /nowhere.');
    expect(say('bad-argument', { path: '/a.jpg' })).toBe('/a.jpg is not a folder.');
    expect(say('permission-denied', { path: '/root' })).toBe('Kindred is not allowed to read /root.');
    expect(say('not-found', { kind: 'pack', id: 'nobody' })).toBe('There is no model nobody.');
    expect(say('not-found', { kind: 'person', id: 'x' })).toBe('That is no longer in the library.');
    translator.locale = 'ko';
    expect(say('not-found', { path: '/nowhere' })).toBe('그런 폴더가 없습니다: /nowhere');
  });

  it('says a date as far as it is known', () => {
    const translator = new Translator('en');
    expect(['1998', '1998-04', '1998-04-02'].map((date) => translator.partialDate(date))).toEqual(['1998', 'April 1998', 'April 2, 1998']);
    translator.locale = 'ko';
    expect(translator.partialDate('1998-04-02')).toBe('1998년 4월 2일');
  });

  it('rounds the time that is left to what one can rely on', () => {
    const translator = new Translator('en');
    expect(translator.timeLeft(0.2)).toBe('1 second left');
    expect(translator.timeLeft(40)).toBe('40 seconds left');
    expect(translator.timeLeft(70)).toBe('about a minute left');
    expect(translator.timeLeft(600)).toBe('about 10 minutes left');
    expect(translator.timeLeft(7200)).toBe('about 2 hours left');
  });
});
