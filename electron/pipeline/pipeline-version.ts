/** Which way of looking at photos an analysis was made by. */

/** Raised whenever detection, alignment or quality would come out differently for the same photo. */
export const pipelineVersion = 2;
