/** Makes a page of an explained photo: everything on it comes with it, nothing runs, and nothing is fetched. */

import { escapeText } from '../charts/chart.ts';
import type { Report } from './report.ts';
import {
  describeChips,
  describeDistances,
  describeEmbeddings,
  describeFaces,
  describeGradients,
  describeGrey,
  describeHog,
  describeLandmarks,
  describeNobody,
  describePhoto,
  describePoses,
  describeSeminar,
  type Step,
} from './report-steps.ts';
import { reportStyle } from './report-style.ts';

/** @returns HTML in UTF-8 */
export function drawReport(report: Report): string {
  const title = `How Kindred sees ${report.fileName}`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">`,
    `<title>${escapeText(title)}</title>`,
    `<style>${reportStyle}</style>`,
    '</head>',
    '<body>',
    '<main>',
    `<h1>${escapeText(title)}</h1>`,
    '<p class="lead">Step by step, from the photo to the people in it. Everything was computed on this machine. ' +
      'The page carries its pictures with it, so it is as private as the photo.</p>',
    ...listSteps(report).map(drawStep),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function listSteps(report: Report): Step[] {
  const { explained } = report;
  const classical = [describePhoto(explained), describeGrey(explained), describeGradients(explained), describeHog(explained)];
  const found =
    explained.faces.length === 0
      ? [describeNobody(report)]
      : [
          describeFaces(report),
          describeLandmarks(explained),
          describePoses(explained),
          describeChips(explained),
          describeEmbeddings(report),
          describeDistances(report),
        ];
  return [...classical, ...found, describeSeminar()];
}

function drawStep({ title, text, content }: Step, index: number): string {
  return `<section class="step"><div class="number" aria-hidden="true">${index + 1}</div><h2>${title}</h2><p>${text}</p>${content}</section>`;
}
