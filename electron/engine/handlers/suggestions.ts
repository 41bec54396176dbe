/** KindredApi's answers that compare faces: what might be two people, and who fits least. */

import type { MethodHandlers } from '../../api/contract.ts';
import type { FaceId } from '../../base/ids.ts';
import type { HandlerParts } from './handler-parts.ts';

/** Methods about people that ask the clusterer. */
export type SuggestionMethod =
  | 'people.proposeSplit'
  | 'people.listOutliers'
  | 'people.listMixed'
  | 'people.previewRecluster'
  | 'people.reclusterAll';

export function createSuggestionHandlers({ database, planner, clusterer, notifier }: HandlerParts): Pick<MethodHandlers, SuggestionMethod> {
  return {
    'people.proposeSplit': async ({ personId: asked }) => {
      const { id: personId } = await database.getPerson({ personId: asked });
      const { groups, probability } = await clusterer.ask(await planner.planActive(), { kind: 'split', personId });
      const faces = await database.listFacesByIds(groups.flat());
      const confirmed = new Set(faces.flatMap(({ id, isConfirmed }) => (isConfirmed ? [id] : [])));
      const described = groups.map((faceIds) => ({
        faceIds: [...faceIds],
        confirmedCount: faceIds.filter((id) => confirmed.has(id)).length,
      }));
      return { groups: described, probability };
    },
    'people.listOutliers': async ({ personId: asked, offset, limit }) => {
      const { id: personId } = await database.getPerson({ personId: asked });
      const ranked = await clusterer.ask(await planner.planActive(), { kind: 'outliers', personId });
      const page = ranked.slice(offset, offset + limit);
      const faces = await database.listFacesByIds(page.map(({ faceId }) => faceId));
      return { total: ranked.length, faces: faces.map((face, index) => ({ face, fit: page[index]!.fit })) };
    },
    'people.listMixed': async ({ offset, limit }) => {
      const mixed = await clusterer.ask(await planner.planActive(), { kind: 'mixed' });
      const page = mixed.slice(offset, offset + limit);
      const people = await database.listPeopleByIds(page.map(({ personId }) => personId));
      return { total: mixed.length, people: people.map((person, index) => ({ person, probability: page[index]!.probability })) };
    },
    'people.previewRecluster': async ({ personId: asked }) => {
      const { id: personId } = await database.getPerson({ personId: asked });
      const { stayingCount, leaving, joining } = await clusterer.ask(await planner.planActive(), { kind: 'recluster', personId });
      const copy = (groups: readonly (readonly FaceId[])[]) => groups.map((faceIds) => ({ faceIds: [...faceIds] }));
      return { stayingCount, leaving: copy(leaving), joining: copy(joining) };
    },
    'people.reclusterAll': async () => {
      await clusterer.cluster(await planner.planActive());
      notifier.notify('people', 'faces', 'status');
      return {};
    },
  };
}
