import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../electron/base/random.ts';
import { computeImportBound } from './bound.ts';
import { dealOut } from './deal-out.ts';
import { parseImportOptions } from './import-options.ts';
import { readChoices, readWholeNumber } from './options.ts';
import { parsePeakMemory, readPeakMemory } from './peak-memory.mjs';
import { drawSampleChange, drawSome, sizeOfMegapixels } from './photo-sets.ts';
import { compareSpeeds, describeSpread, formatSpread } from './ratios.ts';

describe('the spread of rounds', () => {
  it('has the middle value of an odd number of rounds and the mean of two of an even one', () => {
    expect(describeSpread([9, 1, 100])).toEqual({ median: 9, min: 1, max: 100 });
    expect(describeSpread([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
    expect(() => describeSpread([])).toThrow(/but received none/);
  });

  it('compares speeds within each round', () => {
    // The second round ran on a busy machine: both at half speed.
    expect(compareSpeeds([100, 50, 90], [10, 5, 10])).toEqual({ median: 10, min: 9, max: 10 });
    expect(() => compareSpeeds([1, 2], [1])).toThrow(/but received 2 and 1/);
  });

  it('is written without a range where there is none', () => {
    expect(formatSpread(describeSpread([2]), 2)).toBe('2.00');
    expect(formatSpread(describeSpread([1.25, 2, 3]), 1)).toBe('2.0 (1.3 to 3.0)');
  });
});

describe('dealOut', () => {
  it('gives whoever is done the next task', async () => {
    const done: string[] = [];
    let endLong = (): void => {};
    const long = new Promise<void>((resolve) => (endLong = resolve));
    await dealOut([1, 2, 3, 4, 5], ['slow', 'quick'], async (task, worker) => {
      if (worker === 'slow') await long;
      done.push(`${worker} ${task}`);
      if (task === 5) endLong();
    });
    expect(done).toEqual(['quick 2', 'quick 3', 'quick 4', 'quick 5', 'slow 1']);
  });

  it('deals no more once a task has failed', async () => {
    const begun: number[] = [];
    const dealing = dealOut([1, 2, 3, 4], ['one'], async (task) => {
      begun.push(task);
      if (task === 2) throw new Error('no');
    });
    await expect(dealing).rejects.toThrow('no');
    expect(begun).toEqual([1, 2]);
  });
});

describe('the import bench', () => {
  it('compares 48 samples and 600 photos of LFW in three rounds where nothing is said', () => {
    expect(parseImportOptions([])).toEqual({
      sets: ['samples', 'lfw'],
      baselines: ['wasm', 'tensorflow'],
      photoCounts: { samples: 48, lfw: 600 },
      repeat: 3,
      seed: 1,
      isMemory: false,
      readsWhole: false,
      kindredArguments: [],
    });
  });

  it('takes what is said and passes on what follows the dashes', () => {
    const args = ['--photos', '12', '--sets', 'lfw', '--baselines', 'none', '--repeat', '1', '--', '--runtime', 'wasm'];
    expect(parseImportOptions(args)).toMatchObject({
      sets: ['lfw'],
      baselines: [],
      photoCounts: { samples: 12, lfw: 12 },
      repeat: 1,
      kindredArguments: ['--runtime', 'wasm'],
    });
    expect(parseImportOptions(['--memory']).isMemory).toBe(true);
    expect(parseImportOptions(['--as-demos']).readsWhole).toBe(true);
  });

  it('refuses what it does not know', () => {
    expect(() => parseImportOptions(['--photos', '0'])).toThrow('Expected a whole number from 1 on for --photos but received 0');
    expect(() => parseImportOptions(['--repeat', '2x'])).toThrow('--repeat but received 2x');
    expect(() => parseImportOptions(['--sets', 'lfw,other'])).toThrow('Expected some of samples,lfw for --sets');
    expect(() => parseImportOptions(['--colour'])).toThrow(/--colour/);
  });
});

describe('options', () => {
  it('are whole numbers from the least on', () => {
    expect(readWholeNumber('seed', '0', 0)).toBe(0);
    for (const text of ['-1', '1.5', '', '1e3']) expect(() => readWholeNumber('seed', text, 0)).toThrow(/--seed/);
  });

  it('are choices, each once, in the order given', () => {
    expect(readChoices('of', 'b, a,b', ['a', 'b', 'c'])).toEqual(['b', 'a']);
    expect(() => readChoices('of', '', ['a'])).toThrow(/--of/);
  });
});

describe('the bound of an import', () => {
  it('adds what photos make it do and shares it among the cores', () => {
    const work = { detectorRuns: { '256x256': 10, '160x160': 1 }, landmarkerRuns: 2, embedderRuns: 4 };
    const costs = { decodeMs: 75, detectorMs: { '256x256': 5, '160x160': 5 }, landmarkerMs: 1, embedderMs: 12 };
    const bound = computeImportBound(2, work, costs, 2);
    expect(bound.decodeSeconds).toBeCloseTo(0.075, 12);
    expect(bound.detectSeconds).toBeCloseTo(0.0275, 12);
    expect(bound.landmarkSeconds).toBeCloseTo(0.001, 12);
    expect(bound.embedSeconds).toBeCloseTo(0.024, 12);
    expect(bound.seconds).toBeCloseTo(0.1275, 12);
  });
});

describe('peak memory', () => {
  it('is read from what Linux says of a process', () => {
    expect(parsePeakMemory('Name:\tnode\nVmPeak:\t  2000 kB\nVmHWM:\t  1234 kB\nVmRSS:\t  1000 kB\n')).toBe(1_263_616);
    expect(parsePeakMemory('')).toBeNull();
  });

  it('is at least what the process holds', () => {
    expect(readPeakMemory()).toBeGreaterThanOrEqual(process.memoryUsage.rss());
  });
});

describe('photo sets', () => {
  it('are drawn alike for the same seed, in their order, nothing twice', () => {
    const values = Array.from({ length: 100 }, (_, index) => index);
    const drawn = drawSome(values, 30, createRandom(5));
    expect(drawn).toEqual(drawSome(values, 30, createRandom(5)));
    expect(drawn).not.toEqual(drawSome(values, 30, createRandom(6)));
    expect(new Set(drawn).size).toBe(30);
    expect(drawn).toEqual([...drawn].sort((one, other) => one - other));
  });

  it('have twelve megapixels and keep the shape', () => {
    const { width, height } = sizeOfMegapixels(1920, 1280);
    expect(Math.abs(width * height - 12e6)).toBeLessThan(0.005 * 12e6);
    expect(width / height).toBeCloseTo(1.5, 1);
    expect([width % 16, height % 16]).toEqual([0, 0]);
  });

  it('change the samples within their borders, and the first time not at all', () => {
    const random = createRandom(1);
    expect(drawSampleChange(random, 0)).toEqual({ left: 0, top: 0, kept: 1, brightness: 1, isMirrored: false });
    for (let round = 1; round < 50; round++) {
      const { left, top, kept } = drawSampleChange(random, round);
      expect(kept).toBeGreaterThan(0.95);
      expect(Math.max(left, top) + kept).toBeLessThanOrEqual(1);
    }
  });
});
