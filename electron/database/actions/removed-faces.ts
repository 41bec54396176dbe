/** Removes faces from a person for good: into a new person, and ruled out of the old one. */

import type { Connection } from '../file/connection.ts';
import type { FaceKey } from '../tables/faces.ts';
import type { Recorder } from './recorder.ts';
import type { SupersededDecisions } from './superseded-decisions.ts';
import type { MembershipStore } from '../tables/memberships.ts';
import type { PersonKey } from '../tables/people.ts';

export interface RemovedFaces {
  /** All of one person. */
  readonly faceKeys: readonly FaceKey[];
  readonly personKey: PersonKey;
  /** Whether the user vouches for the group, so that no clustering takes it apart. */
  readonly isHeld: boolean;
  /** Whether confirmed faces are confirmed in the new person, too. */
  readonly keepsConfirmed: boolean;
}

export type FaceRemoval = ReturnType<typeof createFaceRemoval>;

export function createFaceRemoval(
  { now }: Connection,
  stores: { readonly memberships: MembershipStore; readonly superseded: SupersededDecisions },
) {
  const { memberships, superseded } = stores;

  return {
    /** The old person is held from now on, or a clustering that gave its faces to another one could bring those that
     *  went out back by that way. @returns the new person's key */
    removeFaces(recorder: Recorder, { faceKeys, personKey, isHeld, keepsConfirmed }: RemovedFaces): PersonKey {
      const own = recorder.createPerson({ isHeld });
      for (const faceKey of faceKeys) {
        const isConfirmed = keepsConfirmed && memberships.read(faceKey)?.isConfirmed === true;
        superseded.revokeWhere(recorder, faceKey, (kind, decided) => kind !== 'rejected' && decided === personKey);
        superseded.reject(recorder, faceKey, personKey);
        if (isConfirmed) recorder.decide('confirmed', faceKey, own);
        recorder.moveFace(faceKey, { personKey: own, isConfirmed, source: 'user', assignedAt: now() });
      }
      recorder.hold(personKey);
      return own;
    },
  };
}
