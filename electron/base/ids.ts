/** Branded ids: UUIDs that leave the database, one type a kind, so that no two are mixed up. */

import { randomUUID } from 'node:crypto';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type PhotoId = Branded<'PhotoId'>;
export type FaceId = Branded<'FaceId'>;
export type PersonId = Branded<'PersonId'>;
export type ClusterId = Branded<'ClusterId'>;
export type JobId = Branded<'JobId'>;
export type JournalEntryId = Branded<'JournalEntryId'>;

export function createId<Id extends string>(): Id {
  return randomUUID() as Id;
}
