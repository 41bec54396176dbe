/** What the fake engine says about trust: measured for real, on embeddings made up from whom the samples show. */

import { createHash } from 'node:crypto';
import type { MethodHandlers } from '../../electron/api/contract.ts';
import type { PersonId } from '../../electron/base/ids.ts';
import { canMeasureTrust, measureTrust } from '../../electron/learning/trust/measure-trust.ts';
import type { FakeLibrary } from './fake-library.ts';

const length = 64;
/** Of each number, beside 1 in the direction of the person: some pairs of one person come out far, some of two near. */
const spread = 0.14;

/** @returns [length], the same for the same face */
function inventEmbedding(face: string, person: number): number[] {
  const values: number[] = [];
  for (let at = 0; at < length; at++) {
    const bytes = createHash('sha256').update(`${face}/${at}`).digest();
    const noise = (bytes.readUInt16BE(0) + bytes.readUInt16BE(2) + bytes.readUInt16BE(4)) / 0xffff - 1.5;
    values.push(2 * spread * noise + (at === person ? 1 : 0) + (at === 0 ? 0.4 : 0));
  }
  return values;
}

export function createFakeTrust(library: FakeLibrary): Pick<MethodHandlers, 'library.measureTrust'> {
  return {
    'library.measureTrust': async () => {
      const { assignments } = library.decisions;
      const faces = [...library.faces.values()].filter(({ id }) => {
        const assignment = assignments.get(id);
        return assignment?.isConfirmed === true && !assignment.isIgnored;
      });
      const people = faces.map(({ id }) => assignments.get(id)!.personId);
      const counts = { pack: 'standard', confirmedFaces: faces.length, confirmedPeople: new Set(people).size };
      if (!canMeasureTrust(people)) return { ...counts, scores: null };
      const embeddings = Float32Array.from(faces.flatMap(({ id, sample }) => inventEmbedding(id, 1 + (sample.person % (length - 1)))));
      const { nearest, rates, roc, distances, ...scores } = measureTrust(
        { embeddings, length, people },
        { threshold: 1.02, projection: null, falseAcceptRates: [1e-2, 1e-3], bootstrapRounds: 20, mostPairs: 12, seed: 1 },
      );
      return {
        ...counts,
        scores: {
          ...scores,
          rates: [...rates],
          roc: [...roc],
          distances: { ...distances, genuine: [...distances.genuine], impostors: [...distances.impostors] },
          nearest: nearest.map(({ first, second, firstFace, secondFace, ...pair }) => ({
            ...pair,
            first: library.summarizePerson(first as PersonId),
            second: library.summarizePerson(second as PersonId),
            firstFaceId: faces[firstFace]!.id,
            secondFaceId: faces[secondFace]!.id,
          })),
        },
      };
    },
  };
}
