/** Stores what a clustering found without overruling the user, who may have acted while it ran. */

import type { PersonId } from '../../base/ids.ts';
import type { Connection } from '../file/connection.ts';
import type { ClusteringOutcome } from '../library-database.ts';
import type { ClusterStore, FacePlaces } from './clusters.ts';
import { groupByFace } from './decided-pairs.ts';
import type { DecisionStore } from './decisions.ts';
import type { FaceKey, FaceStore } from './faces.ts';
import type { Membership, MembershipStore } from './memberships.ts';
import type { PeopleStore, PersonKey } from './people.ts';

interface SavedOutcome {
  /** Faces that are with another person now. */
  readonly moved: number;
  /** Faces that are left where they are. */
  readonly left: number;
}

export function createClusteringOutcomes(
  { db, now }: Connection,
  stores: {
    readonly people: PeopleStore;
    readonly faces: FaceStore;
    readonly memberships: MembershipStore;
    readonly decisions: DecisionStore;
    readonly clusters: ClusterStore;
  },
) {
  const { people, faces, memberships, decisions, clusters } = stores;
  const findPerson = db.prepare<[string], PersonKey>('SELECT id FROM people WHERE uuid = ?').pluck();
  const isHeld = db.prepare<[PersonKey], number>('SELECT is_held FROM people WHERE id = ?').pluck();
  const selectBirth = db.prepare<[PersonKey], string | null>('SELECT born FROM people WHERE id = ?').pluck();
  // "1990" is 1990's and so is "1990-05-17": a time is compared with as much of it as is known of the birth.
  const isCapturedBefore = db
    .prepare<[string, string, FaceKey], number>(
      `SELECT ph.capture_source = 'exif' AND substr(ph.capture_local, 1, length(?)) < ?
       FROM faces f JOIN photos ph ON ph.id = f.photo_id WHERE f.id = ?`,
    )
    .pluck();

  function isFromBeforeBirth(faceKey: FaceKey, personKey: PersonKey): boolean {
    const born = selectBirth.get(personKey) ?? null;
    return born !== null && isCapturedBefore.get(born, born, faceKey) === 1;
  }

  /** @returns the person meant, or null where it is gone */
  function findTarget(personId: PersonId): PersonKey | null {
    const key = findPerson.get(personId);
    return key === undefined ? null : people.follow(key);
  }

  function isSettled(membership: Membership | null): boolean {
    return membership !== null && (membership.isConfirmed || isHeld.get(membership.personKey) === 1);
  }

  function assignFaces(assignments: ClusteringOutcome['assignments'], places: FacePlaces): SavedOutcome {
    const rejected = groupByFace(decisions.listRejections(), people.readForwards());
    const newPeople = new Map<number, PersonKey>();
    const touched = new Set<PersonKey>();
    const assignedAt = now();
    let moved = 0;
    let left = 0;
    for (const { faceId, person } of assignments) {
      const faceKey = places.get(faceId)?.key ?? null;
      const knownTarget = typeof person === 'number' ? (newPeople.get(person) ?? null) : findTarget(person);
      const isTargetGone = typeof person !== 'number' && knownTarget === null;
      if (faceKey === null || isTargetGone || faces.isIgnored(faceKey)) {
        left++;
        continue;
      }
      const membership = memberships.read(faceKey);
      if (membership !== null && membership.personKey === knownTarget) continue;
      const isRuledOut =
        knownTarget !== null && (rejected.get(faceKey)?.has(knownTarget) === true || isFromBeforeBirth(faceKey, knownTarget));
      if (isSettled(membership) || isRuledOut) {
        left++;
        continue;
      }
      const personKey = knownTarget ?? people.create({ isHeld: false });
      if (typeof person === 'number') newPeople.set(person, personKey);
      memberships.write(faceKey, { personKey, isConfirmed: false, source: 'clustering', assignedAt });
      touched.add(personKey);
      if (membership !== null) touched.add(membership.personKey);
      moved++;
    }
    people.refreshCovers(touched);
    people.removeForgotten(touched);
    return { moved, left };
  }

  return {
    save(outcome: ClusteringOutcome): SavedOutcome {
      const places = clusters.readPlaces();
      clusters.save(outcome, places);
      return assignFaces(outcome.assignments, places);
    },
  };
}
