/** What the fake engine says about its people: questions, splits, outliers, doubles. The samples tell the truth. */

import { createHash } from 'node:crypto';
import type { MethodHandlers, Result } from '../../electron/api/contract.ts';
import type { PersonSummary, ReviewQuestion } from '../../electron/api/schemas.ts';
import { AppError } from '../../electron/base/errors.ts';
import type { FaceId, PersonId, PhotoId } from '../../electron/base/ids.ts';
import { createFakeId, followForwarding, newPerson } from './fake-library.ts';
import type { DecisionDraft, FakeFace, FakeLibrary } from './fake-library.ts';

type Handlers = Pick<
  MethodHandlers,
  | 'people.setBorn'
  | 'people.proposeSplit'
  | 'people.split'
  | 'people.listOutliers'
  | 'people.listMixed'
  | 'people.previewRecluster'
  | 'people.recluster'
  | 'people.countStrangers'
  | 'people.ignoreStrangers'
  | 'people.reclusterAll'
  | 'review.list'
  | 'review.answer'
  | 'photos.listDoubles'
  | 'photos.ignoreStrangers'
>;

const facesShown = 5;

/** 0 to 1, the same for the same words. */
function makeUpShare(...words: string[]): number {
  return createHash('sha256').update(words.join('/')).digest().readUInt32BE() / 0x1_0000_0000;
}

