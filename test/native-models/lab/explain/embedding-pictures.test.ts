import { describe, expect, it } from 'vitest';
import { drawEmbedding, findFullValue } from '../../../../native-models/lab/explain/draw-embedding.ts';
import { compareSeminarEncodings } from '../../../../native-models/lab/explain/seminar-encodings.ts';

describe("the seminar's two encodings", () => {
  const { encodings, lengths, distance } = compareSeminarEncodings();

  it('are 128 numbers each, as printed', () => {
    expect(encodings.map(({ length }) => length)).toEqual([128, 128]);
    expect(encodings[0][0]).toBeCloseTo(-0.07440512, 8);
    expect(encodings[0][127]).toBeCloseTo(-0.02596316, 8);
    expect(encodings[1][0]).toBeCloseTo(-0.08902847, 8);
    expect(encodings[1][127]).toBeCloseTo(-0.03653527, 8);
  });

  it('are 1.368 and 1.376 long, and 0.190 apart', () => {
    expect(lengths.map((length) => length.toFixed(3))).toEqual(['1.368', '1.376']);
    expect(distance.toFixed(3)).toBe('0.190');
  });
});

describe('the picture of an embedding', () => {
  it('fills what is above zero, outlines what is below, and leaves zero blank', () => {
    const svg = drawEmbedding(Float32Array.of(1, -1, 0, 0.25), { title: 'Four numbers' });
    // Areas grow with the numbers: a quarter has half the side.
    expect(svg).toContain('class="above" d="M0 0h10v10h-10zM32.5 2.5h5v5h-5z"');
    expect(svg).toContain('d="M10 0h10v10h-10zM11.4 1.4h7.2v7.2h-7.2z"');
    expect(svg).toContain('viewBox="0 0 160 10"');
  });

  it('has 16 numbers a row, 32 where there are many', () => {
    expect(drawEmbedding(new Float32Array(128), { title: '' })).toContain('viewBox="0 0 160 80"');
    expect(drawEmbedding(new Float32Array(512), { title: '' })).toContain('viewBox="0 0 320 160"');
  });

  it('is measured by the largest number of all that are to be compared', () => {
    expect(findFullValue([Float32Array.of(0.5, -2), Float32Array.of(1)])).toBe(2);
    expect(findFullValue([new Float32Array(3)])).toBe(1);
    expect(drawEmbedding(Float32Array.of(1), { title: '', fullValue: 4 })).toContain('M2.5 2.5h5v5h-5z');
  });

  it('carries its title as text', () => {
    expect(drawEmbedding(Float32Array.of(1), { title: '"<b>' })).toContain('aria-label="&quot;&lt;b&gt;"');
  });

  it.each([[[]], [[1, Number.NaN]], [[Number.POSITIVE_INFINITY]]])('is refused for %j', (values) => {
    expect(() => drawEmbedding(Float32Array.from(values), { title: '' })).toThrow(expect.objectContaining({ code: 'bad-argument' }));
  });
});
