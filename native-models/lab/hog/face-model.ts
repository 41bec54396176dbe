/** The HOG model of faces that Kindred ships; docs/models/hog.md says what it was trained on. */

import stored from './face-model.json' with { type: 'json' };
import { readHogModel, type HogModel } from './hog-model.ts';

export function loadFaceHog(): HogModel {
  return readHogModel(stored);
}
