import { describe, expect, it } from 'vitest';
import { HandLibrary } from '../../../../../native-models/lab/evaluation/effort/hand-library.ts';
import type { LibraryAssistance, ReclusterGroups } from '../../../../../native-models/lab/evaluation/effort/labelled-library.ts';
import { simulateUser } from '../../../../../native-models/lab/evaluation/effort/simulate-user.ts';
import type { Truth } from '../../../../../native-models/lab/evaluation/effort/truth.ts';

/** Faces are named after whom they show: `Al 1`. Lower-case people are strangers, `?` nobody knows. */
function tell(clusters: readonly (readonly string[])[]): { faces: string[]; labels: Int32Array; truth: Truth } {
  const faces = clusters.flat();
  const labels = Int32Array.from(clusters.flatMap((cluster, index) => cluster.map(() => index)));
  const identities = new Map(faces.map((face) => [face, face.startsWith('?') ? null : face.split(' ')[0]!] as const));
  const named = new Set([...identities.values()].filter((identity) => identity !== null && /^[A-Z]/.test(identity)) as string[]);
  return { faces, labels, truth: { identities, named } };
}

function facesOf(name: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `${name} ${from + index}`);
}

const options = { goal: 'settled', costs: { joinByName: 1 } } as const;

describe('a user who works by hand', () => {
  it('types a name for each card of somebody, and sets all strangers aside at once', async () => {
    const { faces, labels, truth } = tell([facesOf('Al', 1, 5), facesOf('Al', 6, 7), facesOf('Bo', 1, 3), ['sy 1'], ['ty 1'], ['? 1']]);
    const effort = await simulateUser(new HandLibrary(faces, labels), truth, options);
    expect(effort.standing).toMatchObject({ isFinished: true, faces: 12, right: 12 });
    // Two names and one that exists; two clicks and "set aside".
    expect(effort.byKind).toMatchObject({ name: 2, merge: 1, ignore: 3 });
    expect(effort.actions).toBe(6);
  });

  it('pays for joining by name what the program asks', async () => {
    const { faces, labels, truth } = tell([facesOf('Al', 1, 5), facesOf('Al', 6, 7)]);
    const effort = await simulateUser(new HandLibrary(faces, labels), truth, { ...options, costs: { joinByName: 2 } });
    expect(effort.byKind).toMatchObject({ name: 1, merge: 2 });
  });

  it('selects lone faces and faces among others, and assigns them together', async () => {
    const { faces, labels, truth } = tell([facesOf('Al', 1, 5), ['Al 6'], ['Al 7'], [...facesOf('Bo', 1, 4), 'Al 8']]);
    const effort = await simulateUser(new HandLibrary(faces, labels), truth, options);
    expect(effort.byKind).toMatchObject({ name: 2, assign: 4, merge: 0 });
    expect(effort.standing.right).toBe(12);
  });

  it('types a name for faces that are nowhere in the majority', async () => {
    const { faces, labels, truth } = tell([[...facesOf('Bo', 1, 4), ...facesOf('Al', 1, 3)]]);
    const effort = await simulateUser(new HandLibrary(faces, labels), truth, options);
    expect(effort.byKind).toMatchObject({ name: 1, assign: 4 });
    expect(effort.standing.isFinished).toBe(true);
  });

  it('takes strangers out of somebody’s faces', async () => {
    const { faces, labels, truth } = tell([[...facesOf('Al', 1, 9), 'sy 1', 'ty 1']]);
    const effort = await simulateUser(new HandLibrary(faces, labels), truth, options);
    expect(effort.byKind).toMatchObject({ name: 1, clean: 3 });
    expect(effort.standing).toMatchObject({ isFinished: true, wrongInNamed: 0 });
  });

  it('does no more than is asked for: one face in a hundred may stay wrong', async () => {
    const strangers = Array.from({ length: 10 }, (_, index) => [`s${index} 1`]);
    const { faces, labels, truth } = tell([facesOf('Al', 1, 190), ...strangers]);
    const effort = await simulateUser(new HandLibrary(faces, labels), truth, options);
    expect(effort.byKind).toMatchObject({ name: 1, ignore: 9 });
    expect(effort.standing.right).toBe(198);
  });

  it('leaves strangers alone where they may be left', async () => {
    const { faces, labels, truth } = tell([facesOf('Al', 1, 5), ['sy 1', 'sy 2'], ['ty 1', 'uy 1']]);
    const effort = await simulateUser(new HandLibrary(faces, labels), truth, { ...options, goal: 'tolerant' });
    expect(effort.byKind).toMatchObject({ name: 1, ignore: 2 });
  });
});

