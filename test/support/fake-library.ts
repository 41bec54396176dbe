/** What the fake engine knows: photos, faces, and what the user has decided about them, with its journal. */

import { createHash } from 'node:crypto';
import path from 'node:path';
import type { FaceRecord, FaceSummary, JournalEntry, PersonSummary } from '../../electron/api/schemas.ts';
import { AppError } from '../../electron/base/errors.ts';
import type { FaceId, JournalEntryId, PersonId, PhotoId } from '../../electron/base/ids.ts';
import { createRandom } from '../../electron/base/random.ts';
import { fakePictureNumber } from './fake-media.ts';
import { readSampleFaces, samplePhotoSizes } from './sample-faces.ts';
import type { SampleFace } from './sample-faces.ts';

export interface FakePhoto {
  readonly id: PhotoId;
  readonly sample: string;
  readonly path: string;
  /** Year of the camera's clock. */
  readonly year: number;
}

export interface FakeFace {
  readonly id: FaceId;
  readonly photoId: PhotoId;
  readonly sample: SampleFace;
  readonly clusterId: string;
}

export interface Assignment {
  readonly personId: PersonId;
  readonly isConfirmed: boolean;
  readonly isIgnored: boolean;
}

export interface FakePerson {
  readonly name: string | null;
  readonly born: string | null;
  readonly coverFaceId: FaceId | null;
  readonly isIgnored: boolean;
  readonly forwardsTo: PersonId | null;
}

/** All that the user's actions change: an undo puts the state before the action back. */
export interface Decisions {
  readonly assignments: ReadonlyMap<FaceId, Assignment>;
  readonly people: ReadonlyMap<PersonId, FakePerson>;
  /** What was answered with no or not sure; ids as they were then. */
  readonly answers: readonly PairAnswer[];
}

export interface PairAnswer {
  readonly pair: readonly [PersonId, PersonId];
  readonly isOpen: boolean;
}

export interface DecisionDraft {
  readonly assignments: Map<FaceId, Assignment>;
  readonly people: Map<PersonId, FakePerson>;
  readonly answers: PairAnswer[];
}

export interface FakeJournalEntry {
  entry: JournalEntry;
  readonly before: Decisions;
  readonly after: Decisions;
}

export type FakeLibrary = ReturnType<typeof createFakeLibrary>;

const startOfTime = Date.UTC(2026, 0, 1);
const firstYear = 2012;
const yearCount = 12;
const photosAYear = 6;

