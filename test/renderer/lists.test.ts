/** What lists, cursors, selections, addresses and messages do, without a DOM. */

import { describe, expect, it } from 'vitest';
import { AppError } from '../../electron/base/errors.ts';
import { GridCursor } from '../../renderer/ui/grid-cursor.svelte.ts';
import { chooseMediaSizePx } from '../../renderer/faces/media-size.ts';
import { PagedList } from '../../renderer/ui/paged-list.svelte.ts';
import { fitInside, placeBox } from '../../renderer/photo/photo-layout.ts';
import { formatRoute, parseRoute, Router } from '../../renderer/app/router.svelte.ts';
import type { AddressBar } from '../../renderer/app/router.svelte.ts';
import { Selection } from '../../renderer/ui/selection.svelte.ts';
import { Settings } from '../../renderer/settings/settings.svelte.ts';
import { splitPath } from '../../renderer/imports/failures.svelte.ts';
import { Toasts } from '../../renderer/ui/toasts.svelte.ts';
import type { FaceId, PersonId, PhotoId } from '../../electron/base/ids.ts';

interface Numbered {
  readonly id: string;
}

/** A source of `total` items that answers when told to, and remembers what it was asked for. */
function createSource(total: number) {
  let size = total;
  const asked: number[] = [];
  const waiting: (() => void)[] = [];
  let isHeld = false;
  return {
    asked,
    setTotal: (count: number) => {
      size = count;
    },
    hold: () => {
      isHeld = true;
    },
    release: () => {
      isHeld = false;
      for (const answer of waiting.splice(0)) answer();
    },
    read: async ({ offset, limit }: { offset: number; limit: number }) => {
      asked.push(offset);
      const length = Math.max(0, Math.min(limit, size - offset));
      const items = Array.from({ length }, (_, index): Numbered => ({ id: `${offset + index}` }));
      const answer = { total: size, items };
      if (isHeld) await new Promise<void>((resolve) => waiting.push(resolve));
      return answer;
    },
  };
}

describe('PagedList', () => {
  it('fetches only the pages on screen, once', async () => {
    const source = createSource(1000);
    const list = new PagedList(source.read, { pageSize: 10 });
    await list.show(0, 5);
    await list.show(500, 515);
    await list.show(505, 508);
    expect(source.asked).toEqual([0, 500, 510]);
    expect(list.total).toBe(1000);
    expect(list.items[507]).toEqual({ id: '507' });
    expect(list.items[300]).toBeUndefined();
  });

  it('keeps what it shows while it is fetched again', async () => {
    const source = createSource(30);
    const list = new PagedList(source.read, { pageSize: 10 });
    await list.show(0, 25);
    source.hold();
    source.setTotal(20);
    const refreshed = list.refresh();
    expect(list.items.length).toBe(30);
    expect(list.isLoading).toBe(false);
    source.release();
    await refreshed;
    expect(list.total).toBe(20);
    expect(list.items.length).toBe(20);
  });

  it('joins refreshes that come while one runs into one more', async () => {
    const source = createSource(5);
    const list = new PagedList(source.read, { pageSize: 10 });
    await list.show(0, 5);
    source.hold();
    const first = list.refresh();
    void list.refresh();
    void list.refresh();
    source.release();
    await first;
    expect(source.asked.length).toBe(3);
  });

  it('moves nothing while it is held, and catches up afterwards', async () => {
    const source = createSource(5);
    const list = new PagedList(source.read, { pageSize: 10 });
    await list.show(0, 5);
    const release = list.hold();
    source.setTotal(9);
    await list.refresh();
    expect(list.total).toBe(5);
    release();
    release();
    await list.refresh();
    expect(list.total).toBe(9);
  });

  it('says why a page did not come, and recovers', async () => {
    let isBroken = true;
    const list = new PagedList<Numbered>(async () => {
      if (isBroken) throw new AppError('disconnected', 'gone');
      return { total: 1, items: [{ id: 'a' }] };
    });
    await list.show(0, 0);
    expect(list.error?.code).toBe('disconnected');
    expect(list.isLoading).toBe(false);
    isBroken = false;
    await list.refresh();
    expect(list.error).toBeNull();
    expect(list.total).toBe(1);
  });

  it('takes items out before the engine answers and fetches the rest anew', async () => {
    const source = createSource(25);
    const list = new PagedList(source.read, { pageSize: 10 });
    await list.show(0, 9);
    list.remove((item) => item.id === '3');
    expect(list.total).toBe(24);
    expect(list.items[3]).toEqual({ id: '4' });
    await list.show(0, 9);
    expect(source.asked).toEqual([0, 0]);
  });

  it('drops answers that belong to what was shown before', async () => {
    const slow = createSource(50);
    const list = new PagedList(slow.read, { pageSize: 10 });
    slow.hold();
    const stale = list.show(0, 5);
    await list.reset(createSource(3).read);
    slow.release();
    await stale;
    expect(list.total).toBe(3);
  });

  it('loads everything for what concerns the whole list', async () => {
    const list = new PagedList(createSource(95).read, { pageSize: 10 });
    expect((await list.loadAll()).length).toBe(95);
  });
});

