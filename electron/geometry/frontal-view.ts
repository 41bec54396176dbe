/** Says where in a picture of a turned face each point of its frontal view is to be looked up.
 *
 *  [Note: frontal view] The head's pose is found, and the head turned back about its own origin to look straight into the same
 *  camera; nothing else moves, so a face that looks straight on already stays as it is, point for point. Each point of the
 *  frontal view lies on a line of sight that meets the face's surface; that place, on the turned head, is where the picture
 *  shows it. The surface goes through the face's own landmarks, at the depths of the mean shape.
 *
 *  [Note: hidden side] A place is seen well where its surface faces the camera and no other part of the face stands before
 *  it. Where it is not, and its mirror image across the face's middle clearly is, that is taken in its stead; in between they
 *  blend. Where neither is seen the picture is stretched. */

import type { AffineMatrix, Point } from './types.ts';
import { AppError } from '../base/errors.ts';
import { applyAffine } from './affine.ts';
import { faceShape, fivePointShape, type ShapePoint } from './face-shape.ts';
import { fitFaceSurface, type FaceSurface } from './face-surface.ts';
import { estimatePerspectivePose, type Camera, type PerspectivePose } from './perspective-pose.ts';
import { estimatePose } from './pose.ts';
import { composeRotation, cross, dot, type Rows } from './rotation.ts';

export interface HeadInView {
  readonly camera: Camera;
  readonly pose: PerspectivePose;
}

export interface FrontalView extends HeadInView {
  /** As given, [n, 2], where they lie in the frontal view. */
  readonly landmarks: Float32Array;
  readonly surface: FaceSurface;
}

export interface FrontalMap {
  /** [height, width, 2], where in the picture of the turned face each pixel's centre is shown. */
  readonly places: Float32Array;
  /** [height, width, 2], the same for the mirror image across the face's middle. */
  readonly mirrored: Float32Array;
  /** [height, width], 0 to 1: how much of the mirrored place a pixel takes, see [Note: hidden side]. */
  readonly mirroredShares: Float32Array;
}

/** Photos say little about how far away the camera stood, and crops nothing: in distances between the eyes, about
 *  1.2 metres. test/studies/frontal-view.ts tries others. */
export const usualDistance = 20;

/** Beyond, a frontal view would be guessed from a profile. */
const mostTurn = 75;
/** Cosines between surface and line of sight: below the first a place counts as not seen, from the second on as seen. */
const seenCosines = { from: 0.15, to: 0.5 };
/** How much better the mirror image must be seen for a pixel to begin to take it, and to take it alone. */
const mirrorGain = { from: 0.3, to: 0.6 };
/** Of the march from a place towards the camera. */
const march = { step: 0.08, highest: 0.8, tolerance: 0.04, softness: 0.08 };

/** Finds the head's pose before a camera of the usual distance that looks straight at it: what a crop leaves open.
 *  @param landmarks [68, 2] or [5, 2], any space with x to the right and y down
 *  @throws AppError as estimatePose does */
export function placeHead(landmarks: Float32Array, distance: number = usualDistance): HeadInView {
  const all = chooseShape(landmarks);
  const start = all === faceShape ? jawLandmarks : 0;
  return placePoints(landmarks.subarray(start * 2), all.slice(start), distance);
}

function placePoints(landmarks: Float32Array, shape: readonly ShapePoint[], distance: number): HeadInView {
  const weak = estimatePose(landmarks, shape);
  const rows = composeRotation(weak);
  const centre = [0, 1].map(
    (axis) => shape.reduce((sum, point, at) => sum + landmarks[at * 2 + axis]! - weak.scale * dot(rows[axis]!, point), 0) / shape.length,
  ) as unknown as Point;
  const camera: Camera = { focalLengthPx: distance * weak.scale, centre };
  return { camera, pose: estimatePerspectivePose(landmarks, shape, camera) };
}

/** See [Note: frontal view].
 *  @param landmarks [68, 2] or [5, 2], any space with x to the right and y down
 *  @throws AppError "degenerate-landmarks" where they have no pose, or one of a head seen from its side; "bad-argument" for
 *    another number of them */
export function planFrontalView(landmarks: Float32Array, distance: number = usualDistance): FrontalView {
  const shape = chooseShape(landmarks);
  const head = placeHead(landmarks, distance);
  if (Math.abs(head.pose.yaw) > mostTurn || Math.abs(head.pose.pitch) > mostTurn) {
    throw new AppError('degenerate-landmarks', `Expected a face that is not seen from its side but received a yaw of ${head.pose.yaw.toFixed(0)} degrees`);
  }
  const turned = createProjection(head, composeRotation(head.pose));
  const own = shape.map((point, at) => turned.carryBack([landmarks[at * 2]!, landmarks[at * 2 + 1]!], point[2]));
  const frontal = createProjection(head, uprightRows);
  return {
    ...head,
    landmarks: Float32Array.from(own.flatMap((point) => frontal.project(point))),
    // The jaw's landmarks lie on the outline, which is another line of the face when the head turns; five points are too few.
    surface: fitFaceSurface(own.length === faceShape.length ? [...faceShape.slice(0, jawLandmarks), ...own.slice(jawLandmarks)] : faceShape),
  };
}

