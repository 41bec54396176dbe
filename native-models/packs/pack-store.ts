/** Knows every model pack of this machine: lists, adds, downloads, verifies and loads them. */

import { createReadStream } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { AppError, describeSystemError, isAppError } from '../../electron/base/errors.ts';
import { readBuiltInManifests } from './built-in-packs.ts';
import { checkNetworks } from './check-networks.ts';
import { convertFaceApiRecognition } from './convert-face-api.ts';
import { downloadFile, type Pause } from './download-file.ts';
import { hasFaceApiWeights } from './face-api-weights.ts';
import { loadPack, type LoadedPack } from './load-pack.ts';
import { parseManifest, type PackFile, type PackManifest } from './manifest.ts';
import {
  createFileChecker,
  createMismatch,
  hashFile,
  installFile,
  refuseAllButMissing,
  writeWhole,
  type FileChecker,
  type FileState,
} from './pack-files.ts';

export interface PackState {
  readonly manifest: PackManifest;
  readonly origin: 'built-in' | 'added';
  /** incomplete: files are missing; damaged: a file has other bytes than the manifest's. */
  readonly state: 'ready' | 'incomplete' | 'damaged';
  /** Files that are missing or wrong, without those that load makes itself. */
  readonly lacking: readonly { readonly name: string; readonly bytes: number; readonly reason: 'missing' | 'wrong' }[];
  /** Whether what is lacking would come from the web, which the user has to ask for. */
  readonly needsDownload: boolean;
}

export interface PackStore {
  /** Built-in ones first, then by name; an added pack whose manifest cannot be read is left out.
   *  @throws AppError "permission-denied", "storage-failed" for the folder of packs itself */
  list(): Promise<PackState[]>;
  /** @throws AppError "not-found", "bad-argument" where an added manifest is damaged, "permission-denied", "storage-failed" */
  readManifest(name: string): Promise<PackManifest>;
  /** Whether the files of one pack are there, by their sizes alone: quick enough to be asked often.
   *  @throws AppError as readManifest */
  glance(name: string): Promise<PackState>;
  /** Prepares what can be made on this machine (source kind "converted").
   *  @throws AppError "not-found", "model-missing", "model-mismatch" */
  load(name: string): Promise<LoadedPack>;
  /**
   * @param path a manifest (JSON) or its folder, with the pack's files beside it; or a single file that a known pack
   *   lacks, told by its sha256
   * @throws AppError "bad-argument", "model-missing", "model-mismatch", "disk-full"
   */
  add(path: string): Promise<PackState>;
  /** Resumable, see [Note: partial files].
   *  @throws AppError "not-found", "offline", "model-mismatch", "cancelled", "disk-full", "model-missing" for what the
   *    web does not have */
  download(name: string, options: PackDownloadOptions): Promise<PackState>;
  /** Hashes every file. @throws AppError "not-found" */
  verify(name: string): Promise<PackState>;
}

export interface PackDownloadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
}

export interface PackStoreOptions {
  /** A folder per pack, named after it; those of added packs hold manifest.json as well. */
  readonly packsFolder: string;
  readonly fetch?: typeof fetch;
  /** An address that sends nothing for so long is given up. */
  readonly stallTimeoutMs?: number;
  /** Between two tries of one address. */
  readonly pause?: Pause;
}

interface KnownPack {
  readonly manifest: PackManifest;
  readonly origin: PackState['origin'];
}

interface Context {
  readonly packsFolder: string;
  readonly fetch: typeof fetch;
  readonly stallTimeoutMs: number;
  readonly pause: Pause;
  readonly checker: FileChecker;
}

const manifestFile = 'manifest.json';

/** No manifest is longer; bytes. */
const longestManifest = 1_000_000;

export function createPackStore({
  packsFolder,
  fetch = globalThis.fetch,
  stallTimeoutMs = 30_000,
  pause = pauseFor,
}: PackStoreOptions): PackStore {
  const context: Context = { packsFolder, fetch, stallTimeoutMs, pause, checker: createFileChecker() };
  return {
    async list() {
      const known = await listKnown(context);
      return Promise.all(known.map((pack) => inspect(context, pack, known)));
    },
    readManifest: async (name) => (await findKnown(context, name)).manifest,
    glance: async (name) => glance(context, await findKnown(context, name)),
    load: async (name) => load(context, await findKnown(context, name)),
    add: (given) => add(context, path.resolve(given)),
    download: async (name, options) => download(context, await findKnown(context, name), options),
    verify: async (name) => inspect(context, await findKnown(context, name), await listKnown(context), true),
  };
}

