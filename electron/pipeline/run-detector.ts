/** Shows a detector pictures and reads its answers. */

import type { PixelImage, SampledImage } from '../imaging/pixels.ts';
import type { Detector } from '../../native-models/packs/manifest.ts';
import type { Network } from '../../native-models/runtime/runtime.ts';
import type { DetectionReader, RawDetection } from './decode-detections.ts';
import { createInputTensor } from './input-tensor.ts';

/** A pack's detector on a runtime, with what reads its answers. */
export interface PlacedDetector {
  readonly network: Network;
  readonly manifest: Detector;
  readonly read: DetectionReader;
}

/** @param pictures all of one size
 *  @returns per picture what scored enough, by default the manifest's threshold, in input pixels, overlapping */
export async function runDetector(
  { network, manifest, read }: PlacedDetector,
  pictures: readonly (PixelImage | SampledImage)[],
  minScore?: number,
): Promise<RawDetection[][]> {
  const tensor = createInputTensor(pictures, manifest.input, { hasOpenSize: manifest.sizeMultiplePx !== null });
  const outputs = await network.run({ [manifest.input.name]: tensor });
  return read(outputs, pictures[0]!, pictures.length, minScore);
}
