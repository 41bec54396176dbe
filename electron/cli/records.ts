/** The shape that records have in the command line's JSON, which programs rely on. */

import type { Comparison, FaceRecord, ImportSummary, JournalEntry, PersonSummary } from '../api/schemas.ts';

export function toPersonRecord(person: PersonSummary) {
  return {
    id: person.id,
    name: person.name,
    faces: person.faceCount,
    photos: person.photoCount,
    cover: person.coverFaceId,
  };
}

/** Boxes and landmarks in upright photo pixels. */
export function toFaceRecord(face: FaceRecord) {
  return {
    id: face.id,
    photo: face.photoPath,
    box: face.box,
    score: face.score,
    quality: face.quality,
    landmarks: face.landmarks,
    person: face.personId,
    cluster: face.clusterId,
    confirmed: face.isConfirmed,
    pack: face.pack,
    ...(face.embedding === undefined ? {} : { embedding: face.embedding }),
  };
}

export function toImportRecord(summary: ImportSummary) {
  return {
    photos: summary.photos,
    added: summary.added,
    faces: summary.faces,
    people: summary.people,
    failed: summary.failed.map(({ path, reason, detail }) => ({ path, reason, detail })),
    skipped: summary.skipped,
    seconds: summary.seconds,
    runtime: summary.runtime,
  };
}

export function toJournalRecord(entry: JournalEntry) {
  return {
    id: entry.id,
    kind: entry.kind,
    at: entry.at,
    parameters: entry.parameters,
    undone: entry.isUndone,
  };
}

export function toComparisonRecord(comparison: Comparison) {
  return {
    threshold: comparison.threshold,
    pairs: comparison.pairs.map((pair) => ({
      first: pair.firstBox,
      second: pair.secondBox,
      distance: pair.distance,
      same: pair.isSamePerson,
    })),
  };
}
