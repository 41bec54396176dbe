/** Opens what kindred train teaches: a network from nothing, or the embedder of a pack. */

import path from 'node:path';
import type { LoadedPack } from '../../packs/load-pack.ts';
import type { PackManifest } from '../../packs/manifest.ts';
import type { ChipShape } from '../training/chips/chip-shape.ts';
import type { TrainingChip } from '../training/chips/training-chip.ts';
import type { TrainingReport } from '../training/runs/train-and-test.ts';
import type { TrainableNetwork } from '../training/trainable-network.ts';
import type { TrainedPackOptions } from '../training/trained-pack.ts';
import { formatPercent } from './run-evaluation.ts';
import type { TrainingCommandOptions } from './training-command.ts';

export interface SubjectOptions extends Pick<TrainingCommandOptions, 'data' | 'dims' | 'seed' | 'normalisation'> {
  readonly network?: string;
  readonly frozen: number;
  readonly out: string;
}

export interface TrainingSubject {
  readonly network: TrainableNetwork;
  readonly shape: ChipShape;
  /** @param people to learn from */
  prepare(chips: readonly TrainingChip[], people: readonly string[]): Promise<void>;
  /** Writes a folder that `kindred packs add` takes. */
  write(folder: string, report: TrainingReport): Promise<void>;
}

/** @param base of the pack whose detector and landmarks the network goes with */
export async function openModel(base: PackManifest, options: SubjectOptions): Promise<TrainingSubject> {
  const { network: name = '', dims, seed, normalisation } = options;
  const { buildTrainingNetwork } = await import('../training/training-networks.ts');
  const { createModelNetwork } = await import('../training/model-network.ts');
  const { shapeFaceChip } = await import('../training/chips/chip-shape.ts');
  const { initialiseOnPeople } = await import('../training/initialise-weights.ts');
  const { writeLayersModel } = await import('../training/layers-model-files.ts');
  const { createModelEmbedder } = await import('../training/model-embedder.ts');
  const { describeOwnPack, writeTrainedPack } = await import('../training/trained-pack.ts');
  const model = buildTrainingNetwork({ name, dims, seed, normalisation });
  const network = createModelNetwork(model);
  const shape = shapeFaceChip(network.inputWidth, network.inputHeight);
  return {
    network,
    shape,
    prepare: (chips, people) => initialiseOnPeople(model, { chips, people, shape }),
    write: async (folder, report) => {
      await writeLayersModel(folder, model);
      const embedder = await createModelEmbedder(model, shape);
      await writeTrainedPack(folder, describeOwnPack(base, embedder, nameAndMeasure(options, report)), embedder.model);
    },
  };
}

export async function openPackNetwork(pack: LoadedPack, options: SubjectOptions): Promise<TrainingSubject> {
  const { createPackNetwork } = await import('../training/pack-network.ts');
  const { shapePackChip } = await import('../training/chips/chip-shape.ts');
  const { describeTrainedPack, writeTrainedPack } = await import('../training/trained-pack.ts');
  const network = createPackNetwork(pack, { frozenLayers: options.frozen });
  return {
    network,
    shape: shapePackChip(pack.manifest.embedder.template),
    prepare: async () => {},
    write: async (folder, report) => {
      const model = await network.writeModel();
      await writeTrainedPack(folder, describeTrainedPack(pack.manifest, model, nameAndMeasure(options, report)), model);
    },
  };
}

/** Named after the folder that it is written to. */
function nameAndMeasure({ data, out }: SubjectOptions, { trained }: TrainingReport): TrainedPackOptions {
  const { far, threshold, val } = trained.rates[1]!;
  return {
    name: path.basename(path.resolve(out)).toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-').replace(/^-+/, '').slice(0, 63) || 'trained',
    version: '1',
    trainingData: `photos of ${path.basename(path.resolve(data))}, a folder for each person.`,
    thresholds: {
      metric: 'euclidean',
      same: Number(threshold.toFixed(4)),
      measurement: `Distance at FAR ${far} over ${trained.faces} faces of ${trained.people} people that it never learnt from: VAL ${formatPercent(val)}.`,
    },
    calibration: null,
  };
}
