import { describe, expect, it } from 'vitest';
import { listBenches } from '../../build/bench.mjs';

describe('npm run bench', () => {
  it('lists every bench with the sentence that opens it', () => {
    const benches = listBenches();
    expect(benches.map(({ name }) => name)).toEqual(expect.arrayContaining(['import', 'stages', 'verification']));
    for (const { name, purpose } of benches) expect(`${name}: ${purpose}`).toMatch(/^[\w-]+: [A-Z][^*]*\.$/);
  });
});
