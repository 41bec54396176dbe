import { expect, it } from 'vitest';
import { faceShape } from '../../electron/geometry/face-shape.ts';
import { estimatePerspectivePose, projectPerspective } from '../../electron/geometry/perspective-pose.ts';

it('a head before a camera is found again at any angle, place and distance', () => {
  const camera = { focalLengthPx: 900, centre: [400, 300] as const };
  for (const yaw of [-50, 0, 35]) {
    for (const pitch of [-20, 15]) {
      for (const distance of [6, 20]) {
        const pose = { yaw, pitch, roll: 12, shift: [0.8, -0.5] as const, distance };
        const found = estimatePerspectivePose(projectPerspective(faceShape, pose, camera), faceShape, camera);
        expect(found.yaw).toBeCloseTo(yaw, 1);
        expect(found.pitch).toBeCloseTo(pitch, 1);
        expect(found.roll).toBeCloseTo(12, 1);
        expect(found.distance).toBeCloseTo(distance, 1);
        expect(found.residual).toBeLessThan(1e-4);
      }
    }
  }
});
