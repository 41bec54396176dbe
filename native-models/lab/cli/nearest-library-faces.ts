/** Finds the faces of a library that come nearest to given ones, for commands that look at a photo outside of it. */

import type { KindredApi } from '../../../electron/api/contract.ts';
import type { FaceRecord } from '../../../electron/api/schemas.ts';
import { squaredDistance } from '../../../electron/geometry/vectors.ts';

export interface LibraryFace {
  readonly record: FaceRecord;
  /** Euclidean. */
  readonly distance: number;
}

export interface NearestLibraryFaces {
  /** Faces of the library that could be compared. */
  readonly compared: number;
  /** By given face, the nearest first. */
  readonly nearest: readonly (readonly LibraryFace[])[];
}

/** Nearer ones are of the very same picture, which says nothing. */
const samePictureDistance = 0.01;
/** A page holds as many embeddings: half a megabyte of numbers. */
const pageSize = 250;

/** Faces that are set aside, and those of the same picture, are left out.
 *  @param embeddings of the library's own pack
 *  @param count how many for each */
export async function findNearestLibraryFaces(api: KindredApi, embeddings: readonly Float32Array[], count: number): Promise<NearestLibraryFaces> {
  const nearest = embeddings.map((): LibraryFace[] => []);
  let compared = 0;
  let cursor: string | null = null;
  do {
    const page: { faces: FaceRecord[]; nextCursor: string | null } = await api.call('faces.export', { includeEmbeddings: true, cursor, limit: pageSize });
    for (const { embedding, ...record } of page.faces) {
      if (embedding === undefined || record.isIgnored) continue;
      const other = Float32Array.from(embedding);
      compared += 1;
      embeddings.forEach((own, index) => insert(nearest[index]!, { record, distance: Math.sqrt(squaredDistance(own, other)) }, count));
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  return { compared, nearest };
}

/** Into a list that is the caller's own. */
function insert(list: LibraryFace[], face: LibraryFace, count: number): void {
  if (face.distance < samePictureDistance || (list.length === count && face.distance >= list.at(-1)!.distance)) return;
  const place = list.findIndex(({ distance }) => distance > face.distance);
  list.splice(place === -1 ? list.length : place, 0, face);
  if (list.length > count) list.pop();
}