/** A version 4 UUID that is the same for the same words. */
export function createFakeId<Id extends string>(...words: (string | number)[]): Id {
  const hash = createHash('sha256').update(words.join('/')).digest('hex');
  const variant = 'a';
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-${variant}${hash.slice(17, 20)}-${hash.slice(20, 32)}` as Id;
}

/** @param onChanged called after every change of the user's decisions */
export function createFakeLibrary(onChanged: () => void) {
  const sampleFaces = readSampleFaces();
  const photos = new Map<PhotoId, FakePhoto>();
  const faces = new Map<FaceId, FakeFace>();
  const journal: FakeJournalEntry[] = [];
  let decisions: Decisions = { assignments: new Map(), people: new Map(), answers: [] };
  let ticks = 0;

  function tick(): string {
    return new Date(startOfTime + ticks++ * 60_000).toISOString();
  }

  // --- what the import would have computed -------------------------------------------------------------------

  function addPhoto(
    { assignments, people }: DecisionDraft,
    photoPath: string,
    sample: string,
    chosen: readonly { face: SampleFace; person: string }[],
  ): void {
    const photoId = createFakeId<PhotoId>('photo', photoPath);
    photos.set(photoId, { id: photoId, sample, path: photoPath, year: firstYear + (Math.floor(photos.size / photosAYear) % yearCount) });
    for (const { face, person } of chosen) {
      const faceId = createFakeId<FaceId>('face', photoPath, face.box.x, face.box.y);
      const personId = followForwarding(createFakeId<PersonId>('person', person), people);
      faces.set(faceId, { id: faceId, photoId, sample: face, clusterId: createFakeId('cluster', person) });
      assignments.set(faceId, { personId, isConfirmed: false, isIgnored: false });
      if (!people.has(personId)) people.set(personId, newPerson);
    }
  }

  function copyDecisions(): DecisionDraft {
    return {
      assignments: new Map(decisions.assignments),
      people: new Map(decisions.people),
      answers: [...decisions.answers],
    };
  }

  /** @returns false where the photo, known by its content, is in the library already */
  function addSample(sample: string, folder: string): boolean {
    if ([...photos.values()].some((photo) => photo.sample === sample && !photo.path.includes('extra'))) return false;
    const chosen = sampleFaces
      .filter((face) => face.photo === sample)
      .map((face) => ({ face, person: `sample-${face.person}` }));
    const draft = copyDecisions();
    addPhoto(draft, path.join(folder, sample), sample, chosen);
    decisions = draft;
    return true;
  }

  function addExtraPeople(count: number): void {
    const draft = copyDecisions();
    for (let index = 0; index < count; index++) {
      for (let copy = 0; copy <= index % 5; copy++) {
        const face = sampleFaces[(index + copy * 7) % sampleFaces.length]!;
        const name = `extra-${String(index).padStart(5, '0')}-${copy}.jpg`;
        addPhoto(draft, path.join('/photos/extra', name), face.photo, [{ face, person: `extra-${index}` }]);
      }
    }
    decisions = draft;
  }

  /** Every sample photo again in so many albums, a year each. The faces of a sample's person make one person for each
   *  `part`, and a few of each third one's faces lie with the next. */
  function addAlbums(count: number): void {
    const draft = copyDecisions();
    for (let album = 0; album < count; album++) {
      for (const sample of samplePhotoSizes.keys()) {
        const chosen = sampleFaces
          .filter((face) => face.photo === sample)
          .map((face) => ({ face, person: `album-${choosePart(face.person, album)}` }));
        addPhoto(draft, path.join(`/photos/album ${firstYear + album}`, sample), sample, chosen);
      }
    }
    decisions = draft;
  }

  // --- reading -----------------------------------------------------------------------------------------------

  function requirePerson(asked: PersonId): PersonId {
    const personId = followForwarding(asked, decisions.people);
    if (!decisions.people.has(personId)) throw notFound('person', asked);
    return personId;
  }

  function requireFace(faceId: FaceId): FakeFace {
    const face = faces.get(faceId);
    if (face === undefined) throw notFound('face', faceId);
    return face;
  }

  function facesOf(personId: PersonId): FakeFace[] {
    return [...faces.values()].filter((face) => {
      const assignment = decisions.assignments.get(face.id);
      return assignment?.personId === personId && !assignment.isIgnored;
    });
  }

  function summarizePerson(personId: PersonId): PersonSummary {
    const person = decisions.people.get(personId)!;
    return summarizeGroup(personId, person, facesOf(personId));
  }

  function summarizeGroup(personId: PersonId, person: FakePerson, members: readonly FakeFace[]): PersonSummary {
    const best = members.toSorted((a, b) => b.sample.score - a.sample.score)[0];
    const isCoverChosen = members.some((face) => face.id === person.coverFaceId);
    return {
      id: personId,
      name: person.name,
      born: person.born,
      faceCount: members.length,
      photoCount: new Set(members.map((face) => face.photoId)).size,
      confirmedCount: members.filter((face) => decisions.assignments.get(face.id)?.isConfirmed).length,
      coverFaceId: isCoverChosen ? person.coverFaceId : (best?.id ?? null),
      coverPictureNumber: best === undefined ? null : fakePictureNumber,
      isCoverChosen,
      isIgnored: person.isIgnored,
    };
  }

  function listPeople(): PersonSummary[] {
    const members = new Map<PersonId, FakeFace[]>();
    for (const face of faces.values()) {
      const assignment = decisions.assignments.get(face.id)!;
      if (assignment.isIgnored) continue;
      const group = members.get(assignment.personId);
      if (group === undefined) members.set(assignment.personId, [face]);
      else group.push(face);
    }
    return [...decisions.people]
      .filter(([, person]) => person.forwardsTo === null)
      .map(([id, person]) => summarizeGroup(id, person, members.get(id) ?? []))
      .filter((person) => person.faceCount > 0 || person.name !== null)
      .sort((a, b) => b.faceCount - a.faceCount || (a.id < b.id ? -1 : 1));
  }

  function summarizeFace(face: FakeFace): FaceSummary {
    const assignment = decisions.assignments.get(face.id)!;
    return {
      id: face.id,
      photoId: face.photoId,
      box: face.sample.box,
      score: face.sample.score,
      quality: face.sample.score * 0.9,
      personId: assignment.personId,
      personName: decisions.people.get(assignment.personId)?.name ?? null,
      isConfirmed: assignment.isConfirmed,
      isIgnored: assignment.isIgnored,
      pictureNumber: fakePictureNumber,
    };
  }

  function recordFace(face: FakeFace, includeEmbeddings: boolean): FaceRecord {
    return {
      ...summarizeFace(face),
      photoPath: photos.get(face.photoId)!.path,
      landmarks: face.sample.landmarks,
      clusterId: face.clusterId as FaceRecord['clusterId'],
      pack: 'standard',
      ...(includeEmbeddings ? { embedding: createEmbedding(face.sample.person) } : {}),
    };
  }

  function listFaces(personId: PersonId | null): FakeFace[] {
    return personId === null ? [...faces.values()] : facesOf(requirePerson(personId));
  }

  // --- what the user does ------------------------------------------------------------------------------------

  function act(
    kind: JournalEntry['kind'],
    parameters: JournalEntry['parameters'],
    change: (draft: DecisionDraft) => void,
  ): JournalEntry {
    const before = decisions;
    const draft = copyDecisions();
    change(draft);
    decisions = draft;
    // A new action ends what could have been redone.
    while (journal.at(-1)?.entry.isUndone) journal.pop();
    const id = createFakeId<JournalEntryId>('entry', ticks);
    const entry: JournalEntry = { id, kind, at: tick(), parameters, isUndone: false };
    journal.push({ entry, before, after: draft });
    onChanged();
    return entry;
  }

  /** New faces that an import brought in between stay as they are. @param left whose new people go */
  function restore(state: Decisions, left: Decisions): void {
    const people = new Map([...decisions.people].filter(([id]) => state.people.has(id) || !left.people.has(id)));
    decisions = {
      assignments: new Map([...decisions.assignments, ...state.assignments]),
      people: new Map([...people, ...state.people]),
      answers: state.answers,
    };
    onChanged();
  }

  function changePerson(personId: PersonId, changes: Partial<FakePerson>) {
    return (draft: { people: Map<PersonId, FakePerson> }): void => {
      draft.people.set(personId, { ...draft.people.get(personId)!, ...changes });
    };
  }

  function changeFaces(faceIds: readonly FaceId[], change: (assignment: Assignment, faceId: FaceId) => Assignment) {
    for (const faceId of faceIds) requireFace(faceId);
    return (draft: { assignments: Map<FaceId, Assignment> }): void => {
      for (const faceId of faceIds) {
        draft.assignments.set(faceId, change(draft.assignments.get(faceId)!, faceId));
      }
    };
  }

  function nameOf(personId: PersonId): string | null {
    return decisions.people.get(personId)?.name ?? null;
  }

  /** Every later entry builds on one that it takes back, and every earlier one on one that it does again. */
  function step(entryId: JournalEntryId, withDependents: boolean, isUndone: boolean) {
    const at = journal.findIndex(({ entry }) => entry.id === entryId);
    if (at < 0) throw notFound('journal-entry', entryId);
    if (journal[at]!.entry.isUndone === isUndone) {
      throw new AppError(isUndone ? 'nothing-to-undo' : 'nothing-to-redo', 'Expected an entry that can be taken back or done again');
    }
    const others = isUndone ? journal.slice(at + 1).toReversed() : journal.slice(0, at);
    const inTheWay = others.filter(({ entry }) => entry.isUndone !== isUndone);
    if (inTheWay.length > 0 && !withDependents) return { entries: [], dependents: inTheWay.map(({ entry }) => entry) };
    return { entries: [...inTheWay, journal[at]!].map((item) => flip(item, isUndone)), dependents: [] };
  }

  function flip(item: FakeJournalEntry, isUndone: boolean): JournalEntry {
    item.entry = { ...item.entry, isUndone };
    restore(isUndone ? item.before : item.after, isUndone ? item.after : item.before);
    return item.entry;
  }

  return {
    photos,
    faces,
    journal,
    get decisions() {
      return decisions;
    },
    /** For ids that no two actions share. */
    get ticks() {
      return ticks;
    },
    tick,
    addSample,
    addExtraPeople,
    addAlbums,
    requirePerson,
    requireFace,
    facesOf,
    summarizePerson,
    listPeople,
    summarizeFace,
    recordFace,
    listFaces,
    act,
    changePerson,
    changeFaces,
    nameOf,
    step,
  };
}

export const newPerson: FakePerson = { name: null, born: null, coverFaceId: null, isIgnored: false, forwardsTo: null };

export function followForwarding(personId: PersonId, people: ReadonlyMap<PersonId, FakePerson>): PersonId {
  const next = people.get(personId)?.forwardsTo;
  return next ? followForwarding(next, people) : personId;
}

export function notFound(kind: string, id: string): AppError {
  return new AppError('not-found', `Expected the id of a ${kind} but received ${id}`, { parameters: { kind, id } });
}

/** Most of a person's faces make one person, the others two more; now and then one falls in with somebody else. */
function choosePart(person: number, album: number): string {
  if (person % 3 === 0 && album % 5 === 3) return `${person + 1}-0`;
  return `${person}-${album % 4 === 2 ? 1 : album % 7 === 5 ? 2 : 0}`;
}

/** @returns a unit vector that is the same for the same person */
function createEmbedding(person: number): number[] {
  const random = createRandom(person + 1);
  const values = Array.from({ length: 512 }, () => random() - 0.5);
  const norm = Math.hypot(...values);
  return values.map((value) => value / norm);
}
