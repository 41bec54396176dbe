import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { listenForInterrupts } from '../../electron/terminal/interrupts.ts';

function listen() {
  const source = new EventEmitter();
  const clock = { nowMs: 0 };
  const heard: number[] = [];
  const stop = listenForInterrupts(source, () => heard.push(clock.nowMs), () => clock.nowMs);
  const send = (signal: NodeJS.Signals, atMs: number): void => {
    clock.nowMs = atMs;
    source.emit(signal);
  };
  return { source, heard, stop, send };
}

describe('Ctrl-C', () => {
  test('is heard once where terminal, npm and the launcher all pass it on', () => {
    const { heard, send } = listen();
    send('SIGINT', 0);
    send('SIGINT', 2);
    send('SIGINT', 400);
    expect(heard).toEqual([0]);
  });

  test('is heard again from somebody who presses it again', () => {
    const { heard, send } = listen();
    send('SIGINT', 0);
    send('SIGINT', 600);
    send('SIGINT', 1_200);
    send('SIGINT', 1_300);
    expect(heard).toEqual([0, 1_200]);
  });

  test('is heard like the end that the system asks for, and that of the terminal', () => {
    const { heard, send } = listen();
    send('SIGTERM', 0);
    send('SIGHUP', 2_000);
    send('SIGINT', 2_001);
    expect(heard).toEqual([0, 2_000]);
  });

  test('is not heard any more by who has stopped listening', () => {
    const { source, heard, stop, send } = listen();
    stop();
    send('SIGINT', 0);
    expect(heard).toEqual([]);
    expect(source.eventNames()).toEqual([]);
  });
});
