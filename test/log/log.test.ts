import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../electron/base/errors.ts';
import { packError, unpackError } from '../../electron/base/thread-errors.ts';
import { openLog, type Log } from '../../electron/log/open-log.ts';
import { createRedactor } from '../../electron/log/redact-text.ts';

const redact = createRedactor([
  { path: '/home/anna/kindred', name: 'program', ownEntries: /^(electron|dist|node_modules)\// },
  { path: '/home/anna/.local/share/kindred', name: 'library', ownEntries: /^(library\.sqlite|thumbnails|neighbours|logs)/ },
  { path: 'C:\\Users\\Anna\\kindred', name: 'program', ownEntries: /^(electron|dist|node_modules)\// },
]);

let folder: string;
let clockMs: number;
let log: Log;
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(tmpdir(), 'kindred-log-')), 'logs');
  clockMs = Date.UTC(2026, 0, 1);
  log = openLog({ folder, redact, now: () => (clockMs += 100_000) });
});
afterEach(() => rmSync(path.dirname(folder), { recursive: true }));

function read(): string {
  return readFileSync(path.join(folder, 'kindred.log'), 'utf8');
}

describe('what is left of a text', () => {
  test.each([
    ["ENOENT: no such file or directory, open '/home/anna/가족 사진/휴가 2020/안나.jpg'", "ENOENT: no such file or directory, open '<text>'"],
    ['Expected a folder or file but nothing is at /home/anna/Photos of Bob/a.jpg', 'Expected a folder or file but nothing is at <path>'],
    ["EACCES: permission denied, open 'D:\\Fotos\\Anna am Meer.jpg'", "EACCES: permission denied, open '<text>'"],
    ['Expected \\\\server\\share\\Anna to be there', 'Expected <path>'],
    ['Expected an image for Anna_am_Meer.JPG but received text', 'Expected an image for <file> but received text'],
    ['Unexpected token \'A\', "Anna was h"... is not valid JSON', 'Unexpected token \'<text>\', "<text>"... is not valid JSON'],
    ["Cannot read properties of undefined (reading 'faceIds')", "Cannot read properties of undefined (reading 'faceIds')"],
    ["Expected the database's thread to go on", "Expected the database's thread to go on"],
    ["SQLITE_FULL at '/home/anna/.local/share/kindred/library.sqlite'", "SQLITE_FULL at '<library>/library.sqlite'"],
    ["no room for '/home/anna/.local/share/kindred/my photos/anna.jpg'", "no room for '<text>'"],
    ["cannot load '/home/anna/kindred/electron/engine/engine.ts'", "cannot load '<program>/electron/engine/engine.ts'"],
    ["cannot load '/home/anna/kindred/my photos/anna.ts'", "cannot load '<text>'"],
    ['no room for /home/anna/.local/share/kindred/my photos/Anna', 'no room for <library>/<path>'],
    ['no room for /home/anna/.local/share/kindred2/Anna', 'no room for <path>'],
    ['no room for /home/anna/.local/share/kindred of Anna/x', 'no room for <path>'],
    ['no room for /home/anna/.local/share/kindred', 'no room for <library>'],
    ['UNIQUE constraint failed: people.uuid', 'UNIQUE constraint failed: people.uuid'],
  ])('%s', (text, expected) => expect(redact(text)).toBe(expected));

  test.each([
    ['    at open (file:///home/anna/kindred/dist/electron/engine/engine.js:12:3)', '    at open (<program>/dist/electron/engine/engine.js:12:3)'],
    ['    at file:///C:/Users/Anna/kindred/dist/main.js:1:1', '    at <path>'],
    ['    at C:\\Users\\Anna\\kindred\\electron\\x.ts:1:1', '    at <program>/electron/x.ts:1:1'],
    ["    at async data:text/javascript,import('file%3A%2F%2F%2Fhome%2Fanna%2Fx.ts')%3B:1:99", '    at async data:'],
    ['    at run (/home/anna/my photos/run.js:1:2)', '    at run (<path>)'],
    ['    at file:///home/anna/%EA%B0%80%EC%A1%B1/run.js:1:2', '    at <path>'],
    ['    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)', '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)'],
  ])('frame %s', (frame, expected) => expect(redact(frame)).toBe(expected));
});

