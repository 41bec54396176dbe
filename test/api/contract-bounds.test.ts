/** Every argument of every method has a bound, and no path is one that no system has. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { contract } from '../../electron/api/contract.ts';
import type { Method } from '../../electron/api/contract.ts';
import { pathLength } from '../../electron/api/limits.ts';
import { validateParams } from '../../electron/api/serve-api.ts';
import { browseFolders } from '../../electron/library/browse-folders.ts';
import { readPhotoFile } from '../../electron/library/fingerprint.ts';
import { walkPhotos } from '../../electron/library/walk.ts';
import { createPackStore } from '../../native-models/packs/pack-store.ts';

interface JsonSchema {
  readonly type?: string;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly maxItems?: number;
  readonly prefixItems?: readonly JsonSchema[];
  readonly items?: JsonSchema | boolean;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly anyOf?: readonly JsonSchema[];
}

const methods = Object.keys(contract) as Method[];

function describeParams(method: Method): JsonSchema {
  return z.toJSONSchema(contract[method].params, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
}

/** @returns the places of texts and lists that may be of any length */
function findUnbounded(schema: JsonSchema, place: string): string[] {
  const inside = [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, property]) => findUnbounded(property, `${place}.${name}`)),
    ...(schema.anyOf ?? []).flatMap((choice) => findUnbounded(choice, place)),
    ...(schema.prefixItems ?? []).flatMap((item) => findUnbounded(item, `${place}[]`)),
    ...(typeof schema.items === 'object' ? findUnbounded(schema.items, `${place}[]`) : []),
  ];
  const isBoundText = [schema.maxLength, schema.pattern, schema.enum, schema.const].some((bound) => bound !== undefined);
  const isUnbounded =
    (schema.type === 'string' && !isBoundText) ||
    (schema.type === 'array' && schema.maxItems === undefined && schema.prefixItems === undefined);
  return isUnbounded ? [place, ...inside] : inside;
}

describe('the arguments of the API', () => {
  test.each(methods)('%s takes no text and no list of any length', (method) => {
    expect(findUnbounded(describeParams(method), method)).toEqual([]);
  });

  // By name: whatever names a place on disk is called path, folder or one that ends so.
  const pathFields = methods.flatMap((method) =>
    Object.entries(describeParams(method).properties ?? {})
      .filter(([name]) => /(path|folder)s?$/i.test(name))
      .map(([name, { type }]) => ({ method, name, isList: type === 'array' })),
  );

  test('name places on disk where they are known to', () => {
    expect(pathFields.map(({ method, name }) => `${method}.${name}`)).toEqual(
      expect.arrayContaining(['folders.browse.path', 'import.start.folders', 'packs.add.path', 'photos.compare.firstPath']),
    );
  });

  test.each(pathFields)('$method refuses a NUL, an endless and an empty path, and names $name', ({ method, name, isList }) => {
    const others = Object.fromEntries(pathFields.filter((field) => field.method === method).map((field) => [field.name, '/photos']));
    for (const wrong of ['/photos/\0/etc', '\0', 'x'.repeat(pathLength + 1), '']) {
      const params = { ...others, [name]: isList ? ['/photos', wrong] : wrong };
      expect(() => validateParams(method, params)).toThrow(
        expect.objectContaining({
          code: 'bad-argument',
          parameters: { method, field: isList ? `${name}.1` : name },
        }) as Error,
      );
    }
  });
});

describe('a path that no file system here takes', () => {
  // Of a length that the API lets through, with a name that is longer than any file's.
  const impossible = path.resolve('/', 'x'.repeat(1_000), 'y');

  test('is a folder that is not there', async () => {
    await expect(browseFolders(impossible)).rejects.toMatchObject({ code: 'not-found' });
    await expect(walkPhotos([impossible])[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'not-found' });
  });

  test('is a photo that has gone', async () => {
    await expect(readPhotoFile(impossible)).rejects.toMatchObject({ code: 'file-vanished' });
  });

  test('is no model pack', async () => {
    const packsFolder = await mkdtemp(path.join(tmpdir(), 'kindred-packs-'));
    try {
      await expect(createPackStore({ packsFolder }).add(impossible)).rejects.toMatchObject({ code: 'bad-argument' });
    } finally {
      await rm(packsFolder, { recursive: true });
    }
  });
});
