/** KindredApi's answer to how far recognition can be trusted: measured on the faces that the user has confirmed. */

import type { FaceId, PersonId } from '../../base/ids.ts';
import type { ClusteringInput } from '../../terms/clustering-input.ts';
import { trustOptions } from '../config.ts';
import { drawFaces } from '../../learning/trust/draw-faces.ts';
import { measureTrustInWorker } from '../../learning/trust/measure-in-worker.ts';
import { canMeasureTrust, type TrustScores } from '../../learning/trust/measure-trust.ts';
import type { HandlerParts, HandlersOf } from './handler-parts.ts';

export function createTrustHandlers({ database, planner }: Pick<HandlerParts, 'database' | 'planner'>): Pick<HandlersOf<'library'>, 'library.measureTrust'> {
  /** @param faces by position, as they were measured */
  async function describe({ nearest, ...scores }: TrustScores, faces: readonly ConfirmedFace[]) {
    const people = await database.listPeopleByIds(nearest.flatMap(({ first, second }) => [first as PersonId, second as PersonId]));
    return {
      ...scores,
      rates: [...scores.rates],
      roc: [...scores.roc],
      distances: { ...scores.distances, genuine: [...scores.distances.genuine], impostors: [...scores.distances.impostors] },
      nearest: nearest.map(({ firstFace, secondFace, distance, pairs, pairsWithin }, index) => ({
        first: people[2 * index]!,
        second: people[2 * index + 1]!,
        firstFaceId: faces[firstFace]!.faceId,
        secondFaceId: faces[secondFace]!.faceId,
        distance,
        pairs,
        pairsWithin,
      })),
    };
  }

  return {
    'library.measureTrust': async (_params, { signal }) => {
      const { packId, clustering, setup } = await planner.planActive();
      const input = await database.readClusteringInput(packId);
      const confirmed = listConfirmed(input);
      const confirmedPeople = confirmed.map(({ personId }) => personId);
      const counts = { pack: setup.pack, confirmedFaces: confirmed.length, confirmedPeople: new Set(confirmedPeople).size };
      const { mostFaces, ...measures } = trustOptions;
      const faces = drawFaces(confirmedPeople, { mostFaces, seed: measures.seed }).map((face) => confirmed[face]!);
      const people = faces.map(({ personId }) => personId);
      if (!canMeasureTrust(people)) return { ...counts, scores: null };
      const embeddings = await database.readEmbeddings(packId, Float64Array.from(faces, ({ row }) => row));
      const labeled = { embeddings, length: input.embeddingLength, people };
      // As clustering compares, what was learnt from the user included.
      const options = { ...measures, threshold: clustering.maxDistance, projection: clustering.projection ?? null };
      const scores = await measureTrustInWorker({ faces: labeled, options }, signal);
      return { ...counts, scores: await describe(scores, faces) };
    },
  };
}

interface ConfirmedFace {
  readonly faceId: FaceId;
  readonly personId: PersonId;
  /** Number of its embedding. */
  readonly row: number;
}

/** Of people who are set aside nobody says that they are one person each. */
function listConfirmed({ faceIds, confirmed, personIndices, people, embeddingRows }: Omit<ClusteringInput, 'embeddings'>): ConfirmedFace[] {
  return faceIds.flatMap((faceId, face): ConfirmedFace[] => {
    const person = people[personIndices[face]!];
    if (confirmed[face] !== 1 || person === undefined || person.isIgnored) return [];
    return [{ faceId, personId: person.id, row: embeddingRows[face]! }];
  });
}
