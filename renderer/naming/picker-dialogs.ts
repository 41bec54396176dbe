/** Asking where faces or a whole person belong, and what follows. */

import type { PersonSummary } from '../../electron/api/schemas.ts';
import type { FaceId, PersonId } from '../../electron/base/ids.ts';
import type { App } from '../app/app.svelte.ts';
import type { PersonChoice } from './person-picker.svelte.ts';
import PersonPickerDialog from './PersonPickerDialog.svelte';

/** @param from whose faces they are now */
export async function askWhereFacesBelong(app: App, faceIds: readonly FaceId[], from: PersonId | null): Promise<void> {
  if (faceIds.length === 0) return;
  const title = app.translator.t('pick.moveTitle', { count: faceIds.length });
  const choice: PersonChoice | null = await app.dialogs.open(PersonPickerDialog, { title, excluded: from === null ? [] : [from], canBeNew: true });
  if (choice === null) return;
  if (choice.kind === 'known') await app.views.moveFaces(faceIds, choice.person.id, null);
  else await app.views.moveFaces(faceIds, null, choice.name);
}

export async function askWhomToMergeWith(app: App, person: PersonSummary): Promise<void> {
  const { t } = app.translator;
  const title = t('pick.mergeTitle', { name: person.name ?? t('people.thisPerson') });
  const choice: PersonChoice | null = await app.dialogs.open(PersonPickerDialog, { title, excluded: [person.id], canBeNew: false });
  if (choice?.kind === 'known') await app.views.mergeInto(choice.person.id, person.id);
}
