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
  const series = (['published', 'pack', 'trained'] as const).map((kind): LineSeries => {
    const own = points.filter((point) => point.kind === kind);
    return { name: titles[kind], style: 'marks', points: own.flatMap((point) => toMark(point, point.multiplyAdds)) };
  });
  const differing = points.filter((point) => differs(point));
  const atPublished: LineSeries = {
    name: 'the same at their published multiply-adds, where those differ by more than 1 %',
    style: 'marks',
    points: differing.flatMap((point) => toMark({ ...point, name: '' }, point.publishedMultiplyAdds!)),
  };
  return drawLineChart(
    {
      title: 'FLOPS and accuracy',
      x: { label: 'multiply-adds a face', scale: 'log', format: '~s' },
      y: { label: 'VAL at FAR 1e-3', scale: 'linear', format: '.0%' },
    },
    [...series, atPublished].filter((one) => one.points.length > 0),
  );
}

function differs({ multiplyAdds, publishedMultiplyAdds }: FlopsPoint): boolean {
  return publishedMultiplyAdds !== null && Math.abs(multiplyAdds / publishedMultiplyAdds - 1) > leastDifference;
}

function toMark({ name, val, standardError }: FlopsPoint, multiplyAdds: number): ChartPoint[] {
  if (val === null) return [];
  return [{ x: multiplyAdds, y: val, ...(name === '' ? {} : { label: name }), ...(standardError === null ? {} : { error: standardError }) }];
}
