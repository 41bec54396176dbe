/** Opens a library of its own for every test of a file, and checks afterwards that its tables are sound. */

import { afterEach, beforeEach, expect } from 'vitest';
import type { FaceId } from '../../electron/base/ids.ts';
import {
  dumpLibrary,
  everything,
  type FilledLibrary,
  findBrokenRules,
  makeFolder,
  openLibrary,
  type OpenLibrary,
  redoLast,
  undoLast,
} from './library-fixture.ts';

/** @param fill puts in what the tests begin with; also gets the library's folder */
export function openLibraryPerTest(fill: (library: OpenLibrary, folder: string) => void): void {
  let folder: ReturnType<typeof makeFolder>;
  let library: OpenLibrary;
  beforeEach(() => {
    folder = makeFolder();
    library = openLibrary(folder.path);
    fill(library, folder.path);
  });
  afterEach(() => {
    expect(findBrokenRules(library)).toEqual([]);
    library.store.close();
    folder.remove();
  });
}

export function faceAt({ faceIds }: FilledLibrary, photo: number, person: number): FaceId {
  return faceIds[photo]?.[person] as FaceId;
}

/** Checks that the action is one entry of the journal, that undo restores every row and that redo does likewise. */
export function doAndUndo<Value>(library: OpenLibrary, action: () => Value): Value {
  const { store } = library;
  const before = dumpLibrary(library);
  const { total } = store.listJournal(everything);
  const value = action();
  expect(store.listJournal(everything).total).toBe(total + 1);
  const after = dumpLibrary(library);
  undoLast(store);
  expect(dumpLibrary(library)).toEqual(before);
  redoLast(store);
  expect(dumpLibrary(library)).toEqual(after);
  return value;
}
