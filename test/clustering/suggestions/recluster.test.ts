import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../electron/base/random.ts';
import { previewRecluster } from '../../../electron/clustering/suggestions/recluster.ts';
import type { ReclusterGroups } from '../../../electron/clustering/suggestions/types.ts';
import { drawDirection } from '../synthetic-library.ts';
import { drawFaces, openInventedView, type InventedFace, type InventedPerson, type Said } from './invented-view.ts';

/** Anna of six faces and three of somebody else; three more of Anna as another person; a stranger. */
function preview(odd: Partial<InventedFace> = {}, other: Partial<InventedPerson> = {}, said: Said = {}): ReclusterGroups {
  const random = createRandom(11);
  const look = drawDirection(random);
  const anna = { faces: [...drawFaces(look, 6, random), ...drawFaces(drawDirection(random), 3, random, odd)], name: 'Anna' };
  const more = { faces: drawFaces(look, 3, random), ...other };
  const stranger = { faces: drawFaces(drawDirection(random), 4, random) };
  return previewRecluster(openInventedView([anna, more, stranger], said), 0);
}

describe('previewRecluster', () => {
  it('lets out who is somebody else and in who is the same', () => {
    expect(preview()).toEqual({ stayingCount: 6, leaving: [[6, 7, 8]], joining: [[9, 10, 11]] });
  });

  it('never lets out confirmed faces', () => {
    const { leaving } = preview({ isConfirmed: true });
    expect(leaving.flat()).not.toEqual(expect.arrayContaining([6]));
    expect(leaving.flat().filter((face) => face >= 6)).toEqual([]);
  });

  it('takes nobody in whom the user holds, has set aside or has refused', () => {
    expect(preview({}, { isHeld: true }).joining).toEqual([]);
    expect(preview({}, { isIgnored: true }).joining).toEqual([]);
    expect(preview({}, {}, { rejections: [[10, 0]] }).joining).toEqual([]);
  });

  it('changes nothing about somebody who is one person among strangers', () => {
    const random = createRandom(12);
    const people = [5, 3, 2].map((count) => ({ faces: drawFaces(drawDirection(random), count, random) }));
    expect(previewRecluster(openInventedView(people), 0)).toEqual({ stayingCount: 5, leaving: [], joining: [] });
  });

  it('has nothing to say of somebody without faces', () => {
    const random = createRandom(13);
    const view = openInventedView([{ faces: [] }, { faces: drawFaces(drawDirection(random), 2, random) }]);
    expect(previewRecluster(view, 0)).toEqual({ stayingCount: 0, leaving: [], joining: [] });
  });
});
