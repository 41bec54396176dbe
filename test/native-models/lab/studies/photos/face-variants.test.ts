import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { analysisDefaults } from '../../../../../electron/engine/config.ts';
import { squaredDistance } from '../../../../../electron/geometry/vectors.ts';
import { loadNetworks, type AnalysisNetworks } from '../../../../../electron/pipeline/networks.ts';
import { createRuntime } from '../../../../../native-models/runtime/create-runtime.ts';
import { countHeldPixels, embedVariants, findMainLandmarks, nameVariant, type FaceVariant } from '../../../../../native-models/lab/studies/photos/face-variants.ts';
import { samplePath } from '../../../../support/photos.ts';
import { readSampleFaces } from '../../../../support/sample-faces.ts';
import { loadStandardPack } from '../../../../support/standard-pack.ts';

let networks: AnalysisNetworks;
let photo: Buffer;
let landmarks: Float32Array;

/** The first face of the first sample, in the middle of a photo of its own. */
beforeAll(async () => {
  networks = await loadNetworks(await createRuntime('onnx'), await loadStandardPack());
  const { box } = readSampleFaces().find((face) => face.photo === 'sample1.jpg')!;
  const side = Math.round(Math.max(box.width, box.height) * 2);
  const left = Math.max(0, Math.round(box.x + box.width / 2 - side / 2));
  const top = Math.max(0, Math.round(box.y + box.height / 2 - side / 2));
  photo = await sharp(samplePath(1)).extract({ left, top, width: side, height: side }).png().toBuffer();
  landmarks = (await findMainLandmarks(networks, photo, analysisDefaults))!;
});
afterAll(() => networks.dispose());

describe('a face as it is and made worse', () => {
  it('moves further away the worse it is made', async () => {
    const variants: FaceVariant[] = [
      { kind: 'original' },
      { kind: 'jpeg', quality: 90 },
      { kind: 'jpeg', quality: 10 },
      { kind: 'pixels', pixels: 6400 },
      { kind: 'pixels', pixels: 400 },
    ];
    const [original, ...others] = await embedVariants(networks, photo, landmarks, variants, analysisDefaults);
    const [fine, coarse, small, tiny] = others.map((embedding) => Math.sqrt(squaredDistance(original!, embedding)));
    expect(fine).toBeGreaterThan(0);
    expect(fine).toBeLessThan(coarse!);
    expect(small).toBeLessThan(tiny!);
    // Still the same person.
    expect(Math.max(fine!, small!)).toBeLessThan(0.6);
  });

  it('holds as many pixels as the photo has below the chip', async () => {
    const held = countHeldPixels(networks, landmarks);
    const half = await sharp(photo).resize({ width: Math.round((await sharp(photo).metadata()).width / 2) }).png().toBuffer();
    const halfLandmarks = (await findMainLandmarks(networks, half, analysisDefaults))!;
    expect(countHeldPixels(networks, halfLandmarks) / held).toBeCloseTo(0.25, 1);
  });

  it('is none where the photo shows nobody', async () => {
    const empty = await sharp({ create: { width: 120, height: 120, channels: 3, background: '#9ab' } }).png().toBuffer();
    expect(await findMainLandmarks(networks, empty, analysisDefaults)).toBeNull();
  });

  it('has a name for each variant', () => {
    expect([{ kind: 'original' } as const, { kind: 'jpeg', quality: 10 } as const, { kind: 'pixels', pixels: 1600 } as const].map(nameVariant)).toEqual([
      'original',
      'jpeg 10',
      'pixels 1600',
    ]);
  });
});
