/** Model packs and the settings of recognition. */

import type { Pack } from '../../api/schemas.ts';
import type { PackState } from '../../../native-models/packs/pack-store.ts';
import { describePack } from '../pack-records.ts';
import type { HandlerParts, HandlersOf } from './handler-parts.ts';

export function createPackHandlers({ packs, settings, libraryPack, switcher, runner, notifier }: HandlerParts): HandlersOf<'packs'> & HandlersOf<'settings'> {
  async function describe(state: PackState): Promise<Pack> {
    const { name } = await libraryPack.readActive();
    const photosToAnalyze = await libraryPack.countPending(state.manifest, await settings.readEffort());
    return describePack(state, { isActive: state.manifest.name === name, photosToAnalyze });
  }

  return {
    'packs.list': async () => ({ packs: await Promise.all((await packs.list()).map(describe)) }),
    'packs.add': async ({ path: given }) => {
      const added = await packs.add(given);
      notifier.notify('packs', 'status');
      return await describe(added);
    },
    'packs.download': async ({ name }) => {
      // A name that nobody knows is refused here rather than by a job.
      await packs.readManifest(name);
      return { jobId: await runner.startOrResume({ kind: 'download-pack', pack: name }) };
    },
    'packs.use': async ({ name }) => {
      const jobId = await switcher.use(name);
      notifier.notify('packs', 'status');
      return { jobId };
    },
    'packs.verify': async ({ name }) => describe(await packs.verify(name)),

    'settings.get': () => settings.read(),
    'settings.change': async (changes) => {
      await settings.change(changes);
      notifier.notify('settings', 'packs');
      return await settings.read();
    },
  };
}
