/** Reads a pack's files from a folder and makes sure that they are the files the manifest means. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../electron/base/errors.ts';
import { cutGraph } from '../onnx/cut-graph.ts';
import { parseModel } from '../onnx/parse-model.ts';
import { writeModel } from '../onnx/write-model.ts';
import { listOutputs, type PackFile, type PackManifest } from './manifest.ts';

export interface LoadedPack {
  readonly manifest: PackManifest;
  /** Bytes of the ONNX files; the detector's as it is run, cut where the manifest says so. */
  readonly detector: Uint8Array;
  /** Null where the detector places the landmarks. */
  readonly landmarker: Uint8Array | null;
  readonly embedder: Uint8Array;
}

/**
 * @param place the folder where the pack's files lie, side by side under their names; or says the path of each
 * @throws AppError "model-missing" for a file that cannot be read, "model-mismatch" for other bytes than the
 *   manifest's; both name the file
 */
export async function loadPack(manifest: PackManifest, place: string | ((file: PackFile) => string)): Promise<LoadedPack> {
  const locate = typeof place === 'string' ? (file: PackFile): string => path.join(place, file.name) : place;
  const entries = await Promise.all(
    manifest.files.map(async (file) => [file.name, await readPackFile(manifest, file, locate(file))] as const),
  );
  const bytesByName = new Map(entries);
  return {
    manifest,
    detector: openDetector(manifest.detector, takeFile(bytesByName, manifest.detector.file)),
    landmarker: manifest.landmarker === null ? null : takeFile(bytesByName, manifest.landmarker.file),
    embedder: takeFile(bytesByName, manifest.embedder.file),
  };
}

/** See [Note: open size] in onnx/cut-graph.ts. */
function openDetector(detector: PackManifest['detector'], bytes: Uint8Array): Uint8Array {
  const isOpened = detector.kind === 'rfb' ? detector.isCut : detector.isOpened;
  if (!isOpened) return bytes;
  const { name, shape } = detector.input;
  const inputShapes = { [name]: [null, shape[1], null, null] };
  return writeModel(cutGraph(parseModel(bytes), { outputs: listOutputs(detector), inputShapes }));
}

async function readPackFile(manifest: PackManifest, file: PackFile, filePath: string): Promise<Uint8Array> {
  const parameters = { pack: manifest.name, file: file.name, folder: path.dirname(filePath) };
  let bytes: Buffer;
  try {
    bytes = await readFile(filePath);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new AppError('model-missing', `Expected the model file ${filePath} but it cannot be read (${reason})`, {
      cause: error,
      parameters: { ...parameters, reason },
    });
  }
  if (bytes.length !== file.bytes) {
    throw mismatch(`${file.bytes} bytes in ${filePath}`, `${bytes.length}`, parameters);
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== file.sha256) throw mismatch(`sha256 ${file.sha256} for ${filePath}`, sha256, parameters);
  return bytes;
}

function mismatch(expected: string, received: string, parameters: Record<string, string>): AppError {
  return new AppError('model-mismatch', `Expected ${expected} but received ${received}`, { parameters });
}

function takeFile(bytesByName: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const bytes = bytesByName.get(name);
  if (bytes === undefined) throw new AppError('model-missing', `Expected ${name} among the files of the pack`);
  return bytes;
}
