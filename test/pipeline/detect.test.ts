import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analysisDefaults } from '../../electron/engine/config.ts';
import { intersectionOverUnion } from '../../electron/geometry/boxes.ts';
import { decodePhoto, readImageHeader } from '../../electron/imaging/decode.ts';
import { detectFaces } from '../../electron/pipeline/detect.ts';
import type { Detection } from '../../electron/pipeline/merge-detections.ts';
import { loadNetworks, type AnalysisNetworks } from '../../electron/pipeline/networks.ts';
import { createRuntime } from '../../native-models/runtime/create-runtime.ts';
import { readSample } from '../support/photos.ts';
import { loadStandardPack } from '../support/standard-pack.ts';

let networks: AnalysisNetworks;
beforeAll(async () => {
  networks = await loadNetworks(await createRuntime('onnx'), await loadStandardPack());
});
afterAll(() => networks.dispose());

/** @param minHintScore null searches every scale in full */
async function detect(bytes: Uint8Array, minHintScore = analysisDefaults.detection.minHintScore): Promise<{ faces: Detection[]; pixels: number }> {
  let pixels = 0;
  const { detector } = networks;
  const network = {
    ...detector.network,
    run: (inputs: Parameters<typeof detector.network.run>[0]) => {
      pixels += Object.values(inputs)[0]!.data.length / 3;
      return detector.network.run(inputs);
    },
  };
  const header = await readImageHeader(bytes, analysisDefaults);
  const photo = await decodePhoto(bytes, header, analysisDefaults);
  const faces = await detectFaces({ ...detector, network }, photo, { ...analysisDefaults.detection, minHintScore });
  return { faces, pixels };
}

/** A grey photo of 1,600 x 1,200 with the first sample in it, so many pixels wide: its faces measure a twelfth of that. */
async function placeSample(width: number): Promise<Buffer> {
  const sample = await sharp(await readSample(1)).resize({ width }).toBuffer();
  const grey = { create: { width: 1600, height: 1200, channels: 3, background: '#777' } } as const;
  return sharp(grey).composite([{ input: sample, left: 900, top: 300 }]).png().toBuffer();
}

describe('detecting faces', () => {
  it.each([400, 640])('finds around hints whom a search of every scale finds (a group %i px wide)', async (width) => {
    const photo = await placeSample(width);
    const around = await detect(photo);
    const everywhere = await detect(photo, null);
    expect(everywhere.faces.length).toBeGreaterThanOrEqual(3);
    for (const face of everywhere.faces) {
      expect(around.faces.some(({ box }) => intersectionOverUnion(box, face.box) > 0.5)).toBe(true);
    }
    expect(around.pixels).toBeLessThan(0.7 * everywhere.pixels);
  });

  it('leaves the finest scale alone where nothing hints at anybody', async () => {
    const sky = await sharp({ create: { width: 1600, height: 1200, channels: 3, background: '#6aa7e8' } }).png().toBuffer();
    const { faces, pixels } = await detect(sky);
    expect(faces).toEqual([]);
    expect(pixels).toBeLessThan(400_000);
  });
});
