/** All of a library's tables behind one set of methods, run in the thread that has the file open. */

import type { ActionMethod, Result, ValidParams } from '../api/contract.ts';
import type { PhotoId } from '../base/ids.ts';
import { closeConnection, runTransaction, type Connection } from './file/connection.ts';
import { createActions } from './actions/create-actions.ts';
import { createClusteringStore } from './tables/clustering.ts';
import { createClusterStore } from './tables/clusters.ts';
import { createDecisionStore } from './tables/decisions.ts';
import { createDoubleStore } from './tables/doubles.ts';
import { createFaceStore } from './tables/faces.ts';
import { createJobFailureStore } from './tables/job-failures.ts';
import { createJobStore } from './tables/jobs.ts';
import type { Changed, LibraryDatabase } from './library-database.ts';
import { createLocationStore } from './tables/locations.ts';
import { createMembershipStore } from './tables/memberships.ts';
import { createPackStore } from './tables/packs.ts';
import { createPeopleStore } from './tables/people.ts';
import { createPhotoStore } from './tables/photos.ts';
import { createProjectionStore } from './tables/projections.ts';
import { createSettingStore } from './tables/settings.ts';

/** LibraryDatabase without the waiting. */
export type LibraryStore = {
  readonly [Name in Exclude<keyof LibraryDatabase, 'act'>]: (
    ...args: Parameters<LibraryDatabase[Name]>
  ) => Awaited<ReturnType<LibraryDatabase[Name]>>;
} & {
  readonly act: <M extends ActionMethod>(method: M, params: ValidParams<M>) => Changed<Result<M>>;
};

export function createLibraryStore(connection: Connection): LibraryStore {
  const people = createPeopleStore(connection);
  const locations = createLocationStore(connection);
  const memberships = createMembershipStore(connection);
  const decisions = createDecisionStore(connection);
  const settings = createSettingStore(connection);
  const packs = createPackStore(connection, settings);
  const projections = createProjectionStore(connection);
  const jobs = createJobStore(connection);
  const jobFailures = createJobFailureStore(connection);
  const faces = createFaceStore(connection, people, locations);
  const photos = createPhotoStore(connection, { people, locations, memberships, decisions, packs });
  const resolvePhoto = (photoId: PhotoId): number => photos.resolve(photoId).key;
  const { actions, journal, countStrangers } = createActions(connection, { people, faces, memberships, decisions, resolvePhoto });
  const doubles = createDoubleStore(connection);
  const clusters = createClusterStore(connection);
  const clustering = createClusteringStore(connection, { people, faces, memberships, decisions, packs, clusters });

  /** What the machine wrote can be made again. */
  function compute<Args extends unknown[], Value>(work: (...args: Args) => Value): (...args: Args) => Value {
    return (...args) => runTransaction(connection, false, () => work(...args));
  }

  /** What the user said cannot. */
  function settle<Args extends unknown[], Value>(work: (...args: Args) => Value): (...args: Args) => Value {
    return (...args) => runTransaction(connection, true, () => work(...args));
  }

  return {
    close: () => closeConnection(connection),

    countLibrary: compute(() => ({
      photos: photos.count(),
      faces: faces.countShown(),
      ...people.count(),
      failedFiles: locations.countFailures(),
      lastDone: journal.readLastDone(),
      lastUndone: journal.readLastUndone(),
    })),
    readSetting: compute(settings.read),
    writeSetting: settle(settings.write),
    registerPack: compute(packs.register),
    findPack: compute(packs.find),
    readActivePack: compute(packs.readActive),
    activatePack: settle(packs.activate),

    countPendingPhotos: compute(photos.countPending),
    listPendingPhotos: compute(photos.listPending),
    listSettledFaces: compute(photos.listSettledFaces),

    findUnchangedLocations: compute(locations.findUnchanged),
    attachLocation: compute(photos.attachLocation),
    savePhoto: compute(photos.save),
    saveFailure: compute(locations.saveFailure),
    startScan: compute(locations.startScan),
    markUnseen: compute(locations.markUnseen),

    readClusteringInput: compute(clustering.readInput),
    readEmbeddings: compute(clustering.readEmbeddings),
    saveClustering: compute(clustering.save),

    saveProjection: compute(projections.save),
    listProjections: compute(projections.list),
    readAdoptedProjection: compute(projections.readAdopted),
    useProjection: settle(projections.use),
    noteQuestions: compute(projections.noteQuestions),
    countLabels: compute(projections.countLabels),

    createJob: compute(jobs.create),
    updateJob: compute(jobs.update),
    listJobs: compute(jobs.list),
    forgetJobs: compute(jobs.forget),
    addJobFailure: compute(jobFailures.add),
    forgetJobFailures: compute(jobFailures.forget),
    listJobFailures: compute(jobFailures.list),

    act: (method, params) => runTransaction(connection, true, () => actions[method](params)),

    listPeople: compute(people.list),
    getPerson: compute(people.get),
    searchPeople: compute(people.search),
    countStrangers: compute(countStrangers),
    listDoubles: compute(doubles.list),
    listPeopleByIds: compute(people.listByIds),
    listFacesByIds: compute(faces.listByIds),

    listFaces: compute(faces.list),
    exportFaces: compute(faces.export),

    getPhoto: compute(photos.get),
    listPhotos: compute(photos.list),
    listFailures: compute(locations.listFailures),

    listJournal: compute(journal.list),
    undo: settle(journal.undo),
    redo: settle(journal.redo),

    locatePhoto: compute(photos.locate),
    locateFace: compute(faces.locate),
    readLandmarks: compute(faces.readLandmarks),
    readClusters: compute(faces.readClusters),
  };
}
