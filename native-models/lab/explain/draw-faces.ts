/** Draws what was found over the pictures that it was found in: boxes, landmarks, and where a head is turned. */

import { projectShape, type HeadPose } from '../../../electron/geometry/pose.ts';
import { escapeText, round } from '../charts/chart.ts';
import type { ExplainedFace, Picture, ShownFace } from './explain-photo.ts';

/** Landmarks that a line joins, first and last, counted from 0; where it ends where it began. */
const outlines: readonly { readonly from: number; readonly to: number; readonly isClosed: boolean }[] = [
  { from: 0, to: 16, isClosed: false },
  { from: 17, to: 21, isClosed: false },
  { from: 22, to: 26, isClosed: false },
  { from: 27, to: 30, isClosed: false },
  { from: 31, to: 35, isClosed: false },
  { from: 36, to: 41, isClosed: true },
  { from: 42, to: 47, isClosed: true },
  { from: 48, to: 59, isClosed: true },
  { from: 60, to: 67, isClosed: true },
];
const noseTip = 30;
const fivePointNose = 2;
const usualLandmarks = 68;
/** Lengths of the axes, in distances between the eyes. */
const noseLength = 1.5;
const sideLength = 0.8;

/** @returns an SVG of the photo with a box and a number for each face */
export function drawBoxes(photo: Picture, faces: readonly ExplainedFace[]): string {
  const stroke = Math.max(2, photo.width / 320);
  const type = Math.max(14, photo.width / 36);
  const boxes = faces.map(({ number, box }) => {
    const [x, y] = [round(box.x), round(box.y)];
    const tag = { width: round(type * (0.6 + 0.62 * String(number).length)), height: round(type * 1.25) };
    return (
      `<rect class="halo" x="${x}" y="${y}" width="${round(box.width)}" height="${round(box.height)}" stroke-width="${round(stroke * 2)}" rx="${stroke}"/>` +
      `<rect class="mark" x="${x}" y="${y}" width="${round(box.width)}" height="${round(box.height)}" stroke-width="${stroke}" rx="${stroke}"/>` +
      `<rect class="tag" x="${x}" y="${y}" width="${tag.width}" height="${tag.height}" rx="${stroke}"/>` +
      `<text class="tag-text" x="${round(box.x + tag.width / 2)}" y="${round(box.y + tag.height * 0.76)}" font-size="${round(type)}">${number}</text>`
    );
  });
  return drawOver(photo, `The photo with ${faces.length} faces marked`, boxes.join(''));
}

/** @returns an SVG of the head with its points, and lines along brows, eyes, nose, mouth and jaw where there are 68 */
export function drawLandmarks({ head, landmarks, number }: Pick<ShownFace, 'head' | 'landmarks' | 'number'>): string {
  const count = landmarks.length / 2;
  const lines = count === usualLandmarks ? outlines.map((outline) => traceOutline(landmarks, outline)).join('') : '';
  const points = Array.from({ length: count }, (_, at) => `<circle cx="${round(landmarks[at * 2]!)}" cy="${round(landmarks[at * 2 + 1]!)}" r="1.9"/>`);
  return drawOver(head, `Face ${number} with its ${count} landmarks`, `<path class="outline" d="${lines}"/><g class="point">${points.join('')}</g>`);
}

/** @returns an SVG of the head with an arrow where the nose points, and lines to the head's side and down along it */
export function drawPose({ head, landmarks, number }: Pick<ShownFace, 'head' | 'landmarks' | 'number'>, pose: HeadPose): string {
  const nose = landmarks.length / 2 === usualLandmarks ? noseTip : fivePointNose;
  const [x, y] = [landmarks[nose * 2]!, landmarks[nose * 2 + 1]!];
  const [aside, down, ahead] = [
    [sideLength, 0, 0],
    [0, sideLength, 0],
    [0, 0, noseLength],
  ].map((axis) => {
    const [acrossPx, downPx] = projectShape([axis as [number, number, number]], pose);
    return [x + acrossPx!, y + downPx!] as const;
  });
  const to = ([toX, toY]: readonly [number, number]): string => `M${round(x)} ${round(y)}L${round(toX)} ${round(toY)}`;
  const path = to(ahead!) + traceHead([x, y], ahead!);
  return drawOver(
    head,
    `Face ${number}, with an arrow where the nose points`,
    `<path class="axis" d="${to(aside!)}${to(down!)}"/><path class="halo" stroke-width="6" d="${path}"/><path class="nose" d="${path}"/>` +
      `<circle class="nose-tip" cx="${round(x)}" cy="${round(y)}" r="3.5"/>`,
  );
}

function drawOver({ url, width, height }: Picture, title: string, inside: string): string {
  return (
    `<svg class="over" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(title)}">` +
    `<image href="${url}" width="${width}" height="${height}"/>${inside}</svg>`
  );
}

function traceOutline(landmarks: Float32Array, { from, to, isClosed }: (typeof outlines)[number]): string {
  let path = '';
  for (let at = from; at <= to; at++) path += `${at === from ? 'M' : 'L'}${round(landmarks[at * 2]!)} ${round(landmarks[at * 2 + 1]!)}`;
  return isClosed ? `${path}z` : path;
}

/** The tip of an arrow; none for one that points out of the picture. */
function traceHead(from: readonly [number, number], to: readonly [number, number]): string {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  if (length < 8) return '';
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
  const barb = (side: number): string => `${round(to[0] - Math.cos(angle + side) * 10)} ${round(to[1] - Math.sin(angle + side) * 10)}`;
  return `M${barb(0.5)}L${round(to[0])} ${round(to[1])}L${barb(-0.5)}`;
}
