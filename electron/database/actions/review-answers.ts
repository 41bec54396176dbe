/** What the user answers to "Are these one person?"; each answer is one journal entry. */

import type { JournalEntry, PersonSummary } from '../../api/schemas.ts';
import type { ValidParams } from '../../api/contract.ts';
import { AppError } from '../../base/errors.ts';
import type { FaceKey } from '../tables/faces.ts';
import type { Journal, Recorded } from './journal.ts';
import type { SupersededDecisions } from './superseded-decisions.ts';
import type { MembershipStore } from '../tables/memberships.ts';
import type { PeopleStore, PersonKey } from '../tables/people.ts';

/** Both sides of a question; a side's own faces say the least where there are fewer of them. */
interface Sides {
  readonly smaller: PersonKey;
  readonly larger: PersonKey;
}

export function createReviewAnswers(
  stores: {
    readonly people: PeopleStore;
    readonly memberships: MembershipStore;
    readonly journal: Journal;
    readonly superseded: SupersededDecisions;
  },
  merge: (params: ValidParams<'people.merge'>) => Recorded<{ person: PersonSummary }>,
) {
  const { people, memberships, journal, superseded } = stores;

  /** @throws AppError "bad-argument" where both are one person already, "conflict" where neither has a face */
  function weigh(firstKey: PersonKey, secondKey: PersonKey): Sides {
    if (firstKey === secondKey) {
      throw new AppError('bad-argument', 'Expected two people to tell apart but received the same one twice');
    }
    const first = people.readFlags(firstKey).faceCount;
    const second = people.readFlags(secondKey).faceCount;
    if (first === 0 && second === 0) {
      throw new AppError('conflict', 'Expected people with faces to tell apart but received two without any');
    }
    // Whoever has no faces has nothing that could be ruled out of the other.
    const isFirstSmaller = second === 0 || (first > 0 && first < second);
    return isFirstSmaller ? { smaller: firstKey, larger: secondKey } : { smaller: secondKey, larger: firstKey };
  }

  function describePair(firstKey: PersonKey, secondKey: PersonKey): JournalEntry['parameters'] {
    return {
      person: people.readId(firstKey),
      name: people.readFlags(firstKey).name,
      other: people.readId(secondKey),
      otherName: people.readFlags(secondKey).name,
    };
  }

  const tellFirst = (firstKey: PersonKey) => (): { person: PersonSummary } => ({ person: people.summarize(firstKey) });

  /** No clustering joins them from now on, and no review asks again. */
  function tellApart(firstKey: PersonKey, secondKey: PersonKey): Recorded<{ person: PersonSummary }> {
    const { smaller, larger } = weigh(firstKey, secondKey);
    return journal.record(
      'tell-apart',
      (recorder) => {
        superseded.revokeLeftOpen(recorder, firstKey, secondKey);
        let rejected = 0;
        for (const faceKey of memberships.listFaces(smaller)) {
          if (superseded.reject(recorder, faceKey, larger)) rejected++;
        }
        for (const key of [firstKey, secondKey]) recorder.hold(key);
        return { ...describePair(firstKey, secondKey), faces: rejected };
      },
      tellFirst(firstKey),
    );
  }

  /** Forbids nothing: it only is not asked again. */
  function leaveOpen(firstKey: PersonKey, secondKey: PersonKey): Recorded<{ person: PersonSummary }> {
    const { smaller, larger } = weigh(firstKey, secondKey);
    if (superseded.isLeftOpen(firstKey, secondKey)) return journal.leave(tellFirst(firstKey)());
    return journal.record(
      'leave-open',
      (recorder) => {
        recorder.decide('left-open', readBestFace(smaller), larger);
        return describePair(firstKey, secondKey);
      },
      tellFirst(firstKey),
    );
  }

  function readBestFace(personKey: PersonKey): FaceKey {
    const cover = people.readCover(personKey);
    if (cover === null) throw new AppError('internal', `Expected a cover of a person with faces but received none`);
    return cover;
  }

  return {
    answer({ first, second, answer }: ValidParams<'review.answer'>): Recorded<{ person: PersonSummary }> {
      const firstKey = people.resolve(first);
      const secondKey = people.resolve(second);
      if (answer === 'yes') return merge({ target: first, sources: [second] });
      return answer === 'no' ? tellApart(firstKey, secondKey) : leaveOpen(firstKey, secondKey);
    },
  };
}
