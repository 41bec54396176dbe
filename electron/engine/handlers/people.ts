/** People: lists, names, merges, and whom the user sets aside. */

import { act, type HandlerParts, type HandlersOf } from './handler-parts.ts';
import type { SuggestionMethod } from './suggestions.ts';

export function createPeopleHandlers(parts: HandlerParts): Omit<HandlersOf<'people'>, SuggestionMethod> {
  const { database } = parts;
  return {
    'people.list': (params) => database.listPeople(params),
    'people.get': (params) => database.getPerson(params),
    'people.search': (params) => database.searchPeople(params),
    'people.name': (params) => act(parts, database.namePerson(params)),
    'people.merge': (params) => act(parts, database.mergePeople(params)),
    'people.chooseCover': (params) => act(parts, database.chooseCover(params)),
    'people.setBorn': (params) => act(parts, database.setBorn(params)),
    'people.split': (params) => act(parts, database.splitPerson(params)),
    'people.recluster': (params) => act(parts, database.reclusterPerson(params)),
    'people.ignore': (params) => act(parts, database.ignorePerson(params).then(() => ({}))),
    'people.restore': (params) => act(parts, database.restorePerson(params).then(() => ({}))),
    'people.countStrangers': (params) => database.countStrangers(params),
    'people.ignoreStrangers': (params) => act(parts, database.ignoreStrangers(params)),
  };
}