function groupBy<Item, Key>(items: Iterable<Item>, keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

export function createFakeClustering(library: FakeLibrary): Handlers {
  const { act, changePerson, facesOf, listPeople, nameOf, photos, requireFace, requirePerson } = library;
  const { summarizeFace, summarizePerson } = library;

  const isConfirmed = ({ id }: FakeFace): boolean => library.decisions.assignments.get(id)?.isConfirmed === true;

  /** Whom the faces show, by the samples: confirmed ones first, then the most. */
  function groupByTruth(members: readonly FakeFace[]): FakeFace[][] {
    const groups = groupBy(members, (face) => face.sample.person);
    const countConfirmed = (group: readonly FakeFace[]): number => group.filter(isConfirmed).length;
    return [...groups.values()].sort((one, other) => countConfirmed(other) - countConfirmed(one) || other.length - one.length);
  }

  function probabilityOfMixture(groups: readonly (readonly FakeFace[])[]): number {
    const total = groups.flat().length;
    const others = total - (groups[0]?.length ?? 0);
    return total === 0 ? 0 : Math.min(0.98, (others / total) * 3);
  }

  /** The faces of everybody in one go, for what asks about all people. */
  function readMembers(): Map<PersonId, FakeFace[]> {
    const { assignments } = library.decisions;
    const shown = [...library.faces.values()].filter(({ id }) => assignments.get(id)?.isIgnored === false);
    return groupBy(shown, ({ id }) => assignments.get(id)!.personId);
  }

  /** Visible people of whom there are faces. */
  function listVisible(): PersonSummary[] {
    return listPeople().filter((person) => !person.isIgnored && person.faceCount > 0);
  }

  function isRuledOut(one: PersonId, other: PersonId, includeOpen: boolean): boolean {
    const { answers, people } = library.decisions;
    return answers.some(({ pair: [first, second], isOpen }) => {
      const ids = [followForwarding(first, people), followForwarding(second, people)];
      return ids.includes(one) && ids.includes(other) && !(isOpen && includeOpen);
    });
  }

  function askAbout(one: PersonSummary, other: PersonSummary, isTrue: boolean): ReviewQuestion {
    const isSecondNamed = one.name === null && other.name !== null;
    const [first, second] = isSecondNamed ? [other, one] : [one, other];
    const share = makeUpShare(...[first.id, second.id].sort());
    const show = ({ id }: PersonSummary) => facesOf(id).slice(0, facesShown).map(summarizeFace);
    return {
      first,
      second,
      firstFaces: show(first),
      secondFaces: show(second),
      probability: isTrue ? 0.55 + 0.42 * share : 0.1 + 0.4 * share,
      settles: second.faceCount,
    };
  }

  /** Of every sample's person each piece with the largest, and the largest pieces of neighbours with each other. */
  function listPairs(includeOpen: boolean): { one: PersonSummary; other: PersonSummary; isTrue: boolean }[] {
    const members = readMembers();
    const pieces = groupBy(listVisible(), ({ id }) => groupByTruth(members.get(id)!)[0]![0]!.sample.person);
    const pairs = [...pieces].flatMap(([truth, [largest, ...others]]) => {
      const neighbour = pieces.get(truth + 1)?.[0];
      return [
        ...others.map((other) => ({ one: largest!, other, isTrue: true })),
        ...(neighbour === undefined || truth % 2 === 1 ? [] : [{ one: largest!, other: neighbour, isTrue: false }]),
      ];
    });
    return pairs.filter(
      ({ one, other }) => (one.name === null || other.name === null) && !isRuledOut(one.id, other.id, includeOpen),
    );
  }

  /** Takes faces out of their person into a new one, as the words name it. */
  function moveToNew(draft: DecisionDraft, faceIds: readonly FaceId[], ...words: (string | number)[]): PersonId {
    const personId = createFakeId<PersonId>(...words);
    draft.people.set(personId, newPerson);
    for (const faceId of faceIds) {
      requireFace(faceId);
      draft.assignments.set(faceId, { personId, isConfirmed: false, isIgnored: false });
    }
    return personId;
  }

  function requireOwn(personId: PersonId, faceIds: readonly FaceId[]): void {
    const own = new Set(facesOf(personId).map(({ id }) => id));
    if (faceIds.some((faceId) => !own.has(faceId))) {
      throw new AppError('bad-argument', 'Expected faces of the person', { parameters: { field: 'groups' } });
    }
  }

  function listStrangers(maxFaces: number): PersonSummary[] {
    return listVisible().filter((person) => person.name === null && person.faceCount <= maxFaces && person.confirmedCount === 0);
  }

  function countFaces(people: readonly PersonSummary[]): { people: number; faces: number } {
    return { people: people.length, faces: people.reduce((sum, { faceCount }) => sum + faceCount, 0) };
  }

  /** Unsettled people who show the same one as the person's most. */
  function listJoining(personId: PersonId): FakeFace[][] {
    const truth = groupByTruth(facesOf(personId))[0]?.[0]?.sample.person;
    const everybody = readMembers();
    return listVisible()
      .filter(({ id, name, confirmedCount }) => id !== personId && name === null && confirmedCount === 0 && !isRuledOut(id, personId, true))
      .map(({ id }) => everybody.get(id)!)
      .filter((members) => groupByTruth(members)[0]![0]!.sample.person === truth);
  }

  const idsOf = (group: readonly FakeFace[]): FaceId[] => group.map(({ id }) => id);

  return {
    'people.setBorn': async ({ personId: asked, born }) => {
      const personId = requirePerson(asked);
      const isBefore = (face: FakeFace): boolean => born !== null && photos.get(face.photoId)!.year < Number(born.slice(0, 4));
      const early = facesOf(personId).filter(isBefore);
      const [contradicting, out] = [early.filter(isConfirmed), early.filter((face) => !isConfirmed(face))];
      const entry = act('set-born', { name: nameOf(personId), born, faces: out.length }, (draft) => {
        changePerson(personId, { born })(draft);
        for (const { id } of out) moveToNew(draft, [id], 'too-early', id, library.ticks);
      });
      return { entry, person: summarizePerson(personId), facesOut: out.length, contradictions: idsOf(contradicting) };
    },
    'people.proposeSplit': async ({ personId: asked }) => {
      const groups = groupByTruth(facesOf(requirePerson(asked)));
      return {
        groups: groups.map((group) => ({ faceIds: idsOf(group), confirmedCount: group.filter(isConfirmed).length })),
        probability: probabilityOfMixture(groups),
      };
    },
    'people.split': async ({ personId: asked, groups }) => {
      const personId = requirePerson(asked);
      const faceIds = groups.flat();
      requireOwn(personId, faceIds);
      const made: PersonId[] = [];
      const entry = act('split-person', { name: nameOf(personId), people: groups.length + 1, faces: faceIds.length }, (draft) => {
        for (const [index, group] of groups.entries()) {
          const part = moveToNew(draft, group, 'split', library.ticks, index);
          made.push(part);
          draft.answers.push({ pair: [personId, part], isOpen: false });
        }
      });
      return { entry, people: made.map(summarizePerson) };
    },
    'people.listOutliers': async ({ personId: asked, offset, limit }) => {
      const personId = requirePerson(asked);
      const members = facesOf(personId);
      const truth = groupByTruth(members)[0]?.[0]?.sample.person;
      const faces = members
        .map((face) => ({
          face: summarizeFace(face),
          fit: (face.sample.person === truth ? 0.62 : 0.06) + 0.36 * makeUpShare(face.id),
        }))
        .sort((one, other) => Number(one.face.isConfirmed) - Number(other.face.isConfirmed) || one.fit - other.fit);
      return { total: faces.length, faces: faces.slice(offset, offset + limit) };
    },
    'people.listMixed': async ({ offset, limit }) => {
      const members = readMembers();
      const people = listVisible()
        .map((person) => ({ person, probability: probabilityOfMixture(groupByTruth(members.get(person.id)!)) }))
        .filter(({ probability }) => probability > 0.5)
        .sort((one, other) => other.probability - one.probability);
      return { total: people.length, people: people.slice(offset, offset + limit) };
    },
    'people.previewRecluster': async ({ personId: asked }) => {
      const personId = requirePerson(asked);
      const [staying = [], ...rest] = groupByTruth(facesOf(personId));
      const leaving = rest.map((group) => group.filter((face) => !isConfirmed(face))).filter((group) => group.length > 0);
      const faceIds = (group: readonly FakeFace[]) => ({ faceIds: idsOf(group) });
      return { stayingCount: staying.length, leaving: leaving.map(faceIds), joining: listJoining(personId).map(faceIds) };
    },
    'people.recluster': async ({ personId: asked, leaving, joining }) => {
      const personId = requirePerson(asked);
      requireOwn(personId, leaving.flat());
      const entry = act('recluster-person', { name: nameOf(personId), faces: leaving.flat().length + joining.length }, (draft) => {
        for (const [index, group] of leaving.entries()) {
          const part = moveToNew(draft, group, 'recluster', library.ticks, index);
          draft.answers.push({ pair: [personId, part], isOpen: false });
        }
        for (const faceId of joining) draft.assignments.set(faceId, { personId, isConfirmed: false, isIgnored: false });
      });
      return { entry, person: summarizePerson(personId) };
    },
    'people.countStrangers': async ({ maxFaces }) => countFaces(listStrangers(maxFaces)),
    'people.ignoreStrangers': async ({ maxFaces }) => {
      const strangers = listStrangers(maxFaces);
      const counts = countFaces(strangers);
      if (strangers.length === 0) return { entry: null, ...counts };
      const entry = act('ignore-strangers', counts, (draft) => {
        for (const { id } of strangers) changePerson(id, { isIgnored: true })(draft);
      });
      return { entry, ...counts };
    },
    'people.reclusterAll': async () => ({}),
    'review.list': async ({ limit, personId: asked, skipped, includeOpen }) => {
      const personId = asked === null ? null : requirePerson(asked);
      const pairs = listPairs(includeOpen)
        .filter(({ one, other }) => personId === null || one.id === personId || other.id === personId)
        .sort((one, other) => other.other.faceCount - one.other.faceCount || (one.other.id < other.other.id ? -1 : 1));
      const waits = ({ one, other }: (typeof pairs)[number]): boolean =>
        skipped.some((pair) => pair.includes(one.id) && pair.includes(other.id));
      const asking = pairs.filter((pair) => !waits(pair));
      const people = new Map(pairs.flatMap(({ one, other }) => [one, other]).map((person) => [person.id, person]));
      return {
        questions: asking.slice(0, limit).map(({ one, other, isTrue }) => askAbout(one, other, isTrue)),
        questionsLeft: pairs.length,
        facesLeft: countFaces([...people.values()]).faces,
      };
    },
    'review.answer': async ({ first: askedFirst, second: askedSecond, answer }) => {
      const [first, second] = [requirePerson(askedFirst), requirePerson(askedSecond)];
      if (first === second) throw new AppError('conflict', 'Expected two people but both are one by now');
      if (answer === 'yes') {
        const name = nameOf(first) ?? nameOf(second);
        const entry = act('merge-people', { name, sources: 1, faces: facesOf(second).length }, (draft) => {
          for (const [faceId, assignment] of draft.assignments) {
            if (assignment.personId === second) draft.assignments.set(faceId, { ...assignment, personId: first });
          }
          changePerson(second, { forwardsTo: first })(draft);
          changePerson(first, { name })(draft);
        });
        return { entry, person: summarizePerson(first) };
      }
      const names = { name: nameOf(first), otherName: nameOf(second) };
      const entry = act(answer === 'no' ? 'tell-apart' : 'leave-open', names, ({ answers }) => {
        answers.push({ pair: [first, second], isOpen: answer === 'not-sure' });
      });
      return { entry, person: summarizePerson(first) };
    },
    'photos.listDoubles': async ({ offset, limit }) => {
      const named = [...library.faces.values()].map(summarizeFace).filter((face) => face.personName !== null && !face.isIgnored);
      const byPhoto = groupBy(named, (face) => `${face.photoId} ${face.personName}`);
      const doubles = [...byPhoto.values()]
        .filter((faces) => faces.length > 1)
        .map((faces) => ({ photoId: faces[0]!.photoId, name: faces[0]!.personName!, faces }));
      return { total: doubles.length, doubles: doubles.slice(offset, offset + limit) };
    },
    'photos.ignoreStrangers': async ({ photoId }) => ignoreStrangersIn(photoId),
  };

  function ignoreStrangersIn(photoId: PhotoId): Result<'photos.ignoreStrangers'> {
    const strangers = [...library.faces.values()]
      .map(summarizeFace)
      .filter((face) => face.photoId === photoId && face.personName === null && !face.isIgnored);
    const isSeenElsewhere = (personId: PersonId): boolean =>
      facesOf(personId).some((face) => face.photoId !== photoId);
    const whole = new Set(strangers.flatMap(({ personId }) => (personId === null || isSeenElsewhere(personId) ? [] : [personId])));
    const counts = { people: whole.size, faces: strangers.length };
    if (strangers.length === 0) return { entry: null, ...counts };
    const entry = act('ignore-strangers', counts, (draft) => {
      for (const face of strangers) {
        const assignment = draft.assignments.get(face.id)!;
        draft.assignments.set(face.id, { ...assignment, isIgnored: true });
      }
      for (const personId of whole) changePerson(personId, { isIgnored: true })(draft);
    });
    return { entry, ...counts };
  }
}
