/** Draws the studies of JPEG quality and image size beside the published curve. */

import { drawLineChart, type LineSeries } from '../../charts/line-chart.ts';
import type { PhotoStudy, PhotoStudyName } from './photo-study.ts';

const titles: Readonly<Record<PhotoStudyName, string>> = { jpeg: 'VAL by JPEG quality', pixels: 'VAL by pixels of the face' };

/** @param pack its name, for the legend
 *  @returns a self-contained SVG */
export function drawPhotoStudy(name: PhotoStudyName, pack: string, { rows }: PhotoStudy): string {
  const changed = rows.filter(({ setting }) => setting !== null);
  const published: LineSeries = {
    name: 'published, NN1 at FAR 1e-3',
    style: 'both',
    isDashed: true,
    points: changed.map(({ setting, published: val }) => ({ x: setting!, y: val! })),
  };
  const fars = rows.flatMap(({ rates }) => rates ?? []).flatMap(({ far, isEnough }) => (isEnough ? [far] : []));
  const measured = [...new Set(fars)].map((far): LineSeries => ({
    name: `${pack} at FAR ${far.toExponential()}`,
    style: 'both',
    points: changed.flatMap(({ setting, rates }) => {
      const rate = rates?.find((one) => one.far === far);
      return rate === undefined ? [] : [{ x: setting!, y: rate.val, error: rate.standardError ?? 0 }];
    }),
  }));
  const x = name === 'jpeg' ? ({ label: 'JPEG quality', scale: 'linear', range: [0, 100] } as const) : ({ label: 'pixels', scale: 'log', format: '~s' } as const);
  return drawLineChart({ title: titles[name], x, y: { label: 'VAL', scale: 'linear', range: [0, 1], format: '.0%' } }, [published, ...measured]);
}
