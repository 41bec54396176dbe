/** What Kindred's user can do beside: answer questions, compare a person anew, split one, set all strangers aside. */

import type { LibraryAssistance, LibraryPerson } from './labelled-library.ts';
import type { Situation } from './hand-offers.ts';
import type { Offer } from './offer.ts';
import { measureStanding, type Makeup } from './truth.ts';

/** People of so many faces are set aside as strangers, by the user's choice. */
const strangerSizes = [1, 2, 3, 5, 10];

/** What was proposed about a person stays so until its faces change. */
export class AssistedOffers {
  readonly #assistance: LibraryAssistance;
  readonly #proposals = new Map<string, { readonly faces: string; readonly offers: readonly Offer[] }>();

  constructor(assistance: LibraryAssistance) {
    this.#assistance = assistance;
  }

  /** @returns offers, and apart from them the one that ends the work: strangers are set aside once everybody else is
   *   placed, as who is set aside with them has to be found again */
  async list(situation: Situation): Promise<{ offers: Offer[]; last: Offer | null }> {
    const offers: Offer[] = [];
    const people = new Map(situation.makeups.map((makeup) => [makeup.person.id, makeup]));
    const named = [...situation.namedPeople.values()];
    for (const personId of [null, ...named]) {
      const offer = await this.#offerQuestions(personId, people, situation);
      if (offer !== null) offers.push(offer);
    }
    for (const personId of named) offers.push(...(await this.#offerProposals(people.get(personId)!, situation)));
    return { offers, last: this.#offerStrangers(situation) };
  }

  /** The questions as they come, up to the first whose answer places faces: all before it cost an answer each. */
  async #offerQuestions(
    personId: string | null,
    people: ReadonlyMap<string, Makeup>,
    { truth, namedPeople }: Situation,
  ): Promise<Offer | null> {
    const questions = await this.#assistance.listQuestions(personId);
    const answers: (() => Promise<void>)[] = [];
    for (const [first, second] of questions) {
      const [one, other] = [people.get(first), people.get(second)];
      if (one === undefined || other === undefined) return null;
      const answer = answerQuestion(one, other);
      answers.push(() => this.#assistance.answer(first, second, answer));
      const name = one.person.name ?? other.person.name;
      const isPlacing = answer === 'yes' && name !== null && truth.named.has(name) && namedPeople.has(name);
      const joining = one.person.name === null ? one : other;
      const gain = joining.person.name === null ? (joining.byIdentity.find(([identity]) => identity === name)?.[1].length ?? 0) : 0;
      if (!isPlacing || gain === 0) continue;
      const perform = async (): Promise<void> => {
        for (const give of answers) await give();
      };
      return { kind: 'question', cost: answers.length, gain, cleans: 0, perform };
    }
    return null;
  }

  async #offerProposals(makeup: Makeup, situation: Situation): Promise<readonly Offer[]> {
    const { person } = makeup;
    // What is left to propose about a person depends on the faces of others too: as good as never on their number alone.
    const faces = `${person.faces.length} ${situation.makeups.length}`;
    const known = this.#proposals.get(person.id);
    if (known?.faces === faces) return known.offers;
    const wrong = makeup.byIdentity.some(([identity]) => identity !== person.name);
    const offers = [
      ...(await this.#offerRecluster(makeup, situation)),
      ...(wrong ? await this.#offerSplit(makeup, situation) : []),
    ];
    this.#proposals.set(person.id, { faces, offers });
    return offers;
  }

  /** The preview is taken over by one click; what is wrong in it is unticked before, by a click each. */
  async #offerRecluster({ person }: Makeup, { truth }: Situation): Promise<Offer[]> {
    const preview = await this.#assistance.previewRecluster(person.id);
    const leaving: (readonly string[])[] = [];
    const joining: string[] = [];
    let cost = 1;
    let gain = 0;
    let cleans = 0;
    for (const group of preview.leaving) {
      const { right, wrong } = sortFaces(group, person, truth.identities);
      if (right.length > 0 || wrong.length === 0) {
        cost += 1;
        continue;
      }
      leaving.push(group);
      cleans += wrong.length;
    }
    for (const group of preview.joining) {
      const { right, wrong, unknown } = sortFaces(group, person, truth.identities);
      if (right.length <= wrong.length) {
        cost += 1;
        continue;
      }
      joining.push(...right, ...unknown);
      cost += wrong.length;
      gain += right.length;
    }
    if (gain + cleans === 0) return [];
    const perform = (): Promise<void> => this.#assistance.recluster(person.id, leaving, joining);
    return [{ kind: 'recluster', cost, gain, cleans, perform }];
  }

  /** The proposal is taken over by one click; faces in a wrong group are put right before, by a click each. */
  async #offerSplit({ person }: Makeup, { truth }: Situation): Promise<Offer[]> {
    const groups = await this.#assistance.proposeSplit(person.id);
    let cost = 1;
    let cleans = 0;
    const leaving: string[][] = [];
    groups.forEach((group, index) => {
      const { right, wrong, unknown } = sortFaces(group, person, truth.identities);
      cost += index === 0 ? wrong.length : right.length;
      cleans += wrong.length;
      if (index === 0 && wrong.length > 0) leaving.push(wrong);
      if (index > 0 && wrong.length > 0) leaving.push([...wrong, ...unknown]);
    });
    if (cleans === 0) return [];
    const perform = (): Promise<void> => this.#assistance.split(person.id, leaving);
    return [{ kind: 'split', cost, gain: 0, cleans, perform }];
  }

  #offerStrangers({ truth, goal, makeups, standing }: Situation): Offer | null {
    let best: Offer | null = null;
    for (const size of strangerSizes) {
      const isGone = (person: LibraryPerson): boolean => person.name === null && person.faces.length <= size;
      const after = measureStanding(makeups.filter(({ person }) => !isGone(person)), truth, goal);
      const gain = after.right - standing.right;
      if (gain <= (best?.gain ?? 0)) continue;
      best = { kind: 'strangers', cost: 1, gain, cleans: 0, perform: () => this.#assistance.ignoreStrangers(size) };
    }
    return best;
  }
}

/** The user answers by whom most of the faces show; of bystanders nobody can say. */
function answerQuestion(one: Makeup, other: Makeup): 'yes' | 'no' | 'not-sure' {
  const [first, second] = [one.byIdentity[0]?.[0], other.byIdentity[0]?.[0]];
  if (first === undefined || second === undefined) return 'not-sure';
  return (one.person.name ?? first) === (other.person.name ?? second) ? 'yes' : 'no';
}

function sortFaces(faces: readonly string[], { name }: LibraryPerson, identities: ReadonlyMap<string, string | null>) {
  const sorted = { right: [] as string[], wrong: [] as string[], unknown: [] as string[] };
  for (const face of faces) {
    const identity = identities.get(face) ?? null;
    sorted[identity === null ? 'unknown' : identity === name ? 'right' : 'wrong'].push(face);
  }
  return sorted;
}

