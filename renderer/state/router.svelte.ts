/** Which view is open, kept in the hash of the address so that back, forward and links work in every host. */

import type { FaceId, PersonId, PhotoId } from '../../electron/base/ids.ts';

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
  if (view === 'failures' || view === 'history' || view === 'settings') return { view };
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
  readonly #bar: AddressBar;
  readonly #stop: () => void;

  constructor(bar: AddressBar) {
    this.#bar = bar;
    this.route = parseRoute(bar.read());
    this.#stop = bar.onChange(() => {
      this.route = parseRoute(bar.read());
    });
  }

  go(route: Route): void {
    this.#bar.push(formatRoute(route));
    this.route = route;
  }

  /** Changes the address without a step in the history: prev and next photo, a merged person's new id. */
  replace(route: Route): void {
    this.#bar.replace(formatRoute(route));
    this.route = route;
  }

  close(): void {
    this.#stop();
  }
}
