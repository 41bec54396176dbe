/** Stores what an analysis found in a photo: known faces keep their ids, people and decisions. */

import { intersectionOverUnion } from '../../geometry/boxes.ts';
import { matchBoxes } from '../../geometry/match-boxes.ts';
import type { Box } from '../../geometry/types.ts';
import type { FaceId } from '../../base/ids.ts';
import type { UndetectedFace } from '../../terms/analyzed-photo.ts';
import type { Connection } from '../file/connection.ts';
import type { AnalysisKey, NewPhoto } from '../library-database.ts';
import type { DecisionStore, UnboundDecision } from './decisions.ts';
import type { DetectionStore, KnownFace } from './detections.ts';
import type { FaceKey } from './faces.ts';
import type { MembershipStore } from './memberships.ts';
import type { PeopleStore } from './people.ts';
import type { PhotoKey } from './photos.ts';

/** A box that moves less (IoU) between two analyses was found by the same detector, if by another runtime. */
const minSameBoxOverlap = 0.95;

interface AddedFace {
  readonly key: FaceKey;
  readonly box: Box;
}

interface SavedFaces {
  /** Of the analysis' faces, in their order. */
  readonly faceIds: FaceId[];
  /** Whether any face came, went or moved. */
  readonly hasChanged: boolean;
}

export interface AnalysisStores {
  readonly people: PeopleStore;
  readonly memberships: MembershipStore;
  readonly decisions: DecisionStore;
  readonly detections: DetectionStore;
}

/** @returns stores the faces of one photo, see [Note: same face] in geometry/match-boxes.ts */
export function createAnalysisSaver({ now }: Pick<Connection, 'now'>, { people, memberships, decisions, detections }: AnalysisStores) {
  /** Gives a face what the user said of it before its row was lost, see decisions.ts. */
  function rebindDecisions(contentHash: Uint8Array, added: readonly AddedFace[]): void {
    if (added.length === 0) return;
    for (const decision of decisions.listUnbound(contentHash)) {
      if (decision.box === null) continue;
      const [match] = matchBoxes([decision.box], added.map((face) => face.box));
      const face = typeof match === 'number' ? added[match] : undefined;
      if (face !== undefined) rebind(decision, face.key);
    }
  }

  function rebind({ key, kind, faceId, personKey }: UnboundDecision, faceKey: FaceKey): void {
    detections.takeId(faceKey, faceId);
    decisions.bind(key, faceKey);
    if (kind === 'ignored') detections.ignore(faceKey);
    if (kind === 'rejected' || kind === 'left-open' || personKey === null) return;
    const person = people.follow(personKey);
    const isConfirmed = kind !== 'ignored' || memberships.read(faceKey)?.isConfirmed === true;
    memberships.write(faceKey, { personKey: person, isConfirmed, source: 'user', assignedAt: now() });
    people.refreshCovers([person]);
  }

  /** Removes detections that a newer analysis no longer makes, except where the user has had a say.
   *  @returns whether there were any */
  function removeVanished(faces: readonly KnownFace[]): boolean {
    const vanished = faces.filter((face) => !detections.isSettled(face.key));
    for (const face of vanished) {
      const personKey = memberships.read(face.key)?.personKey;
      detections.remove(face.key);
      if (personKey === undefined) continue;
      people.refreshCovers([personKey]);
      people.removeForgotten([personKey]);
    }
    return vanished.length > 0;
  }

  /** A face that the user has had a say in takes part in clusterings even where a pack's detector does not see it. */
  function saveUndetected(known: readonly KnownFace[], faces: readonly UndetectedFace[], { packId }: AnalysisKey): void {
    const keys = new Map(known.filter((face) => detections.isSettled(face.key)).map((face) => [face.id, face.key]));
    for (const { id, embedding } of faces) {
      const key = keys.get(id);
      if (key !== undefined) detections.writeEmbedding(key, packId, embedding);
    }
  }

  return function saveFaces(photoKey: PhotoKey, photo: NewPhoto, analysis: AnalysisKey): SavedFaces {
    const known = detections.list(photoKey);
    const matches = matchBoxes(photo.faces.map((face) => face.box), known.map((face) => face.box));
    const keys = new Array<FaceKey>(photo.faces.length);
    const added: AddedFace[] = [];
    let hasMoved = false;
    // From left to right, which is the order that lists keep within a photo.
    const order = photo.faces.map((face, index) => ({ face, index }));
    order.sort((one, other) => one.face.box.x - other.face.box.x || one.face.box.y - other.face.box.y);
    for (const { face, index } of order) {
      const match = matches[index] ?? null;
      const same = match === null ? null : known[match]!;
      const key = same?.key ?? detections.add(photoKey, face, analysis);
      if (same === null) {
        added.push({ key, box: face.box });
      } else if (same.origin === 'detected') {
        hasMoved ||= same.box !== null && intersectionOverUnion(face.box, same.box) < minSameBoxOverlap;
        detections.replace(key, face, analysis);
      }
      detections.writeEmbedding(key, analysis.packId, face.embedding);
      keys[index] = key;
    }
    rebindDecisions(photo.contentHash, added);
    const undetected = known.filter((_, index) => !matches.includes(index));
    const hasLost = removeVanished(undetected);
    saveUndetected(undetected, photo.undetected ?? [], analysis);
    return { faceIds: keys.map(detections.readId), hasChanged: added.length > 0 || hasLost || hasMoved };
  };
}
