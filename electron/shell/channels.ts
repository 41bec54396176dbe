/** Names of the channels between the main process and the preload script. */

import { portMessage } from '../api/host.ts';

export const channels = {
  requestPort: 'kindred:request-port',
  port: portMessage,
  chooseFolders: 'kindred:choose-folders',
} as const;
