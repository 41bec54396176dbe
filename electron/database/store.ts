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
      failedFiles: failures.count(),
      lastDone: journal.readLastDone(),
      lastUndone: journal.readLastUndone(),
    })),
    readSetting: compute(settings.read),
    writeSetting: settle(settings.write),
    registerPack: compute(packs.register),
    findPack: compute(packs.find),
    readActivePack: compute(packs.readActive),
    activatePack: settle(packs.activate),

    countPendingPhotos: compute(photoAnalyses.countPending),
    listPendingPhotos: compute(photoAnalyses.listPending),
    listSettledFaces: compute(photoAnalyses.listSettledFaces),

    findUnchangedLocations: compute(locations.findUnchanged),
    attachLocation: compute(photoAnalyses.attachLocation),
    savePhoto: compute(photoAnalyses.save),
    saveFailure: compute(failures.save),
    startScan: compute(volumes.startScan),
    markUnseen: compute(locations.markUnseen),

    readClusteringInput: compute(clusteringFaces.read),
    readEmbeddings: compute(embeddings.read),
    saveClustering: compute(outcomes.save),

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
    exportFaces: compute(faceExports.export),

    getPhoto: compute(photoLists.get),
    listPhotos: compute(photoLists.list),
    listFailures: compute(failures.list),

    listJournal: compute(journal.list),
    undo: settle(journal.undo),
    redo: settle(journal.redo),

    locatePhoto: compute(photoLists.locate),
    locateFace: compute(faces.locate),
    readLandmarks: compute(faces.readLandmarks),
    readClusters: compute(faces.readClusters),
  };
}
