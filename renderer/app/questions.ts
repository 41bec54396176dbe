/** What a user is asked in the middle of something. A window asks by dialogs; a test answers by itself. */

import type { StepQuestions } from '../actions/steps.svelte.ts';
import type { ImportQuestions } from '../imports/import-starter.svelte.ts';
import type { NamingQuestions } from '../naming/naming.svelte.ts';
import type { PackQuestions } from '../packs/recognition.svelte.ts';

export type Questions = ImportQuestions & NamingQuestions & PackQuestions & StepQuestions;
