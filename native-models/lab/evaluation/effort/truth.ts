/**
 * Says which faces of a library are right, and when it is finished.
 *
 * [Note: right] Whose photos these are is known; who stands behind them is not, so faces of bystanders are in the library
 * and count neither way. Somebody with at least `fewestPhotos` photos has a name, everybody else is a stranger. A face of
 * somebody with a name is right in a person of that name. A stranger's face is right once it is set aside (or named
 * rightly, which nobody needs); where a goal is "tolerant", also in an unnamed person that shows nobody else. A library is finished when 99 % of the faces that count
 * are right, and of those in people with names 99.5 %.
 */

import type { LibraryPerson } from './labelled-library.ts';

export const fewestPhotos = 3;
const rightShare = 0.99;
const namedPrecision = 0.995;

export interface Truth {
  /** Whom each face shows; null for bystanders. */
  readonly identities: ReadonlyMap<string, string | null>;
  /** Those who are to be named, by their identities. */
  readonly named: ReadonlySet<string>;
}

/** Whether strangers have to be set aside, or may also be left in people of their own. */
export type Goal = 'settled' | 'tolerant';

export interface Standing {
  /** Faces that count. */
  readonly faces: number;
  readonly right: number;
  /** Faces that count in people with names, and how many of them are wrong. */
  readonly inNamed: number;
  readonly wrongInNamed: number;
  /** Faces that must still become right. */
  readonly missing: number;
  readonly isFinished: boolean;
}

/** Whom a person's faces show, without bystanders. */
export interface Makeup {
  readonly person: LibraryPerson;
  /** Faces by identity, the most frequent first. */
  readonly byIdentity: readonly (readonly [identity: string, faces: readonly string[]])[];
  /** All faces that count. */
  readonly count: number;
}

export function describeMakeup(person: LibraryPerson, { identities }: Truth): Makeup {
  const byIdentity = new Map<string, string[]>();
  let count = 0;
  for (const face of person.faces) {
    const identity = identities.get(face) ?? null;
    if (identity === null) continue;
    count += 1;
    const faces = byIdentity.get(identity);
    if (faces) faces.push(face);
    else byIdentity.set(identity, [face]);
  }
  return { person, count, byIdentity: [...byIdentity].sort(([, one], [, other]) => other.length - one.length) };
}

export function measureStanding(makeups: readonly Makeup[], truth: Truth, goal: Goal): Standing {
  let faces = 0;
  let strangers = 0;
  for (const identity of truth.identities.values()) {
    if (identity === null) continue;
    faces += 1;
    if (!truth.named.has(identity)) strangers += 1;
  }
  let right = strangers;
  let inNamed = 0;
  let rightInNamed = 0;
  for (const { person, byIdentity, count } of makeups) {
    if (person.isIgnored) continue;
    const isPure = byIdentity.length === 1;
    for (const [identity, shown] of byIdentity) {
      const isStranger = !truth.named.has(identity);
      const isLeftAlone = isStranger && goal === 'tolerant' && person.name === null && isPure;
      const isRight = person.name === identity || isLeftAlone;
      if (isStranger && !isRight) right -= shown.length;
      if (!isStranger && isRight) right += shown.length;
      if (person.name === identity) rightInNamed += shown.length;
    }
    if (person.name !== null) inNamed += count;
  }
  const missing = Math.max(0, Math.ceil(rightShare * faces - 1e-9) - right);
  const wrongInNamed = inNamed - rightInNamed;
  const isPrecise = rightInNamed >= namedPrecision * inNamed;
  return { faces, right, inNamed, wrongInNamed, missing, isFinished: missing === 0 && isPrecise };
}