describe('GridCursor', () => {
  const shape = { total: 23, columns: 5, rowsOnScreen: 3 };

  it('moves by cell and by row and stops at the edges', () => {
    const cursor = new GridCursor();
    cursor.move('ArrowLeft', shape);
    expect(cursor.index).toBe(0);
    cursor.move('ArrowRight', shape);
    cursor.move('ArrowDown', shape);
    expect(cursor.index).toBe(6);
    cursor.move('End', shape);
    expect(cursor.index).toBe(22);
    cursor.move('ArrowDown', shape);
    cursor.move('ArrowRight', shape);
    expect(cursor.index).toBe(22);
    cursor.move('Home', shape);
    cursor.move('ArrowUp', shape);
    expect(cursor.index).toBe(0);
  });

  it('goes down into a last row that is shorter', () => {
    const cursor = new GridCursor();
    cursor.index = 19;
    cursor.move('ArrowDown', shape);
    expect(cursor.index).toBe(22);
  });

  it('moves by screens', () => {
    const cursor = new GridCursor();
    cursor.move('PageDown', shape);
    expect(cursor.index).toBe(10);
    cursor.move('PageUp', shape);
    expect(cursor.index).toBe(0);
  });

  it('leaves other keys alone and follows a list that shrinks', () => {
    const cursor = new GridCursor();
    expect(cursor.move('a', shape)).toBe(false);
    cursor.index = 20;
    cursor.clampTo(7);
    expect(cursor.index).toBe(6);
    cursor.clampTo(0);
    expect(cursor.index).toBe(0);
  });
});

describe('Selection', () => {
  const idAt = (index: number) => (index === 4 ? undefined : `id-${index}`);

  it('toggles and selects ranges in both directions', () => {
    const selection = new Selection<string>();
    selection.toggle('id-5', 5);
    selection.extendTo(2, idAt);
    expect([...selection.ids].sort()).toEqual(['id-2', 'id-3', 'id-5']);
    selection.toggle('id-3', 3);
    expect(selection.has('id-3')).toBe(false);
  });

  it('forgets what no longer exists', () => {
    const selection = new Selection<string>();
    selection.replace(['a', 'b', 'c']);
    selection.keepOnly(new Set(['b']));
    expect([...selection.ids]).toEqual(['b']);
    selection.clear();
    expect(selection.size).toBe(0);
  });
});

describe('routes', () => {
  const personId = '0b5c1f4e-7a52-4f0e-9a3c-2d1b5a7c9e01' as PersonId;
  const photoId = '0b5c1f4e-7a52-4f0e-9a3c-2d1b5a7c9e02' as PhotoId;
  const faceId = '0b5c1f4e-7a52-4f0e-9a3c-2d1b5a7c9e03' as FaceId;

  it('read back what they wrote', () => {
    for (const route of [
      { view: 'people' },
      { view: 'person', personId },
      { view: 'photo', photoId, personId: null, faceId: null },
      { view: 'photo', photoId, personId, faceId },
      { view: 'failures' },
      { view: 'history' },
    ] as const) {
      expect(parseRoute(formatRoute(route))).toEqual(route);
    }
  });

  it('lead to the people where they make no sense', () => {
    for (const hash of ['', '#', '#/nowhere', '#/person/', '#/person/12', '#/photo/../../etc']) {
      expect(parseRoute(hash)).toEqual({ view: 'people' });
    }
  });

  it('follow back and forward, and take no step in the history for a replacement', () => {
    const entries = ['#/people'];
    let listener = () => {};
    const bar: AddressBar = {
      read: () => entries.at(-1) ?? '',
      push: (hash) => void entries.push(hash),
      replace: (hash) => void entries.splice(-1, 1, hash),
      onChange: (listen) => {
        listener = listen;
        return () => {};
      },
    };
    const router = new Router(bar);
    router.go({ view: 'person', personId });
    router.replace({ view: 'history' });
    expect(entries).toEqual(['#/people', '#/history']);
    entries.pop();
    listener();
    expect(router.route).toEqual({ view: 'people' });
  });
});

