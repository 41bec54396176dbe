/** The command line: reads arguments, runs one command, and turns every error into a sentence and an exit code. */

import { Command, CommanderError, Option } from 'commander';
import { isAppError } from '../base/errors.ts';
import { runtimeNames } from '../../native-models/runtime/runtime.ts';
import type { RuntimeName } from '../../native-models/runtime/runtime.ts';
import { describeError } from '../terminal/messages.ts';
import { cleanText } from '../terminal/terminal.ts';
import { addCompareCommand } from './commands/compare.ts';
import { addConfirmCommand } from './commands/confirm.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addDoublesCommand } from './commands/doubles.ts';
import { addFacesCommand } from './commands/faces.ts';
import { addHistoryCommand } from './commands/history.ts';
import { addIgnoreCommand } from './commands/ignore.ts';
import { addImportCommand } from './commands/import.ts';
import { addLearnCommand } from './commands/learn.ts';
import { addMergeCommand } from './commands/merge.ts';
import { addMixedCommand } from './commands/mixed.ts';
import { addMoveCommand } from './commands/move.ts';
import { addNameCommand } from './commands/name.ts';
import { addOutliersCommand } from './commands/outliers.ts';
import { addPacksCommand } from './commands/packs.ts';
import { addPeopleCommand } from './commands/people.ts';
import { addPersonCommand } from './commands/person.ts';
import { addReclusterCommand } from './commands/recluster.ts';
import { addRedoCommand } from './commands/redo.ts';
import { addRejectCommand } from './commands/reject.ts';
import { addReviewCommand } from './commands/review.ts';
import { addServeCommand } from './commands/serve.ts';
import { addSettingsCommand } from './commands/settings.ts';
import { addSplitCommand } from './commands/split.ts';
import { addStatusCommand } from './commands/status.ts';
import { addStrangersCommand } from './commands/strangers.ts';
import { addUndoCommand } from './commands/undo.ts';
import type { AddCommands, CommandContext, CommandRunner } from './command-runner.ts';
import type { CliEnvironment } from './environment.ts';
import { exitCodes } from './exit-codes.ts';
import { createOutput } from './output.ts';
import { openSession } from './session.ts';
import { UsageError } from './usage-error.ts';

const commands: readonly AddCommands[] = [
  addImportCommand,
  addPeopleCommand,
  addFacesCommand,
  addPersonCommand,
  addNameCommand,
  addMergeCommand,
  addMoveCommand,
  addConfirmCommand,
  addRejectCommand,
  addIgnoreCommand,
  addStrangersCommand,
  addReviewCommand,
  addSplitCommand,
  addReclusterCommand,
  addLearnCommand,
  addOutliersCommand,
  addMixedCommand,
  addDoublesCommand,
  addUndoCommand,
  addRedoCommand,
  addHistoryCommand,
  addStatusCommand,
  addPacksCommand,
  addSettingsCommand,
  addServeCommand,
  addDoctorCommand,
  addCompareCommand,
];

/** They lie in native-models/lab, which an ordinary start does not read. */
const labCommandNames = ['explain', 'evaluate', 'networks', 'train-hog', 'study', 'train'];

/** @param args without the program's own name
 *  @param loadLab the commands that measure, explain and train, which are read only where they are asked for
 *  @returns 0 done, 1 failed, 2 wrong usage */
export async function runCommandLine(
  args: readonly string[],
  environment: CliEnvironment,
  loadLab: () => Promise<AddCommands>,
): Promise<number> {
  let exitCode: number = exitCodes.done;

  const runner: CommandRunner = {
    environment,
    run: async (command, body) => {
      exitCode = (await body(createContext(command, environment))) ?? exitCodes.done;
    },
    runWithLibrary: (command, body) =>
      runner.run(command, async (context) => {
        const session = await openSession(environment, context.folders, context.runtime);
        if (session.isShared && context.runtime !== undefined) {
          context.output.tell('--runtime is left aside: the Kindred that has the library open keeps its own.');
        }
        try {
          return await body({ ...context, session, api: session.api });
        } catch (error) {
          session.noteError(error, command.name());
          throw error;
        } finally {
          await session.close();
        }
      }),
  };

  try {
    const program = createProgram(environment, runner);
    if (isLabWanted(args, program)) addCommands(program, runner, [await loadLab()]);
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    return reportError(error, environment);
  }
}

function createProgram(environment: CliEnvironment, runner: CommandRunner): Command {
  const program = new Command('kindred')
    .description('Finds the faces in your photos and groups them into people, on this machine alone.')
    .version(environment.version)
    .option('--library <dir>', "the library's folder (default: $KINDRED_LIBRARY, else the platform's data folder)")
    .addOption(new Option('--runtime <name>', "what runs the networks, this time (default: the library's setting)").choices(['auto', ...runtimeNames]))
    .option('--json', 'print JSON', false)
    .configureHelp({ showGlobalOptions: true });
  addCommands(program, runner, commands);
  return program;
}

/** Errors of commands end no process, and their words go where the environment's go. */
function addCommands(program: Command, runner: CommandRunner, added: readonly AddCommands[]): void {
  for (const add of added) add(program, runner);
  const { stdout, stderr } = runner.environment;
  for (const command of listCommands(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
    });
  }
}

/** Help, and the message about a command that does not exist, speak of all commands. */
function isLabWanted(args: readonly string[], program: Command): boolean {
  if (args.some((arg) => labCommandNames.includes(arg))) return true;
  return !program.commands.some((command) => args.includes(command.name()));
}

/** @returns a command and all below it */
function listCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(listCommands)];
}

function createContext(command: Command, environment: CliEnvironment): CommandContext {
  const options = command.optsWithGlobals<{ library?: string; runtime?: RuntimeName | 'auto'; json: boolean }>();
  return {
    environment,
    output: createOutput(environment, options.json),
    folders: environment.resolveFolders(options.library),
    runtime: options.runtime,
  };
}

function reportError(error: unknown, environment: CliEnvironment): number {
  if (error instanceof CommanderError) {
    // Commander has printed its message already; help and version end this way, too.
    return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUsage;
  }
  if (error instanceof UsageError) {
    environment.stderr.write(`error: ${cleanText(error.message)}\n`);
    return exitCodes.wrongUsage;
  }
  environment.stderr.write(`${describeError(error)}\n`);
  if (environment.variables.KINDRED_DEBUG && error instanceof Error) {
    environment.stderr.write(`${error.stack ?? error.message}\n`);
    if (error.cause instanceof Error) environment.stderr.write(`Caused by ${error.cause.stack ?? error.cause.message}\n`);
  }
  return isAppError(error, 'bad-argument') ? exitCodes.wrongUsage : exitCodes.failed;
}
