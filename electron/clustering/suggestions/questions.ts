/** Lists the questions "are these one person?" whose answers settle most. */

import { findCandidatePairs } from './candidate-pairs.ts';
import { pickExemplars } from './exemplars.ts';
import { farthestWorthAsking, similarityAtRelative } from './likelihood.ts';
import { PairComparison } from './pair-comparison.ts';
import { PairRules } from './pair-rules.ts';
import { gatherPeople, type PersonFaces } from './people-faces.ts';
import { keyOfPair } from './person-pairs.ts';
import { orderDoubts, type Doubt } from './question-order.ts';
import type { LibraryView, Question, QuestionList, QuestionOptions } from './types.ts';

/** @returns questions that nothing has answered yet and that are likely enough, see SuggestionOptions */
export function listQuestions(view: LibraryView, options: QuestionOptions): QuestionList {
  const everybody = gatherPeople(view);
  const doubts = findDoubts(view, everybody, options);
  const ordered = orderDoubts(doubts, everybody.length);
  return {
    questions: ordered.slice(0, options.limit).map((doubt) => describeQuestion(view, doubt)),
    questionsLeft: ordered.length,
    facesLeft: countFaces(doubts),
  };
}

/** @returns cosine similarity of two faces below which they bring up no question among so many people: lists of
 *  neighbours that reach further say nothing more here */
export function leastSimilarityAsked({ options, suggestions }: LibraryView, peopleCount: number): number {
  return similarityAtRelative(farthestWorthAsking(suggestions.minProbability, peopleCount, suggestions), options);
}

function findDoubts(view: LibraryView, everybody: readonly (PersonFaces | null)[], options: QuestionOptions): Doubt[] {
  const { input, suggestions } = view;
  // Whoever is set aside could still be somebody's double: nobody gets likelier for setting others aside.
  const peopleCount = everybody.filter((own) => own !== null).length;
  const people = everybody.map((own, person) => (input.people[person]!.isIgnored ? null : own));
  const search = { people, minSimilarity: leastSimilarityAsked(view, peopleCount), person: options.person };
  const skipped = new Set(options.skipped.map(([one, other]) => keyOfPair(one, other, people.length)));
  const rules = new PairRules(view);
  const comparison = new PairComparison(view, people, peopleCount);
  const doubts: Doubt[] = [];
  for (const pair of findCandidatePairs(view, search)) {
    const probability = comparison.measure(pair);
    if (probability < suggestions.minProbability) continue;
    const [one, other] = [people[pair.one]!, people[pair.other]!];
    if (skipped.has(keyOfPair(pair.one, pair.other, people.length)) || !rules.isOpen(one, other)) continue;
    if (!rules.canBeTold(one, other) || (!options.includeOpen && rules.isLeftOpen(pair.one, pair.other))) continue;
    const doubt = weighDoubt(view, one, other, probability);
    if (doubt.settles >= suggestions.minSettled) doubts.push(doubt);
  }
  return doubts;
}

/**
 * [Note: what an answer settles] A yes puts the faces of one side right: those that get the other's name, or else the
 * smaller side's. A no leaves them where they are and takes away the doubt that they belong elsewhere, which is the
 * smaller the less likely the yes was.
 */
function weighDoubt({ input }: LibraryView, one: PersonFaces, other: PersonFaces, probability: number): Doubt {
  const isNamed = ({ person }: PersonFaces): boolean => input.people[person]!.name !== null;
  const isOneFirst =
    isNamed(one) === isNamed(other)
      ? one.faces.length > other.faces.length || (one.faces.length === other.faces.length && one.person < other.person)
      : isNamed(one);
  const [first, second] = isOneFirst ? [one, other] : [other, one];
  const isNaming = isNamed(first) && !isNamed(second);
  const moved = isNaming ? second.faces.length : Math.min(first.faces.length, second.faces.length);
  return { first, second, probability, isNaming, settles: moved * probability * (2 - probability) };
}

function describeQuestion(view: LibraryView, { first, second, probability, settles }: Doubt): Question {
  return {
    first: first.person,
    second: second.person,
    firstFaces: pickExemplars(view, first, second),
    secondFaces: pickExemplars(view, second, first),
    probability,
    settles,
  };
}

function countFaces(doubts: readonly Doubt[]): number {
  const people = new Map(doubts.flatMap(({ first, second }) => [first, second].map((own) => [own.person, own.faces.length])));
  return [...people.values()].reduce((sum, count) => sum + count, 0);
}
