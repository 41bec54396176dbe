import { describe, expect, it } from 'vitest';
import { pickMainFace } from '../../../../native-models/lab/evaluation/main-face.ts';

const photo = { width: 100, height: 200 };
const face = (x: number, y: number, width: number, height: number) => ({ box: { x, y, width, height } });

describe('pickMainFace', () => {
  it('is the one that holds the centre, not the larger one beside it', () => {
    const middle = face(30, 80, 40, 40);
    expect(pickMainFace([face(0, 0, 49, 90), middle], photo)).toBe(middle);
  });

  it('is the one whose middle is nearest where several hold the centre', () => {
    const near = face(30, 82, 40, 40);
    expect(pickMainFace([face(10, 60, 50, 50), near], photo)).toBe(near);
  });

  it('takes from a quarter to four fifths of the width, both included', () => {
    expect(pickMainFace([face(40, 90, 25, 25)], photo)).not.toBeNull();
    expect(pickMainFace([face(40, 90, 24.9, 25)], photo)).toBeNull();
    expect(pickMainFace([face(10, 60, 80, 80)], photo)).not.toBeNull();
    expect(pickMainFace([face(10, 60, 80.1, 80)], photo)).toBeNull();
  });

  it('measures a face by the root of its area, so that a narrow face is as large as a broad one', () => {
    const lfw = { width: 250, height: 250 };
    // Faces of LFW that are turned aside.
    expect(pickMainFace([face(95, 85, 59, 80)], lfw)).not.toBeNull();
    expect(pickMainFace([face(95, 85, 62, 85)], lfw)).not.toBeNull();
    expect(pickMainFace([face(85, 95, 80, 59)], lfw)).not.toBeNull();
    expect(pickMainFace([face(95, 85, 59, 66)], lfw)).toBeNull();
    expect(pickMainFace([face(20, 10, 190, 215)], lfw)).toBeNull();
  });

  it('is none where the centre lies outside every box', () => {
    expect(pickMainFace([face(51, 80, 40, 40), face(30, 101, 40, 40), face(30, 50, 40, 49)], photo)).toBeNull();
    expect(pickMainFace([], photo)).toBeNull();
  });
});
