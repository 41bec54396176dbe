/** Asks the user by dialogs. */

import DependentsDialog from '../actions/DependentsDialog.svelte';
import ConsentDialog from '../imports/ConsentDialog.svelte';
import FolderDialog from '../imports/FolderDialog.svelte';
import SameNameDialog from '../naming/SameNameDialog.svelte';
import PackDialog from '../packs/PackDialog.svelte';
import type { Dialogs } from '../ui/dialogs.svelte.ts';
import type { Questions } from './questions.ts';

export function askByDialogs(dialogs: Dialogs): Questions {
  return {
    isSamePerson: (question) => dialogs.open(SameNameDialog, { question }),
    agreesToFaces: async () => (await dialogs.open(ConsentDialog, {})) === true,
    chooseFolders: async () => (await dialogs.open(FolderDialog, {})) ?? [],
    takesAlong: async (question) => (await dialogs.open(DependentsDialog, { question })) === true,
    agreesToPack: async (question) => (await dialogs.open(PackDialog, { question })) === true,
  };
}
