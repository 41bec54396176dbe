/** All of a library's tables behind one set of methods, run in the thread that has the file open. */

import type { ActionMethod, Result, ValidParams } from '../api/contract.ts';
import type { PhotoId } from '../base/ids.ts';
import { closeConnection, runTransaction, type Connection } from './file/connection.ts';
import { createActions } from './actions/create-actions.ts';
import { createAnalysisStore } from './tables/analyses.ts';
import { createClusteringFaces } from './tables/clustering-faces.ts';
import { createClusteringOutcomes } from './tables/clustering-outcomes.ts';
import { createClusterStore } from './tables/clusters.ts';
import { createDecisionStore } from './tables/decisions.ts';
import { createDetectionStore } from './tables/detections.ts';
import { createDoubleStore } from './tables/doubles.ts';
import { createEmbeddingStore } from './tables/embeddings.ts';
import { createFaceExports } from './tables/face-exports.ts';
import { createFaceStore } from './tables/faces.ts';
import { createFailureStore } from './tables/failures.ts';
import { createJobFailureStore } from './tables/job-failures.ts';
import { createJobStore } from './tables/jobs.ts';
import type { Changed, LibraryDatabase } from './library-database.ts';
import { createLocationStore } from './tables/locations.ts';
import { createMembershipStore } from './tables/memberships.ts';
import { createPackRows } from './tables/packs.ts';
import { createPeopleStore } from './tables/people.ts';
import { createPhotoAnalyses } from './tables/photo-analyses.ts';
import { createPhotoLists } from './tables/photo-lists.ts';
import { createPhotoStore } from './tables/photos.ts';
import { createProjectionStore } from './tables/projections.ts';
import { createSettingStore } from './tables/settings.ts';
import { createVolumeStore } from './tables/volumes.ts';

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
  const volumes = createVolumeStore(connection);
  const failures = createFailureStore(connection, volumes);
  const locations = createLocationStore(connection, { volumes, failures });
  const memberships = createMembershipStore(connection);
  const decisions = createDecisionStore(connection);
  const settings = createSettingStore(connection);
  const packs = createPackRows(connection, settings);
  const projections = createProjectionStore(connection);
  const jobs = createJobStore(connection);
  const jobFailures = createJobFailureStore(connection);
  const faces = createFaceStore(connection, people);
  const faceExports = createFaceExports(connection, { people, locations });
  const photos = createPhotoStore(connection);
  const analyses = createAnalysisStore(connection);
  const detections = createDetectionStore(connection, decisions);
  const photoAnalyses = createPhotoAnalyses(connection, { photos, analyses, detections, people, locations, memberships, decisions, packs });
  const photoLists = createPhotoLists(connection, { photos, people, locations });
  const resolvePhoto = (photoId: PhotoId): number => photos.resolve(photoId).key;
  const { actions, journal, countStrangers } = createActions(connection, { people, faces, memberships, decisions, resolvePhoto });
  const doubles = createDoubleStore(connection);
  const clusters = createClusterStore(connection);
  const embeddings = createEmbeddingStore(connection, packs);
  const clusteringFaces = createClusteringFaces(connection, { people, decisions, packs });
  const outcomes = createClusteringOutcomes(connection, { people, faces, memberships, decisions, clusters });

  /** What the machine wrote can be made again. */
  function inTransaction<Args extends unknown[], Value>(work: (...args: Args) => Value): (...args: Args) => Value {
    return (...args) => runTransaction(connection, false, () => work(...args));
  }

  /** What the user said cannot. */
  function inDurableTransaction<Args extends unknown[], Value>(work: (...args: Args) => Value): (...args: Args) => Value {
    return (...args) => runTransaction(connection, true, () => work(...args));
  }

  return {
    close: () => closeConnection(connection),

    countLibrary: inTransaction(() => ({
      photos: photos.count(),
      faces: faces.countShown(),
      ...people.count(),
      failedFiles: failures.count(),
      lastDone: journal.readLastDone(),
      lastUndone: journal.readLastUndone(),
    })),
    readSetting: inTransaction(settings.read),
    writeSetting: inDurableTransaction(settings.write),
    registerPack: inTransaction(packs.register),
    findPack: inTransaction(packs.find),
    readActivePack: inTransaction(packs.readActive),
    activatePack: inDurableTransaction(packs.activate),

    countPendingPhotos: inTransaction(photoAnalyses.countPending),
    listPendingPhotos: inTransaction(photoAnalyses.listPending),
    listSettledFaces: inTransaction(photoAnalyses.listSettledFaces),

    findUnchangedLocations: inTransaction(locations.findUnchanged),
    attachLocation: inTransaction(photoAnalyses.attachLocation),
    savePhoto: inTransaction(photoAnalyses.save),
    saveFailure: inTransaction(failures.save),
    startScan: inTransaction(volumes.startScan),
    markUnseen: inTransaction(locations.markUnseen),

    readClusteringInput: inTransaction(clusteringFaces.read),
    readEmbeddings: inTransaction(embeddings.read),
    saveClustering: inTransaction(outcomes.save),

    saveProjection: inTransaction(projections.save),
    listProjections: inTransaction(projections.list),
    readAdoptedProjection: inTransaction(projections.readAdopted),
    useProjection: inDurableTransaction(projections.use),
    noteQuestions: inTransaction(projections.noteQuestions),
    countLabels: inTransaction(projections.countLabels),

    createJob: inTransaction(jobs.create),
    updateJob: inTransaction(jobs.update),
    listJobs: inTransaction(jobs.list),
    forgetJobs: inTransaction(jobs.forget),
    addJobFailure: inTransaction(jobFailures.add),
    forgetJobFailures: inTransaction(jobFailures.forget),
    listJobFailures: inTransaction(jobFailures.list),

    act: (method, params) => runTransaction(connection, true, () => actions[method](params)),

    listPeople: inTransaction(people.list),
    getPerson: inTransaction(people.get),
    searchPeople: inTransaction(people.search),
    countStrangers: inTransaction(countStrangers),
    listDoubles: inTransaction(doubles.list),
    listPeopleByIds: inTransaction(people.listByIds),
    listFacesByIds: inTransaction(faces.listByIds),

    listFaces: inTransaction(faces.list),
    exportFaces: inTransaction(faceExports.export),

    getPhoto: inTransaction(photoLists.get),
    listPhotos: inTransaction(photoLists.list),
    listFailures: inTransaction(failures.list),

    listJournal: inTransaction(journal.list),
    undo: inDurableTransaction(journal.undo),
    redo: inDurableTransaction(journal.redo),

    locatePhoto: inTransaction(photoLists.locate),
    locateFace: inTransaction(faces.locate),
    readLandmarks: inTransaction(faces.readLandmarks),
    readClusters: inTransaction(faces.readClusters),
  };
}
