/** The dialogs that change one person as a whole: what is done once they have answered. */

import type { PersonSummary } from '../../electron/api/schemas.ts';
import type { App } from '../app/app.svelte.ts';
import type { BirthDateAnswer } from './birth-date.svelte.ts';
import BirthDateDialog from './BirthDateDialog.svelte';
import ReclusterDialog from './ReclusterDialog.svelte';
import SplitDialog from './SplitDialog.svelte';

export async function askToSplit(app: App, person: PersonSummary): Promise<void> {
  if ((await app.dialogs.open(SplitDialog, { person })) !== null) await app.views.refreshPerson();
}

export async function askToRecluster(app: App, person: PersonSummary): Promise<void> {
  if ((await app.dialogs.open(ReclusterDialog, { person })) !== null) await app.views.refreshPerson();
}

export async function askBirthDate(app: App, person: PersonSummary): Promise<void> {
  const answer: BirthDateAnswer | null = await app.dialogs.open(BirthDateDialog, { person });
  if (answer === null) return;
  await app.views.refreshPerson();
  // Ready to be taken out, one key away.
  if (answer.suspects.length > 0) app.views.person?.selection.replace(answer.suspects);
}
