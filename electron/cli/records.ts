/** The shape that records have in the command line's JSON, which programs rely on. */

import type { Comparison, FaceRecord, ImportSummary, JournalEntry, Pack, PersonSummary, SwitchSummary } from '../api/schemas.ts';

export function toPersonRecord(person: PersonSummary) {
  return {
    id: person.id,
    name: person.name,
    faces: person.faceCount,
    photos: person.photoCount,
    cover: person.coverFaceId,
  };
}

export function toPersonDetailRecord(person: PersonSummary) {
  return {
    ...toPersonRecord(person),
    born: person.born,
    confirmed: person.confirmedCount,
    ignored: person.isIgnored,
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

export function toPackRecord(pack: Pack) {
  return {
    name: pack.name,
    version: pack.version,
    state: pack.state,
    active: pack.isActive,
    origin: pack.origin,
    bytes: pack.bytes,
    lacking: { files: pack.lackingFiles, bytes: pack.lackingBytes, needsDownload: pack.needsDownload, hosts: pack.hosts },
    licence: pack.licence,
    source: pack.source,
    trainingData: pack.trainingData,
    embeddingLength: pack.embeddingLength,
    photosToAnalyze: pack.photosToAnalyze,
  };
}

/** @param summary null where there was nothing to look at */
export function toSwitchRecord(pack: string, summary: SwitchSummary | null) {
  return {
    pack,
    photos: summary?.photos ?? 0,
    analyzed: summary?.analyzed ?? 0,
    missing: summary?.missing ?? 0,
    failed: summary?.failed ?? [],
    ...(summary === null
      ? {}
      : { faces: summary.faces, people: summary.people, seconds: summary.seconds, runtime: summary.runtime }),
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