// Which packs there are.

async function listKnown(context: Context): Promise<KnownPack[]> {
  const builtIn = readBuiltInManifests().map((manifest): KnownPack => ({ manifest, origin: 'built-in' }));
  const entries = (await readable(context.packsFolder, readdir(context.packsFolder, { withFileTypes: true }))) ?? [];
  const names = entries.filter((entry) => entry.isDirectory() && !isBuiltIn(entry.name)).map(({ name }) => name);
  const added: KnownPack[] = [];
  for (const name of names.sort()) {
    try {
      added.push({ manifest: await readAddedManifest(context, name), origin: 'added' });
    } catch (error) {
      // One manifest that is broken, or from a newer Kindred, must not hide the other packs; asked for by name, it tells.
      if (!isAppError(error)) throw error;
    }
  }
  return [...builtIn, ...added];
}

async function findKnown(context: Context, name: string): Promise<KnownPack> {
  const builtIn = readBuiltInManifests().find((manifest) => manifest.name === name);
  if (builtIn !== undefined) return { manifest: builtIn, origin: 'built-in' };
  return { manifest: await readAddedManifest(context, name), origin: 'added' };
}

async function readAddedManifest(context: Context, name: string): Promise<PackManifest> {
  const isPlainName = /^[a-z0-9-]+$/.test(name);
  const text = isPlainName ? await readIfPresent(path.join(context.packsFolder, name, manifestFile)) : undefined;
  if (text === undefined) {
    throw new AppError('not-found', `Expected the name of a model pack but received ${name}`, { parameters: { kind: 'pack', id: name } });
  }
  const manifest = parseManifestText(text, path.join(context.packsFolder, name, manifestFile));
  if (manifest.name === name) return manifest;
  throw new AppError('bad-argument', `Expected the manifest of ${name} in its folder but received that of ${manifest.name}`, {
    parameters: { field: 'name' },
  });
}

function isBuiltIn(name: string): boolean {
  return readBuiltInManifests().some((manifest) => manifest.name === name);
}

function parseManifestText(text: string, filePath: string): PackManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AppError('bad-argument', `Expected a model pack manifest in ${filePath} but it is not JSON: ${(error as Error).message}`, {
      cause: error,
      parameters: { field: 'the manifest', path: filePath },
    });
  }
  return parseManifest(value);
}

// Where their files lie.

interface Place {
  readonly path: string;
  readonly state: FileState;
}

function ownPath(context: Context, manifest: PackManifest, file: PackFile): string {
  return path.join(context.packsFolder, manifest.name, file.name);
}

/** Packs share files: whichever pack's folder holds the bytes will do.
 *  @returns the pack's own place where none holds them */
async function findPlace(
  context: Context,
  { manifest }: Pick<KnownPack, 'manifest'>,
  file: PackFile,
  { known, isFresh = false }: { known: readonly KnownPack[]; isFresh?: boolean },
): Promise<Place> {
  const own: Place = {
    path: ownPath(context, manifest, file),
    state: await context.checker.check(ownPath(context, manifest, file), file, isFresh),
  };
  if (own.state === 'right') return own;
  for (const other of known) {
    for (const twin of other.manifest.files) {
      if (twin.sha256 !== file.sha256 || other.manifest.name === manifest.name) continue;
      const twinPath = ownPath(context, other.manifest, twin);
      if ((await context.checker.check(twinPath, file, isFresh)) === 'right') return { path: twinPath, state: 'right' };
    }
  }
  return own;
}

async function inspect(context: Context, pack: KnownPack, known: readonly KnownPack[], isFresh = false): Promise<PackState> {
  const states = new Map<PackFile, FileState>();
  for (const file of pack.manifest.files) states.set(file, (await findPlace(context, pack, file, { known, isFresh })).state);
  return describeState(pack, states);
}

