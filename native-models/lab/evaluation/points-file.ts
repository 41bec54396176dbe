/** Reads and writes landmarks as .pts files, which iBUG's annotations of Helen and others come in.
 *
 *  [Note: .pts coordinates] Files are read and written as the numbers they hold. iBUG's own count pixels from 1, as
 *  MATLAB does; whoever compares such a file with landmarks that count from 0 takes 1 off. */

import { AppError } from '../../../electron/base/errors.ts';

const supportedVersion = '1';

/** @param file named in errors
 *  @returns [n, 2], as the file counts, see [Note: .pts coordinates]
 *  @throws AppError "bad-argument" naming the file, the line and what is wrong there */
export function parsePoints(text: string, file: string): Float32Array {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  while (lines.at(-1) === '') lines.pop();
  const version = readHeader(lines, 0, 'version', file);
  if (version !== supportedVersion) throw invalid(file, 1, `version: ${supportedVersion}`, version);
  const count = readHeader(lines, 1, 'n_points', file);
  if (!/^[1-9]\d*$/.test(count)) throw invalid(file, 2, 'a whole number of points', count);
  if (lines[2] !== '{') throw invalid(file, 3, '{', lines[2]);
  const end = lines.indexOf('}');
  if (end === -1) throw invalid(file, lines.length, '}', 'the end of the file');
  if (end !== lines.length - 1) throw invalid(file, end + 2, 'the end of the file', lines[end + 1]);
  const points = lines.slice(3, end).map((line, index) => readPoint(line, index + 4, file));
  if (points.length !== Number(count)) throw invalid(file, end + 1, `${count} points`, `${points.length}`);
  return Float32Array.from(points.flat());
}

/** @param points [n, 2], finite, n >= 1
 *  @throws AppError "bad-argument" */
export function formatPoints(points: Float32Array): string {
  if (points.length === 0 || points.length % 2 !== 0 || !points.every(Number.isFinite)) {
    throw new AppError('bad-argument', `Expected pairs of finite coordinates but received ${points.length} numbers`);
  }
  const count = points.length / 2;
  const lines = Array.from({ length: count }, (_, index) => `${points[index * 2]!.toFixed(6)} ${points[index * 2 + 1]!.toFixed(6)}`);
  return [`version: ${supportedVersion}`, `n_points: ${count}`, '{', ...lines, '}', ''].join('\n');
}

function readHeader(lines: readonly string[], index: number, name: string, file: string): string {
  const match = new RegExp(`^${name}:\\s*(\\S+)$`).exec(lines[index] ?? '');
  if (match === null) throw invalid(file, index + 1, `${name}: and a number`, lines[index]);
  return match[1]!;
}

function readPoint(line: string, lineNumber: number, file: string): [number, number] {
  const parts = line.split(/\s+/);
  const [x, y] = parts.map(Number);
  if (parts.length !== 2 || !Number.isFinite(x) || !Number.isFinite(y)) throw invalid(file, lineNumber, 'x and y', line);
  return [x!, y!];
}

function invalid(file: string, line: number, expected: string, received: string | undefined): AppError {
  const detail = `line ${line}: expected ${expected} but received ${received ?? 'the end of the file'}`;
  return new AppError('bad-argument', `Expected landmarks as .pts files hold them in ${file} but received ${detail}`, {
    parameters: { path: file, detail },
  });
}
