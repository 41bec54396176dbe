/** Photos: what is in them, and how the faces of two compare. */

import { comparePhotos } from '../../pipeline/compare-photos.ts';
import type { HandlerParts, HandlersOf } from './handler-parts.ts';

export function createPhotoHandlers({ database, libraryPack, planner, analyzers }: HandlerParts): HandlersOf<'photos'> {
  return {
    'photos.get': (params) => database.getPhoto(params),
    'photos.list': (params) => database.listPhotos(params),
    'photos.listDoubles': (params) => database.listDoubles(params),
    'photos.compare': async ({ firstPath, secondPath }, { signal }) => {
      const { setup, sameDistance: threshold } = await planner.planPack((await libraryPack.readActive()).name);
      return await analyzers.use(setup, (pool) => comparePhotos(pool, { firstPath, secondPath, threshold, signal }));
    },
  };
}