describe('the log', () => {
  test('says code, cause and stack of what nobody expected, as it came out of a thread', () => {
    const cause = Object.assign(new Error('database or disk is full'), { name: 'SqliteError', code: 'SQLITE_FULL' });
    cause.stack = 'SqliteError: database or disk is full\n    at save (/home/anna/kindred/electron/database/tables/photos.ts:10:5)';
    const error = new AppError('disk-full', 'Expected to use the library /home/anna/.local/share/kindred/library.sqlite but received SQLITE_FULL', {
      cause,
      parameters: { path: '/home/anna/.local/share/kindred/library.sqlite', systemCode: 'SQLITE_FULL' },
    });
    log.noteError(unpackError(structuredClone(packError(error))), 'people.name');
    const [head, ...rest] = read().split('\n');
    expect(head).toBe(
      '2026-01-01T00:03:20.000Z error in people.name: AppError disk-full: Expected to use the library <library>/library.sqlite but received SQLITE_FULL (systemCode=SQLITE_FULL)',
    );
    expect(rest.join('\n')).toContain('caused by SqliteError SQLITE_FULL: database or disk is full\n    at save (<program>/electron/database/tables/photos.ts:10:5)');
  });

  test('has no names of people and no paths of photos, wherever an error holds them', () => {
    const secret = /anna|bob|가족|안나|meer|secret/iu;
    const photo = '/home/anna/가족 사진/secret.jpg';
    log.noteError(new TypeError(`Expected to look at ${photo}`), 'media');
    log.noteError(new AppError('internal', 'Expected one person but received Anna and Bob', { parameters: { candidates: 'Anna and Bob', path: photo } }), 'people.list');
    log.noteError(new AppError('worker-crashed', 'it ended', { cause: new Error(`Input file "${photo}" is no image`) }), 'import');
    log.noteError(`thrown text about ${photo}`, 'import');
    log.noteError({ path: photo }, 'import');
    const odd = new Error('odd\nsecond line of /home/anna/secret');
    odd.stack = `Error: odd\nsecond line of ${photo}\n    at run (${photo}:1:2)`;
    log.noteError(odd, 'import');
    expect(read().match(/error in/gu)).toHaveLength(6);
    expect(read()).not.toMatch(secret);
  });

  test('leaves out what is expected to go wrong, and writes once what several pass on', () => {
    for (const code of ['not-found', 'bad-argument', 'cancelled', 'corrupt-image'] as const) log.noteError(new AppError(code, 'x'), 'here');
    expect(existsSync(folder)).toBe(false);
    const error = new Error('once');
    log.noteError(error, 'here');
    log.noteError(error, 'there');
    expect(read().match(/once/gu)).toHaveLength(1);
  });

  test('counts the same error over and over', () => {
    const quick = openLog({ folder, redact, now: () => clockMs });
    const fail = (): Error => Object.assign(new Error('again'), { stack: 'Error: again\n    at one (node:fs:1:1)' });
    for (let index = 0; index < 1000; index++) quick.noteError(fail(), 'here');
    quick.note('end');
    expect(read().match(/again/gu)).toHaveLength(1);
    expect(read()).toContain('the same 999 more times');
  });

  test.skipIf(process.platform === 'win32')('is for its user alone, bounded in size, and keeps a few earlier files', () => {
    const small = openLog({ folder, redact, now: () => (clockMs += 100_000), maxBytes: 1_000 });
    for (let index = 0; index < 200; index++) small.note('job', { index });
    expect(readdirSync(folder).sort()).toEqual(['kindred.1.log', 'kindred.2.log', 'kindred.3.log', 'kindred.log']);
    for (const name of readdirSync(folder)) {
      const { mode, size } = statSync(path.join(folder, name));
      expect([mode & 0o777, size <= 1_000]).toEqual([0o600, true]);
    }
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(read()).toContain('index=199');
    expect(readFileSync(path.join(folder, 'kindred.1.log'), 'utf8')).not.toContain('index=199');
  });

  test('goes on where an earlier start ended', () => {
    log.note('one');
    openLog({ folder, redact, now: () => clockMs }).note('two');
    expect(read()).toMatch(/one\n.*two\n$/u);
  });

  test('does no harm where it cannot be written', () => {
    writeFileSync(folder, 'a file in its place');
    expect(() => log.noteError(new Error('x'), 'here')).not.toThrow();
    expect(readFileSync(folder, 'utf8')).toBe('a file in its place');
  });
});
