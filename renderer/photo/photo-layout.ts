/** Where a photo and the boxes on it lie on the screen. */

import type { FaceSummary } from '../../electron/api/schemas.ts';

/** Upright photo pixels. */
export type FaceBox = NonNullable<FaceSummary['box']>;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** @param photo upright pixels
 *  @param stage CSS pixels
 *  @returns CSS pixels: as large as fits, never blown up beyond four times the photo's own pixels */
export function fitInside(photo: Size, stage: Size): Size {
  if (photo.width <= 0 || photo.height <= 0) return { width: 0, height: 0 };
  const scale = Math.min(stage.width / photo.width, stage.height / photo.height, 4);
  return { width: photo.width * scale, height: photo.height * scale };
}

/** CSS lengths. */
export type FacePlace = Readonly<Record<'left' | 'top' | 'width' | 'height', string>>;

/** @param box upright photo pixels
 *  @returns shares of the photo as CSS percentages, which stay right at every zoom */
export function placeBox(box: FaceBox, photo: Size): FacePlace {
  const percent = (value: number, whole: number): string => `${(100 * value) / whole}%`;
  return {
    left: percent(box.x, photo.width),
    top: percent(box.y, photo.height),
    width: percent(box.width, photo.width),
    height: percent(box.height, photo.height),
  };
}
