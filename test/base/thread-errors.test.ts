import { describe, expect, test } from 'vitest';
import { AppError, serializeError } from '../../electron/base/errors.ts';
import { runInWorker } from '../../electron/base/run-in-worker.ts';
import { packError, unpackError } from '../../electron/base/thread-errors.ts';

function cross(error: unknown): AppError {
  return unpackError(structuredClone(packError(error)));
}

describe('an error that crosses a thread', () => {
  test('keeps code, parameters, message, stack and every cause', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', name: 'SystemError' });
    const inner = new AppError('disk-full', 'Expected room', { cause: full, parameters: { path: '/x' } });
    const outer = new AppError('internal', 'Expected to go on', { cause: inner });
    const arrived = cross(outer);
    expect(arrived).toBeInstanceOf(AppError);
    expect(arrived).toMatchObject({ code: 'internal', message: 'Expected to go on', stack: outer.stack });
    expect(arrived.cause).toBeInstanceOf(AppError);
    expect(arrived.cause).toMatchObject({ code: 'disk-full', parameters: { path: '/x' }, stack: inner.stack });
    expect((arrived.cause as AppError).cause).toMatchObject({ name: 'SystemError', code: 'ENOSPC', stack: full.stack });
  });

  test('that is a bug arrives as one, caused by what it was', () => {
    const bug = new TypeError('x is not a function');
    const arrived = cross(bug);
    expect(arrived).toMatchObject({ code: 'internal', message: 'x is not a function' });
    expect(arrived.cause).toMatchObject({ name: 'TypeError', message: 'x is not a function', stack: bug.stack });
  });

  test('that the disk threw says what and which', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
    expect(cross(full)).toMatchObject({ code: 'disk-full', parameters: { systemCode: 'ENOSPC' } });
    const locked = Object.assign(new Error("EROFS: read-only file system, open '/x/y'"), { code: 'EROFS', path: '/x/y' });
    expect(cross(locked)).toMatchObject({ code: 'read-only-disk', parameters: { path: '/x/y' }, cause: { code: 'EROFS' } });
    expect(serializeError(locked)).toMatchObject({ code: 'read-only-disk', parameters: { path: '/x/y' } });
    const port = Object.assign(new Error('listen EACCES: permission denied 0.0.0.0:80'), { code: 'EACCES', syscall: 'listen' });
    expect(serializeError(port).code).toBe('internal');
  });

  test.each([['text'], [undefined], [null], [42]])('may be no error at all: %s', (thrown) => {
    expect(cross(thrown)).toMatchObject({ code: 'internal', message: String(thrown) });
  });

  test('whose causes lead in a circle ends', () => {
    const first = new Error('first');
    first.cause = new Error('second', { cause: first });
    expect(cross(first).message).toBe('first');
  });

  test('says to a connection only code, message and parameters', () => {
    const serialized = serializeError(cross(new AppError('conflict', 'no', { cause: new Error('/home/anna/x.jpg') })));
    expect(serialized).toEqual({ code: 'conflict', message: 'no', parameters: {} });
  });
});

test("a task's error leaves its worker with its stack and its cause", async () => {
  const failure = await runInWorker(import.meta.url, './failing-task', null).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'bad-argument', parameters: { field: 'length' } });
  expect((failure as AppError).stack).toContain('failing-task');
  expect((failure as AppError).cause).toMatchObject({ name: 'RangeError', message: 'too long' });
});
