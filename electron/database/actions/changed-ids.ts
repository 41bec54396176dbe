/** Which people, faces and photos a journal entry changed, so that lists can be patched instead of fetched again. */

import type { ChangedIds } from '../../api/contract.ts';
import type { FaceId, PersonId, PhotoId } from '../../base/ids.ts';
import type { Connection } from '../file/connection.ts';
import type { JournalChanges } from './journal-changes.ts';

/** As many as a page of a list may hold: whoever shows more than that fetches it again. */
export const mostChangedIds = 1000;

export const nothingChanged: ChangedIds = { people: [], faces: [], photos: [] };

export type ReadChangedIds = ReturnType<typeof createReadChangedIds>;

export function createReadChangedIds({ db }: Connection) {
  const selectPlace = db
    .prepare<[string], [PhotoId, PersonId | null]>(
      `SELECT ph.uuid, p.uuid FROM faces f JOIN photos ph ON ph.id = f.photo_id
         LEFT JOIN memberships m ON m.face_id = f.id LEFT JOIN people p ON p.id = m.person_id
       WHERE f.uuid = ?`,
    )
    .raw();

  return function readChangedIds(changesOfEntries: readonly JournalChanges[]): ChangedIds {
    const people = new Set<string>();
    const faces = new Set<string>();
    const hidden = new Set<string>();
    for (const changes of changesOfEntries) {
      for (const { id } of changes.people) people.add(id);
      for (const { people: ids } of changes.flags) addAll(people, ids);
      for (const { faces: ids, before, after } of changes.memberships) {
        addAll(faces, ids);
        for (const image of [before, after]) if (image !== null) people.add(image.person);
      }
      for (const { faces: ids } of changes.ignored) addAll(hidden, ids);
    }
    addAll(faces, hidden);
    const isKnown = faces.size <= mostChangedIds;
    const photos = new Set<PhotoId>();
    for (const face of isKnown ? faces : []) {
      const [photo, person] = selectPlace.get(face) ?? [null, null];
      if (photo !== null) photos.add(photo);
      // Whoever a face is with is seen in one face more or less, whatever their own row says.
      if (person !== null) people.add(person);
    }
    const arePeopleKnown = people.size <= mostChangedIds && (isKnown || hidden.size === 0);
    return {
      people: arePeopleKnown ? ([...people] as PersonId[]) : null,
      faces: isKnown ? ([...faces] as FaceId[]) : null,
      photos: isKnown ? [...photos] : null,
    };
  };
}

function addAll(set: Set<string>, ids: Iterable<string>): void {
  for (const id of ids) set.add(id);
}
