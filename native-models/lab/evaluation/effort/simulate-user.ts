/** A user who knows everybody labels a library until it is finished, always by what brings most for an action. */

import { AppError } from '../../../../electron/base/errors.ts';
import { AssistedOffers } from './assisted-offers.ts';
import { listHandOffers, type Situation } from './hand-offers.ts';
import type { ActionCosts, LabelledLibrary } from './labelled-library.ts';
import { actionKinds, type ActionKind, type Offer } from './offer.ts';
import { describeMakeup, measureStanding, type Goal, type Standing, type Truth } from './truth.ts';

export interface EffortOptions {
  readonly goal: Goal;
  readonly costs: ActionCosts;
  readonly signal?: AbortSignal;
}

export interface Effort {
  readonly actions: number;
  readonly byKind: Readonly<Record<ActionKind, number>>;
  readonly standing: Standing;
}

/** More steps than faces mean that actions do not do what they promise. */
const stepsPerFace = 2;

/** @throws AppError "internal" where the library does not come closer to its end, "cancelled" */
export async function simulateUser(library: LabelledLibrary, truth: Truth, options: EffortOptions): Promise<Effort> {
  const byKind = Object.fromEntries(actionKinds.map((kind) => [kind, 0])) as Record<ActionKind, number>;
  const assisted = library.assistance === null ? null : new AssistedOffers(library.assistance);
  for (let step = 0; step <= stepsPerFace * truth.identities.size; step++) {
    if (options.signal?.aborted) throw new AppError('cancelled', 'Expected to label to the end but received a cancel');
    const situation = await look(library, truth, options);
    const { standing } = situation;
    const offer = standing.isFinished ? null : await chooseOffer(situation, assisted);
    if (offer === null) {
      return { actions: actionKinds.reduce((sum, kind) => sum + byKind[kind], 0), byKind, standing };
    }
    await offer.perform();
    byKind[offer.kind] += offer.cost;
  }
  throw new AppError('internal', 'Expected a library that comes to an end but received one that does not');
}

async function look(library: LabelledLibrary, truth: Truth, { goal, costs }: EffortOptions): Promise<Situation> {
  const people = (await library.listPeople()).filter(({ isIgnored }) => !isIgnored);
  const makeups = people.map((person) => describeMakeup(person, truth));
  const namedPeople = new Map<string, string>();
  for (const { id, name } of [...people].sort((one, other) => other.faces.length - one.faces.length)) {
    if (name !== null && !namedPeople.has(name)) namedPeople.set(name, id);
  }
  return { library, truth, goal, costs, makeups, namedPeople, standing: measureStanding(makeups, truth, goal) };
}

/** @returns null where nothing brings the library closer to its end */
async function chooseOffer(situation: Situation, assisted: AssistedOffers | null): Promise<Offer | null> {
  const { standing } = situation;
  const help = (await assisted?.list(situation)) ?? { offers: [], last: null };
  if (help.last !== null && standing.missing > 0 && help.last.gain >= standing.missing) return help.last;
  const worthOf = ({ gain, cleans, cost }: Offer): number => (standing.missing > 0 ? gain : cleans) / cost;
  let best: Offer | null = null;
  for (const offer of [...help.offers, ...listHandOffers(situation)]) {
    // Nobody clicks on strangers one by one who can set all aside at the end.
    if (help.last !== null && offer.kind === 'ignore') continue;
    if (worthOf(offer) > (best === null ? 0 : worthOf(best))) best = offer;
  }
  return best ?? (standing.missing > 0 ? help.last : null);
}
