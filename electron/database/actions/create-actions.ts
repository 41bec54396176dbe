/** Every action of the user's by the name of its method, and the journal that takes them back. */

import type { ActionMethod, Result, ValidParams } from '../../api/contract.ts';
import type { PhotoId } from '../../base/ids.ts';
import type { Connection } from '../file/connection.ts';
import type { Changed } from '../library-database.ts';
import type { DecisionStore } from '../tables/decisions.ts';
import type { FaceStore } from '../tables/faces.ts';
import type { MembershipStore } from '../tables/memberships.ts';
import type { PeopleStore } from '../tables/people.ts';
import { createBirthDates } from './birth-dates.ts';
import { createConfirmFaces } from './confirm-faces.ts';
import { createFaceActions } from './face-actions.ts';
import { createFaceRemoval } from './removed-faces.ts';
import { createJournal, type Journal } from './journal.ts';
import { createSupersededDecisions } from './superseded-decisions.ts';
import { createPeopleActions } from './people-actions.ts';
import { createReviewAnswers } from './review-answers.ts';
import { createRowImages } from './row-images.ts';
import { createSplits } from './splits.ts';
import { createStrangers, type StrangerCounts } from './strangers.ts';

/** Each runs inside a transaction and leaves one entry of the journal at most. */
export type Actions = { readonly [M in ActionMethod]: (params: ValidParams<M>) => Changed<Result<M>> };

export function createActions(
  connection: Connection,
  tables: {
    readonly people: PeopleStore;
    readonly faces: FaceStore;
    readonly memberships: MembershipStore;
    readonly decisions: DecisionStore;
    readonly resolvePhoto: (photoId: PhotoId) => number;
  },
): {
  readonly actions: Actions;
  readonly journal: Journal;
  readonly countStrangers: (params: ValidParams<'people.countStrangers'>) => StrangerCounts;
} {
  const { people, memberships, decisions } = tables;
  const images = createRowImages(connection, people, memberships);
  const journal = createJournal(connection, { people, memberships, decisions, images });
  const superseded = createSupersededDecisions(tables);
  const removal = createFaceRemoval(connection, { ...tables, superseded });
  const confirmFaces = createConfirmFaces(connection, { memberships, superseded });
  const parts = { ...tables, journal, superseded, removal, confirmFaces };
  const ofPeople = createPeopleActions(connection, parts);
  const ofFaces = createFaceActions(connection, parts);
  const splits = createSplits(connection, parts);
  const strangers = createStrangers(connection, parts, tables.resolvePhoto);

  return {
    journal,
    countStrangers: strangers.count,
    actions: {
      'people.name': ofPeople.name,
      'people.merge': ofPeople.merge,
      'people.chooseCover': ofPeople.chooseCover,
      'people.setBorn': createBirthDates(connection, parts).set,
      'people.ignore': ofPeople.ignore,
      'people.restore': ofPeople.restore,
      'people.confirm': ofPeople.confirm,
      'people.split': splits.split,
      'people.recluster': splits.recluster,
      'people.ignoreStrangers': strangers.ignore,
      'review.answer': createReviewAnswers(parts, ofPeople.merge).answer,
      'faces.move': ofFaces.move,
      'faces.confirm': ofFaces.confirm,
      'faces.reject': ofFaces.reject,
      'faces.ignore': ofFaces.ignore,
      'faces.restore': ofFaces.restore,
      'photos.ignoreStrangers': strangers.ignoreInPhoto,
    },
  };
}
