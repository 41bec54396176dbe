/** Sums up what a measurement of runtimes depends on: the machine, the program, the libraries and the networks. */

import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fingerprintPack } from '../packs/fingerprint-pack.ts';
import type { PackManifest } from '../packs/manifest.ts';
import { listGpus } from './list-gpus.ts';
import { runtimeNames } from './runtime.ts';

/** Raised when what is measured, or how, changes. */
const measurementVersion = 1;

const packages = [
  'onnxruntime-node',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgpu',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs-node-gpu',
  'webgpu',
];

/** What users choose a GPU with. */
const variables = ['CUDA_VISIBLE_DEVICES', 'VK_ICD_FILENAMES', 'VK_DRIVER_FILES'];

/** @returns 64 hexadecimal digits; equal ones mean that a measurement still holds */
export async function fingerprintMachine(manifest: PackManifest): Promise<string> {
  const { node, electron = null } = process.versions as NodeJS.ProcessVersions & { electron?: string };
  const facts = {
    measurementVersion,
    runtimeNames,
    system: [process.platform, process.arch],
    processor: [os.cpus()[0]?.model ?? '', os.cpus().length],
    gpus: await listGpus(),
    program: { node, electron },
    packages: await Promise.all(packages.map(describePackage)),
    variables: variables.map((name) => process.env[name] ?? null),
    pack: fingerprintPack(manifest),
  };
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

/** @returns the version, and for tfjs-node when its native part, which set-up may bring later, was put there */
async function describePackage(name: string): Promise<string | null> {
  let manifestPath: string;
  try {
    manifestPath = createRequire(import.meta.url).resolve(`${name}/package.json`);
  } catch {
    return null;
  }
  const { version } = JSON.parse(await readFile(manifestPath, 'utf8')) as { version: string };
  const nativeFolders = ['deps/lib', `lib/napi-v${process.versions.napi ?? ''}`, 'lib/napi-v8'];
  const stamps = await Promise.all(nativeFolders.map((folder) => readStamp(path.join(path.dirname(manifestPath), folder))));
  return [version, ...stamps].join(' ');
}

async function readStamp(file: string): Promise<number> {
  return await stat(file).then(
    ({ mtimeMs }) => Math.round(mtimeMs),
    () => 0,
  );
}
