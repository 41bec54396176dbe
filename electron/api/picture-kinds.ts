/** Which pictures of photos and faces there are; apart from their addresses, as workers that cut them start with little. */

/** chip and frontal show a face as recognition does: turned upright, and seen from the front. */
export const mediaKinds = ['photo', 'face', 'chip', 'frontal'] as const;
export type MediaKind = (typeof mediaKinds)[number];

/** Raised whenever pictures of the kind come out differently. */
export const pictureStyles: Readonly<Record<MediaKind, number>> = { photo: 1, face: 2, chip: 1, frontal: 1 };

/** Edges of a face's square that are kept; a request gets the next larger one. The first is cut while the photo is looked at:
 *  it serves rows and cards, the second large pictures and fine screens. */
export const faceSizesPx = [192, 384] as const;
