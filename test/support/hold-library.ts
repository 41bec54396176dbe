/** Has a library open as the desktop app does, and serves nobody, until it is told to go. */

import { openLibraryDatabase } from '../../electron/database/thread/open-library-database.ts';

const [libraryFolder] = process.argv.slice(2);
const database = await openLibraryDatabase({ libraryFolder: libraryFolder! });
process.once('message', () => {
  void database.close().then(() => process.exit());
});
process.send!('open');
