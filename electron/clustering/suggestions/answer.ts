/** Answers what is asked about a library as the last clustering and the user left it, in ids. */

import type { FaceId, PersonId } from '../../base/ids.ts';
import { AppError } from '../../base/errors.ts';
import { listMixed } from './mixed.ts';
import { rankOutliers } from './outliers.ts';
import { listQuestions } from './questions.ts';
import { previewRecluster } from './recluster.ts';
import { proposeSplit } from './split.ts';
import type { LibraryView } from './types.ts';

/** What may be asked. */
export type Inquiry =
  | {
      readonly kind: 'questions';
      readonly limit: number;
      readonly personId: PersonId | null;
      readonly skipped: readonly (readonly [PersonId, PersonId])[];
      readonly includeOpen: boolean;
    }
  | { readonly kind: 'split'; readonly personId: PersonId }
  | { readonly kind: 'outliers'; readonly personId: PersonId }
  | { readonly kind: 'mixed' }
  | { readonly kind: 'recluster'; readonly personId: PersonId };

export interface Answers {
  readonly questions: {
    readonly questions: readonly {
      readonly first: PersonId;
      readonly second: PersonId;
      readonly firstFaces: readonly FaceId[];
      readonly secondFaces: readonly FaceId[];
      readonly probability: number;
      readonly settles: number;
    }[];
    readonly questionsLeft: number;
    readonly facesLeft: number;
  };
  readonly split: { readonly groups: readonly (readonly FaceId[])[]; readonly probability: number };
  readonly outliers: readonly { readonly faceId: FaceId; readonly fit: number }[];
  readonly mixed: readonly { readonly personId: PersonId; readonly probability: number }[];
  readonly recluster: {
    readonly stayingCount: number;
    readonly leaving: readonly (readonly FaceId[])[];
    readonly joining: readonly (readonly FaceId[])[];
  };
}
export type Answer<Kind extends Inquiry['kind']> = Answers[Kind];

/** @throws AppError "not-found" for a person without a face that can be compared */
export function answerInquiry(view: LibraryView, inquiry: Inquiry): Answer<Inquiry['kind']> {
  const { input } = view;
  const faceIds = (faces: readonly number[]): FaceId[] => faces.map((face) => input.faceIds[face]!);
  const groups = (all: readonly (readonly number[])[]): FaceId[][] => all.map(faceIds);
  const personIds = new Map(input.people.map(({ id }, person) => [id, person]));
  const requirePerson = (id: PersonId): number => {
    const person = personIds.get(id);
    if (person === undefined) throw new AppError('not-found', `Expected a person with faces but received ${id}`, { parameters: { id } });
    return person;
  };
  switch (inquiry.kind) {
    case 'questions': {
      const { limit, personId, includeOpen } = inquiry;
      const person = personId === null ? -1 : (personIds.get(personId) ?? null);
      if (person === null) return { questions: [], questionsLeft: 0, facesLeft: 0 };
      const skipped = inquiry.skipped.flatMap(([one, other]): [number, number][] => {
        const pair = [personIds.get(one), personIds.get(other)] as const;
        return pair[0] === undefined || pair[1] === undefined ? [] : [[pair[0], pair[1]]];
      });
      const { questions, ...left } = listQuestions(view, { limit, person, skipped, includeOpen });
      const told = questions.map(({ first, second, firstFaces, secondFaces, ...rest }) => ({
        ...rest,
        first: input.people[first]!.id,
        second: input.people[second]!.id,
        firstFaces: faceIds(firstFaces),
        secondFaces: faceIds(secondFaces),
      }));
      return { questions: told, ...left };
    }
    case 'split': {
      const found = proposeSplit(view, requirePerson(inquiry.personId));
      return { groups: groups(found.groups), probability: found.probability };
    }
    case 'outliers':
      return rankOutliers(view, requirePerson(inquiry.personId)).map(({ face, fit }) => ({ faceId: input.faceIds[face]!, fit }));
    case 'mixed':
      return listMixed(view).map(({ person, probability }) => ({ personId: input.people[person]!.id, probability }));
    case 'recluster': {
      const found = previewRecluster(view, requirePerson(inquiry.personId));
      return { ...found, leaving: groups(found.leaving), joining: groups(found.joining) };
    }
  }
}
