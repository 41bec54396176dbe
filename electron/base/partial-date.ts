/** Reads calendar dates as people write them, as far as they are known: a year, a month, or a day. */

/** Whose names of months are known wherever Kindred runs, beside those of the user's own languages. */
const knownLanguages = ['en', 'ko', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'sv', 'da', 'nb', 'fi', 'cs', 'ru', 'uk', 'tr', 'el', 'ja', 'zh'];
/** What stands between the parts of a date and says nothing: "5th of March", "3 de mayo de 1990", "1er mars". */
const emptyWords = new Set(['of', 'the', 'de', 'del', 'den', 'st', 'nd', 'rd', 'th', 'er', 'º', 'ª']);
/** A month may be cut off after so many letters. */
const shortestMonth = 3;

interface DateParts {
  readonly year: number;
  readonly month?: number;
  readonly day?: number;
}

/**
 * Reads "1990", "1990-05", "3.5.1990", "03/05/1990", "5 March 1990", "März 1990", "1990년 5월 3일" and the like. Of two
 * numbers that may both be the month, the first is the day after the manner of whoever writes: with dots always, else as
 * the first of `languages` has it.
 * @param languages the user's, the preferred one first, as BCP 47 tags
 * @returns YYYY, YYYY-MM or YYYY-MM-DD; null for what is no real date, or leaves the century open
 */
export function readPartialDate(text: string, languages: readonly string[]): string | null {
  const written = text.trim().normalize('NFC');
  const parts = /\p{L}/u.test(written) ? readWords(written, languages) : readNumbers(written, languages);
  return parts === null ? null : formatParts(parts);
}

function readNumbers(written: string, languages: readonly string[]): DateParts | null {
  const numbers = written.replace(/\.$/, '').split(/\s*[-./\s]\s*/);
  if (numbers.length > 3 || !numbers.every((number) => /^\d{1,4}$/.test(number))) return null;
  const [first = '', second, third] = numbers;
  if (isYear(first)) return toParts(first, second, third);
  if (second === undefined || numbers.slice(0, -1).some((number) => number.length > 2)) return null;
  if (third === undefined) return isYear(second) ? toParts(second, first) : null;
  if (!isYear(third)) return null;
  const isDayFirst = Number(second) > 12 ? false : Number(first) > 12 || written.includes('.') || writesDayFirst(languages);
  return isDayFirst ? toParts(third, second, first) : toParts(third, first, second);
}

/** With the name of a month in it, or Korean, Chinese and Japanese marks behind numbers. */
function readWords(written: string, languages: readonly string[]): DateParts | null {
  const marked = /^(\d{4})\s*[년年](?:\s*(\d{1,2})\s*[월月](?:\s*(\d{1,2})\s*[일日])?)?$/u.exec(written);
  if (marked !== null) return toParts(marked[1]!, marked[2], marked[3]);
  const tokens = written.toLowerCase().match(/\d+|\p{L}+|[ºª]/gu) ?? [];
  const numbers = tokens.filter((token) => /^\d/.test(token));
  const words = tokens.filter((token) => !/^\d/.test(token) && !emptyWords.has(token));
  const years = numbers.filter(isYear);
  const days = numbers.filter((number) => number.length <= 2);
  const month = words.length === 1 ? findMonth(words[0]!, languages) : null;
  if (month === null || years.length !== 1 || days.length > 1 || years.length + days.length !== numbers.length) return null;
  return toParts(years[0]!, String(month), days[0]);
}

function isYear(number: string): boolean {
  return number.length === 4;
}

function toParts(year: string, month?: string, day?: string): DateParts {
  return { year: Number(year), ...(month === undefined ? {} : { month: Number(month) }), ...(day === undefined ? {} : { day: Number(day) }) };
}

function formatParts({ year, month, day }: DateParts): string | null {
  const date = new Date(0);
  date.setUTCFullYear(year, (month ?? 1) - 1, day ?? 1);
  // The 31st of February is the 3rd of March to a Date.
  if (date.getUTCMonth() !== (month ?? 1) - 1 || date.getUTCDate() !== (day ?? 1)) return null;
  const pad = (value: number, length: number): string => String(value).padStart(length, '0');
  return [pad(year, 4), ...(month === undefined ? [] : [pad(month, 2)]), ...(day === undefined ? [] : [pad(day, 2)])].join('-');
}

function writesDayFirst(languages: readonly string[]): boolean {
  const [language = 'en'] = keepValid(languages);
  const kinds = new Intl.DateTimeFormat(language, { dateStyle: 'short' }).formatToParts(0).map(({ type }) => type);
  return kinds.indexOf('day') < kinds.indexOf('month');
}

/** @returns 1 to 12, null for no month, or for the beginning of several */
function findMonth(word: string, languages: readonly string[]): number | null {
  for (const language of keepValid([...languages, ...knownLanguages])) {
    const names = listMonthNames(language);
    const matches = names.flatMap((forms, index) => (forms.some((form) => isMonth(word, form)) ? [index + 1] : []));
    if (matches.length === 1) return matches[0]!;
  }
  return null;
}

function isMonth(word: string, name: string): boolean {
  return name === word || (word.length >= shortestMonth && name.startsWith(word));
}

/** By month: as it stands alone, beside a day, and short. */
function listMonthNames(language: string): string[][] {
  const styles: Intl.DateTimeFormatOptions[] = [{ month: 'long' }, { month: 'long', day: 'numeric' }, { month: 'short' }];
  const formats = styles.map((style) => new Intl.DateTimeFormat(language, { ...style, timeZone: 'UTC' }));
  return Array.from({ length: 12 }, (_, month) =>
    formats.map((format) => {
      const name = format.formatToParts(Date.UTC(2000, month, 15)).find(({ type }) => type === 'month')?.value ?? '';
      return name.toLowerCase().normalize('NFC').replace(/\.$/, '');
    }),
  );
}

/** A system may call its language what no standard does. */
function keepValid(languages: readonly string[]): readonly string[] {
  return languages.filter((language) => {
    try {
      return Intl.getCanonicalLocales(language).length > 0;
    } catch {
      return false;
    }
  });
}
