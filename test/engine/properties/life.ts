/** Runs a sequence of actions on a library and checks every promise after each. */

import { isAppError } from '../../../electron/base/errors.ts';
import type { FaceId, JournalEntryId } from '../../../electron/base/ids.ts';
import { createRandom, type Random } from '../../../electron/base/random.ts';
import { redoLast, undoLast } from '../../database/library-fixture.ts';
import { LivingLibrary } from './living-library.ts';
import {
  checkAction,
  checkComputation,
  checkMoment,
  checkPlaces,
  checkSameRows,
  fail,
  follow,
  listChanged,
  readMoment,
  type FaceState,
  type Moment,
  type Promises,
} from './promises.ts';
import { pick, userActions } from './user-actions.ts';

/** An action with a seed of its own, so that it stays the same where others before it are left out. */
export interface Step {
  readonly kind: string;
  readonly seed: number;
}

/** What the user did, as it is undone and done again. */
interface Entry {
  before: Moment;
  after: Moment;
  readonly promisesBefore: Promises;
  readonly promisesAfter: Promises;
  /** While nothing computed has come between, undo restores every row. */
  readonly era: number;
}

const initialFaces = 200;
const photosPerImport = 4;

export class Life {
  readonly #library: LivingLibrary;
  readonly #entries: Entry[] = [];
  /** How many of the entries are done, and not undone. */
  #done = 0;
  #era = 0;
  #promises: Promises = new Map();
  #moment: Moment;

