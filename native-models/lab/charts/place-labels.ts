/** Finds places for the labels of points, so that they cover neither each other nor the points. */

export interface LabelledPoint {
  /** Pixels. */
  readonly x: number;
  readonly y: number;
  readonly label: string;
}

export interface PlacedLabel {
  /** Of the text's baseline, pixels. */
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'end';
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Of a letter, about; at a size of 12 px. */
const letterWidth = 6.6;
const letterHeight = 10;
/** So near to another mark a label would seem to be that one's. */
const markReach = 9;

/** From the point to the baseline's near end; what is tried first is best. */
const offsets = [
  { x: 7, y: -6, anchor: 'start' },
  { x: 7, y: 14, anchor: 'start' },
  { x: -7, y: -6, anchor: 'end' },
  { x: -7, y: 14, anchor: 'end' },
] as const;

/** @param marks all points that are drawn, labelled or not
 *  @param right where the drawing ends; pixels
 *  @returns a place for each point; one without a free place is put where it covers least */
export function placeLabels(points: readonly LabelledPoint[], marks: readonly { readonly x: number; readonly y: number }[], right: number): PlacedLabel[] {
  const placed: Box[] = [];
  return points.map(({ x, y, label }) => {
    const others = marks.filter((mark) => mark.x !== x || mark.y !== y);
    const taken = [...placed, ...others.map((mark) => ({ left: mark.x - markReach, right: mark.x + markReach, top: mark.y - markReach, bottom: mark.y + markReach }))];
    const places = offsets.map((offset) => ({ x: x + offset.x, y: y + offset.y, anchor: offset.anchor }));
    const boxes = places.map((place) => boxOf(place, label));
    const costs = boxes.map((box) => taken.filter((other) => overlaps(box, other)).length + (box.right > right || box.left < 0 ? 1 : 0));
    const best = costs.indexOf(Math.min(...costs));
    placed.push(boxes[best]!);
    return places[best]!;
  });
}

function boxOf({ x, y, anchor }: PlacedLabel, label: string): Box {
  const width = label.length * letterWidth;
  const left = anchor === 'start' ? x : x - width;
  return { left, right: left + width, top: y - letterHeight, bottom: y };
}

function overlaps(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
