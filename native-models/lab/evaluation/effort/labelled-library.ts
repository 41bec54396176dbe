/** What a simulated user sees and does in a library, whichever program keeps it. */

export interface LibraryPerson {
  readonly id: string;
  readonly name: string | null;
  /** Set aside. */
  readonly isIgnored: boolean;
  /** Faces that are not set aside by themselves. */
  readonly faces: readonly string[];
}

/** What every program offers. A face in no person of `listPeople` has been set aside. */
export interface LabelledLibrary {
  listPeople(): Promise<readonly LibraryPerson[]>;
  name(personId: string, name: string): Promise<void>;
  /** Joins two people, who both have faces; the first's name stays. */
  merge(target: string, source: string): Promise<void>;
  move(faces: readonly string[], personId: string): Promise<void>;
  /** To a new person of that name. */
  moveToNew(faces: readonly string[], name: string): Promise<void>;
  ignoreFaces(faces: readonly string[]): Promise<void>;
  ignorePeople(personIds: readonly string[]): Promise<void>;
  /** Null in programs that leave everything to the hand. */
  readonly assistance: LibraryAssistance | null;
}

/** What Kindred offers beside. */
export interface LibraryAssistance {
  /** About the person, or with null about all; the best first. */
  listQuestions(personId: string | null): Promise<readonly (readonly [first: string, second: string])[]>;
  answer(first: string, second: string, answer: 'yes' | 'no' | 'not-sure'): Promise<void>;
  previewRecluster(personId: string): Promise<ReclusterGroups>;
  recluster(personId: string, leaving: readonly (readonly string[])[], joining: readonly string[]): Promise<void>;
  /** The first group is whom the person would stay. */
  proposeSplit(personId: string): Promise<readonly (readonly string[])[]>;
  split(personId: string, groups: readonly (readonly string[])[]): Promise<void>;
  /** Sets aside all unnamed people with so many faces at most. */
  ignoreStrangers(maxFaces: number): Promise<void>;
}

export interface ReclusterGroups {
  readonly leaving: readonly (readonly string[])[];
  readonly joining: readonly (readonly string[])[];
}

/** What an action costs where programs differ; every click, key answer and typed name is one. */
export interface ActionCosts {
  /** Typing the name of somebody who has it already, until the two are one. */
  readonly joinByName: number;
}