/** Where all lies in the pack's own folder, no other is looked at. */
async function glance(context: Context, pack: KnownPack): Promise<PackState> {
  const { manifest } = pack;
  const states = new Map<PackFile, FileState>();
  for (const file of manifest.files) states.set(file, await glanceAt(ownPath(context, manifest, file), file));
  const amiss = [...states].filter(([file, state]) => state !== 'right' && !canMake(manifest, file));
  const known = amiss.length === 0 ? [] : await listKnown(context);
  for (const [file] of amiss) {
    for (const other of known) {
      const twin = other.manifest.files.find(({ sha256 }) => sha256 === file.sha256);
      if (twin !== undefined && (await glanceAt(ownPath(context, other.manifest, twin), file)) === 'right') states.set(file, 'right');
    }
  }
  return describeState(pack, states);

  async function glanceAt(filePath: string, file: PackFile): Promise<FileState> {
    return await context.checker.checkSize(filePath, file).catch((error: unknown) => {
      throw describeSystemError(error, filePath) ?? error;
    });
  }
}

function describeState(pack: KnownPack, states: ReadonlyMap<PackFile, FileState>): PackState {
  const lacking = [...states].flatMap(([file, reason]) => (reason === 'right' || canMake(pack.manifest, file) ? [] : [{ file, reason }]));
  return {
    ...pack,
    state: lacking.length === 0 ? 'ready' : lacking.some(({ reason }) => reason === 'wrong') ? 'damaged' : 'incomplete',
    lacking: lacking.map(({ file: { name, bytes }, reason }) => ({ name, bytes, reason })),
    needsDownload: lacking.some(({ file }) => sourceOf(pack.manifest, file).kind === 'web'),
  };
}

function sourceOf(manifest: PackManifest, file: PackFile): PackManifest['sources'][string] {
  // The schema has made sure of it.
  return manifest.sources[file.source]!;
}

function canMake(manifest: PackManifest, file: PackFile): boolean {
  return sourceOf(manifest, file).kind === 'converted' && hasFaceApiWeights();
}

async function load(context: Context, pack: KnownPack): Promise<LoadedPack> {
  const known = await listKnown(context);
  const paths = new Map<string, string>();
  for (const file of pack.manifest.files) {
    const place = await findPlace(context, pack, file, { known });
    if (place.state !== 'right' && sourceOf(pack.manifest, file).kind === 'converted') {
      await installFile([await convertFaceApiRecognition()], place.path, file);
    }
    paths.set(file.name, place.path);
  }
  return loadPack(pack.manifest, ({ name }) => paths.get(name)!);
}

// What the user brings.

async function add(context: Context, given: string): Promise<PackState> {
  const facts = await stat(given).catch(refuseAllButMissing);
  if (facts === undefined) throw refusePath(given, 'nothing there');
  if (facts.isDirectory()) return addManifest(context, path.join(given, manifestFile));
  if (!facts.isFile()) throw refusePath(given, 'neither file nor folder');
  return given.toLowerCase().endsWith('.json') ? addManifest(context, given) : addFile(context, given, facts.size);
}

function refusePath(given: string, received: string): AppError {
  return new AppError('bad-argument', `Expected a manifest, a folder with ${manifestFile} or a model file as ${given} but received ${received}`, {
    parameters: { field: 'path', path: given },
  });
}

