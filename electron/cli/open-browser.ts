/** Opens an address in the user's browser. */

import { spawn } from 'node:child_process';

type Variables = Readonly<Record<string, string | undefined>>;

/** @returns the program and its arguments, or null where there is no display to open anything on */
export function chooseOpener(url: string, platform: string, variables: Variables): [string, string[]] | null {
  if (platform === 'darwin') return ['open', [url]];
  // `start` is a word of the shell; rundll32 takes the address as it is, without a shell in between.
  if (platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler', url]];
  return variables.DISPLAY || variables.WAYLAND_DISPLAY ? ['xdg-open', [url]] : null;
}

/** @returns false where nothing could be started; whether a page then shows, nobody says */
export async function openBrowser(url: string): Promise<boolean> {
  const opener = chooseOpener(url, process.platform, process.env);
  if (opener === null) return false;
  const child = spawn(opener[0], opener[1], { stdio: 'ignore', detached: true });
  return await new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
