/** Reads VAL out of what `kindred evaluate verification --json` prints. */

import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '../../../../electron/base/errors.ts';
import { flopsFar } from './flops-study.ts';

/** What a result says besides is of no use here. */
export const ratesSchema = z.array(z.object({ far: z.number(), val: z.number().min(0).max(1), standardError: z.number().nullable().default(null) }));

const verificationSchema = z.object({ pack: z.string(), data: z.string().optional(), rates: ratesSchema });

export interface MeasuredVal {
  /** 0 to 1, at flopsFar. */
  readonly val: number;
  readonly standardError: number | null;
}

export interface VerificationResult extends MeasuredVal {
  readonly pack: string;
  /** As it was named then. */
  readonly data: string | null;
}

/** @throws AppError "unreadable-file", and "bad-argument" for what is no such result or has no VAL at flopsFar */
export async function readVerification(file: string): Promise<VerificationResult> {
  const { pack, data = null, rates } = await readResult(file, verificationSchema, 'a result of kindred evaluate verification --json');
  return { pack, data, ...findVal(rates, file) };
}

/** @param what the file is to hold, for people
 *  @throws AppError "unreadable-file", "bad-argument" */
export async function readResult<Schema extends z.ZodType>(file: string, schema: Schema, what: string): Promise<z.output<Schema>> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('unreadable-file', `Expected to read ${file}`, { cause, parameters: { path: file } });
  });
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new AppError('bad-argument', `Expected ${what} in ${file}`, { cause: parsed.error, parameters: { path: file } });
}

/** @throws AppError "bad-argument" */
export function findVal(rates: z.output<typeof ratesSchema>, file: string): MeasuredVal {
  const found = rates.find(({ far }) => far === flopsFar);
  if (found !== undefined) return { val: found.val, standardError: found.standardError };
  throw new AppError('bad-argument', `Expected VAL at a FAR of ${flopsFar} in ${file} but found none`, { parameters: { path: file } });
}

/** @returns undefined for what is no JSON, which no schema takes */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
