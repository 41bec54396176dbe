/** Prints one person, as data for a program or as a line for a reader. */

import type { PersonSummary } from '../api/schemas.ts';
import { describePerson } from '../terminal/import-report.ts';
import type { Output } from './output.ts';
import { toPersonRecord } from './records.ts';

export async function printPerson(output: Output, person: PersonSummary): Promise<void> {
  if (output.isJson) await output.printJson(toPersonRecord(person));
  else await output.print(describePerson(person));
}
