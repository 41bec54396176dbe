/** Settles that faces show whom they are with. */

import type { Connection } from '../file/connection.ts';
import type { FaceKey } from '../tables/faces.ts';
import type { MembershipStore } from '../tables/memberships.ts';
import type { SupersededDecisions } from './superseded-decisions.ts';
import type { Recorder } from './recorder.ts';

/** @returns how many of the faces, each of which is with a person, were not confirmed yet */
export type ConfirmFaces = (recorder: Recorder, faceKeys: readonly FaceKey[]) => number;

export function createConfirmFaces(
  { now }: Connection,
  { memberships, superseded }: { readonly memberships: MembershipStore; readonly superseded: SupersededDecisions },
): ConfirmFaces {
  return function confirmFaces(recorder, faceKeys) {
    let confirmed = 0;
    for (const faceKey of faceKeys) {
      const membership = memberships.read(faceKey);
      if (membership === null) continue;
      recorder.relyOnFace(faceKey, 'place', 'confirmation');
      if (membership.isConfirmed) continue;
      const { personKey } = membership;
      superseded.revokeWhere(recorder, faceKey, (kind, decided) => kind === 'rejected' && decided === personKey);
      recorder.decide('confirmed', faceKey, personKey);
      recorder.moveFace(faceKey, { ...membership, isConfirmed: true, source: 'user', assignedAt: now() });
      confirmed++;
    }
    return confirmed;
  };
}
