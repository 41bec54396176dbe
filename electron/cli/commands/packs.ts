/** kindred packs: lists, adds, downloads, chooses and verifies model packs. */

import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import type { Pack } from '../../api/schemas.ts';
import { AppError, isAppError } from '../../base/errors.ts';
import { libraryFileName } from '../../database/file/library-file.ts';
import { describePack } from '../../engine/pack-records.ts';
import { createJobProgress, formatBytes } from '../../terminal/job-progress.ts';
import type { PackState, PackStore } from '../../../native-models/packs/pack-store.ts';
import type { CommandContext, CommandRunner } from '../command-runner.ts';
import { exitCodes } from '../exit-codes.ts';
import { toPackRecord, toSwitchRecord } from '../records.ts';
import { openSession } from '../session.ts';
import { switchPack } from '../switch-pack.ts';

export function addPacksCommand(program: Command, runner: CommandRunner): void {
  const packs = program.command('packs').description('list, add, download, choose and verify model packs');
  packs
    .command('list')
    .description('list the packs this machine knows')
    .action((_options: unknown, command: Command) => runner.run(command, listPacks));
  packs
    .command('add')
    .description('add a pack from its manifest, or a model file that a pack lacks')
    .argument('<path>', 'a manifest with its files beside it, or a single file')
    .action((given: string, _options: unknown, command: Command) =>
      runner.run(command, async (context) => {
        const store = await context.environment.openPacks(context.folders);
        await printPack(context, await store.add(path.resolve(context.environment.currentFolder, given)));
      }),
    );
  packs
    .command('download')
    .description('fetch what a pack lacks from the web, after saying from where')
    .argument('<name>')
    .action((name: string, _options: unknown, command: Command) =>
      runner.run(command, (context) => downloadPack(context, name)),
    );
  packs
    .command('use')
    .description('look at all photos of the library again with another pack; names stay')
    .argument('<name>')
    .action((name: string, _options: unknown, command: Command) =>
      runner.runWithLibrary(command, async (context) => {
        const summary = await switchPack(context, name);
        if (context.output.isJson) await context.output.printJson(toSwitchRecord(name, summary));
        else if (summary === null) context.output.tell(`The library uses ${name}, and there is nothing to look at again.`);
      }),
    );
  packs
    .command('verify')
    .description('read every byte of a pack, or of all, and compare it with the manifest')
    .argument('[name]')
    .action((name: string | undefined, _options: unknown, command: Command) =>
      runner.run(command, (context) => verifyPacks(context, name)),
    );
}

async function listPacks(context: CommandContext): Promise<void> {
  const { environment, folders, output } = context;
  const packs =
    (await listWithLibrary(context)) ?? (await (await environment.openPacks(folders)).list()).map(describeWithoutLibrary);
  if (output.isJson) return await output.printJson(packs.map(toPackRecord));
  for (const pack of packs) for (const line of describeLines(pack)) await output.print(line);
}

/** Which pack a library uses is told where there is one that can be asked.
 *  @returns null where there is none, or another process has it and does not serve it */
async function listWithLibrary({ environment, folders, runtime }: CommandContext): Promise<Pack[] | null> {
  try {
    await access(path.join(folders.libraryFolder, libraryFileName));
    const session = await openSession(environment, folders, runtime);
    try {
      return (await session.api.call('packs.list', {})).packs;
    } finally {
      await session.close();
    }
  } catch (error) {
    if (isAppError(error, 'library-in-use') || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** The command itself is the consent; what is said first is what one consents to. */
async function downloadPack({ environment, folders, output }: CommandContext, name: string): Promise<void> {
  const store = await environment.openPacks(folders);
  const pack = describeWithoutLibrary(await findState(store, name));
  if (pack.state === 'ready') {
    output.tell(`${name} is complete: there is nothing to fetch.`);
    if (output.isJson) await output.printJson(toPackRecord(pack));
    return;
  }
  output.tell(`Fetching ${formatBytes(pack.lackingBytes)} from ${pack.hosts.join(', else ')}: ${pack.lackingFiles.join(', ')}.`);
  output.tell('Nothing of yours is sent; each file is checked against the manifest.');
  output.tell(`Licence: ${pack.licence.name}. ${pack.licence.statement}`);
  output.tell(`Training data: ${pack.trainingData}`);
  const progress = output.isJson && !output.stderr.isTTY ? null : createJobProgress(output.stderr);
  const controller = new AbortController();
  const stopListening = environment.onInterrupt(() => {
    if (controller.signal.aborted) environment.quit();
    progress?.stop();
    output.tell('Stopping. What is fetched is kept: run the same command again to go on.');
    controller.abort();
  });
  let state: PackState;
  try {
    state = await store.download(name, {
      signal: controller.signal,
      onProgress: (done, total) =>
        progress?.show({
          kind: 'download-pack',
          state: 'running',
          progress: { stage: 'downloading', done, total, faces: 0, failed: 0, photosPerSecond: null, secondsLeft: null },
        }),
    });
  } finally {
    progress?.stop();
    stopListening();
  }
  await printPack({ output }, state);
}

async function verifyPacks({ environment, folders, output }: CommandContext, name: string | undefined): Promise<number> {
  const store = await environment.openPacks(folders);
  const states =
    name === undefined
      ? await Promise.all((await store.list()).map(({ manifest }) => store.verify(manifest.name)))
      : [await store.verify(name)];
  const packs = states.map(describeWithoutLibrary);
  if (output.isJson) await output.printJson(packs.map(toPackRecord));
  else for (const pack of packs) await output.print(`${pack.name}  ${describeState(pack)}`);
  // A pack that was never fetched is no fault, unless it was asked for.
  const isFine = packs.every(({ state }) => state === 'ready' || (name === undefined && state === 'incomplete'));
  return isFine ? exitCodes.done : exitCodes.failed;
}

async function findState(store: PackStore, name: string): Promise<PackState> {
  const state = (await store.list()).find(({ manifest }) => manifest.name === name);
  if (state !== undefined) return state;
  throw new AppError('not-found', `Expected the name of a model pack but received ${name}`, { parameters: { kind: 'pack', id: name } });
}

async function printPack({ output }: Pick<CommandContext, 'output'>, state: PackState): Promise<void> {
  const pack = describeWithoutLibrary(state);
  if (output.isJson) return await output.printJson(toPackRecord(pack));
  for (const line of describeLines(pack)) await output.print(line);
}

function describeWithoutLibrary(state: PackState): Pack {
  return describePack(state, { isActive: false, photosToAnalyze: 0 });
}

function describeLines(pack: Pack): string[] {
  const { isActive, name, version, bytes, embeddingLength, licence, photosToAnalyze } = pack;
  return [
    `${isActive ? '*' : ' '} ${name} ${version}  ${describeState(pack)}  ${formatBytes(bytes)}, ${embeddingLength} numbers a face`,
    `    ${licence.name}. ${pack.source}`,
    ...(isActive ? [`    The library's faces are compared by it${photosToAnalyze > 0 ? `; ${photosToAnalyze} photos it has not looked at` : ''}.`] : []),
  ];
}

function describeState({ state, needsDownload, lackingBytes, lackingFiles, name }: Pack): string {
  if (state === 'ready') return 'ready';
  const files = lackingFiles.join(', ');
  if (state === 'damaged') return `damaged (${files})`;
  return needsDownload ? `not fetched (${formatBytes(lackingBytes)}: "kindred packs download ${name}")` : `incomplete (${files})`;
}
