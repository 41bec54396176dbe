/** Draws FLOPS against accuracy. */

import { drawLineChart, type ChartPoint, type LineSeries } from '../../charts/line-chart.ts';
import type { FlopsPoint } from './flops-study.ts';

const titles: Readonly<Record<FlopsPoint['kind'], string>> = {
  published: "FaceNet's networks, published VAL at our multiply-adds",
  pack: 'packs, measured by Kindred',
  trained: 'trained by Kindred',
};

/** Nearer points would cover each other. */
const leastDifference = 0.01;

/** Points without a VAL are left out.
 *  @returns a self-contained SVG */
export function drawFlops(points: readonly FlopsPoint[]): string {
  const [published, packs, trained] = (['published', 'pack', 'trained'] as const).map((kind): LineSeries => {
    const own = points.filter((point) => point.kind === kind);
    return { name: titles[kind], style: 'marks', points: own.flatMap(toMark) };
  });
  const atPublished: LineSeries = {
    name: 'the same at their published multiply-adds, where those differ by more than 1 %',
    style: 'marks',
    points: points.flatMap(toPublishedMark),
  };
  return drawLineChart(
    {
      title: 'FLOPS and accuracy',
      x: { label: 'multiply-adds a face', scale: 'log', format: '~s' },
      y: { label: 'VAL at FAR 1e-3', scale: 'linear', format: '.0%' },
    },
    [published!, atPublished, packs!, trained!].filter((one) => one.points.length > 0),
  );
}

function toMark({ name, multiplyAdds, val, standardError }: FlopsPoint): ChartPoint[] {
  if (val === null) return [];
  return [{ x: multiplyAdds, y: val, label: name, ...(standardError === null ? {} : { error: standardError }) }];
}

function toPublishedMark({ multiplyAdds, publishedMultiplyAdds, val }: FlopsPoint): ChartPoint[] {
  if (val === null || publishedMultiplyAdds === null) return [];
  const differs = Math.abs(multiplyAdds / publishedMultiplyAdds - 1) > leastDifference;
  return differs ? [{ x: publishedMultiplyAdds, y: val }] : [];
}
