/** What the thread that owns the database and the rest of the app say to each other. */

import type { SerializedError } from '../../base/errors.ts';
import type { LibraryDatabase } from '../library-database.ts';

export interface WorkerOptions {
  readonly libraryFolder: string;
}

export type DatabaseMethod = keyof LibraryDatabase;

export interface Request {
  readonly id: number;
  readonly method: DatabaseMethod;
  readonly args: readonly unknown[];
}

/** Id 0 answers the opening of the library itself. */
export interface AnswerMessage {
  readonly kind: 'answer';
  readonly id: number;
  readonly value: unknown;
}
export interface ErrorMessage {
  readonly kind: 'error';
  readonly id: number;
  readonly error: SerializedError;
}
export type WorkerMessage = AnswerMessage | ErrorMessage;

export const openingId = 0;

/** Checked by the compiler to be all of them. */
const isMethod: Readonly<Record<DatabaseMethod, true>> = {
  close: true,
  countLibrary: true,
  readSetting: true,
  writeSetting: true,
  registerPack: true,
  findPack: true,
  readActivePack: true,
  activatePack: true,
  countPendingPhotos: true,
  listPendingPhotos: true,
  listSettledFaces: true,
  findUnchangedLocations: true,
  attachLocation: true,
  savePhoto: true,
  saveFailure: true,
  markUnseen: true,
  readClusteringInput: true,
  readEmbeddings: true,
  saveClustering: true,
  saveProjection: true,
  listProjections: true,
  readAdoptedProjection: true,
  useProjection: true,
  noteQuestions: true,
  countLabels: true,
  createJob: true,
  updateJob: true,
  listJobs: true,
  interruptStaleJobs: true,
  listPeople: true,
  getPerson: true,
  searchPeople: true,
  namePerson: true,
  mergePeople: true,
  chooseCover: true,
  ignorePerson: true,
  restorePerson: true,
  setBorn: true,
  splitPerson: true,
  reclusterPerson: true,
  countStrangers: true,
  ignoreStrangers: true,
  ignoreStrangersInPhoto: true,
  listDoubles: true,
  answerReview: true,
  listPeopleByIds: true,
  listFacesByIds: true,
  listFaces: true,
  exportFaces: true,
  moveFaces: true,
  confirmFaces: true,
  rejectFaces: true,
  ignoreFaces: true,
  restoreFaces: true,
  getPhoto: true,
  listPhotos: true,
  listFailures: true,
  listJournal: true,
  undo: true,
  redo: true,
  locatePhoto: true,
  locateFace: true,
  readLandmarks: true,
  readClusters: true,
};
export const databaseMethods = Object.keys(isMethod) as DatabaseMethod[];
