import { describe, expect, it } from 'vitest';
import { describeMakeup, measureStanding, type Goal, type Truth } from '../../../../../native-models/lab/evaluation/effort/truth.ts';

/** a1 to a4 are Al's, who has a name; s, t and u are strangers, and nobody knows whose face x is. */
const truth: Truth = {
  identities: new Map([
    ...['a1', 'a2', 'a3', 'a4'].map((face) => [face, 'Al'] as const),
    ['s1', 'Sy'],
    ['s2', 'Sy'],
    ['t', 'Ty'],
    ['x', null],
  ]),
  named: new Set(['Al']),
};

function stand(goal: Goal, ...people: { name?: string; isIgnored?: boolean; faces: string[] }[]) {
  const makeups = people.map(({ name = null, isIgnored = false, faces }, index) =>
    describeMakeup({ id: `${index}`, name, isIgnored, faces }, truth),
  );
  return measureStanding(makeups, truth, goal);
}

describe('measureStanding', () => {
  it('counts a face as right in a person of its name, and leaves bystanders out', () => {
    const standing = stand('settled', { name: 'Al', faces: ['a1', 'a2', 'a3', 'x'] }, { faces: ['a4'] });
    // Nobody else is in a person, so all strangers are set aside.
    expect(standing).toMatchObject({ faces: 7, right: 6, inNamed: 3, wrongInNamed: 0, missing: 1, isFinished: false });
  });

  it('asks that strangers are set aside, unless they may be left in people of their own', () => {
    const people = [{ name: 'Al', faces: ['a1', 'a2', 'a3', 'a4'] }, { faces: ['s1', 's2', 'x'] }, { faces: ['t'], isIgnored: true }];
    expect(stand('settled', ...people)).toMatchObject({ right: 5, missing: 2, isFinished: false });
    expect(stand('tolerant', ...people)).toMatchObject({ right: 7, missing: 0, isFinished: true });
    expect(stand('tolerant', people[0]!, { faces: ['s1', 's2', 't'] })).toMatchObject({ right: 4 });
    expect(stand('tolerant', people[0]!, { faces: ['s1', 's2'], name: 'Ty' })).toMatchObject({ right: 5, wrongInNamed: 2 });
    expect(stand('settled', people[0]!, { faces: ['s1', 's2'], name: 'Sy' })).toMatchObject({ right: 7, wrongInNamed: 0 });
  });

  it('takes nobody for right who is named and set aside', () => {
    expect(stand('settled', { name: 'Al', faces: ['a1', 'a2', 'a3', 'a4'], isIgnored: true })).toMatchObject({ right: 3 });
  });

  it('is not finished while too many of the named faces are wrong', () => {
    const many = Array.from({ length: 250 }, (_, index) => `b${index}`);
    const identities = new Map([...many.map((face) => [face, 'Bo'] as const), ['s1', 'Sy'], ['s2', 'Sy']]);
    const big: Truth = { identities, named: new Set(['Bo']) };
    const measure = (...faces: string[]) =>
      measureStanding([describeMakeup({ id: '1', name: 'Bo', isIgnored: false, faces: [...many, ...faces] }, big)], big, 'settled');
    expect(measure('s1')).toMatchObject({ missing: 0, wrongInNamed: 1, isFinished: true });
    // 250 of 252 is 99.2 %.
    expect(measure('s1', 's2')).toMatchObject({ missing: 0, wrongInNamed: 2, isFinished: false });
  });
});
