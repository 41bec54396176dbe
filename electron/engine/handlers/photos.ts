/** Photos: what is in them, and how the faces of two compare. */

import { comparePhotos } from '../../pipeline/compare-photos.ts';
import type { HandlerParts, HandlersOf } from './handler-parts.ts';

export function createPhotoHandlers({ database, recognition }: HandlerParts): HandlersOf<'photos'> {
  return {
    'photos.get': (params) => database.getPhoto(params),
    'photos.list': (params) => database.listPhotos(params),
    'photos.listDoubles': (params) => database.listDoubles(params),
    'photos.compare': async ({ firstPath, secondPath }, { signal }) => {
      const { setup, sameDistance: threshold } = await recognition.planPack((await recognition.readActivePack()).name);
      return await recognition.analyzers.use(setup, (pool) => comparePhotos(pool, { firstPath, secondPath, threshold, signal }));
    },
  };
}
