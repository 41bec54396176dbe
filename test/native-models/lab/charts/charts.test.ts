import { XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { drawHistogram } from '../../../../native-models/lab/charts/histogram.ts';
import { drawLineChart, type LineSeries } from '../../../../native-models/lab/charts/line-chart.ts';
import { placeLabels } from '../../../../native-models/lab/charts/place-labels.ts';

const frame = {
  title: 'VAL & FAR <of two packs>',
  x: { label: 'FAR', scale: 'log', range: [1e-5, 1e-1] },
  y: { label: 'VAL', scale: 'linear', range: [0, 1], format: '.0%' },
  width: 500,
  height: 300,
} as const;

describe('a line chart', () => {
  it('is well-formed, whatever its titles and names hold', () => {
    const svg = drawLineChart(frame, [{ name: '"standard" & <classic>', points: [{ x: 1e-3, y: 0.9, label: '<a>' }], style: 'both' }]);
    expect(XMLValidator.validate(svg)).toBe(true);
    expect(svg).toContain('VAL &amp; FAR &lt;of two packs&gt;');
  });

  it('places points where its axes say', () => {
    const [low, high] = readMarks(drawMarks([{ x: 1e-5, y: 0 }, { x: 1e-1, y: 1 }]));
    const [middle] = readMarks(drawMarks([{ x: 1e-3, y: 0.5 }]));
    expect(low!.x).toBeLessThan(high!.x);
    expect(low!.y).toBeGreaterThan(high!.y);
    expect(middle!.x).toBeCloseTo((low!.x + high!.x) / 2, 0);
    expect(middle!.y).toBeCloseTo((low!.y + high!.y) / 2, 0);
  });

  it('leaves out what a logarithmic axis cannot show', () => {
    expect(readMarks(drawMarks([{ x: 0, y: 0.5 }, { x: Number.NaN, y: 0.5 }, { x: 1e-3, y: Infinity }, { x: 1e-2, y: 0.5 }]))).toHaveLength(1);
  });

  it('draws nothing but its frame without points', () => {
    const svg = drawLineChart({ title: 'empty', x: { label: 'x', scale: 'log' }, y: { label: 'y', scale: 'linear' } }, []);
    expect(XMLValidator.validate(svg)).toBe(true);
    expect(svg).not.toContain('NaN');
  });

  it('shows a standard error as a bar up and down', () => {
    const svg = drawMarks([{ x: 1e-3, y: 0.5, error: 0.1 }]);
    const [mark] = readMarks(svg);
    const bar = /<line x1="([\d.]+)" x2="\1" y1="([\d.]+)" y2="([\d.]+)" stroke="#/.exec(svg);
    expect((Number(bar![2]) + Number(bar![3])) / 2).toBeCloseTo(mark!.y, 0);
  });

  it('names its series where there are several', () => {
    const points = [{ x: 1e-4, y: 0.1 }];
    const svg = drawLineChart(frame, [{ name: 'first', points }, { name: 'second', points }]);
    expect(svg).toContain('>first<');
    expect(svg).toContain('>second<');
    expect(drawLineChart(frame, [{ name: 'alone', points }])).not.toContain('>alone<');
  });
});

describe('labels of points', () => {
  const [label, right] = ['NN1', 700];
  const far = { x: 300, y: 200 };

  it('stand above and to the right where nothing is in the way', () => {
    expect(placeLabels([{ ...far, label }], [far], right)).toEqual([{ x: 307, y: 194, anchor: 'start' }]);
  });

  it('give way to other marks, to each other, and to the edge', () => {
    const above = { x: 301, y: 191 };
    const [low, high] = placeLabels([{ ...far, label }, { ...above, label }], [far, above], right);
    expect(low!.y).toBeGreaterThan(far.y);
    expect(high!.y).toBeLessThan(above.y);
    const atEdge = { x: 690, y: 200 };
    expect(placeLabels([{ ...atEdge, label }], [atEdge], right)[0]!.anchor).toBe('end');
  });
});

describe('a histogram', () => {
  const histogram = { title: 'distances', x: { label: 'distance', scale: 'linear', range: [0, 2] } } as const;

  it('draws kinds of very different size at one height where they are spread alike', () => {
    const svg = drawHistogram(histogram, [
      { name: 'genuine', counts: [1, 3] },
      { name: 'impostor', counts: [1000, 3000] },
    ]);
    const [genuine, impostor] = [...svg.matchAll(/<path d="([^"]+)"/g)].map(([, path]) => path);
    expect(genuine).toBe(impostor);
  });

  it('marks thresholds, and holds when nothing was counted', () => {
    const svg = drawHistogram({ ...histogram, thresholds: [{ value: 1, label: 'FAR < 1 %' }] }, [{ name: 'none', counts: [0, 0] }]);
    expect(XMLValidator.validate(svg)).toBe(true);
    expect(svg).toContain('FAR &lt; 1 %');
    expect(svg).not.toContain('NaN');
  });
});

function drawMarks(points: LineSeries['points']): string {
  return drawLineChart(frame, [{ name: 'one', points, style: 'marks' }]);
}

function readMarks(svg: string): { x: number; y: number }[] {
  return [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
}