describe('Toasts', () => {
  function createClock() {
    const due: { run: () => void; isCancelled: boolean }[] = [];
    const schedule = (run: () => void) => {
      const entry = { run, isCancelled: false };
      due.push(entry);
      return () => {
        entry.isCancelled = true;
      };
    };
    const runAll = () => {
      for (const entry of due.splice(0)) if (!entry.isCancelled) entry.run();
    };
    return { schedule, runAll };
  }

  it('show the newest thing done, beside errors', () => {
    const toasts = new Toasts(createClock().schedule);
    toasts.show({ text: 'one', action: { label: 'undo', run: () => {} } });
    toasts.show({ tone: 'error', text: 'bad' });
    toasts.show({ text: 'two' });
    expect(toasts.list.map((toast) => toast.text)).toEqual(['bad', 'two']);
    toasts.show({ tone: 'error', text: 'worse' });
    toasts.show({ tone: 'error', text: 'worst' });
    expect(toasts.list.map((toast) => toast.text)).toEqual(['two', 'worse', 'worst']);
  });

  it('go by themselves, but not while someone points at them', () => {
    const clock = createClock();
    const toasts = new Toasts(clock.schedule);
    const id = toasts.show({ text: 'one' });
    toasts.pause(id);
    clock.runAll();
    expect(toasts.list.length).toBe(1);
    toasts.resume(id);
    clock.runAll();
    expect(toasts.list.length).toBe(0);
  });
});

describe('Settings', () => {
  it('are remembered, and nonsense in the store is not believed', () => {
    const stored = new Map([['kindred.theme', 'neon']]);
    const store = { getItem: (key: string) => stored.get(key) ?? null, setItem: (key: string, value: string) => void stored.set(key, value) };
    const settings = new Settings(store, ['ko']);
    expect(settings.theme).toBe('system');
    expect(settings.locale).toBe('ko');
    settings.chooseLanguage('en');
    settings.chooseTheme('dark');
    const reopened = new Settings(store, ['ko']);
    expect(reopened.locale).toBe('en');
    expect(reopened.theme).toBe('dark');
  });

  it('work without a store', () => {
    const settings = new Settings(null, []);
    settings.chooseTheme('light');
    expect(settings.theme).toBe('light');
  });
});

describe('layout', () => {
  it('fits a photo into the stage without distorting it', () => {
    expect(fitInside({ width: 4000, height: 3000 }, { width: 800, height: 800 })).toEqual({ width: 800, height: 600 });
    expect(fitInside({ width: 100, height: 50 }, { width: 4000, height: 4000 })).toEqual({ width: 400, height: 200 });
    expect(fitInside({ width: 0, height: 50 }, { width: 10, height: 10 })).toEqual({ width: 0, height: 0 });
  });

  it('places boxes by shares of the photo', () => {
    expect(placeBox({ x: 100, y: 300, width: 50, height: 60 }, { width: 1000, height: 600 })).toEqual({
      left: '10%',
      top: '50%',
      width: '5%',
      height: '10%',
    });
  });

  it('asks for pictures in few sizes, sharp on dense screens', () => {
    expect(chooseMediaSizePx(148, 1)).toBe(256);
    expect(chooseMediaSizePx(148, 2)).toBe(512);
    expect(chooseMediaSizePx(56, 1)).toBe(64);
    expect(chooseMediaSizePx(5000, 3)).toBe(4096);
  });

  it('splits paths of either kind of system', () => {
    expect(splitPath('/a/b c/d.jpg')).toEqual({ folder: '/a/b c/', name: 'd.jpg' });
    expect(splitPath('C:\\a\\d.jpg')).toEqual({ folder: 'C:\\a\\', name: 'd.jpg' });
    expect(splitPath('d.jpg')).toEqual({ folder: '', name: 'd.jpg' });
  });
});
