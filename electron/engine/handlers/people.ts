/** People: lists, and who is found by a name. */

import type { HandlerParts, HandlersOf } from './handler-parts.ts';
import type { SuggestionMethod } from './suggestions.ts';

export function createPeopleHandlers({ database }: HandlerParts): Omit<HandlersOf<'people'>, SuggestionMethod> {
  return {
    'people.list': (params) => database.listPeople(params),
    'people.get': (params) => database.getPerson(params),
    'people.search': (params) => database.searchPeople(params),
    'people.countStrangers': (params) => database.countStrangers(params),
  };
}
