/** Begins the calls of one connection in order: so many at a time, none while answers pile up, and only so many waiting. */

import type { Limiter } from '../base/limiter.ts';
import type { ApiLimits } from './limits.ts';
import { createTooMuch } from './measure-message.ts';

interface WaitingCall {
  readonly bytes: number;
  run(): Promise<void>;
}

export interface CallQueueOptions {
  readonly limits: ApiLimits;
  /** Shared by all connections of a host. */
  readonly slots: Limiter;
  /** Whether no more answers may be made for now; `advance` is to be called when that is over. */
  isHeldBack(): boolean;
}

export class CallQueue {
  readonly #options: CallQueueOptions;
  readonly #waiting = new Map<number, WaitingCall>();
  #waitingBytes = 0;
  #underWay = 0;

  constructor(options: CallQueueOptions) {
    this.#options = options;
  }

  /** @param bytes what the call takes while it waits @param run never rejects
   *  @throws AppError "too-much" where too many calls wait already, or calls of too many bytes */
  add(id: number, bytes: number, run: () => Promise<void>): void {
    const { callsWaiting, waitingBytes } = this.#options.limits;
    if (this.#waiting.size >= callsWaiting) throw createTooMuch('calls', callsWaiting, 'the connection');
    // A call that nothing waits before may be as large as a message may be.
    if (this.#waiting.size > 0 && this.#waitingBytes + bytes > waitingBytes) throw createTooMuch('bytes', waitingBytes, 'waiting calls');
    this.#waiting.set(id, { bytes, run });
    this.#waitingBytes += bytes;
    this.advance();
  }

  /** @returns whether the call was still waiting, and now never begins */
  remove(id: number): boolean {
    const call = this.#waiting.get(id);
    if (call === undefined) return false;
    this.#waiting.delete(id);
    this.#waitingBytes -= call.bytes;
    return true;
  }

  /** Begins what may begin. */
  advance(): void {
    const { limits, slots, isHeldBack } = this.#options;
    for (const [id, { run }] of this.#waiting) {
      if (this.#underWay >= limits.callsUnderWay || isHeldBack()) return;
      this.remove(id);
      this.#underWay += 1;
      void slots.run(run).finally(() => {
        this.#underWay -= 1;
        this.advance();
      });
    }
  }

  clear(): void {
    this.#waiting.clear();
    this.#waitingBytes = 0;
  }
}
