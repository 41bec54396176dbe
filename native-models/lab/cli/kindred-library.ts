/** Lets a simulated user work on a library through the calls that the user interface makes. */

import type { KindredApi } from '../../../electron/api/contract.ts';
import type { FaceSummary } from '../../../electron/api/schemas.ts';
import type { FaceId, PersonId } from '../../../electron/base/ids.ts';
import type {
  LabelledLibrary,
  LibraryAssistance,
  LibraryPerson,
  ReclusterGroups,
} from '../evaluation/effort/labelled-library.ts';

/** As many as a call gives. */
const pageSize = 1000;
/** As many questions as a user would go through before looking elsewhere. */
const questionsSeen = 20;

export class KindredLibrary implements LabelledLibrary {
  readonly assistance: LibraryAssistance;
  readonly #api: KindredApi;
  readonly #names: FaceNames;

  /** @param faceIds by the names that the evaluation gives the faces */
  constructor(api: KindredApi, faceIds: ReadonlyMap<string, string>) {
    this.#api = api;
    this.#names = new FaceNames(faceIds);
    this.assistance = new KindredAssistance(api, this.#names);
  }

  async listPeople(): Promise<readonly LibraryPerson[]> {
    const facesOf = new Map<string, FaceSummary[]>();
    for (let offset = 0, total = 1; offset < total; offset += pageSize) {
      const page = await this.#api.call('faces.list', { offset, limit: pageSize });
      total = page.total;
      for (const face of page.faces) {
        if (face.personId === null || face.isIgnored) continue;
        const faces = facesOf.get(face.personId);
        if (faces) faces.push(face);
        else facesOf.set(face.personId, [face]);
      }
    }
    const people: LibraryPerson[] = [];
    for (const filter of ['all', 'ignored'] as const) {
      for (let offset = 0, total = 1; offset < total; offset += pageSize) {
        const page = await this.#api.call('people.list', { filter, offset, limit: pageSize });
        total = page.total;
        for (const { id, name, isIgnored } of page.people) {
          people.push({ id, name, isIgnored, faces: this.#names.namesOf((facesOf.get(id) ?? []).map((face) => face.id)) });
        }
      }
    }
    return people;
  }

  async name(personId: string, name: string): Promise<void> {
    await this.#api.call('people.name', { personId: personId as PersonId, name });
  }

  async merge(target: string, source: string): Promise<void> {
    await this.#api.call('people.merge', { target: target as PersonId, sources: [source as PersonId] });
  }

  async move(faces: readonly string[], personId: string): Promise<void> {
    await this.#api.call('faces.move', { faceIds: this.#names.idsOf(faces), personId: personId as PersonId });
  }

  async moveToNew(faces: readonly string[], name: string): Promise<void> {
    await this.#api.call('faces.move', { faceIds: this.#names.idsOf(faces), personId: null, name });
  }

  async ignoreFaces(faces: readonly string[]): Promise<void> {
    await this.#api.call('faces.ignore', { faceIds: this.#names.idsOf(faces) });
  }

  async ignorePeople(personIds: readonly string[]): Promise<void> {
    if (personIds.length > 0) await this.#api.call('people.ignore', { personIds: [...personIds] });
  }
}

class KindredAssistance implements LibraryAssistance {
  readonly #api: KindredApi;
  readonly #names: FaceNames;

  constructor(api: KindredApi, names: FaceNames) {
    this.#api = api;
    this.#names = names;
  }

  async listQuestions(personId: string | null): Promise<readonly (readonly [string, string])[]> {
    const { questions } = await this.#api.call('review.list', { personId: personId as PersonId | null, limit: questionsSeen });
    return questions.map(({ first, second }) => [first.id, second.id]);
  }

  async answer(first: string, second: string, answer: 'yes' | 'no' | 'not-sure'): Promise<void> {
    await this.#api.call('review.answer', { first: first as PersonId, second: second as PersonId, answer });
  }

  async previewRecluster(personId: string): Promise<ReclusterGroups> {
    const { leaving, joining } = await this.#api.call('people.previewRecluster', { personId: personId as PersonId });
    return {
      leaving: leaving.map(({ faceIds }) => this.#names.namesOf(faceIds)),
      joining: joining.map(({ faceIds }) => this.#names.namesOf(faceIds)),
    };
  }

  async recluster(personId: string, leaving: readonly (readonly string[])[], joining: readonly string[]): Promise<void> {
    await this.#api.call('people.recluster', {
      personId: personId as PersonId,
      leaving: leaving.map((group) => this.#names.idsOf(group)),
      joining: this.#names.idsOf(joining),
    });
  }

  async proposeSplit(personId: string): Promise<readonly (readonly string[])[]> {
    const { groups } = await this.#api.call('people.proposeSplit', { personId: personId as PersonId });
    return groups.map(({ faceIds }) => this.#names.namesOf(faceIds));
  }

  async split(personId: string, groups: readonly (readonly string[])[]): Promise<void> {
    await this.#api.call('people.split', {
      personId: personId as PersonId,
      groups: groups.map((group) => this.#names.idsOf(group)),
    });
  }

  async ignoreStrangers(maxFaces: number): Promise<void> {
    await this.#api.call('people.ignoreStrangers', { maxFaces });
  }
}

/** The evaluation's names of faces and the library's ids. */
class FaceNames {
  readonly #ids: ReadonlyMap<string, string>;
  readonly #names: ReadonlyMap<string, string>;

  constructor(ids: ReadonlyMap<string, string>) {
    this.#ids = ids;
    this.#names = new Map([...ids].map(([name, id]) => [id, name]));
  }

  idsOf(names: readonly string[]): FaceId[] {
    return names.map((name) => this.#ids.get(name)! as FaceId);
  }

  namesOf(ids: readonly string[]): string[] {
    return ids.map((id) => this.#names.get(id)!);
  }
}
