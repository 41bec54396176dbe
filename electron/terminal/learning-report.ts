/** What a person at a terminal reads of what Kindred has learnt from them. */

import type { Learning, LearningGain, LearntVersion } from '../api/schemas.ts';
import { cleanText, countOf } from './terminal.ts';

const refusals = {
  'too-few': 'there are too few named people or faces to learn from and to measure on',
  'no-gain': 'faces that it was not learnt from are not told apart better beyond chance',
  'spoils-others': 'people that it was not learnt from would be told apart worse',
} as const satisfies Record<NonNullable<LearntVersion['refusal']>, string>;

/** @returns lines */
export function describeLearning({ people, faces, pack, current, isAutomatic }: Learning): string[] {
  const way = current === null ? `as the pack ${pack} does` : `by what was learnt, version ${current}`;
  return [
    `Named: ${countOf(people, 'person', 'people')} with ${countOf(faces, 'face')}. Faces are compared ${way}.`,
    `Kindred ${isAutomatic ? 'learns by itself as you name people' : 'learns when told to'}.`,
  ];
}

/** @returns lines */
export function describeVersion({ version, state, refusal, people, faces, heldOut, toldApart, ...questions }: LearntVersion): string[] {
  const base = `Version ${version}, from ${countOf(faces, 'face')} of ${countOf(people, 'person', 'people')}: `;
  const lines = [base + (refusal === null ? (state === 'adopted' ? 'in use.' : 'set aside.') : `not used, as ${refusals[refusal]}.`)];
  if (heldOut !== null) lines.push(`  ${describeGain(heldOut)}`);
  if (refusal !== null) return lines;
  for (const { names, before, after } of toldApart) {
    lines.push(`  Tells apart ${cleanText(names[0])} and ${cleanText(names[1])} better: ${before} pairs of faces confused before, ${after} now.`);
  }
  const { questionsBefore, questionsAfter } = questions;
  if (questionsBefore !== null && questionsAfter !== null) lines.push(`  Questions left: ${questionsBefore} before, ${questionsAfter} after.`);
  return lines;
}

function describeGain({ far, valBefore, valAfter, standardError }: LearningGain): string {
  const percent = (share: number): string => (share * 100).toFixed(2);
  return (
    `Faces it was not learnt from: VAL ${percent(valBefore)} % before, ${percent(valAfter)} % after, ` +
    `at FAR ${far} (the difference ± ${percent(standardError)} %).`
  );
}
