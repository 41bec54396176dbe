/** The address under which the window finds the app, and which addresses count as the app's own. */

export const appScheme = 'kindred';
export const appOrigin = `${appScheme}://app`;
export const appUrl = `${appOrigin}/`;

/** @param url as Electron reports it, of a frame, a navigation or a request */
export function isAppUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host } = new URL(url);
  return protocol === `${appScheme}:` && host === 'app';
}

/** What a page may load: the app, and what it makes itself. Nothing leaves the machine.
 *  @param hasDeveloperTools whether they, and extensions of theirs, may load their own parts */
export function isAllowedRequest(url: string, { hasDeveloperTools }: { readonly hasDeveloperTools: boolean }): boolean {
  if (isAppUrl(url) || url.startsWith(`blob:${appOrigin}/`) || url.startsWith('data:')) return true;
  return hasDeveloperTools && /^(devtools|chrome-extension):/.test(url);
}
