/** Which view is open, kept in the hash of the address so that back, forward and links work in every host. */

import type { FaceId, PersonId, PhotoId } from '../../electron/base/ids.ts';

/** What is worth a look: people who may be several, photos in which one name stands twice. */
export const checkLists = ['mixed', 'doubles'] as const;
export type CheckList = (typeof checkLists)[number];

export type Route =
  | { readonly view: 'people' }
  | { readonly view: 'person'; readonly personId: PersonId }
  | {
      readonly view: 'photo';
      readonly photoId: PhotoId;
      /** Prev and next walk through this person's photos. */
      readonly personId: PersonId | null;
      readonly faceId: FaceId | null;
    }
  | {
      readonly view: 'review';
      /** Questions about this person alone. */
      readonly personId: PersonId | null;
    }
  | { readonly view: 'checks'; readonly list: CheckList }
  | { readonly view: 'trust' }
  | { readonly view: 'failures' }
  | { readonly view: 'history' }
  | { readonly view: 'settings' };

const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function readUuid<Id extends string>(text: string | null | undefined): Id | null {
  return typeof text === 'string' && uuidPattern.test(text) ? (text as Id) : null;
}

/** An address that makes no sense leads to the people. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [view, id] = path.split('/');
  const parameters = new URLSearchParams(query);
  const personId = readUuid<PersonId>(id);
  const photoId = readUuid<PhotoId>(id);
  if (view === 'person' && personId !== null) return { view, personId };
  if (view === 'photo' && photoId !== null) {
    return {
      view,
      photoId,
      personId: readUuid<PersonId>(parameters.get('person')),
      faceId: readUuid<FaceId>(parameters.get('face')),
    };
  }
  if (view === 'review') return { view, personId: readUuid<PersonId>(parameters.get('person')) };
  if (view === 'checks') return { view, list: checkLists.find((list) => list === id) ?? 'mixed' };
  if (view === 'trust' || view === 'failures' || view === 'history' || view === 'settings') return { view };
  return { view: 'people' };
}

export function formatRoute(route: Route): string {
  switch (route.view) {
    case 'person':
      return `#/person/${route.personId}`;
    case 'photo': {
      const parameters = new URLSearchParams();
      if (route.personId !== null) parameters.set('person', route.personId);
      if (route.faceId !== null) parameters.set('face', route.faceId);
      const query = parameters.toString();
      return `#/photo/${route.photoId}${query === '' ? '' : `?${query}`}`;
    }
    case 'review':
      return route.personId === null ? '#/review' : `#/review?person=${route.personId}`;
    case 'checks':
      return `#/checks/${route.list}`;
    default:
      return `#/${route.view}`;
  }
}

/** What the router needs of a window. */
export interface AddressBar {
  read(): string;
  push(hash: string): void;
  replace(hash: string): void;
  onChange(listener: () => void): () => void;
}

export function windowAddressBar(window: Window): AddressBar {
  return {
    read: () => window.location.hash,
    push: (hash) => {
      window.location.hash = hash;
    },
    replace: (hash) => {
      window.history.replaceState(window.history.state, '', hash);
    },
    onChange: (listener) => {
      window.addEventListener('hashchange', listener);
      return () => window.removeEventListener('hashchange', listener);
    },
  };
}

export class Router {
  route = $state.raw<Route>({ view: 'people' });
  /** The last view that was no photo: where a photo leads back to. */
  origin = $state.raw<Route>({ view: 'people' });
  readonly #bar: AddressBar;
  readonly #stop: () => void;

  constructor(bar: AddressBar) {
    this.#bar = bar;
    this.#show(parseRoute(bar.read()));
    this.#stop = bar.onChange(() => this.#show(parseRoute(bar.read())));
  }

  go(route: Route): void {
    this.#bar.push(formatRoute(route));
    this.#show(route);
  }

  /** Changes the address without a step in the history: prev and next photo, a merged person's new id. */
  replace(route: Route): void {
    this.#bar.replace(formatRoute(route));
    this.#show(route);
  }

  close(): void {
    this.#stop();
  }

  #show(route: Route): void {
    this.route = route;
    if (route.view !== 'photo') this.origin = route;
  }
}
