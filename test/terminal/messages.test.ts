import { describe, expect, test } from 'vitest';
import { AppError, errorCodes } from '../../electron/base/errors.ts';
import { formatDuration } from '../../electron/terminal/job-progress.ts';
import { describeError } from '../../electron/terminal/messages.ts';
import { cleanText, countOf } from '../../electron/terminal/terminal.ts';

describe('what a person reads for an error', () => {
  test.each(errorCodes)('is one sentence or two for %s, even where nothing more is known', (code) => {
    const sentence = describeError(new AppError(code, 'Expected this for that but received the other'));
    expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(sentence).not.toContain('undefined');
    expect(sentence).not.toContain('\n');
  });

  test('names the file, the process and the port where they are known', () => {
    const describe = (code: (typeof errorCodes)[number], parameters: Record<string, string | number>): string =>
      describeError(new AppError(code, 'x', { parameters }));
    expect(describe('empty-file', { path: '/a.jpg' })).toBe('/a.jpg is empty.');
    expect(describe('library-in-use', { processId: 7 })).toContain('(process 7)');
    expect(describe('conflict', { kind: 'port', port: 80 })).toContain('Port 80 is taken');
    expect(describe('not-found', { kind: 'people', path: '/photos' })).toBe('There is no folder of photos for each person in /photos.');
    expect(describe('conflict', { kind: 'checkpoint', path: '/a.bin', settings: 'margin, steps' })).toContain('/a.bin is of a training of other settings (margin, steps).');
  });

  test('names every address of a file that could not be fetched, with its reason', () => {
    const parameters = { file: 'a.onnx', addresses: 'https://a.example, https://b.example', reason: 'https://a.example: status 404; https://b.example: 131 bytes instead of 5000' };
    for (const code of ['offline', 'model-mismatch'] as const) {
      expect(describeError(new AppError(code, 'x', { parameters }))).toContain(
        'a.onnx could not be fetched (https://a.example: status 404; https://b.example: 131 bytes instead of 5000).',
      );
    }
  });

  test('passes no control characters on', () => {
    expect(describeError(new AppError('empty-file', 'x', { parameters: { path: 'a\u{1b}[2Jb' } }))).toBe('a\u{fffd}[2Jb is empty.');
    expect(cleanText('\u{9b}a\r\n')).toBe('\u{fffd}a\u{fffd}\u{fffd}');
  });
});

describe('numbers and times', () => {
  test('are written as people write them', () => {
    expect(countOf(1, 'person', 'people')).toBe('1 person');
    expect(countOf(12_345, 'face')).toBe('12,345 faces');
    expect([0.4, 59.6, 200, 3900].map(formatDuration)).toEqual(['0 s', '1 min 0 s', '3 min 20 s', '1 h 5 min']);
  });
});
