/** Makes of a model that was trained from nothing what a pack holds: an ONNX file, and how it is fed and read. */

import type { LayersModel } from '@tensorflow/tfjs-layers';
import { convertLayersModel } from '../networks/export/convert-layers-model.ts';
import { cropInput } from '../../onnx/crop-input.ts';
import { writeModel } from '../../onnx/write-model.ts';
import type { ChipShape } from './chips/chip-shape.ts';
import { middle } from './model-network.ts';
import type { OwnEmbedder } from './trained-pack.ts';

/**
 * [Note: square chips] A pack's chips are squares. A network that sees a higher or wider picture is given the square around
 * it, and its file cuts its own part out of that: where the landmarks lie in what it sees stays the same to the pixel.
 * @param model as createModelNetwork takes it
 * @param shape of the chips that it was trained on
 * @throws AppError "unsupported-operator" naming a layer that cannot be written, "model-mismatch"
 */
export async function createModelEmbedder(model: LayersModel, shape: ChipShape): Promise<OwnEmbedder> {
  const { height, width, template } = shape;
  const side = Math.max(height, width);
  const [top, left] = [height, width].map((length) => Math.floor((side - length) / 2)) as [number, number];
  const graph = await convertLayersModel(model);
  const squared = side === height && side === width ? graph : cropInput(graph, { height: side, width: side, top, left });
  const [input, output] = [squared.inputs[0]!, squared.outputs[0]!];
  return {
    model: writeModel(squared),
    title: model.name,
    description: {
      input: { name: input.name, shape: [1, 3, side, side], layout: 'nchw', channelOrder: 'rgb', mean: middle, scale: middle },
      outputs: { embedding: output.name },
      template: { kind: template.kind, chipSizePx: side, points: template.points.map(([x, y]): [number, number] => [x + left, y + top]) },
      length: model.outputs[0]!.shape[1]!,
      normalised: true,
      // Training measures the chip alone: the threshold is that of its embedding.
      isMirrored: false,
    },
  };
}
