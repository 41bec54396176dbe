/** What a window shows of trust: its report, what goes wrong, and where the points of its charts lie. */

import { describe, expect, it } from 'vitest';
import { AppError } from '../../electron/base/errors.ts';
import type { TrustScores } from '../../electron/api/schemas.ts';
import { formatRoute, parseRoute } from '../../renderer/app/router.svelte.ts';
import { placeDistances, placeRoc } from '../../renderer/trust/trust-charts.ts';
import { openWindow, replaceHandler } from './open-window.ts';

const scores: TrustScores = {
  faces: 5,
  people: 2,
  threshold: 1,
  toldApart: { right: 5, mistaken: 0, unsure: 0 },
  genuinePairs: 4,
  genuineWithin: 3,
  impostorPairs: 100,
  impostorsWithin: 1,
  rates: [],
  roc: [
    { far: 0.01, val: 0.75, threshold: 1 },
    { far: 0.1, val: 1, threshold: 1.2 },
  ],
  equalError: { rate: 0.1, threshold: 1 },
  // 0 to 2 in four bins.
  distances: { highest: 2, genuine: [0, 3, 1, 0], impostors: [0, 0, 50, 50] },
  nearest: [],
};

describe('the trust page', () => {
  it('has an address', () => {
    expect(parseRoute('#/trust')).toEqual({ view: 'trust' });
    expect(formatRoute({ view: 'trust' })).toBe('#/trust');
  });

  it('shows that there is too little until faces are confirmed, and measures anew when they are', async () => {
    const { app, engine } = await openWindow();
    app.router.go({ view: 'trust' });
    await app.trust.refresh();
    expect(app.trust.report).toMatchObject({ confirmedFaces: 0, scores: null });
    const { people } = await engine.api.call('people.list', {});
    for (const { id } of people.slice(0, 3)) {
      const { faces } = await engine.api.call('faces.list', { personId: id });
      await engine.api.call('faces.confirm', { faceIds: faces.slice(0, 3).map((face) => face.id) });
    }
    await expect.poll(() => app.trust.report?.confirmedPeople, { timeout: 20_000 }).toBe(3);
    await expect.poll(() => app.trust.isLoading, { timeout: 20_000 }).toBe(false);
    expect(app.trust.report!.scores!.faces).toBe(app.trust.report!.confirmedFaces);
  });

  it('says what went wrong, and tries again', async () => {
    const opened = await openWindow();
    const { trust } = opened.app;
    const restore = replaceHandler(opened, 'library.measureTrust', async () => {
      throw new AppError('worker-crashed', 'gone');
    });
    await trust.refresh();
    expect(trust).toMatchObject({ report: null, isLoading: false });
    expect(trust.error?.code).toBe('worker-crashed');
    restore();
    await trust.refresh();
    expect(trust.error).toBeNull();
    expect(trust.report).not.toBeNull();
  });
});

describe('the chart of distances', () => {
  it('shows each kind as shares of its own, from the first pair or the threshold on', () => {
    const chart = placeDistances(scores);
    // From bin 1, 0.5 to 1, to bin 3: the threshold, 1, is a third of the way along.
    expect([chart.from, chart.to]).toEqual([0.5, 2]);
    expect(chart.threshold).toBeCloseTo(1 / 3, 9);
    expect(chart.genuine.map(({ y }) => y)).toEqual([1, 1, 1 / 3, 1 / 3, 0, 0]);
    expect(chart.impostors.map(({ y }) => y)).toEqual([0, 0, 2 / 3, 2 / 3, 2 / 3, 2 / 3]);
    expect(chart.genuine.map(({ x }) => x)).toEqual([0, 1 / 3, 1 / 3, 2 / 3, 2 / 3, 1]);
  });

  it('says between which distances most pairs lie', () => {
    const { genuineUsual, impostorsUsual } = placeDistances(scores);
    expect(genuineUsual).toEqual([0.5, 1.5]);
    expect(impostorsUsual).toEqual([1, 2]);
  });
});

describe('the chart of stricter and looser distances', () => {
  it('has a logarithmic axis, and marks what is in use', () => {
    const chart = placeRoc(scores)!;
    expect(chart).toMatchObject({ from: -2, to: -1, lowest: 0.7 });
    expect(chart.points.map(({ x }) => x)).toEqual([0, 1]);
    expect(chart.points[0]!.y).toBeCloseTo(0.05 / 0.3, 9);
    expect(chart.now).toEqual(chart.points[0]);
  });

  it('marks nothing where nobody is mixed up, and is none for a point or two', () => {
    expect(placeRoc({ ...scores, impostorsWithin: 0 })!.now).toBeNull();
    expect(placeRoc({ ...scores, roc: scores.roc.slice(1) })).toBeNull();
  });
});
