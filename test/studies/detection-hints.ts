/**
 * Measures what a search around hints finds, at several least scores of a hint, beside a search of every scale: faces of
 * Labeled Faces in the Wild set one by one into the samples, so small that only the finest scale shows them well.
 * Run: node --import tsx test/studies/detection-hints.ts [--photos 144]
 */

import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { analysisDefaults } from '../../electron/engine/config.ts';
import { decodePhoto, readImageHeader } from '../../electron/imaging/decode.ts';
import { detectFaces } from '../../electron/pipeline/detect.ts';
import { loadNetworks } from '../../electron/pipeline/networks.ts';
import { listLabeledPhotos } from '../../native-models/lab/evaluation/people-folder.ts';
import { createRuntime } from '../../native-models/runtime/create-runtime.ts';
import { readSample, sampleNumbers } from '../support/photos.ts';
import { loadStandardPack } from '../support/standard-pack.ts';
import { lfwFolder } from './labeled-faces.ts';

/** About what the finest scale of balanced detection shows of a photo, so that its pixels are the photo's. */
const scene = { width: 1060, height: 708 };
const leastScores = [null, 0.06, 0.07, 0.08, 0.1, 0.12];
/** Longer sides, pixels. */
const faceSizes = [14, 18, 22, 28, 36];
/** Of its width, in a photo of Labeled Faces in the Wild. */
const faceShare = 0.42;
const everyNth = 37;

interface Count {
  found: number;
  detectedPixels: number;
}

const { values } = parseArgs({ options: { photos: { type: 'string', default: '144' } } });
const photoCount = Number(values.photos);
const networks = await loadNetworks(await createRuntime('onnx'), await loadStandardPack());
const scenes = await Promise.all(
  sampleNumbers.map(async (number) => sharp(await readSample(number)).resize({ ...scene, fit: 'cover' }).png().toBuffer()),
);
const faces = await listLabeledPhotos(lfwFolder);

/** @returns whether the face that was set in is found, and how many pixels the detector was shown */
async function search(bytes: Buffer, { left, top, side }: { left: number; top: number; side: number }, minHintScore: number | null): Promise<{ isFound: boolean; pixels: number }> {
  let pixels = 0;
  const { detector } = networks;
  const run: typeof detector.network.run = (inputs) => {
    pixels += Object.values(inputs)[0]!.data.length / 3;
    return detector.network.run(inputs);
  };
  const photo = await decodePhoto(bytes, await readImageHeader(bytes, analysisDefaults), analysisDefaults);
  const found = await detectFaces({ ...detector, network: { ...detector.network, run } }, photo, { ...analysisDefaults.detection, minHintScore });
  const isFound = found.some(({ box }) => {
    const x = (box.x + box.width / 2 - left) / side;
    const y = (box.y + box.height / 2 - top) / side;
    return Math.abs(x - 0.5) < 0.2 && Math.abs(y - 0.5) < 0.2 && box.width > 0.2 * side && box.width < 0.8 * side;
  });
  return { isFound, pixels };
}

console.log(`${photoCount} photos of each size; found, and pixels shown to the detector a photo`);
for (const facePx of faceSizes) {
  const counts = leastScores.map((): Count => ({ found: 0, detectedPixels: 0 }));
  for (let index = 0; index < photoCount; index++) {
    const side = Math.round(facePx / faceShare);
    const place = { left: 20 + ((index * 53) % 900), top: 10, side };
    const face = await sharp(faces[(index * everyNth + facePx) % faces.length]!.path).resize(side, side).toBuffer();
    const bytes = await sharp(scenes[index % scenes.length]!)
      .composite([{ input: face, left: place.left, top: place.top }])
      .jpeg({ quality: 92 })
      .toBuffer();
    for (const [at, leastScore] of leastScores.entries()) {
      const { isFound, pixels } = await search(bytes, place, leastScore);
      counts[at]!.found += isFound ? 1 : 0;
      counts[at]!.detectedPixels += pixels / photoCount;
    }
  }
  const cells = leastScores.map((leastScore, at) => `${leastScore ?? 'all'}: ${counts[at]!.found} (${(counts[at]!.detectedPixels / 1000).toFixed(0)}k)`);
  console.log(`faces of ${facePx} px   ${cells.join('   ')}`);
}
await networks.dispose();
