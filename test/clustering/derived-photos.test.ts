import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaceId } from '../../electron/base/ids.ts';
import { createRandom, shuffle } from '../../electron/base/random.ts';
import { LibraryClustering } from '../../electron/clustering/library-clustering.ts';
import { analysisDefaults, fitClusteringTo } from '../../electron/engine/config.ts';
import { intersectionOverUnion } from '../../electron/geometry/boxes.ts';
import type { Box } from '../../electron/geometry/types.ts';
import { analyzePhoto } from '../../electron/pipeline/analyze-photo.ts';
import { loadNetworks, type AnalysisNetworks } from '../../electron/pipeline/networks.ts';
import { scorePartition } from '../../native-models/lab/evaluation/bcubed.ts';
import { readSameDistance } from '../../native-models/packs/manifest.ts';
import { readStandardManifest } from '../../native-models/packs/standard-pack.ts';
import { createRuntime } from '../../native-models/runtime/create-runtime.ts';
import type { Runtime } from '../../native-models/runtime/runtime.ts';
import { readSample, sampleNumbers, variants, type VariantName } from '../support/photos.ts';
import { readSampleFaces, samplePhotoSizes, type SampleFace } from '../support/sample-faces.ts';
import { loadStandardPack } from '../support/standard-pack.ts';
import { canonical, drawDirection, toInput, toUnit, type InventedFace } from './synthetic-library.ts';

/** As the product clusters. */
const options = fitClusteringTo(readSameDistance(readStandardManifest()));
/** On the left of the second sample. */
const personInProfile = 4;
const testedVariants: readonly VariantName[] = ['half', 'bright', 'dark', 'grey', 'mirrored'];

let runtime: Runtime;
let networks: AnalysisNetworks;
const faces: InventedFace[] = [];

/** Whole photos changed in every way, and every face cut out with its surroundings at two sizes. */
beforeAll(async () => {
  runtime = await createRuntime('onnx');
  networks = await loadNetworks(runtime, await loadStandardPack());
  const known = readSampleFaces();
  let photo = 0;
  const add = async (bytes: Uint8Array, findPerson: (box: Box, width: number) => number | null): Promise<void> => {
    const { faces: found, width } = await analyzePhoto(networks, bytes, analysisDefaults);
    for (const { box, embedding, quality } of found) {
      // What is nobody counts as somebody else each time, and must not end up with anybody.
      const identity = findPerson(box, width) ?? -1 - faces.length;
      faces.push({ id: `face ${String(faces.length).padStart(3, '0')}` as FaceId, embedding, quality, identity, photo });
    }
    photo += 1;
  };
  for (const sample of sampleNumbers) {
    const name = `sample${sample}.jpg`;
    const bytes = await readSample(sample);
    const own = known.filter((face) => face.photo === name);
    const fullWidth = samplePhotoSizes.get(name)!.width;
    for (const variant of testedVariants) {
      await add(await variants[variant](bytes), (box, width) => {
        const scaled = scaleBox(box, fullWidth / width);
        return personAt(variant === 'mirrored' ? { ...scaled, x: fullWidth - scaled.x - scaled.width } : scaled, own);
      });
    }
    for (const face of own) {
      const crop = await cropAround(bytes, face, samplePhotoSizes.get(name)!);
      for (const size of [160, 320]) {
        await add(await sharp(crop.bytes).resize(size).jpeg({ quality: 85 }).toBuffer(), (box, width) => {
          const scaled = scaleBox(box, crop.width / width);
          return personAt({ ...scaled, x: scaled.x + crop.left, y: scaled.y + crop.top }, own);
        });
      }
    }
  }
}, 300_000);
afterAll(async () => {
  await networks.dispose();
  await runtime.dispose();
});

function scaleBox({ x, y, width, height }: Box, scale: number): Box {
  return { x: x * scale, y: y * scale, width: width * scale, height: height * scale };
}

/** @returns whose known face lies there, of which a crop may show a part; null for what is none, such as a chin that the
 *  detector took for a face */
function personAt(box: Box, known: readonly SampleFace[]): number | null {
  const overlaps = known
    .map((face) => ({ person: face.person, overlap: intersectionOverUnion(face.box, box) }))
    .sort((one, other) => other.overlap - one.overlap);
  const best = overlaps[0]!;
  return best.overlap < 0.2 ? null : best.person;
}

