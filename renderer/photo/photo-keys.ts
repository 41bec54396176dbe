/** What keys do while a photo is shown. */

import type { PhotoState } from './photo.svelte.ts';

export interface PhotoMoves {
  previous(): void;
  next(): void;
  leave(): void;
}

/** @returns whether the key means something here */
export function pressPhotoKey(key: string, view: PhotoState, moves: PhotoMoves): boolean {
  const face = view.faces.find((candidate) => candidate.id === view.focusedFaceId) ?? null;
  switch (key.length === 1 ? key.toLowerCase() : key) {
    case 'ArrowLeft':
      moves.previous();
      return true;
    case 'ArrowRight':
      moves.next();
      return true;
    case '+':
    case '=':
      view.zoomBy(1);
      return true;
    case '-':
      view.zoomBy(-1);
      return true;
    case '0':
      view.zoom = 1;
      return true;
    case 'b':
      view.areBoxesShown = !view.areBoxesShown;
      return true;
    case 'n':
    case 'F2':
      if (face === null) return false;
      view.startNaming(face.id);
      return true;
    case 'c':
      if (face === null || face.personId === null) return false;
      void view.confirm(face.id);
      return true;
    case 'x':
      if (face === null || face.personId === null) return false;
      void view.reject(face.id);
      return true;
    case 'i':
      void view.ignoreStrangers();
      return true;
    case 'Escape':
      moves.leave();
      return true;
    default:
      return false;
  }
}
