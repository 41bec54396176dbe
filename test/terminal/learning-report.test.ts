/** What a terminal says of what was learnt and was not used. */

import { expect, it } from 'vitest';
import type { LearntVersion } from '../../electron/api/schemas.ts';
import { describeVersion } from '../../electron/terminal/learning-report.ts';

const refused: LearntVersion = {
  version: 3,
  state: 'refused',
  createdAt: '2026-01-01T00:00:00.000Z',
  refusal: 'no-gain',
  people: 5,
  faces: 61,
  labelledFaces: 70,
  heldOut: { far: 1e-2, valBefore: 0.9912, valAfter: 0.9915, standardError: 0.002 },
  others: null,
  toldApart: [{ names: ['Anna', 'Marie'], before: 2, after: 1 }],
  questionsBefore: null,
  questionsAfter: null,
};

it('says why something is not used, and what was measured', () => {
  expect(describeVersion(refused)).toEqual([
    'Version 3, from 61 faces of 5 people: not used, as faces that it was not learnt from are not told apart better beyond chance.',
    '  Faces it was not learnt from: VAL 99.12 % before, 99.15 % after, at FAR 0.01 (the difference ± 0.20 %).',
  ]);
});

it('says of too few faces nothing that was not measured', () => {
  const [line, ...rest] = describeVersion({ ...refused, refusal: 'too-few', heldOut: null, people: 1, faces: 3 });
  expect(line).toMatch(/^Version 3, from 3 faces of 1 person: not used, as there are too few/);
  expect(rest).toEqual([]);
});
