import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../electron/base/random.ts';
import { leastSimilarityAsked, listQuestions } from '../../../electron/clustering/suggestions/questions.ts';
import type { LibraryView, Question } from '../../../electron/clustering/suggestions/types.ts';
import { drawDirection } from '../synthetic-library.ts';
import { allQuestions, drawFaces, drawOtherLook, openInventedView, type InventedPerson, type Said } from './invented-view.ts';

function ask(view: LibraryView): readonly Question[] {
  return listQuestions(view, allQuestions).questions;
}

function pairsOf(questions: readonly Question[]): (readonly [number, number])[] {
  return questions.map(({ first, second }) => [first, second] as const);
}

/** Two parts of one person, of 6 and 4 faces, and ten strangers. */
function drawParts(of: Partial<InventedPerson>[] = [], said: Said = {}, like: { photo?: number; quality?: number } = {}): LibraryView {
  const random = createRandom(5);
  const look = drawDirection(random);
  const other = drawOtherLook(look, random);
  const people: InventedPerson[] = [
    { faces: drawFaces(look, 6, random, like), ...of[0] },
    { faces: drawFaces(other, 4, random, like), ...of[1] },
  ];
  for (let stranger = 0; stranger < 10; stranger++) people.push({ faces: drawFaces(drawDirection(random), 3, random) });
  return openInventedView(people, said);
}

