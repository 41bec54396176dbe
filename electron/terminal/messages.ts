/** The sentence a person at a terminal reads for each error code. */

import { AppError, serializeError } from '../base/errors.ts';
import type { ErrorCode, ErrorParameters } from '../base/errors.ts';
import { cleanText } from './terminal.ts';

type Sentence = (parameters: ErrorParameters, message: string) => string;

const sentences: Readonly<Record<ErrorCode, Sentence>> = {
  'bad-argument': (_, message) => `${message}.`,
  'too-much': (_, message) => `${message}.`,
  'not-found': describeMissing,
  conflict: describeConflict,
  'nothing-to-undo': () => 'There is nothing to undo.',
  'nothing-to-redo': () => 'There is nothing to redo.',
  cancelled: () => 'Cancelled.',
  'unreadable-file': (parameters) => `${nameFile(parameters, 'The file')} cannot be read.`,
  'permission-denied': (parameters) =>
    `There is no permission to ${parameters.systemCode === undefined ? 'read' : 'use'} ${nameFile(parameters, 'the file')}.`,
  'empty-file': (parameters) => `${nameFile(parameters, 'The file')} is empty.`,
  'not-an-image': (parameters) => `${nameFile(parameters, 'The file')} is not an image.`,
  'corrupt-image': (parameters) => `${nameFile(parameters, 'The image')} is damaged.`,
  'too-many-pixels': (parameters) => `${nameFile(parameters, 'The image')} has more pixels than Kindred reads.`,
  'unsupported-format': (parameters) => `${nameFile(parameters, 'The image')} is of a type not supported yet.`,
  'degenerate-landmarks': () => 'A face was found whose landmarks coincide.',
  'file-vanished': (parameters) => `${nameFile(parameters, 'The file')} is no longer there.`,
  'worker-crashed': () => 'The part of Kindred that analyzes photos broke down over this one.',
  'model-missing': (parameters) =>
    `The model file ${textOf(parameters.file, 'of the pack')} is missing. ` +
    (parameters.needsDownload === true
      ? `"kindred packs download ${textOf(parameters.pack, '')}" fetches it.`
      : '"kindred doctor" says how to bring it.'),
  'model-mismatch': (parameters) =>
    parameters.addresses !== undefined
      ? describeOffline(parameters)
      : `The model file ${textOf(parameters.file, 'of the pack')} is not the one expected. "kindred doctor" says how to bring the right one.`,
  'unsupported-operator': ({ operator }, message) => `${operator === undefined ? '' : 'The model uses what this runtime cannot do: '}${message}.`,
  'runtime-unavailable': (_, message) => `${message}. "kindred doctor" lists the runtimes of this machine.`,
  'library-in-use': (parameters) =>
    `The library is in use by another Kindred${processOf(parameters)}. Close it and try again.`,
  'library-too-new': () => 'The library was made by a newer Kindred. Use that one, or another --library.',
  'library-damaged': describeDamage,
  'not-a-library': describeNoLibrary,
  'disk-full': (parameters) => `The disk is full${parameters.path === undefined ? '' : `: there is no room for ${nameFile(parameters, '')}`}.`,
  'read-only-disk': (parameters) => `${nameFile(parameters, 'The file')} is on a disk that can only be read.`,
  'storage-failed': (parameters, message) =>
    parameters.path === undefined ? `${message}.` : `${nameFile(parameters, '')} cannot be used (${textOf(parameters.systemCode, 'the disk refuses')}).`,
  offline: describeOffline,
  disconnected: () => 'The connection to the running Kindred was lost.',
  unauthorized: () => 'The running Kindred refused the connection.',
  internal: (_, message) => `Something went wrong inside Kindred: ${message}. logs/kindred.log in the library's folder says where; so does KINDRED_DEBUG=1.`,
};

/** @param error anything that was thrown */
export function describeError(error: unknown): string {
  const { code, message, parameters } = serializeError(error);
  return cleanText(sentences[code](parameters, message));
}

