/** KindredApi's answers: what each method does with database, jobs and packs. */

import type { MethodHandlers } from '../../api/contract.ts';
import { createActionHandlers } from './actions.ts';
import { createFaceHandlers } from './faces.ts';
import type { HandlerParts } from './handler-parts.ts';
import { createJobHandlers } from './jobs.ts';
import { createJournalHandlers } from './journal.ts';
import { createLearningHandlers } from './learning.ts';
import { createLibraryHandlers } from './library.ts';
import { createPackHandlers } from './packs.ts';
import { createPeopleHandlers } from './people.ts';
import { createPhotoHandlers } from './photos.ts';
import { createReviewHandlers } from './review.ts';
import { createSuggestionHandlers } from './suggestions.ts';
import { createTrustHandlers } from './trust.ts';

export function createHandlers(parts: HandlerParts): MethodHandlers {
  return {
    ...createActionHandlers(parts),
    ...createLibraryHandlers(parts),
    ...createTrustHandlers(parts),
    ...createJobHandlers(parts),
    ...createPackHandlers(parts),
    ...createLearningHandlers(parts),
    ...createPeopleHandlers(parts),
    ...createSuggestionHandlers(parts),
    ...createReviewHandlers(parts),
    ...createFaceHandlers(parts),
    ...createPhotoHandlers(parts),
    ...createJournalHandlers(parts),
  };
}
