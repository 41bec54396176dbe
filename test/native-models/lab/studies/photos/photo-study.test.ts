import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../../electron/base/random.ts';
import { drawPhotoStudy } from '../../../../../native-models/lab/studies/photos/draw-photo-study.ts';
import { drawStudyPhotos, type StudyFace } from '../../../../../native-models/lab/studies/photos/gather-variants.ts';
import { listVariants, measurePhotoStudy, median, publishedFigures } from '../../../../../native-models/lab/studies/photos/photo-study.ts';

const options = { falseAcceptRates: [0.05, 0.001], bootstrapRounds: 5, seed: 1 };
const length = 16;

/** People with two faces; the noise of a variant is as large as said, the photos as they are first. */
function inventFaces(noises: readonly number[]): StudyFace[] {
  const random = createRandom(4);
  const draw = (size: number): Float32Array => Float32Array.from({ length }, () => size * (random() * 2 - 1));
  return Array.from({ length: 20 }, (_, person) => {
    const centre = draw(1);
    return [0, 1].map((): StudyFace => {
      const embeddings = noises.map((noise) => draw(noise).map((value, at) => value + centre[at]!));
      return { person: `p${person}`, landmarks: new Float32Array(136), embeddings };
    });
  }).flat();
}

describe('a study of photos', () => {
  it('has the published settings and figures', () => {
    expect(publishedFigures.jpeg.map(({ setting, val }) => [setting, val])).toEqual([[10, 0.673], [20, 0.814], [30, 0.839], [50, 0.855], [70, 0.861], [90, 0.865]]);
    expect(publishedFigures.pixels.map(({ setting, val }) => [setting, val])).toEqual([[1600, 0.378], [6400, 0.795], [14400, 0.845], [25600, 0.857], [65536, 0.864]]);
  });

  it('measures each setting beside what was published, and the photos as they are last', () => {
    const study = measurePhotoStudy('jpeg', inventFaces([0.1, 2, 1, 0.5, 0.3, 0.2, 0.1]), 20_000, options);
    expect(study).toMatchObject({ people: 20, faces: 40, genuinePairs: 20, impostorPairs: 760 });
    expect(study.rows.map(({ setting }) => setting)).toEqual([10, 20, 30, 50, 70, 90, null]);
    const vals = study.rows.map(({ rates }) => rates![0]!.val);
    expect(vals[0]).toBeLessThan(vals[5]!);
    expect(vals[6]).toBe(1);
    // 760 pairs: one in twenty are 38, one in a thousand less than one.
    expect(study.rows[0]!.rates!.map(({ isEnough }) => isEnough)).toEqual([true, false]);
  });

  it('asks for no more pixels than most faces hold, and tells the others as not measured', () => {
    expect(listVariants('pixels', 15_000)).toEqual([
      { kind: 'original' },
      ...[1600, 6400, 14_400].map((pixels) => ({ kind: 'pixels', pixels })),
    ]);
    const study = measurePhotoStudy('pixels', inventFaces([0.1, 2, 1, 0.5]), 15_000, options);
    expect(study.rows.map(({ rates }) => rates === null)).toEqual([false, false, false, true, true, false]);
  });

  it('is drawn with the published curve, and without figures that rest on too little', () => {
    const svg = drawPhotoStudy('pixels', 'standard', measurePhotoStudy('pixels', inventFaces([0.1, 2, 1, 0.5]), 15_000, options));
    expect(svg).toContain('published, NN1 at FAR 1e-3');
    expect(svg).toContain('standard at FAR 5e-2');
    expect(svg).not.toContain('standard at FAR 1e-3');
    expect(svg.match(/<circle/g)).toHaveLength(5 + 3);
  });

  it('takes the median of odd and even counts, and none of nothing', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
    expect(() => median([])).toThrow('Expected main faces but found none');
  });
});

describe('drawStudyPhotos', () => {
  const photos = Array.from({ length: 12 }, (_, person) =>
    Array.from({ length: 1 + (person % 4) }, (__, photo) => ({ person: `p${person}`, path: `/data/p${person}/${photo}.jpg` })),
  ).flat();

  it('draws whole people who are shown twice or more, the same by the same seed', () => {
    const drawn = drawStudyPhotos(photos, { people: 4, mostPhotos: 3, seed: 1 });
    expect(drawStudyPhotos(photos, { people: 4, mostPhotos: 3, seed: 1 })).toEqual(drawn);
    const counts = new Map<string, number>();
    for (const { person } of drawn) counts.set(person, (counts.get(person) ?? 0) + 1);
    expect(counts.size).toBe(4);
    for (const [person, count] of counts) expect(count).toBe(Math.min(3, 1 + (Number(person.slice(1)) % 4)));
    expect(drawStudyPhotos(photos, { people: 100, mostPhotos: 9, seed: 1 })).toHaveLength(photos.length - 3);
  });

  it('refuses a folder of people with a photo each', () => {
    expect(() => drawStudyPhotos(photos.filter(({ path }) => path.endsWith('/0.jpg')), { people: 4, mostPhotos: 3, seed: 1 })).toThrow(
      'Expected two people or more with two photos each but received 0',
    );
  });
});
