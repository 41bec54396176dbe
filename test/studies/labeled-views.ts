/** Libraries as suggestions see them, of the main faces of labeled photos. */

import type { FaceId, PersonId } from '../../electron/base/ids.ts';
import { clusterFaces } from '../../electron/clustering/cluster-faces.ts';
import { NeighbourIndex } from '../../electron/clustering/neighbours/neighbour-index.ts';
import type { LibraryView } from '../../electron/clustering/suggestions/types.ts';
import { similarityAtDistance } from '../../electron/clustering/types.ts';
import { unknownDay } from '../../electron/terms/capture-day.ts';
import type { ClusteredPerson, ClusteringInput } from '../../electron/terms/clustering-input.ts';
import { fitClusteringTo, fitSuggestionsTo } from '../../electron/engine/config.ts';
import { listLabeledPhotos } from '../../native-models/lab/evaluation/people-folder.ts';
import { readBuiltInManifests } from '../../native-models/packs/built-in-packs.ts';
import { readSameDistance } from '../../native-models/packs/manifest.ts';
import { findMainFaces, readFoundFaces, type FoundFace } from './labeled-faces.ts';

export interface LabeledFace {
  readonly face: FoundFace;
  readonly identity: string;
}

export type ViewOptions = Pick<LibraryView, 'options' | 'suggestions'>;

/** Faces at right angles have nothing in common. */
const farthestReach = 1.38;

/** @returns the main faces */
export async function readLabeledFaces(facesFile: string, folder: string): Promise<LabeledFace[]> {
  const found = await readFoundFaces(facesFile);
  const seen = new Set(found.map(({ photo }) => photo));
  const photos = (await listLabeledPhotos(folder)).filter(({ path: photo }) => seen.has(photo));
  const mainFaces = await findMainFaces(photos, found);
  return photos.flatMap((photo): LabeledFace[] => {
    const face = mainFaces.get(photo);
    return face ? [{ face, identity: photo.person }] : [];
  });
}

export function readOptions(pack: string): ViewOptions {
  const manifest = readBuiltInManifests().find(({ name }) => name === pack)!;
  const same = readSameDistance(manifest);
  return { options: fitClusteringTo(same), suggestions: fitSuggestionsTo(same, manifest.calibration?.best.slope ?? null) };
}

/** @param people [n], who each face is taken for; without it every cluster is a person */
export function openView(
  faces: readonly LabeledFace[],
  { options, suggestions }: ViewOptions,
  people?: Int32Array,
): LibraryView {
  const embeddingLength = faces[0]!.face.embedding!.length;
  const embeddings = new Float32Array(faces.length * embeddingLength);
  faces.forEach(({ face }, index) => embeddings.set(face.embedding!, index * embeddingLength));
  const loose: ClusteringInput = {
    faceIds: faces.map(({ face }) => face.id as FaceId),
    embeddingLength,
    embeddingRows: Float64Array.from(faces, (_, index) => index),
    embeddings,
    qualities: Float32Array.from(faces, ({ face }) => face.quality ?? 0),
    photoIndices: Int32Array.from(faces, (_, index) => index),
    personIndices: new Int32Array(faces.length).fill(-1),
    confirmed: new Uint8Array(faces.length),
    captureDays: new Int32Array(faces.length).fill(unknownDay),
    people: [],
    rejections: [],
    leftOpen: [],
  };
  const { maxNeighbours, exactUpTo } = options;
  const minSimilarity = similarityAtDistance(Math.min(farthestReach, options.maxDistance * options.neighbourReach));
  const search = { minSimilarity, maxNeighbours, exactUpTo, exactFrom: minSimilarity, subspaceTolerance: 0 };
  const neighbours = new NeighbourIndex(embeddingLength, search);
  neighbours.update(loose.embeddingRows, embeddings.slice());
  const { units } = neighbours;
  const personIndices = people ?? new Int32Array(faces.length);
  if (people === undefined) {
    const looks = new Int32Array(faces.length).fill(-1);
    const { clusters } = clusterFaces({ input: loose, neighbours, units, options, scope: 'settled', looks });
    clusters.forEach((cluster, index) => cluster.faces.forEach((face) => (personIndices[face] = index)));
  }
  const count = personIndices.reduce((most, person) => Math.max(most, person + 1), 0);
  const input = { ...loose, personIndices, people: Array.from({ length: count }, (_, index) => unnamed(index)) };
  return { input, options, suggestions, neighbours, units };
}

function unnamed(index: number): ClusteredPerson {
  return { id: `person-${index}` as PersonId, isHeld: false, name: null, isIgnored: false, bornDay: null };
}