async function addManifest(context: Context, manifestPath: string): Promise<PackState> {
  const text = await readIfPresent(manifestPath);
  if (text === undefined) throw refusePath(manifestPath, 'nothing there');
  const manifest = parseManifestText(text, manifestPath);
  if (isBuiltIn(manifest.name)) {
    throw new AppError('bad-argument', `Expected a name of its own for the pack but received ${manifest.name}, which Kindred ships with`, {
      parameters: { field: 'name' },
    });
  }
  const pack: KnownPack = { manifest, origin: 'added' };
  const folder = path.join(context.packsFolder, manifest.name);
  const isNew = (await stat(folder).catch(refuseAllButMissing)) === undefined;
  try {
    await takeFiles(context, pack, path.dirname(manifestPath));
    const known = [...(await listKnown(context)), pack];
    const state = await inspect(context, pack, known);
    if (state.state === 'ready') checkNetworks(await load(context, pack));
    // Last, as it makes the folder a pack.
    await writeWhole(path.join(folder, manifestFile), Buffer.from(text));
    return state;
  } catch (error) {
    if (isNew) await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Copies what lies beside the manifest. */
async function takeFiles(context: Context, pack: KnownPack, givenFolder: string): Promise<void> {
  const known = await listKnown(context);
  const { manifest } = pack;
  for (const file of manifest.files) {
    const target = ownPath(context, manifest, file);
    if ((await context.checker.check(target, file)) === 'right') continue;
    const { kind } = sourceOf(manifest, file);
    const candidates = [path.join(givenFolder, file.name), ...(kind === 'local' ? [path.resolve(givenFolder, file.path)] : [])];
    const found = await findFirst(candidates);
    if (found !== undefined) {
      if (found !== target) await installFile(createReadStream(found), target, file);
      else throw createMismatch(file.name, `sha256 ${file.sha256}`, 'other bytes');
      continue;
    }
    const isElsewhere = (await findPlace(context, pack, file, { known })).state === 'right';
    if (isElsewhere || kind === 'web' || canMake(manifest, file)) continue;
    throw new AppError('model-missing', `Expected ${file.name} beside the manifest in ${givenFolder} but it is not there`, {
      parameters: { pack: manifest.name, file: file.name, folder: givenFolder, reason: 'ENOENT' },
    });
  }
}

async function addFile(context: Context, given: string, bytes: number): Promise<PackState> {
  const known = await listKnown(context);
  const fitting = known.flatMap((pack) => pack.manifest.files.filter((file) => file.bytes === bytes).map((file) => ({ pack, file })));
  const sha256 = fitting.length === 0 ? '' : await hashFile(given);
  const wanted = fitting.filter(({ file }) => file.sha256 === sha256);
  const [first] = wanted;
  if (first === undefined) {
    throw createMismatch(path.basename(given), 'a file that a known pack names', `another of ${bytes} bytes`);
  }
  for (const { pack, file } of wanted) {
    if ((await findPlace(context, pack, file, { known })).state === 'right') continue;
    await installFile(createReadStream(given), ownPath(context, pack.manifest, file), file);
    return inspect(context, pack, known);
  }
  return inspect(context, first.pack, known);
}

// What comes from the web.

async function download(context: Context, pack: KnownPack, { signal, onProgress }: PackDownloadOptions): Promise<PackState> {
  const known = await listKnown(context);
  const { lacking } = await inspect(context, pack, known);
  const files = pack.manifest.files.filter(({ name }) => lacking.some((lack) => lack.name === name));
  const onTheWeb = files.filter((file) => sourceOf(pack.manifest, file).kind === 'web');
  const totalBytes = onTheWeb.reduce((sum, file) => sum + file.bytes, 0);
  let doneBytes = 0;
  for (const file of onTheWeb) {
    const source = sourceOf(pack.manifest, file);
    if (source.kind !== 'web') continue;
    await downloadFile(file, ownPath(context, pack.manifest, file), {
      fetch: context.fetch,
      stallTimeoutMs: context.stallTimeoutMs,
      pause: context.pause,
      addresses: source.addresses.map((address) => `${address.replace(/\/$/, '')}/${file.path}`),
      signal,
      onProgress: (fileBytes) => onProgress?.(doneBytes + fileBytes, totalBytes),
    });
    doneBytes += file.bytes;
    onProgress?.(doneBytes, totalBytes);
  }
  const [other] = files.filter((file) => !onTheWeb.includes(file));
  if (other !== undefined) {
    throw new AppError('model-missing', `Expected ${other.name} from its source but that is not on the web`, {
      parameters: { pack: pack.manifest.name, file: other.name, folder: path.dirname(ownPath(context, pack.manifest, other)) },
    });
  }
  return inspect(context, pack, known);
}

async function pauseFor(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  // Whoever is cancelled is told so by what comes after the pause.
  await setTimeout(durationMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}

async function readIfPresent(filePath: string): Promise<string | undefined> {
  const facts = await readable(filePath, stat(filePath));
  if (facts === undefined || !facts.isFile() || facts.size > longestManifest) return undefined;
  return await readable(filePath, readFile(filePath, 'utf8'));
}

/** @returns undefined where nothing is there
 *  @throws AppError "permission-denied", "storage-failed" */
async function readable<Value>(filePath: string, reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading.catch(refuseAllButMissing);
  } catch (error) {
    throw describeSystemError(error, filePath) ?? error;
  }
}

async function findFirst(candidates: readonly string[]): Promise<string | undefined> {
  for (const candidate of candidates) {
    if ((await stat(candidate).catch(refuseAllButMissing))?.isFile() === true) return candidate;
  }
  return undefined;
}
