/** Counts faces by photo, and photos that two groups of faces have in common. */

/** @param photoIndices [n], equal for faces of one photo
 *  @returns how many faces each photo has, by its index */
export function countFacesOfPhotos(photoIndices: Int32Array): Int32Array {
  let photos = 0;
  for (const photo of photoIndices) photos = Math.max(photos, photo + 1);
  const counts = new Int32Array(photos);
  for (const photo of photoIndices) counts[photo]! += 1;
  return counts;
}

/** @returns how many are in both */
export function countInCommon(one: ReadonlySet<number>, other: ReadonlySet<number>): number {
  const [small, large] = one.size <= other.size ? [one, other] : [other, one];
  let common = 0;
  for (const value of small) if (large.has(value)) common += 1;
  return common;
}