  constructor(seed: number) {
    const random = createRandom(seed);
    this.#library = new LivingLibrary(seed);
    while (this.#library.listIds().faces.length < initialFaces) this.#library.import(10, random);
    this.#library.cluster('settled');
    this.#moment = readMoment(this.#library);
  }

  end(): void {
    this.#library.remove();
  }

  get faceCount(): number {
    return this.#moment.faces.size;
  }

  /** @throws Error where a promise is broken */
  take({ kind, seed }: Step): void {
    const random = createRandom(seed);
    const computation = this.#computations[kind];
    if (computation !== undefined) this.#compute(computation, random);
    else if (kind === 'undo') this.#goBack(1 + Math.floor(random() * 5));
    else if (kind === 'undoOne') this.#takeOneBack(random);
    else if (kind === 'redo') this.#goForth(1 + Math.floor(random() * 5));
    else if (kind === 'secondThoughts') this.#thinkTwice(random);
    else this.#act(kind, random);
  }

  readonly #computations: Readonly<Record<string, (random: Random) => void>> = {
    import: (random) => {
      this.#library.import(1 + Math.floor(random() * photosPerImport), random);
      if (random() < 0.5) this.#cluster('everybody');
    },
    foldIn: () => this.#cluster('everybody'),
    cluster: () => this.#cluster('settled'),
    lookAgain: (random) => {
      for (let count = 0; count < 5; count++) {
        const missed = new Set(random() < 0.6 ? [Math.floor(random() * 4)] : []);
        this.#library.lookAgain(Math.floor(random() * this.#library.photoCount), missed);
      }
    },
    lose: (random) => {
      this.#library.lose(pick(random, ['spring', 'summer', 'winter']));
      if (random() < 0.5) this.#cluster('settled');
    },
    importAgain: () => this.#library.importAgain(),
    switchPack: (random) => {
      this.#library.switchPack(random() < 0.3 ? random() : 1);
      this.#cluster('settled');
    },
    reopen: () => {
      const { rows } = this.#moment;
      this.#library.reopen();
      if (readMoment(this.#library).rows !== rows) fail('a library changed while it was closed');
    },
    lateClustering: (random) => {
      // The user acts while the clustering runs.
      const outcome = this.#library.computeClustering(random() < 0.5 ? 'settled' : 'everybody');
      for (let deeds = 1 + Math.floor(random() * 3); deeds > 0; deeds--) this.#act(pickKind(random, userKinds), random);
      if (outcome !== null) this.#library.store.saveClustering(outcome);
    },
  };

  #cluster(scope: 'settled' | 'everybody'): void {
    const refused = this.#library.cluster(scope);
    if (refused > 0) fail(`a clustering was refused ${refused} faces`);
    checkPlaces(this.#library);
  }

  #compute(computation: (random: Random) => void, random: Random): void {
    computation(random);
    this.#arrive((before, after) => checkComputation(before, after));
  }

  /** Checks the moment that has come and goes on from it; what was done before is only partly restored from then on. */
  #arrive(check: (before: Moment, after: Moment) => void): void {
    const before = this.#moment;
    const after = readMoment(this.#library);
    check(before, after);
    checkMoment(this.#library, after, this.#promises);
    if (after.rows !== before.rows) this.#era += 1;
    this.#moment = after;
  }

  #act(kind: string, random: Random): void {
    const before = this.#moment;
    const lastEntry = this.#readLastEntry();
    try {
      const deed = userActions[kind]!.act(this.#library, random, before, this.#promises);
      const after = readMoment(this.#library);
      checkAction(before, after, deed.spokenOf);
      if (this.#readLastEntry() === lastEntry) {
        checkSameRows(before, after, `${kind}, which left no entry in the journal,`);
        return;
      }
      const promises = deed.promise(this.#promises, before, after);
      checkMoment(this.#library, after, promises);
      for (const id of deed.holds ?? []) {
        if (!after.people.get(follow(after, id))!.isHeld) fail(`the person ${id} is not held after ${kind}`);
      }
      this.#entries.length = this.#done;
      this.#entries.push({ before, after, promisesBefore: this.#promises, promisesAfter: promises, era: this.#era });
      this.#done += 1;
      this.#promises = promises;
      this.#moment = after;
    } catch (error) {
      if (!isAppError(error, 'conflict') && !isAppError(error, 'bad-argument')) throw error;
      checkSameRows(before, readMoment(this.#library), `${kind}, which was refused,`);
      return;
    }
    if (random() < 0.4) {
      this.#goBack(1);
      this.#goForth(1);
    }
  }

  /** Something is done, taken back, and done again after a clustering has seen the library without it. */
  #thinkTwice(random: Random): void {
    const done = this.#done;
    this.#act(pickKind(random, userKinds), random);
    if (this.#done === done) return;
    this.#goBack(1);
    this.#compute(() => this.#cluster(random() < 0.5 ? 'settled' : 'everybody'), random);
    this.#goForth(1);
  }

  #readLastEntry(): JournalEntryId | null {
    return this.#library.store.listJournal({ offset: 0, limit: 1 }).entries[0]?.id ?? null;
  }

  #goBack(most: number): void {
    const entries = this.#entries.slice(Math.max(0, this.#done - most), this.#done);
    if (entries.length === 0) return;
    const undone = undoLast(this.#library.store, most);
    if (undone.length !== entries.length) fail(`${undone.length} of ${entries.length} actions were undone`);
    this.#done -= entries.length;
    this.#promises = entries[0]!.promisesBefore;
    const restored = entries.reverse().map(({ before, after, era }) => ({ from: after, to: before, era }));
    this.#restore(restored, 'undo');
  }

  /** Takes any entry back, with whatever builds on it, and does all of it again: what the user settled is as it was. */
  #takeOneBack(random: Random): void {
    if (this.#done === 0) return;
    const { store } = this.#library;
    const done = store.listJournal({ offset: 0, limit: 1000 }).entries.filter(({ isUndone }) => !isUndone);
    const { id: entryId } = pick(random, done);
    const { entries } = store.undo({ entryId, withDependents: true }).result;
    if (entries.at(-1)?.id !== entryId) fail(`${entryId} was not taken back last`);
    checkMoment(this.#library, readMoment(this.#library), new Map());
    for (const { id } of entries.toReversed()) {
      const { dependents } = store.redo({ entryId: id, withDependents: false }).result;
      if (dependents.length > 0) fail(`${dependents[0]!.kind} stands in the way of what was taken back just now`);
    }
    this.#arrive(checkComputation);
  }

  #goForth(most: number): void {
    const entries = this.#entries.slice(this.#done, this.#done + most);
    if (entries.length === 0) return;
    const redone = redoLast(this.#library.store, most);
    if (redone.length !== entries.length) fail(`${redone.length} of ${entries.length} actions were done again`);
    this.#done += entries.length;
    this.#promises = entries.at(-1)!.promisesAfter;
    this.#restore(entries.map(({ before, after, era }) => ({ from: before, to: after, era })), 'redo');
  }

  /** @param restored in the order in which they were restored */
  #restore(restored: readonly { from: Moment; to: Moment; era: number }[], what: string): void {
    const before = this.#moment;
    const after = readMoment(this.#library);
    checkMoment(this.#library, after, this.#promises);
    const isExact = restored.every(({ era }) => era === this.#era);
    if (isExact) checkSameRows(restored.at(-1)!.to, after, what);
    else this.#checkRestoredFaces(restored, before, after, what);
    // Where something computed lay between, the rows around are not those of any entry.
    if (!isExact) this.#era += 1;
    this.#moment = after;
  }

  /** Faces that the actions moved are where they were, and no other that is settled has moved. */
  #checkRestoredFaces(
    restored: readonly { from: Moment; to: Moment }[],
    before: Moment,
    after: Moment,
    what: string,
  ): void {
    const places = new Map<FaceId, FaceState>();
    const visibilities = new Map<FaceId, FaceState>();
    for (const { from, to } of restored) {
      for (const faceId of listChanged(from, to)) {
        const [earlier, later] = [from.faces.get(faceId)!, to.faces.get(faceId)!];
        if (earlier.person !== later.person || earlier.isConfirmed !== later.isConfirmed) places.set(faceId, later);
        if (earlier.isIgnored !== later.isIgnored) visibilities.set(faceId, later);
      }
    }
    for (const [faceId, unmoved] of before.faces) {
      const now = after.faces.get(faceId);
      const { isIgnored } = visibilities.get(faceId) ?? unmoved;
      if (now?.isIgnored !== isIgnored) fail(`${what} left the face ${faceId} ${isIgnored ? 'shown' : 'out of sight'}`);
      // A face that nobody has confirmed may have to make way, where a merge is done again.
      const place = places.get(faceId) ?? (unmoved.isConfirmed ? unmoved : null);
      if (place !== null && (now.person !== place.person || now.isConfirmed !== place.isConfirmed)) {
        fail(`${what} left the face ${faceId} at ${JSON.stringify(now)} instead of ${JSON.stringify(place)}`);
      }
    }
  }
}

const userKinds = Object.entries(userActions).map(([kind, { weight }]) => ({ kind, weight }));
const otherKinds = [
  { kind: 'import', weight: 6 },
  { kind: 'foldIn', weight: 6 },
  { kind: 'cluster', weight: 10 },
  { kind: 'lateClustering', weight: 4 },
  { kind: 'lookAgain', weight: 3 },
  { kind: 'lose', weight: 2 },
  { kind: 'importAgain', weight: 1 },
  { kind: 'switchPack', weight: 2 },
  { kind: 'reopen', weight: 4 },
  { kind: 'secondThoughts', weight: 5 },
  { kind: 'undo', weight: 10 },
  { kind: 'redo', weight: 7 },
  { kind: 'undoOne', weight: 8 },
];

function pickKind(random: Random, kinds: readonly { kind: string; weight: number }[]): string {
  let rest = random() * kinds.reduce((total, { weight }) => total + weight, 0);
  for (const { kind, weight } of kinds) {
    rest -= weight;
    if (rest < 0) return kind;
  }
  return kinds.at(-1)!.kind;
}

export function drawSteps(seed: number, count: number): Step[] {
  const random = createRandom(seed ^ 0x5eed);
  return Array.from({ length: count }, () => ({
    kind: pickKind(random, [...userKinds, ...otherKinds]),
    seed: Math.floor(random() * 0x1_0000_0000),
  }));
}
