/** What may find the faces of a photo, and how chips may be cut, by the names that the command line takes. */

export const detectorNames = ['network', 'hog'] as const;
/** "network" is the pack's own. */
export type DetectorName = (typeof detectorNames)[number];

/** Turned and scaled alone, or from a frontal view, see docs/frontal.md. */
export const alignments = ['similarity', 'frontal'] as const;
export type Alignment = (typeof alignments)[number];