/** @param targetToFrontal maps pixels of a picture that is to show the frontal view to the view's space, which is the landmarks' */
export function mapFrontalView(
  view: FrontalView,
  targetToFrontal: AffineMatrix,
  { width, height }: { width: number; height: number },
): FrontalMap {
  const turned = createProjection(view, composeRotation(view.pose));
  const frontal = createProjection(view, uprightRows);
  const sight = createSight(view.surface, turned.cameraPlace);
  const places = new Float32Array(width * height * 2);
  const mirrored = new Float32Array(width * height * 2);
  const mirroredShares = new Float32Array(width * height);
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      const [x, y, z] = meetSurface(view.surface, frontal, applyAffine(targetToFrontal, [column + 0.5, row + 0.5]));
      places.set(turned.project([x, y, z]), at * 2);
      const other: ShapePoint = [-x, y, view.surface.heightAt(-x, y)];
      mirrored.set(turned.project(other), at * 2);
      const gain = sight(other) - sight([x, y, z]);
      mirroredShares[at] = smoothStep((gain - mirrorGain.from) / (mirrorGain.to - mirrorGain.from));
    }
  }
  return { places, mirrored, mirroredShares };
}

const jawLandmarks = 17;
const uprightRows: Rows = [[1, 0, 0], [0, 1, 0]];

function chooseShape(landmarks: Float32Array): readonly ShapePoint[] {
  return landmarks.length === fivePointShape.length * 2 ? fivePointShape : faceShape;
}

interface Projection {
  /** Where the camera stands in the shape's space. */
  readonly cameraPlace: ShapePoint;
  project(point: ShapePoint): [number, number];
  /** @returns the point of that depth in the shape's space which the picture shows there */
  carryBack(place: Point, depth: number): ShapePoint;
}

function createProjection({ camera, pose }: HeadInView, rows: Rows): Projection {
  const { focalLengthPx: focal, centre } = camera;
  const { shift, distance } = pose;
  const [first, second] = rows;
  const third = cross(first, second);
  /** @param along the axes of the picture and towards the camera */
  const turnBack = (right: number, down: number, near: number): ShapePoint => [
    first[0] * right + second[0] * down + third[0] * near,
    first[1] * right + second[1] * down + third[1] * near,
    first[2] * right + second[2] * down + third[2] * near,
  ];
  const cameraPlace = turnBack(-shift[0], -shift[1], distance);
  return {
    cameraPlace,
    project(point) {
      const share = focal / (distance - dot(third, point));
      return [centre[0] + share * (dot(first, point) + shift[0]), centre[1] + share * (dot(second, point) + shift[1])];
    },
    carryBack([x, y], depth) {
      const sight = turnBack((x - centre[0]) / focal, (y - centre[1]) / focal, -1);
      const reach = (depth - cameraPlace[2]) / sight[2];
      return [cameraPlace[0] + reach * sight[0], cameraPlace[1] + reach * sight[1], depth];
    },
  };
}

/** The lines of sight of a frontal view hardly lean, so a few steps reach the surface. */
function meetSurface(surface: FaceSurface, frontal: Projection, place: Point): ShapePoint {
  let point = frontal.carryBack(place, 0);
  for (let step = 0; step < 4; step++) point = frontal.carryBack(place, surface.heightAt(point[0], point[1]));
  return point;
}

/** @returns how well a place of the surface is seen, 0 to 1, see [Note: hidden side] */
function createSight(surface: FaceSurface, cameraPlace: ShapePoint): (point: ShapePoint) => number {
  const reach = 0.06;
  return (point) => {
    const [x, y, z] = point;
    const slopeX = (surface.heightAt(x + reach, y) - surface.heightAt(x - reach, y)) / (2 * reach);
    const slopeY = (surface.heightAt(x, y + reach) - surface.heightAt(x, y - reach)) / (2 * reach);
    const towards: ShapePoint = [cameraPlace[0] - x, cameraPlace[1] - y, cameraPlace[2] - z];
    const length = Math.hypot(...towards);
    const cosine = dot(towards, [-slopeX, -slopeY, 1]) / (length * Math.hypot(slopeX, slopeY, 1));
    const facing = smoothStep((cosine - seenCosines.from) / (seenCosines.to - seenCosines.from));
    if (facing === 0) return 0;
    let hidden = 0;
    for (let step = march.step; z + (step * towards[2]) / length < march.highest && step < 2; step += march.step) {
      const share = step / length;
      const above = surface.heightAt(x + share * towards[0], y + share * towards[1]) - (z + share * towards[2]);
      hidden = Math.max(hidden, (above - march.tolerance) / march.softness);
    }
    return facing * (1 - smoothStep(hidden));
  };
}

function smoothStep(value: number): number {
  const share = Math.min(1, Math.max(0, value));
  return share * share * (3 - 2 * share);
}
