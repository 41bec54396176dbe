import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { resolveHostFolders } from '../../../../electron/engine/host-folders.ts';
import { dotProduct } from '../../../../electron/geometry/vectors.ts';
import type { AnalyzedPhoto } from '../../../../electron/terms/analyzed-photo.ts';
import { openPackAnalyzers, type PackAnalyzers } from '../../../../native-models/lab/cli/open-pack-analyzers.ts';
import type { AnalysisChoice } from '../../../../native-models/lab/analysis/analysis-choice.ts';
import { samplePath } from '../../../support/photos.ts';

let opened: PackAnalyzers | null = null;
afterEach(async () => {
  await opened?.pool.dispose();
  opened = null;
});

async function look(choice: Partial<AnalysisChoice>): Promise<AnalyzedPhoto> {
  const { packsFolder, cacheFolder } = resolveHostFolders(process.env);
  opened = await openPackAnalyzers({ packsFolder, cacheFolder, runtime: 'onnx', effort: 'fast', ...choice });
  const photo = (await opened.pool.analyze(samplePath(1))) as AnalyzedPhoto;
  await opened.pool.dispose();
  return photo;
}

describe('analyzers of an evaluation', () => {
  let plain: AnalyzedPhoto;
  beforeAll(async () => {
    plain = await look({});
  });

  it('show the embedder faces from the front where that is asked for, and the same faces', async () => {
    const frontal = await look({ align: 'frontal' });
    expect(frontal.faces.map(({ box, quality }) => [box, quality])).toEqual(plain.faces.map(({ box, quality }) => [box, quality]));
    for (const [index, { embedding }] of frontal.faces.entries()) {
      const likeness = dotProduct(embedding, plain.faces[index]!.embedding);
      expect(likeness).toBeGreaterThan(0.5);
      expect(likeness).toBeLessThan(0.999);
    }
  });

  it('find faces by HOG where that is asked for', async () => {
    const found = await look({ detector: 'hog' });
    expect(found.faces.length).toBeGreaterThan(0);
    expect(found.faces.map(({ box }) => box)).not.toEqual(plain.faces.map(({ box }) => box));
    // Squares of one shape, which a network's boxes are not.
    const shapes = found.faces.map(({ box }) => box.width / box.height);
    for (const shape of shapes) expect(shape).toBeCloseTo(shapes[0]!, 1);
  });
});
