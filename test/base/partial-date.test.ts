import { describe, expect, test } from 'vitest';
import { readPartialDate } from '../../electron/base/partial-date.ts';

describe('reading a date', () => {
  test.each([
    ['1990', '1990'],
    [' 1998 ', '1998'],
    ['1998-4', '1998-04'],
    ['1998/4/2', '1998-04-02'],
    ['1998. 4. 2.', '1998-04-02'],
    ['5/1990', '1990-05'],
    ['3.5.1990', '1990-05-03'],
    ['03. 05. 1990', '1990-05-03'],
    ['13/05/1990', '1990-05-13'],
    ['05/13/1990', '1990-05-13'],
    ['5 March 1990', '1990-03-05'],
    ['March 5, 1990', '1990-03-05'],
    ['5th of March 1990', '1990-03-05'],
    ['Mar 1990', '1990-03'],
    ['März 1990', '1990-03'],
    ['5. März 1990', '1990-03-05'],
    ['1er mars 1990', '1990-03-01'],
    ['3 de mayo de 1990', '1990-05-03'],
    ['3 мая 1990', '1990-05-03'],
    ['1990년', '1990'],
    ['1990년 5월', '1990-05'],
    ['1990년 5월 3일', '1990-05-03'],
    ['1990年5月3日', '1990-05-03'],
  ])('takes %j whatever the language', (text, date) => {
    for (const language of ['en-US', 'de-DE', 'ko-KR']) expect(readPartialDate(text, [language])).toBe(date);
  });

  test.each([
    ['en-US', '1990-03-05'],
    ['en-GB', '1990-05-03'],
    ['de-DE', '1990-05-03'],
    ['ko-KR', '1990-03-05'],
  ])('takes the order of %s where two numbers may both be the month', (language, date) => {
    expect(readPartialDate('03/05/1990', [language, 'en'])).toBe(date);
    expect(readPartialDate('03-05-1990', [language, 'en'])).toBe(date);
  });

  test.each(['', '98', '3/5/90', '1998-13', '1998-02-30', '31/02/1990', '1998-04-02-01', 'April', 'Ma 1990', 'ju 1990', '5 6 March 1990', 'born 1990', '1990 or 1991', '13/13/1990'])(
    'takes %j for none',
    (text) => {
      expect(readPartialDate(text, ['en-US'])).toBeNull();
    },
  );

  test('goes on where the system names a language that is none', () => {
    expect(readPartialDate('3/5/1990', ['C.UTF-8', 'de'])).toBe('1990-05-03');
  });
});