describe('listQuestions', () => {
  it('asks whether two parts of one person are one, and nothing about strangers', () => {
    const { questions, questionsLeft, facesLeft } = listQuestions(drawParts(), allQuestions);
    expect(pairsOf(questions)).toEqual([[0, 1]]);
    expect(questions[0]!.probability).toBeGreaterThan(0.8);
    expect(questions[0]!.settles).toBeGreaterThan(3);
    expect(questions[0]!.settles).toBeLessThanOrEqual(4);
    expect([questionsLeft, facesLeft]).toEqual([1, 10]);
  });

  it('shows at most four faces of each, each once and its own', () => {
    const view = drawParts();
    const [{ firstFaces, secondFaces }] = ask(view) as [Question];
    for (const [faces, person] of [[firstFaces, 0], [secondFaces, 1]] as const) {
      expect(faces.length).toBe(4);
      expect(new Set(faces).size).toBe(4);
      for (const face of faces) expect(view.input.personIndices[face]).toBe(person);
    }
  });

  it('puts the named one first, and counts the faces that get its name', () => {
    const [question] = ask(drawParts([{}, { name: 'Anna' }])) as [Question];
    expect([question.first, question.second]).toEqual([1, 0]);
    expect(question.settles).toBeGreaterThan(4);
  });

  it('asks about two people of one name, and not about two of different names', () => {
    expect(ask(drawParts([{ name: 'Anna' }, { name: 'Anna' }])).length).toBe(1);
    expect(ask(drawParts([{ name: 'Anna' }, { name: 'Berta' }]))).toEqual([]);
  });

  it('asks nothing about somebody set aside', () => {
    expect(ask(drawParts([{}, { isIgnored: true }]))).toEqual([]);
  });

  it('asks nothing that a rejection answers, from either side', () => {
    expect(ask(drawParts([], { rejections: [[7, 0]] }))).toEqual([]);
    expect(ask(drawParts([], { rejections: [[2, 1]] }))).toEqual([]);
    expect(ask(drawParts([], { rejections: [[7, 3]] })).length).toBe(1);
  });

  it('asks again what the user could not say only when told to', () => {
    const view = drawParts([], { leftOpen: [[7, 0]] });
    expect(ask(view)).toEqual([]);
    expect(listQuestions(view, { ...allQuestions, includeOpen: true }).questions.length).toBe(1);
  });

  it('leaves out what is skipped, in either order', () => {
    for (const skipped of [[0, 1], [1, 0]] as const) {
      expect(listQuestions(drawParts(), { ...allQuestions, skipped: [skipped] }).questions).toEqual([]);
    }
  });

  it('asks about one person alone', () => {
    const view = drawParts();
    expect(listQuestions(view, { ...allQuestions, person: 1 }).questions.length).toBe(1);
    expect(listQuestions(view, { ...allQuestions, person: 2 }).questions).toEqual([]);
  });

  it('finds two people less likely one for a photo that shows both, and asks nevertheless', () => {
    const [apart] = ask(drawParts()) as [Question];
    const [together] = ask(drawParts([], {}, { photo: 7 })) as [Question];
    const odds = ({ probability }: Question): number => Math.log(probability / (1 - probability));
    expect(odds(apart) - odds(together)).toBeCloseTo(3, 6);
  });

  it('asks nothing about two people of blurred faces alone, unless one has a name', () => {
    const blurred = { quality: 0.1 };
    expect(ask(drawParts([], {}, blurred))).toEqual([]);
    expect(ask(drawParts([{ name: 'Anna' }], {}, blurred)).length).toBe(1);
  });

  it('asks nothing about faces from before the birth, and lets a single wrong date pass', () => {
    const withDays = (days: readonly number[]): LibraryView => {
      const view = drawParts([{ bornDay: 10_000 }, {}]);
      const captureDays = view.input.captureDays.map((day, face) => days[face - 6] ?? day);
      return { ...view, input: { ...view.input, captureDays } };
    };
    expect(ask(withDays([9_000, 9_100, 9_200, 12_000]))).toEqual([]);
    expect(ask(withDays([9_000, 12_000, 12_100, 12_200])).length).toBe(1);
  });

  it('expects two answers for three parts of one person, not three', () => {
    const random = createRandom(8);
    const look = drawDirection(random);
    const parts = [0, 1, 2].map((): InventedPerson => ({ faces: drawFaces(look, 3, random) }));
    const { questions, questionsLeft } = listQuestions(openInventedView(parts), allQuestions);
    expect(questionsLeft).toBe(2);
    expect(new Set(pairsOf(questions).flat())).toEqual(new Set([0, 1, 2]));
  });

  it('asks first what settles most, and no more than the limit', () => {
    const random = createRandom(9);
    const people = [2, 9, 5].flatMap((count): InventedPerson[] => {
      const look = drawDirection(random);
      return [{ faces: drawFaces(look, 12, random) }, { faces: drawFaces(look, count, random) }];
    });
    const view = openInventedView(people);
    expect(pairsOf(ask(view))).toEqual([[2, 3], [4, 5], [0, 1]]);
    const few = listQuestions(view, { ...allQuestions, limit: 2 });
    expect([few.questions.length, few.questionsLeft]).toEqual([2, 3]);
  });

  it('recognises somebody over the years by the photos closest in time', () => {
    const random = createRandom(3);
    // Each age resembles the next, the first and the last hardly.
    const ages = [drawDirection(random)];
    for (let age = 1; age < 4; age++) ages.push(drawOtherLook(ages[age - 1]!, random));
    const grown = (isDated: boolean): LibraryView => {
      const draw = createRandom(4);
      const seen = ages.map((look, age) => drawFaces(look, 5, draw, isDated ? { day: 2_000 * age } : {}));
      const strangers = Array.from({ length: 20 }, () => ({ faces: drawFaces(drawDirection(draw), 2, draw) }));
      return openInventedView([{ faces: seen.slice(0, 3).flat() }, { faces: seen[3]! }, ...strangers]);
    };
    const oddsIn = (view: LibraryView): number => {
      const { probability } = ask(view)[0]!;
      return Math.log(probability / (1 - probability));
    };
    expect(oddsIn(grown(true))).toBeGreaterThan(3);
    expect(oddsIn(grown(true))).toBeGreaterThan(oddsIn(grown(false)) + 2);
  });

  it('finds two often photographed people whose lists of neighbours are full of themselves', () => {
    const random = createRandom(6);
    const look = drawDirection(random);
    const people = [look, drawOtherLook(look, random), drawDirection(random)].map((centre) => ({ faces: drawFaces(centre, 60, random) }));
    const view = openInventedView(people, { maxNeighbours: 16 });
    const isListed = Array.from({ length: 60 }, (_, face) => [...view.neighbours.idsOf(face)].some((other) => other >= 60));
    expect(isListed).not.toContain(true);
    expect(pairsOf(ask(view))).toEqual([[0, 1]]);
  });

  it('looks less far among more people', () => {
    const view = drawParts();
    expect(leastSimilarityAsked(view, 10_000)).toBeGreaterThan(leastSimilarityAsked(view, 100));
    expect(leastSimilarityAsked(view, 100)).toBeGreaterThan(0.2);
  });
});
