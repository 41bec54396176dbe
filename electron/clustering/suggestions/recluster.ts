/** Works out what comparing one person's faces anew would change, without changing it. */

import { Demand } from '../linkage/demand.ts';
import { similarityAtDistance } from '../types.ts';
import { findCandidatePairs } from './candidate-pairs.ts';
import { listLooks, similarityInTime } from './looks.ts';
import { PairRules } from './pair-rules.ts';
import { gatherPeople, isGood, type PersonFaces } from './people-faces.ts';
import { takeApart } from './person-parts.ts';
import { SharedPhotos } from './shared-photos.ts';
import type { LibraryView, ReclusterGroups } from './types.ts';

/** Faces leave only where this much speaks for it: nobody has said that there is anybody else among them. */
const oddsOfDoubt = -1;

/** @returns who would leave: faces that nobody has confirmed and that seem to be somebody else; and who would come in:
 *  people as computed, whole, as the clustering would join them with the faces that stay */
export function previewRecluster(view: LibraryView, person: number): ReclusterGroups {
  const everybody = gatherPeople(view);
  const own = everybody[person] ?? null;
  if (own === null) return { stayingCount: 0, leaving: [], joining: [] };
  const [staying, ...leaving] = takeApart(view, own, oddsOfDoubt).parts;
  const good = staying!.filter((face) => isGood(view, face));
  const kept = { person, faces: staying!, shown: good.length > 0 ? good : staying!, hasGoodFace: good.length > 0 };
  return { stayingCount: staying!.length, leaving, joining: findJoining(view, kept, everybody) };
}

function findJoining(
  view: LibraryView,
  kept: PersonFaces,
  everybody: readonly (PersonFaces | null)[],
): (readonly number[])[] {
  const { input, options } = view;
  const people = everybody.map((own, person) => {
    if (person === kept.person) return kept;
    return own !== null && isUnsettled(view, own) ? own : null;
  });
  const demand = new Demand(options, countSeeds(view));
  const rules = new PairRules(view);
  const photos = new SharedPhotos(input, people);
  const looks = listLooks(view, kept.shown);
  const demandOf = (other: PersonFaces): number => {
    if (!other.hasGoodFace) return similarityAtDistance(options.maxAttachDistance);
    return demand.similarityFor(kept.shown.length * other.shown.length, photos.count(kept.person, other.person));
  };
  // An average as similar as is demanded needs at least one pair as similar.
  return findCandidatePairs(view, { people, minSimilarity: demand.floor, person: kept.person })
    .map(({ one, other }) => people[one === kept.person ? other : one]!)
    .filter((other) => rules.isOpen(kept, other) && rules.canBeTold(kept, other))
    .map((other) => ({ other, similarity: similarityInTime(looks, listLooks(view, other.shown), input.embeddingLength) }))
    .filter(({ other, similarity }) => similarity >= demandOf(other))
    .sort((one, other) => other.similarity - one.similarity || one.other.person - other.other.person)
    .map(({ other }) => other.faces);
}

function countSeeds({ input, options }: LibraryView): number {
  return input.qualities.reduce((count, quality) => count + (quality >= options.minSeedQuality ? 1 : 0), 0);
}

/** Whether the person is nothing but what was computed. */
function isUnsettled({ input }: LibraryView, { person, faces }: PersonFaces): boolean {
  const { isHeld, isIgnored } = input.people[person]!;
  return !isHeld && !isIgnored && faces.every((face) => input.confirmed[face] === 0);
}
