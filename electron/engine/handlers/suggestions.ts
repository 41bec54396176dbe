/** KindredApi's answers that compare faces: what might be one person, what might be two, and who fits least. */

import type { MethodHandlers } from '../../api/contract.ts';
import type { Answer } from '../../clustering/suggestions/answer.ts';
import type { FaceId } from '../../base/ids.ts';
import type { LibraryDatabase } from '../../database/library-database.ts';
import type { ChangeNotifier } from '../../jobs/change-notifier.ts';
import type { LibraryClusterer } from '../../jobs/cluster-library.ts';
import type { Recognition } from '../recognition.ts';

type SuggestionMethod =
  | 'review.list'
  | 'people.proposeSplit'
  | 'people.listOutliers'
  | 'people.listMixed'
  | 'people.previewRecluster'
  | 'people.reclusterAll';

export function createSuggestionHandlers({
  database,
  recognition,
  clusterer,
  notifier,
}: {
  readonly database: LibraryDatabase;
  readonly recognition: Recognition;
  readonly clusterer: LibraryClusterer;
  readonly notifier: ChangeNotifier;
}): Pick<MethodHandlers, SuggestionMethod> {
  async function describeQuestions({ questions, ...left }: Answer<'questions'>) {
    const people = await database.listPeopleByIds(questions.flatMap(({ first, second }) => [first, second]));
    const faces = await database.listFacesByIds(questions.flatMap(({ firstFaces, secondFaces }) => [...firstFaces, ...secondFaces]));
    const facesById = new Map(faces.map((face) => [face.id, face]));
    const pick = (ids: readonly FaceId[]) => ids.map((id) => facesById.get(id)!);
    return {
      questions: questions.map(({ probability, settles, firstFaces, secondFaces }, index) => ({
        first: people[2 * index]!,
        second: people[2 * index + 1]!,
        firstFaces: pick(firstFaces),
        secondFaces: pick(secondFaces),
        probability,
        settles,
      })),
      ...left,
    };
  }

  return {
    'review.list': async ({ limit, personId: asked, skipped, includeOpen }) => {
      const personId = asked === null ? null : (await database.getPerson({ personId: asked })).id;
      const pack = await recognition.planActive();
      return await describeQuestions(await clusterer.ask(pack, { kind: 'questions', limit, personId, skipped, includeOpen }));
    },
    'people.proposeSplit': async ({ personId: asked }) => {
      const { id: personId } = await database.getPerson({ personId: asked });
      const { groups, probability } = await clusterer.ask(await recognition.planActive(), { kind: 'split', personId });
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
      const ranked = await clusterer.ask(await recognition.planActive(), { kind: 'outliers', personId });
      const page = ranked.slice(offset, offset + limit);
      const faces = await database.listFacesByIds(page.map(({ faceId }) => faceId));
      return { total: ranked.length, faces: faces.map((face, index) => ({ face, fit: page[index]!.fit })) };
    },
    'people.listMixed': async ({ offset, limit }) => {
      const mixed = await clusterer.ask(await recognition.planActive(), { kind: 'mixed' });
      const page = mixed.slice(offset, offset + limit);
      const people = await database.listPeopleByIds(page.map(({ personId }) => personId));
      return { total: mixed.length, people: people.map((person, index) => ({ person, probability: page[index]!.probability })) };
    },
    'people.previewRecluster': async ({ personId: asked }) => {
      const { id: personId } = await database.getPerson({ personId: asked });
      const { stayingCount, leaving, joining } = await clusterer.ask(await recognition.planActive(), { kind: 'recluster', personId });
      const copy = (groups: readonly (readonly FaceId[])[]) => groups.map((faceIds) => ({ faceIds: [...faceIds] }));
      return { stayingCount, leaving: copy(leaving), joining: copy(joining) };
    },
    'people.reclusterAll': async () => {
      await clusterer.cluster(await recognition.planActive());
      notifier.notify('people', 'faces', 'status');
      return {};
    },
  };
}
