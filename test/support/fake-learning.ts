/** What the fake engine says it has learnt: a first version that helped, and one for each further job. */

import type { Learning, LearntVersion } from '../../electron/api/schemas.ts';
import type { MethodHandlers } from '../../electron/api/contract.ts';
import { notFound } from './fake-library.ts';

type LearningMethod = Extract<keyof MethodHandlers, `learning.${string}`>;

export interface FakeLearning {
  readonly handlers: Omit<Pick<MethodHandlers, LearningMethod>, 'learning.start'>;
  /** Adopts a version more. */
  learn(): LearntVersion;
}

const firstNames: readonly [string, string][] = [['Penny', 'Bernadette'], ['Sheldon', 'Howard']];

export function createFakeLearning(options: {
  readonly hasLearnt: boolean;
  readonly readLabels: () => { readonly people: number; readonly faces: number; readonly names: readonly string[] };
  readonly tick: () => string;
  readonly readPack: () => string;
  readonly isRunning: () => boolean;
  readonly onChange: () => void;
}): FakeLearning {
  let isAutomatic = true;
  let versions: readonly LearntVersion[] = [];

  function learn(): LearntVersion {
    const { names, ...labels } = options.readLabels();
    // Before anybody has a name the invented ones are spoken of.
    const { people, faces } = labels.people === 0 ? { people: 7, faces: 212 } : labels;
    const pairs = names.length >= 2 ? [[names[0], names[1]] as [string, string]] : firstNames;
    const version: LearntVersion = {
      version: versions.length + 1,
      state: 'adopted',
      createdAt: options.tick(),
      refusal: null,
      people,
      faces,
      labelledFaces: faces,
      heldOut: { far: 1e-3, valBefore: 0.961, valAfter: 0.984, standardError: 0.006 },
      others: { far: 1e-3, valBefore: 0.951, valAfter: 0.95, standardError: 0.004 },
      toldApart: pairs.map((pair, index) => ({ names: pair, before: 41 - 20 * index, after: 3 })),
      questionsBefore: 52,
      questionsAfter: 21,
    };
    versions = [version, ...versions.map((known) => (known.state === 'adopted' ? { ...known, state: 'set-aside' as const } : known))];
    return version;
  }

  function describe(): Learning {
    const { people, faces } = options.readLabels();
    const current = versions.find(({ state }) => state === 'adopted')?.version ?? null;
    return { isAutomatic, isRunning: options.isRunning(), pack: options.readPack(), people, faces, current, versions: [...versions] };
  }

  if (options.hasLearnt) learn();
  return {
    learn,
    handlers: {
      'learning.get': async () => describe(),
      'learning.use': async ({ version }) => {
        const chosen = versions.find((known) => known.version === version && known.state !== 'refused');
        if (version !== null && chosen === undefined) throw notFound('projection', String(version));
        versions = versions.map((known) => {
          if (known.state === 'refused') return known;
          return { ...known, state: known.version === version ? 'adopted' : 'set-aside' };
        });
        options.onChange();
        return describe();
      },
      'learning.change': async (changes) => {
        isAutomatic = changes.isAutomatic;
        options.onChange();
        return describe();
      },
    },
  };
}
