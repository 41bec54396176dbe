/** Photos: what is in them, and how the faces of two compare. */

import { comparePhotos } from '../../pipeline/compare-photos.ts';
import { act, type HandlerParts, type HandlersOf } from './handler-parts.ts';

export function createPhotoHandlers(parts: HandlerParts): HandlersOf<'photos'> {
  const { database, recognition } = parts;
  return {
    'photos.get': (params) => database.getPhoto(params),
    'photos.list': (params) => database.listPhotos(params),
    'photos.listDoubles': (params) => database.listDoubles(params),
    'photos.ignoreStrangers': (params) => act(parts, database.ignoreStrangersInPhoto(params)),
    'photos.compare': async ({ firstPath, secondPath }, { signal }) => {
      const { setup, sameDistance: threshold } = await recognition.planPack((await recognition.readActivePack()).name);
      return await recognition.analyzers.use(setup, (pool) => comparePhotos(pool, { firstPath, secondPath, threshold, signal }));
    },
  };
}
