import { describe, expect, it } from 'vitest';
import { formatPoints, parsePoints } from '../../../../native-models/lab/evaluation/points-file.ts';

const file = ['version: 1', 'n_points: 2', '{', '144.524547 171.476994', '150.122948 246.290660', '}', ''].join('\n');

describe('a .pts file', () => {
  it('is read as the numbers it holds, with either kind of line end', () => {
    const expected = Float32Array.of(144.524547, 171.476994, 150.122948, 246.29066);
    expect(parsePoints(file, 'a.pts')).toEqual(expected);
    expect(parsePoints(file.replaceAll('\n', '\r\n'), 'a.pts')).toEqual(expected);
  });

  it('comes back as it was written', () => {
    const points = Float32Array.from({ length: 136 }, (_, at) => at * 1.25 - 7.5);
    const text = formatPoints(points);
    expect(text.split('\n').slice(0, 4)).toEqual(['version: 1', 'n_points: 68', '{', '-7.500000 -6.250000']);
    expect(parsePoints(text, 'b.pts')).toEqual(points);
  });

  it.each([
    ['another version', file.replace('version: 1', 'version: 2'), /a\.pts.*line 1/],
    ['a count that is none', file.replace('n_points: 2', 'n_points: two'), /a\.pts.*line 2/],
    ['too few points', file.replace('n_points: 2', 'n_points: 68'), /line 6: expected 68 points but received 2/],
    ['no opening brace', file.replace('{\n', ''), /line 3: expected \{/],
    ['no closing brace', file.replace('}\n', ''), /expected \} but received the end of the file/],
    ['a coordinate that is no number', file.replace('171.476994', 'NaN'), /line 4: expected x and y/],
    ['a third coordinate', file.replace('171.476994', '171 1'), /line 4: expected x and y/],
    ['words after the brace', `${file}more`, /line 7: expected the end/],
  ])('with %s is refused, naming file and line', (_, text, message) => {
    expect(() => parsePoints(text, 'a.pts')).toThrow(expect.objectContaining({ code: 'bad-argument', message: expect.stringMatching(message) }));
  });

  it('is not written of numbers that are no points', () => {
    expect(() => formatPoints(Float32Array.of(1, 2, 3))).toThrow(expect.objectContaining({ code: 'bad-argument' }));
    expect(() => formatPoints(Float32Array.of(1, Number.NaN))).toThrow(expect.objectContaining({ code: 'bad-argument' }));
  });
});
