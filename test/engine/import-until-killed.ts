/** A process of its own that imports a folder and is killed, as by a power cut, once so many photos are done.
 *  Arguments: library folder, photos folder, photos. Ends by itself, with 3, only if the import ends before. */

import { openEngine } from '../../electron/engine/engine.ts';
import { resolveHostFolders } from '../../electron/engine/host-folders.ts';
import { followImport } from '../../electron/terminal/follow-job.ts';

const [libraryFolder, photosFolder, photosBeforeKill] = process.argv.slice(2);
const engine = await openEngine({ ...resolveHostFolders(process.env, libraryFolder), runtime: 'onnx' });
await followImport(engine.api, [photosFolder!], {
  onProgress: ({ progress }) => {
    if (progress.done >= Number(photosBeforeKill)) process.kill(process.pid, 'SIGKILL');
  },
});
process.exit(3);
