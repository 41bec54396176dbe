/** Turns keys and parameters into sentences of the chosen language; what reads it is drawn again when that changes. */

import { IntlMessageFormat } from 'intl-messageformat';
import type { AppError } from '../../electron/base/errors.ts';
import type { JournalEntry } from '../../electron/api/schemas.ts';
import { en } from './en.ts';
import type { Catalog, MessageKey } from './en.ts';
import { ko } from './ko.ts';

export const locales = ['en', 'ko'] as const;
export type Locale = (typeof locales)[number];
export type MessageParameters = Readonly<Record<string, string | number | null>>;

const catalogs: Readonly<Record<Locale, Catalog>> = { en, ko };

/** The first of the user's languages that there is a catalog for, else English. */
export function chooseLocale(preferred: readonly string[]): Locale {
  for (const tag of preferred) {
    const language = tag.toLowerCase().split('-')[0];
    const locale = locales.find((candidate) => candidate === language);
    if (locale !== undefined) return locale;
  }
  return 'en';
}

export class Translator {
  locale = $state<Locale>('en');
  readonly #formats = new Map<string, IntlMessageFormat>();
  readonly #numbers = new Map<string, Intl.NumberFormat>();
  readonly #dates = new Map<string, Intl.DateTimeFormat>();

  constructor(locale: Locale) {
    this.locale = locale;
  }

  /** Bound, so that components may pass it on by itself. */
  readonly t = (key: MessageKey, parameters: MessageParameters = {}): string => {
    const cacheKey = `${this.locale}:${key}`;
    let format = this.#formats.get(cacheKey);
    if (format === undefined) {
      format = new IntlMessageFormat(catalogs[this.locale][key], this.locale, undefined, { ignoreTag: true });
      this.#formats.set(cacheKey, format);
    }
    return String(format.format(parameters));
  };

  number(value: number, fractionDigits = 0): string {
    const cacheKey = `${this.locale}:${fractionDigits}`;
    let format = this.#numbers.get(cacheKey);
    if (format === undefined) {
      format = new Intl.NumberFormat(this.locale, { maximumFractionDigits: fractionDigits });
      this.#numbers.set(cacheKey, format);
    }
    return format.format(value);
  }

  date(value: Date, options: Intl.DateTimeFormatOptions): string {
    const cacheKey = `${this.locale}:${JSON.stringify(options)}`;
    let format = this.#dates.get(cacheKey);
    if (format === undefined) {
      format = new Intl.DateTimeFormat(this.locale, options);
      this.#dates.set(cacheKey, format);
    }
    return format.format(value);
  }

  /** @param date YYYY, YYYY-MM or YYYY-MM-DD */
  partialDate(date: string): string {
    const [, month, day] = date.split('-');
    // A date without time is one of UTC, whatever it leaves out.
    const value = new Date(date);
    return this.date(value, {
      year: 'numeric',
      timeZone: 'UTC',
      ...(month === undefined ? {} : { month: 'long' }),
      ...(day === undefined ? {} : { day: 'numeric' }),
    });
  }

  /** In the unit that leaves few digits, such as "38.9 MB". */
  bytes(count: number): string {
    const [unit, divisor] = count < 1e6 ? (['kilobyte', 1e3] as const) : count < 1e9 ? (['megabyte', 1e6] as const) : (['gigabyte', 1e9] as const);
    const options: Intl.NumberFormatOptions = { style: 'unit', unit, maximumFractionDigits: count < 1e6 ? 0 : 1 };
    return new Intl.NumberFormat(this.locale, options).format(count / divisor);
  }

  personName(name: string | null): string {
    return name ?? this.t('people.unnamedPerson');
  }

  /** @param error as it came, or as a job keeps it */
  error({ code, parameters }: Pick<AppError, 'code' | 'parameters'>): string {
    const { path, kind, id, pack } = parameters;
    // Not everything that is not there was ever in the library.
    if (code === 'not-found' && typeof path === 'string') return this.t('error.noFolder', { path });
    if (code === 'not-found' && kind === 'pack') return this.t('error.noPack', { name: textOf(id ?? pack) });
    if (code === 'bad-argument' && typeof path === 'string') return this.t('error.notAFolder', { path });
    if (code === 'permission-denied' && typeof path === 'string') return this.t('error.mayNotRead', { path });
    return this.t(`error.${code}`);
  }

  timeLeft(seconds: number): string {
    if (seconds < 55) return this.t('import.secondsLeft', { count: Math.max(1, Math.round(seconds)) });
    if (seconds < 55 * 60) return this.t('import.minutesLeft', { count: Math.round(seconds / 60) });
    return this.t('import.hoursLeft', { count: Math.round(seconds / 3600) });
  }

  duration(seconds: number): string {
    if (seconds < 90) return this.t('import.seconds', { count: Math.max(1, Math.round(seconds)) });
    return this.t('import.minutes', { count: Math.round(seconds / 60) });
  }

  /** What one step of the journal did, as a sentence. */
  journalEntry(entry: Pick<JournalEntry, 'kind' | 'parameters'>): string {
    const { name: nameValue, previousName, otherName, faces, people, sources, isNew } = entry.parameters;
    const someone = this.t('journal.someone');
    const name = typeof nameValue === 'string' ? nameValue : null;
    const before = typeof previousName === 'string' ? previousName : null;
    const other = typeof otherName === 'string' ? otherName : name === null ? this.t('journal.another') : someone;
    const counted = entry.kind === 'merge-people' ? sources : faces;
    const count = typeof counted === 'number' ? counted : 1;
    if (entry.kind === 'move-faces' && name === null && isNew === true) return this.t('done.movedNew', { count });
    if (typeof people === 'number' && people > 1) {
      if (entry.kind === 'ignore-person') return this.t('journal.ignore-people', { count: people });
      if (entry.kind === 'restore-person') return this.t('journal.restore-people', { count: people });
    }
    if (entry.kind === 'name-person') {
      if (name === null) return this.t('journal.unname-person', { before: before ?? someone });
      return before === null
        ? this.t('journal.name-person', { name })
        : this.t('journal.rename-person', { before, name });
    }
    return this.t(`journal.${entry.kind}`, { name: name ?? someone, before: before ?? someone, other, count });
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
