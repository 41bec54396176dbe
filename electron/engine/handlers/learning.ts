/** What was learnt from the user. */

import type { HandlerParts, HandlersOf } from './handler-parts.ts';

export function createLearningHandlers({ learner, notifier }: HandlerParts): HandlersOf<'learning'> {
  return {
    'learning.get': () => learner.describe(),
    'learning.start': async () => ({ jobId: await learner.start() }),
    'learning.use': async ({ version }) => {
      await learner.use(version);
      notifier.notify('people', 'faces', 'status', 'learning');
      return await learner.describe();
    },
    'learning.change': async ({ isAutomatic }) => {
      await learner.setAutomatic(isAutomatic);
      notifier.notify('learning');
      return await learner.describe();
    },
  };
}
