/** A process of its own that switches a library's pack and is killed, as by a power cut, once so many photos are done.
 *  Arguments: library folder, packs folder, pack, photos. Ends by itself, with 3, only if the switch ends before. */

import { openEngine } from '../../electron/engine/engine.ts';
import { resolveHostFolders } from '../../electron/engine/host-folders.ts';
import { followJob } from '../../electron/terminal/follow-job.ts';

const [libraryFolder, packsFolder, pack, photosBeforeKill] = process.argv.slice(2);
const engine = await openEngine({ ...resolveHostFolders(process.env, libraryFolder), packsFolder: packsFolder!, runtime: 'onnx' });
await followJob(engine.api, async () => (await engine.api.call('packs.use', { name: pack! })).jobId, {
  onProgress: ({ progress }) => {
    if (progress.done >= Number(photosBeforeKill)) process.kill(process.pid, 'SIGKILL');
  },
});
process.exit(3);