/** @returns the sentence for a file that could not be imported, whose path stands beside it */
export function describeReason(code: ErrorCode, detail: string): string {
  return describeError(new AppError(code, detail));
}

function describeMissing(parameters: ErrorParameters, message: string): string {
  switch (parameters.kind) {
    case 'person':
      return `There is no person ${textOf(parameters.id, '')}.`;
    case 'face':
      return `There is no face ${textOf(parameters.id, '')}.`;
    case 'folder':
      return `There is no folder ${textOf(parameters.path, '')}.`;
    case 'people':
      return `There is no folder of photos for each person in ${textOf(parameters.path, '')}.`;
    case 'pack':
      return `There is no model pack ${textOf(parameters.id, '')}. "kindred packs list" names them.`;
    case 'journal-entry':
      return `There is no action ${textOf(parameters.id, '')} in the history. "kindred history" lists them.`;
    case 'renderer':
      return 'The user interface has not been built. "npm start" builds it.';
    default:
      return typeof parameters.path === 'string' ? `There is no ${parameters.path}.` : `${message}.`;
  }
}

function describeDamage(parameters: ErrorParameters, message: string): string {
  const file = nameFile(parameters, "The library's file");
  const advice = 'Put it back from a copy, or choose another --library.';
  switch (parameters.reason) {
    case 'missing':
      return `${file} is missing, though its folder is a library. ${advice}`;
    case 'empty':
      return `${file} is empty, though its folder is a library. ${advice}`;
    case 'not-a-file':
      return `${file} is no file. ${advice}`;
    default:
      return `The library is damaged: ${message}.`;
  }
}

function describeNoLibrary(parameters: ErrorParameters, message: string): string {
  const path = nameFile(parameters, 'The folder');
  switch (parameters.reason) {
    case 'not-a-folder':
      return `${path} is no folder. Choose a folder for --library.`;
    case 'not-empty':
      return `${path} holds other files and no library. Choose an empty folder for --library, or one that is not there yet.`;
    case 'link-leads-nowhere':
      return `${path} is a link that leads nowhere. Is its disk connected?`;
    default:
      return `${message}.`;
  }
}

function describeConflict(parameters: ErrorParameters, message: string): string {
  switch (parameters.kind) {
    case 'person':
      return `More than one person fits ${textOf(parameters.id, '')}: ${textOf(parameters.candidates, '')}. Give a longer id.`;
    case 'pack':
      return `The model pack ${textOf(parameters.pack, '')} has changed since the library was last looked at. Run "kindred packs use ${textOf(parameters.pack, '')}" first.`;
    case 'journal-entry':
      return `More than one action fits ${textOf(parameters.id, '')}: ${textOf(parameters.candidates, '')}. Give a longer id.`;
    case 'dependents':
      return (
        `Nothing has been changed: ${parameters.count === 1 ? 'another action stands' : `${textOf(parameters.count, '')} other actions stand`} in the way. ` +
        `--with-dependents ${parameters.direction === 'undo' ? 'takes them back, too' : 'clears the way'}.`
      );
    case 'checkpoint':
      return (
        `${textOf(parameters.path, '')} is of a training of other settings (${textOf(parameters.settings, '')}). ` +
        'Give the same ones, or choose another --out.'
      );
    case 'port':
      return `Port ${textOf(parameters.port, '')} is taken. Choose another with --port.`;
    default:
      return `${message}.`;
  }
}

function describeOffline({ file, reason }: ErrorParameters): string {
  const why = textOf(reason, '');
  const said = why === '' ? '' : ` (${why})`;
  return `${textOf(file, 'The file')} could not be fetched${said}. Check the connection and try again, or give the file to "kindred packs add".`;
}

function nameFile(parameters: ErrorParameters, otherwise: string): string {
  return textOf(parameters.path, otherwise);
}

function processOf(parameters: ErrorParameters): string {
  const processId = parameters.processId ?? parameters.pid;
  return processId === undefined || processId === null ? '' : ` (process ${processId})`;
}

function textOf(value: ErrorParameters[string] | undefined, otherwise: string): string {
  return value === undefined || value === null ? otherwise : String(value);
}
