/** Review: which two people may be one. */

import type { FaceId } from '../../base/ids.ts';
import type { Answer } from '../../clustering/suggestions/answer.ts';
import type { HandlerParts, HandlersOf } from './handler-parts.ts';

export function createReviewHandlers({ database, planner, clusterer }: HandlerParts): HandlersOf<'review'> {
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
      const plan = await planner.planActive();
      return await describeQuestions(await clusterer.ask(plan, { kind: 'questions', limit, personId, skipped, includeOpen }));
    },
  };
}
