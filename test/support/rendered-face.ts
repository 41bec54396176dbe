/** Photos of a painted face surface before a camera: what is to be seen of a turned head is known in them. */

import { faceShape, type ShapePoint } from '../../electron/geometry/face-shape.ts';
import { fitFaceSurface } from '../../electron/geometry/face-surface.ts';
import { projectPerspective, type Camera, type PerspectivePose } from '../../electron/geometry/perspective-pose.ts';
import { composeRotation, cross, type HeadAngles } from '../../electron/geometry/rotation.ts';
import type { DecodedPhoto } from '../../electron/imaging/decode.ts';

const surface = fitFaceSurface(faceShape);
const distance = 20;

export interface RenderedFace {
  readonly photo: DecodedPhoto;
  /** [68, 2] */
  readonly landmarks: Float32Array;
}

/** @param paint grey value by place on the surface, see [Note: face shape] */
export function renderFace(
  angles: HeadAngles,
  paint: (x: number, y: number) => number,
  { sidePx = 240, eyeDistancePx = 48 }: { sidePx?: number; eyeDistancePx?: number } = {},
): RenderedFace {
  const camera: Camera = { focalLengthPx: eyeDistancePx * distance, centre: [sidePx / 2, sidePx * 0.4] };
  const pose: Omit<PerspectivePose, 'residual'> = { ...angles, shift: [0, 0], distance };
  const [first, second] = composeRotation(angles);
  const third = cross(first, second);
  const data = new Uint8Array(sidePx * sidePx * 3);
  for (let at = 0; at < sidePx * sidePx; at++) {
    const right = ((at % sidePx) + 0.5 - camera.centre[0]) / camera.focalLengthPx;
    const down = (Math.floor(at / sidePx) + 0.5 - camera.centre[1]) / camera.focalLengthPx;
    const placeAt = (depth: number): ShapePoint => {
      const near = distance - depth;
      return [0, 1, 2].map((axis) => first[axis]! * right * depth + second[axis]! * down * depth + third[axis]! * near) as unknown as ShapePoint;
    };
    const [x, y] = placeAt(findDepth(placeAt));
    data.fill(paint(x, y), at * 3, at * 3 + 3);
  }
  return { photo: wrapPixels(data, sidePx), landmarks: projectPerspective(faceShape, pose, camera) };
}

/** @returns where a line of sight first goes below the surface */
function findDepth(placeAt: (depth: number) => ShapePoint): number {
  const isBelow = (depth: number): boolean => {
    const [x, y, z] = placeAt(depth);
    return z <= surface.heightAt(x, y);
  };
  let depth = distance - 2;
  while (depth < distance + 3 && !isBelow(depth)) depth += 0.05;
  let [above, below] = [depth - 0.05, depth];
  for (let step = 0; step < 8; step++) {
    const middle = (above + below) / 2;
    if (isBelow(middle)) below = middle;
    else above = middle;
  }
  return below;
}

function wrapPixels(data: Uint8Array, sidePx: number): DecodedPhoto {
  return {
    header: { format: 'png', width: sidePx, height: sidePx, orientation: 1, exif: null, rgbProfile: null, hasAlpha: false },
    stored: { width: sidePx, height: sidePx, data },
    uprightToStored: [1, 0, 0, 0, 1, 0],
    colourTable: null,
  };
}
