/** Brings SwiftShader, a GPU made of software, out of @sparticuz/chromium: WebGPU can be tested on it anywhere. */

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { readTar } from '../../build/setup/tarball.mjs';

const wantedFiles = ['vk_swiftshader_icd.json', 'libvk_swiftshader.so', 'libvulkan.so.1'];

/**
 * Environment for a process that is to see SwiftShader, and it alone, as its GPU: the libraries read it when they load.
 * @returns null where there is none for this system
 */
export function provideSwiftShader(): Record<string, string> | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  let manifestPath: string;
  try {
    manifestPath = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  } catch {
    return null;
  }
  const packageFolder = manifestPath.slice(0, manifestPath.lastIndexOf(`${path.sep}build${path.sep}`));
  const { version } = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  const folder = path.join(tmpdir(), `kindred-swift-shader-${version}-${userInfo().uid}`);
  if (!existsSync(folder)) unpack(path.join(packageFolder, 'bin', 'swiftshader.tar.br'), folder);
  const libraryPath = [folder, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':');
  return { VK_ICD_FILENAMES: path.join(folder, 'vk_swiftshader_icd.json'), LD_LIBRARY_PATH: libraryPath };
}

/** Whole or not at all: other tests may be at it too. */
function unpack(archive: string, folder: string): void {
  const temporary = `${folder}.${process.pid}`;
  mkdirSync(temporary, { recursive: true, mode: 0o700 });
  const files = readTar(brotliDecompressSync(readFileSync(archive)), (name: string) => wantedFiles.includes(path.posix.basename(name)));
  for (const [name, content] of files) writeFileSync(path.join(temporary, path.posix.basename(name)), content, { mode: 0o700 });
  try {
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}
