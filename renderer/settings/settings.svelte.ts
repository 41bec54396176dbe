/** The choices that belong to this window, not to the library: language and appearance, kept in local storage. */

import { chooseLocale, locales } from '../i18n/translator.svelte.ts';
import type { Locale } from '../i18n/translator.svelte.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];
export type LanguageChoice = 'system' | Locale;

/** What settings need of local storage; a browser may refuse it. */
export interface SettingsStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const themeKey = 'kindred.theme';
const languageKey = 'kindred.language';

export class Settings {
  theme = $state<Theme>('system');
  language = $state<LanguageChoice>('system');
  readonly #store: SettingsStore | null;
  readonly #systemLanguages: readonly string[];

  constructor(store: SettingsStore | null, systemLanguages: readonly string[]) {
    this.#store = store;
    this.#systemLanguages = systemLanguages;
    const theme = store?.getItem(themeKey);
    const language = store?.getItem(languageKey);
    this.theme = themes.find((candidate) => candidate === theme) ?? 'system';
    this.language = locales.find((candidate) => candidate === language) ?? 'system';
  }

  get locale(): Locale {
    return this.language === 'system' ? chooseLocale(this.#systemLanguages) : this.language;
  }

  /** In which the user may write: the system's first, as dates are written its way whatever the window speaks. */
  get languages(): readonly string[] {
    return [...this.#systemLanguages, this.locale];
  }

  chooseTheme(theme: Theme): void {
    this.theme = theme;
    this.#store?.setItem(themeKey, theme);
  }

  chooseLanguage(language: LanguageChoice): void {
    this.language = language;
    this.#store?.setItem(languageKey, language);
  }
}
