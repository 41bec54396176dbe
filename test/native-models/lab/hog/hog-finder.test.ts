import { expect, it } from 'vitest';
import sharp from 'sharp';
import { analysisDefaults, fitAnalysisTo } from '../../../../electron/engine/config.ts';
import { intersectionOverUnion } from '../../../../electron/geometry/boxes.ts';
import { decodePhoto, readImageHeader, type DecodedPhoto } from '../../../../electron/imaging/decode.ts';
import { loadFaceHog } from '../../../../native-models/lab/hog/face-model.ts';
import { chooseHogSize, detectByHog } from '../../../../native-models/lab/hog/hog-finder.ts';
import { readSample, sampleNumbers } from '../../../support/photos.ts';
import { readSampleFaces } from '../../../support/sample-faces.ts';

const model = loadFaceHog();
const options = fitAnalysisTo('fast').detection;

async function open(bytes: Uint8Array): Promise<DecodedPhoto> {
  return decodePhoto(bytes, await readImageHeader(bytes, analysisDefaults), { ...analysisDefaults, enoughScale: 0.3 });
}

it('finds most faces of the samples with the model that Kindred ships, and little else', async () => {
  const faces = readSampleFaces();
  let found = 0;
  let others = 0;
  for (const sample of sampleNumbers) {
    const detections = await detectByHog(model, await open(await readSample(sample)), options);
    const known = faces.filter(({ photo }) => photo === `sample${sample}.jpg`);
    const seen = known.filter(({ box }) => detections.some((detection) => intersectionOverUnion(detection.box, box) > 0.4));
    found += seen.length;
    others += detections.length - seen.length;
  }
  // 19 of 22, and nothing else, when it was trained.
  expect(found).toBeGreaterThanOrEqual(18);
  expect(others).toBeLessThanOrEqual(1);
});

it('gives boxes in pixels of the photo, whatever size it is searched at', async () => {
  const small = await open(await sharp(await readSample(5)).resize(960).png().toBuffer());
  const large = await open(await readSample(5));
  expect(chooseHogSize(model, { width: 4000, height: 3000 }, options)).toEqual({ width: 516, height: 387 });
  const found = await detectByHog(model, large, options);
  const sure = (await detectByHog(model, small, options)).filter(({ score }) => score > 0.7);
  expect(sure.length).toBeGreaterThan(0);
  for (const { box } of sure) {
    const twice = { x: box.x * 2, y: box.y * 2, width: box.width * 2, height: box.height * 2 };
    expect(found.some((other) => intersectionOverUnion(other.box, twice) > 0.6)).toBe(true);
  }
});

it('finds nobody in the sky', async () => {
  const sky = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#6aa7e8' } }).png().toBuffer();
  expect(await detectByHog(model, await open(sky), options)).toEqual([]);
});
