import { describe, expect, it } from 'vitest';
import { countMultiplyAdds } from '../../../native-models/onnx/count-multiply-adds.ts';
import { parseModel } from '../../../native-models/onnx/parse-model.ts';
import { countEmbedder } from '../../../native-models/lab/studies/networks/count-pack.ts';
import { loadStandardPack } from '../../support/standard-pack.ts';
import { craftModel, wave, type CraftedModel } from './craft-model.ts';

function count(model: CraftedModel, inputShapes: Readonly<Record<string, readonly number[]>> = {}): number {
  return countMultiplyAdds(parseModel(craftModel(model)), inputShapes);
}

/** 4 channels of 6 x 5 in, 6 of 2 x 2 out, of which each sees 2 channels of 3 x 3: 6 * 2 * 2 * (2 * 3 * 3) = 432. */
function convolve(more: readonly string[]): CraftedModel {
  return {
    input: ['batch', 4, 'height', 'width'],
    nodes: [{ operator: 'Conv', inputs: ['x', 'w', ...more], output: 'y', integers: { group: 2, strides: [2, 2] } }],
    constants: { w: { shape: [6, 2, 3, 3], floats: wave(108) }, b: { shape: [6], floats: wave(6) } },
    outputs: ['y'],
  };
}

describe('multiply-adds of an ONNX graph', () => {
  const size = { x: [1, 4, 6, 5] };

  it('counts a grouped convolution with stride as worked out by hand, and one more a place for its bias', () => {
    expect(count(convolve([]), size)).toBe(432);
    expect(count(convolve(['b']), size)).toBe(432 + 6 * 2 * 2);
  });

  it('counts matrix products, whichever way their weights lie, and nothing else', () => {
    const product = (node: CraftedModel['nodes'][number], shape: number[]): number =>
      count({
        input: [1, 5],
        nodes: [{ ...node, output: 'p' }, { operator: 'Relu', inputs: ['p'], output: 'y' }],
        constants: { w: { shape, floats: wave(15) }, b: { shape: [3], floats: wave(3) } },
        outputs: ['y'],
      });
    expect(product({ operator: 'MatMul', inputs: ['x', 'w'], output: 'p' }, [5, 3])).toBe(15);
    expect(product({ operator: 'Gemm', inputs: ['x', 'w', 'b'], output: 'p', integers: { transB: 1 } }, [3, 5])).toBe(18);
  });

  it('refuses a size that stays open', () => {
    expect(() => count(convolve([]))).toThrow(expect.objectContaining({ code: 'model-mismatch' }));
  });

  it("counts the standard pack's embedder: 221 million, and three of biases", async () => {
    const { manifest, embedder } = await loadStandardPack();
    expect(countEmbedder(manifest.embedder, embedder)).toBe(221_161_984 + 3_206_016);
  });
});
