/** Keeps pages to the app: no other page, no other window, no frame, no download, no permission, no device. */

import type { App, Session } from 'electron';
import { isAllowedRequest, isAppUrl } from './app-address.ts';

export interface PageRestrictions {
  readonly app: Pick<App, 'on'>;
  readonly session: Pick<
    Session,
    'on' | 'setDevicePermissionHandler' | 'setPermissionCheckHandler' | 'setPermissionRequestHandler' | 'webRequest'
  >;
  /** Whether the developer tools, and what they load, are there. */
  readonly hasDeveloperTools: boolean;
}

/** To be called once, before any window opens. */
export function restrictPages({ app, session, hasDeveloperTools }: PageRestrictions): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest((details, decide) => {
    decide({ cancel: !isAllowedRequest(details.url, { hasDeveloperTools }) });
  });
  // The app has nothing to download; a page that has would write where it likes.
  session.on('will-download', (event) => event.preventDefault());
  app.on('web-contents-created', (_event, contents) => {
    const stayInApp = (event: { readonly url: string; preventDefault(): void }): void => {
      if (!isAppUrl(event.url)) event.preventDefault();
    };
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-navigate', stayInApp);
    contents.on('will-frame-navigate', stayInApp);
    contents.on('will-redirect', stayInApp);
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}
