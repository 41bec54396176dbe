import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { restrictPages } from '../../electron/shell/page-restrictions.ts';
import type { PageRestrictions } from '../../electron/shell/page-restrictions.ts';

/** What Electron would call, kept to be called by the test. */
class FakeSession extends EventEmitter {
  readonly handlers = new Map<string, (...args: unknown[]) => unknown>();

  setPermissionRequestHandler(handler: (...args: unknown[]) => unknown): void {
    this.handlers.set('request', handler);
  }

  setPermissionCheckHandler(handler: (...args: unknown[]) => unknown): void {
    this.handlers.set('check', handler);
  }

  setDevicePermissionHandler(handler: (...args: unknown[]) => unknown): void {
    this.handlers.set('device', handler);
  }

  readonly webRequest = {
    onBeforeRequest: (handler: (...args: unknown[]) => unknown): void => void this.handlers.set('load', handler),
  };
}

class FakeContents extends EventEmitter {
  openHandler: (() => { action: string }) | null = null;

  setWindowOpenHandler(handler: () => { action: string }): void {
    this.openHandler = handler;
  }
}

function restrict(hasDeveloperTools: boolean) {
  const app = new EventEmitter();
  const session = new FakeSession();
  // The fakes have what is used of Electron's classes, not all of their overloads.
  restrictPages({ app, session, hasDeveloperTools } as unknown as PageRestrictions);
  const contents = new FakeContents();
  app.emit('web-contents-created', {}, contents);
  const isStopped = (emitter: EventEmitter, name: string, url?: string): boolean => {
    let stopped = false;
    emitter.emit(name, { url, preventDefault: () => (stopped = true) });
    return stopped;
  };
  const isCancelled = (url: string): boolean => {
    let decision: { cancel?: boolean } = {};
    session.handlers.get('load')!({ url }, (given: { cancel?: boolean }) => (decision = given));
    return decision.cancel ?? false;
  };
  return { session, contents, isStopped, isCancelled };
}

describe('a page of the desktop app', () => {
  test.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])('goes nowhere but to the app: %s', (name) => {
    const { contents, isStopped } = restrict(false);
    for (const url of ['https://example.org/', 'file:///etc/passwd', 'data:text/html,x', 'kindred://other/', 'mailto:a@b.c']) {
      expect(isStopped(contents, name, url)).toBe(true);
    }
    expect(isStopped(contents, name, 'kindred://app/people')).toBe(false);
  });

  test('opens no window, holds no other page and downloads nothing', () => {
    const { session, contents, isStopped } = restrict(false);
    expect(contents.openHandler!()).toEqual({ action: 'deny' });
    expect(isStopped(contents, 'will-attach-webview')).toBe(true);
    expect(isStopped(session, 'will-download')).toBe(true);
  });

  test('gets no permission and no device', () => {
    const { session } = restrict(true);
    let decision: unknown = null;
    session.handlers.get('request')!({}, 'media', (given: unknown) => (decision = given));
    expect(decision).toBe(false);
    expect(session.handlers.get('check')!({}, 'clipboard-read')).toBe(false);
    expect(session.handlers.get('device')!({ deviceType: 'usb' })).toBe(false);
  });

  test('loads what developer tools need only where there are any', () => {
    for (const url of ['chrome-extension://abcdef/x.js', 'devtools://devtools/x']) {
      expect(restrict(false).isCancelled(url)).toBe(true);
      expect(restrict(true).isCancelled(url)).toBe(false);
    }
    expect(restrict(false).isCancelled('kindred://app/')).toBe(false);
    expect(restrict(true).isCancelled('https://example.org/')).toBe(true);
  });
});