/** Square, twice as wide as the face, as far as the photo goes. */
async function cropAround(bytes: Buffer, { box }: SampleFace, photo: { width: number; height: number }) {
  const reach = Math.max(box.width, box.height);
  const left = Math.max(0, Math.round(box.x + box.width / 2 - reach));
  const top = Math.max(0, Math.round(box.y + box.height / 2 - reach));
  const width = Math.min(photo.width - left, Math.round(2 * reach));
  const height = Math.min(photo.height - top, Math.round(2 * reach));
  return { bytes: await sharp(bytes).extract({ left, top, width, height }).toBuffer(), left, top, width };
}

describe('photos derived from the samples', () => {
  it('yield the people of the samples', () => {
    const { clusters } = new LibraryClustering().run(toInput(faces), options, { scope: 'settled' });
    const clusterOf = new Map(clusters.flatMap((members, index) => members.map((id) => [id, index] as const)));
    const score = (some: readonly InventedFace[]) =>
      scorePartition(
        some.map(({ identity }) => identity),
        some.map(({ id }) => clusterOf.get(id)!),
      ).bCubed;
    expect(faces.length).toBeGreaterThan(22 * 6.5);
    expect(score(faces).precision).toBe(1);
    // One person is seen in full profile alone, which by its quality may join people and found none.
    const profile = faces.filter(({ identity }) => identity === personInProfile);
    for (const { quality } of profile) expect(quality).toBeLessThan(options.minSeedQuality);
    expect(score(faces.filter(({ identity }) => identity !== personInProfile)).recall).toBeGreaterThan(0.98);
  });

  it('yield them whatever the order of the photos', () => {
    const partition = (order: readonly InventedFace[]): string[] =>
      canonical(new LibraryClustering().run(toInput(order), options, { scope: 'settled' }).clusters);
    expect(partition(shuffle(faces, createRandom(1)))).toEqual(partition(faces));
  });

  it('join the people that were named on the first of them', () => {
    const named = faces.filter(({ photo }) => photo === 0);
    const personOf = new Map(named.map(({ id, identity }) => [id, `person ${identity}`]));
    const held = new Set(personOf.values());
    const { assignments } = new LibraryClustering().run(toInput(faces, { personOf, held }), options, { scope: 'settled' });
    const assigned = new Map(assignments.map(({ faceId, person }) => [faceId, person]));
    const others = faces.filter(({ id, identity }) => !personOf.has(id) && held.has(`person ${identity}`));
    const joined = others.filter(({ id, identity }) => assigned.get(id) === `person ${identity}`);
    expect(joined.length / others.length).toBeGreaterThan(0.95);
    for (const { id, identity } of faces) {
      const person = assigned.get(id);
      if (typeof person === 'string') expect(person).toBe(`person ${identity}`);
    }
  });

  it('are one person through sixteen years of change where dates tell its ages, and two people stay two', () => {
    const random = createRandom(5);
    const wholeYear = 365.25;
    // The two of whom there are most pictures; each looks a little different every year, and after ten like a stranger.
    const counts = new Map<number, number>();
    for (const { identity } of faces) if (identity >= 0) counts.set(identity, (counts.get(identity) ?? 0) + 1);
    const chosen = [...counts].sort((one, other) => other[1] - one[1] || one[0] - other[0]).slice(0, 2);
    const aged = chosen.flatMap(([identity]) => {
      const own = faces.filter((face) => face.identity === identity);
      const grown = drawDirection(random, own[0]!.embedding.length);
      return Array.from({ length: 16 * own.length }, (_, at): InventedFace => {
        const [age, { embedding, quality }] = [Math.floor(at / own.length), own[at % own.length]!];
        const turned = embedding.map((value, index) => Math.cos((age * Math.PI) / 20) * value + Math.sin((age * Math.PI) / 20) * grown[index]!);
        const day = Math.floor((30 + age) * wholeYear);
        return { id: `aged ${identity} ${at}` as FaceId, embedding: toUnit(turned), identity, quality, photo: identity * 10_000 + at, day };
      });
    });
    const cluster = (given: readonly InventedFace[]) => new LibraryClustering().run(toInput(given), options, { scope: 'settled' }).clusters;
    const personOf = new Map(aged.map(({ id, identity }) => [id, identity]));
    const dated = cluster(aged);
    expect(dated.length).toBe(2);
    for (const members of dated) expect(new Set(members.map((id) => personOf.get(id))).size).toBe(1);
    expect(cluster(aged.map(({ day: _, ...face }) => face)).length).toBeGreaterThan(2);
  });
});
