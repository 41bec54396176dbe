/** What may find the faces of a photo, by the names that the command line takes. */

export const detectorNames = ['network', 'hog'] as const;
/** "network" is the pack's own. */
export type DetectorName = (typeof detectorNames)[number];
