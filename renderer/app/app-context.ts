/** Hands the window's state to every component without passing it through each. */

import { createContext } from 'svelte';
import type { App } from './app.svelte.ts';

export const [getApp, setApp] = createContext<App>();
