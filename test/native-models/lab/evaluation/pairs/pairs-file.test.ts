import { describe, expect, it } from 'vitest';
import { formatPairs, parsePairs } from '../../../../../native-models/lab/evaluation/pairs/pairs-file.ts';

const text = ['2\t1', 'Al_Bo\t1\t4', 'Cy\t2\tDi\t1', 'Ed\t1\t2', 'Flo\t3\tGus\t10', ''].join('\n');

describe('a pairs file', () => {
  it('is read as Labeled Faces in the Wild has it', () => {
    const folds = parsePairs(text, 'pairs.txt');
    expect(folds).toHaveLength(2);
    expect(folds[0]).toEqual([
      { first: { person: 'Al_Bo', number: 1 }, second: { person: 'Al_Bo', number: 4 }, isGenuine: true },
      { first: { person: 'Cy', number: 2 }, second: { person: 'Di', number: 1 }, isGenuine: false },
    ]);
    expect(folds[1]![1]!.second).toEqual({ person: 'Gus', number: 10 });
  });

  it('comes back from what it was written to', () => {
    expect(formatPairs(parsePairs(text, 'pairs.txt'))).toBe(text);
  });

  it('may have names with spaces between tabs, and line ends of Windows', () => {
    const [fold] = parsePairs('2\t1\r\nAl Bo\t1\t2\r\nAl Bo\t1\tCy\t1\r\nDi\t1\t2\r\nDi\t1\tEd\t1\r\n', 'pairs.txt');
    expect(fold![0]!.first.person).toBe('Al Bo');
  });

  it.each([
    ['ten\t300', 'Expected the number of folds and of pairs of each kind in a fold in line 1 of p.txt but received "ten\\t300"'],
    ['1\t1\nAl\t1\t2\nAl\t1\tBo\t1', 'Expected two folds or more in line 1'],
    ['', 'in line 1 of p.txt but received ""'],
    ['2\t1\nAl\t1\t2\nAl\t1\tBo\t1', 'Expected 5 lines in p.txt, as its first one says, but received 3'],
    ['2\t1\nAl\t1\t1\nAl\t1\tBo\t1\nCy\t1\t2\nCy\t1\tDi\t1', 'Expected a name and two different numbers of photos in line 2'],
    ['2\t1\nAl\t1\t2\nAl\t1\tAl\t2\nCy\t1\t2\nCy\t1\tDi\t1', 'Expected a name and a number twice, of two people in line 3'],
    ['2\t1\nAl\t1\t2\nAl\t1\tBo\t1\nCy\t0\t2\nCy\t1\tDi\t1', 'in line 4 of p.txt but received "Cy\\t0\\t2"'],
    ['2\t1\nAl\t1\t2\nAl\t1\tBo\t1\nCy\t1\t2\nCy\t1\tDi', 'in line 5 of p.txt'],
  ])('is refused where it says %j', (wrong, message) => {
    expect(() => parsePairs(wrong, 'p.txt')).toThrow(message);
  });
});