/** Gives help that the test has written down, over a library in memory. */
class AssistedLibrary extends HandLibrary {
  readonly given: string[] = [];
  override readonly assistance: LibraryAssistance;

  constructor(
    clusters: { faces: readonly string[]; labels: Int32Array },
    help: { questions?: readonly (readonly [string, string])[]; preview?: ReclusterGroups },
  ) {
    super(clusters.faces, clusters.labels);
    const open = [...(help.questions ?? [])];
    this.assistance = {
      listQuestions: async (personId) => (personId === null ? open : []),
      answer: async (first, second, answer) => {
        this.given.push(`${first} ${second} ${answer}`);
        open.splice(0, 1);
        if (answer === 'yes') await this.merge(first, second);
      },
      previewRecluster: async (personId) => (personId === 'person 0' && help.preview) || { leaving: [], joining: [] },
      recluster: async (personId, _leaving, joining) => {
        this.given.push(`recluster ${joining.join(', ')}`);
        await this.move(joining, personId);
      },
      proposeSplit: async () => [],
      split: async () => {
        throw new Error('Expected no split of a person whom none was proposed for');
      },
      ignoreStrangers: async (maxFaces) => {
        this.given.push(`strangers ${maxFaces}`);
        const people = (await this.listPeople()).filter(({ name, faces }) => name === null && faces.length <= maxFaces);
        await this.ignorePeople(people.map(({ id }) => id));
      },
    };
  }
}

describe('a user who is helped', () => {
  it('sets all strangers aside by one action, once that is all there is to do', async () => {
    const clusters = tell([facesOf('Al', 1, 5), ['sy 1', 'sy 2'], ['ty 1'], ['uy 1']]);
    const library = new AssistedLibrary(clusters, {});
    const effort = await simulateUser(library, clusters.truth, options);
    expect(library.given).toEqual(['strangers 2']);
    expect(effort).toMatchObject({ actions: 2, standing: { isFinished: true } });
  });

  it('places everybody else first, rather than clicking on strangers', async () => {
    const strangers = Array.from({ length: 30 }, (_, index) => [`s${index} 1`]);
    const clusters = tell([facesOf('Al', 1, 5), ['Al 6'], ['Al 7'], ['Al 8'], ...strangers]);
    const effort = await simulateUser(new AssistedLibrary(clusters, {}), clusters.truth, options);
    expect(effort.byKind).toMatchObject({ name: 1, assign: 4, ignore: 0, strangers: 1 });
  });

  it('answers questions truly, those on the way too', async () => {
    const clusters = tell([facesOf('Al', 1, 9), facesOf('Bo', 1, 9), ['Al 10', 'Al 11', 'Al 12'], ['sy 1'], ['? 1']]);
    const questions = [
      ['person 0', 'person 3'],
      ['person 1', 'person 4'],
      ['person 0', 'person 2'],
    ] as const;
    const library = new AssistedLibrary(clusters, { questions });
    const effort = await simulateUser(library, clusters.truth, { ...options, costs: { joinByName: 4 } });
    expect(library.given).toEqual(['person 0 person 3 no', 'person 1 person 4 not-sure', 'person 0 person 2 yes', 'strangers 1']);
    expect(effort.byKind).toMatchObject({ name: 2, question: 3, merge: 0, strangers: 1 });
  });

  it('takes over a preview, and unticks what is wrong in it', async () => {
    const clusters = tell([facesOf('Al', 1, 9), ['Al 10', 'sy 1', 'Al 11'], ['Al 12'], ['ty 1'], ['? 1']]);
    const preview = { leaving: [], joining: [['Al 10', 'Al 11', 'sy 1'], ['Al 12', '? 1'], ['ty 1']] };
    const library = new AssistedLibrary(clusters, { preview });
    const effort = await simulateUser(library, clusters.truth, { ...options, costs: { joinByName: 9 } });
    expect(library.given[0]).toBe('recluster Al 10, Al 11, Al 12, ? 1');
    // One click to take it over, one for Sy's face, one for Ty's group.
    expect(effort.byKind).toMatchObject({ name: 1, recluster: 3 });
    expect(effort.standing).toMatchObject({ isFinished: true, wrongInNamed: 0 });
  });
});
