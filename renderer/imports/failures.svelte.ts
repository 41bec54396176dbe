/** The files that could not be read. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { ImportFailure } from '../../electron/api/schemas.ts';
import { PagedList } from '../ui/paged-list.svelte.ts';

export class FailuresState {
  readonly list: PagedList<ImportFailure>;

  constructor(api: KindredApi) {
    this.list = new PagedList(async (page) => {
      const { total, failures } = await api.call('failures.list', page);
      return { total, items: failures };
    });
  }
}

/** Splits at the last separator of either kind of system. @returns folder with its separator, and file name */
export function splitPath(path: string): { readonly folder: string; readonly name: string } {
  const end = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1;
  return { folder: path.slice(0, end), name: path.slice(end) };
}
