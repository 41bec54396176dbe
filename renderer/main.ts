/** Starts the renderer: connects to whatever host it runs in and draws the window. */

import 'pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css';
import './styles/tokens.css';
import './styles/base.css';
import { mount } from 'svelte';
import { connectHost } from '../electron/api/connect-host.ts';
import { askByDialogs } from './app/ask-by-dialogs.ts';
import AppWindow from './app/AppWindow.svelte';
import { App } from './app/app.svelte.ts';
import { windowAddressBar } from './app/router.svelte.ts';
import type { SettingsStore } from './settings/settings.svelte.ts';

/** A browser set to refuse storage throws when it is only mentioned. */
function findStore(): SettingsStore | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

const target = document.querySelector('#app');
if (target === null) throw new Error('Expected an element #app in index.html');

const app = new App({
  host: connectHost(),
  addressBar: windowAddressBar(window),
  store: findStore(),
  systemLanguages: navigator.languages,
  ask: askByDialogs,
});
mount(AppWindow, { target, props: { app } });
void app.start();
