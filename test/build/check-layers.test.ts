import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkLayers } from '../../build/check-layers.mjs';

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'kindred-layers-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function plant(files: Readonly<Record<string, string>>): void {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), content);
  }
}

/** Each violation as "file:line reason". */
function listFaults(): string[] {
  return checkLayers(root).violations.map(({ file, line, reason }) => `${file}:${line} ${reason}`);
}

describe('the layer check', () => {
  it('allows imports downwards, within a folder, and of packages that nobody owns', () => {
    plant({
      'electron/base/errors.ts': "import { readFile } from 'node:fs/promises';",
      'electron/api/contract.ts': "import { z } from 'zod';\nimport '../base/errors.ts';",
      'electron/pipeline/embed.ts': "import '../imaging/decode.ts';\nimport './align.ts';\nimport * as tf from '@tensorflow/tfjs-core';",
      'electron/imaging/decode.ts': "import sharp from 'sharp';",
      'native-models/packs/load-pack.ts': "import '../onnx/read.ts';\nimport '../../electron/base/errors.ts';",
      'electron/cli/main.ts': "import '../server/local-server.ts';\nawait import('../engine/engine.ts');",
      'electron/engine/engine.ts': "import './media.ts';\nimport '../jobs/runner.ts';",
    });
    expect(listFaults()).toEqual([]);
  });

  it('refuses an import upwards', () => {
    plant({ 'electron/clustering/cluster.ts': "\n\nimport { x } from '../jobs/runner.ts';" });
    expect(listFaults()).toEqual([
      'electron/clustering/cluster.ts:3 clustering (layer 2) may not import upwards, from jobs (layer 5)',
    ]);
  });

  it('refuses an import between folders of one layer', () => {
    plant({ 'electron/imaging/a.ts': "export * from '../library/walk.ts';" });
    expect(listFaults()).toEqual([
      'electron/imaging/a.ts:1 imaging and library are of one layer (2) and may not import each other',
    ]);
  });

  it.each([
    ['sharp', 'electron/pipeline/a.ts', 'imaging'],
    ['better-sqlite3', 'electron/jobs/a.ts', 'database'],
    ['electron', 'electron/server/a.ts', 'shell'],
    ['@tensorflow/tfjs-node', 'electron/clustering/a.ts', 'native-models'],
    ['onnxruntime-node', 'electron/engine/engine.ts', 'native-models'],
    ['svelte/store', 'electron/api/a.ts', 'renderer'],
  ])('keeps %s out of %s', (name, file, owner) => {
    plant({ [file]: `import x from '${name}';` });
    const faults = listFaults();
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`only ${owner}`);
  });

  it('sees dynamic imports, require, import types and modules that workers start with', () => {
    plant({
      'electron/database/a.ts': [
        "await import('../jobs/a.ts');",
        "require('../pipeline/a.ts');",
        "type A = import('../server/a.ts').A;",
        "startWorker(import.meta.url, '../pipeline/worker');",
        "import type { B } from '../cli/b.ts';",
      ].join('\n'),
    });
    expect(checkLayers(root).violations.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5]);
  });

  it('takes no import from a comment or a string', () => {
    plant({ 'electron/base/a.ts': "// import '../cli/main.ts';\nconst text = \"import '../cli/main.ts'\";" });
    expect(listFaults()).toEqual([]);
  });

  it('lets the renderer see the API and base alone, in components too', () => {
    plant({
      'electron/api/contract.ts': '',
      'renderer/App.svelte': [
        '<p>import "../electron/engine/engine.ts"</p>',
        '<script lang="ts">',
        "  import '../electron/api/contract.ts';",
        "  import '../electron/engine/engine.ts';",
        '</script>',
      ].join('\n'),
    });
    expect(listFaults()).toEqual(['renderer/App.svelte:4 the renderer may import api and base only']);
  });

  it("refuses Node's modules in what the renderer takes along, unless only types are taken", () => {
    plant({
      'renderer/main.ts': "import '../electron/api/a.ts';\nimport type { B } from '../electron/api/b.ts';",
      'electron/api/a.ts': "import '../base/c.ts';",
      'electron/api/b.ts': "import { readFile } from 'node:fs/promises';",
      'electron/base/c.ts': "import { join } from 'node:path';",
    });
    expect(listFaults()).toEqual(['electron/base/c.ts:1 the renderer takes this file along, and a browser has no Node']);
  });

  it('refuses the lab to everybody but the entry of the command line', () => {
    plant({
      'electron/cli/main.ts': "await import('../../native-models/lab/cli/add-lab-commands.ts');\nimport '../../native-models/lab/charts/chart.ts';",
      'electron/cli/commands/people.ts': "import type { A } from '../../../native-models/lab/cli/add-lab-commands.ts';",
      'electron/jobs/a.ts': "import '../../native-models/lab/evaluation/bcubed.ts';",
      'native-models/lab/cli/add-lab-commands.ts': "import '../../../electron/cli/output.ts';\nimport '../charts/chart.ts';\nimport sharp from 'sharp';",
      'native-models/lab/charts/chart.ts': "import '../../packs/manifest.ts';",
    });
    const reason = 'nothing outside the lab may import it, but electron/cli/main.ts its native-models/lab/cli/add-lab-commands.ts';
    expect(listFaults()).toEqual([
      `electron/cli/commands/people.ts:1 ${reason}`,
      `electron/cli/main.ts:2 ${reason}`,
      `electron/jobs/a.ts:1 ${reason}`,
    ]);
  });

  it('tells the whole chain of imports from a program to what breaks the layers', () => {
    plant({
      'electron/shell/main.ts': "import '../engine/engine.ts';",
      'electron/engine/engine.ts': "import '../jobs/run.ts';\nimport '../jobs/import.ts';",
      'electron/jobs/import.ts': "import '../clustering/a.ts';",
      'electron/jobs/run.ts': "import './import.ts';",
      'electron/clustering/a.ts': "import '../jobs/b.ts';",
    });
    expect(checkLayers(root).violations.map(({ chain }) => chain)).toEqual([
      ['electron/shell/main.ts', 'electron/engine/engine.ts', 'electron/jobs/import.ts', 'electron/clustering/a.ts', 'electron/jobs/b.ts'],
    ]);
  });

  it('refuses files that import each other in a circle, of one folder and by types or workers too', () => {
    plant({
      'electron/base/a.ts': "import type { B } from './b.ts';",
      'electron/base/b.ts': "import './c.ts';",
      'electron/base/c.ts': "\nstartWorker(import.meta.url, './a');",
      'electron/base/d.ts': "import './a.ts';",
      'electron/jobs/e.ts': "import './f.ts';",
      'electron/jobs/f.ts': "export type { E } from './e.ts';",
    });
    expect(checkLayers(root).violations).toEqual([
      expect.objectContaining({
        file: 'electron/base/c.ts',
        line: 2,
        reason: 'it closes a circle of imports',
        chain: ['electron/base/a.ts', 'electron/base/b.ts', 'electron/base/c.ts', 'electron/base/a.ts'],
      }),
      expect.objectContaining({ chain: ['electron/jobs/e.ts', 'electron/jobs/f.ts', 'electron/jobs/e.ts'] }),
    ]);
  });

  it('refuses files in a folder that no layer names', () => {
    plant({ 'electron/helpers/a.ts': "import './b.ts';" });
    expect(listFaults()).toEqual(['electron/helpers/a.ts:1 its file lies in no folder that the layers name']);
  });
});
