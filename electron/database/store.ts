/** All of a library's tables behind one set of methods, run in the thread that has the file open. */

import { closeConnection, runTransaction, type Connection } from './file/connection.ts';
import { createBirthDates } from './actions/birth-dates.ts';
import { createClusteringStore } from './tables/clustering.ts';
import { createClusterStore } from './tables/clusters.ts';
import { createDecisionStore } from './tables/decisions.ts';
import { createDoubleStore } from './tables/doubles.ts';
import { createFaceActions } from './actions/face-actions.ts';
import { createFaceDepartures } from './actions/face-departures.ts';
import { createFaceStore } from './tables/faces.ts';
import { createJobStore } from './tables/jobs.ts';
import { createJournalStore } from './actions/journal.ts';
import type { LibraryDatabase } from './library-database.ts';
import { createLaterWords } from './actions/later-words.ts';
import { createLocationStore } from './tables/locations.ts';
import { createMembershipStore } from './tables/memberships.ts';
import { createPackStore } from './tables/packs.ts';
import { createPeopleActions } from './actions/people-actions.ts';
import { createPeopleStore } from './tables/people.ts';
import { createPhotoStore } from './tables/photos.ts';
import { createProjectionStore } from './tables/projections.ts';
import { createReviewAnswers } from './actions/review-answers.ts';
import { createRowImages } from './actions/row-images.ts';
import { createSettingStore } from './tables/settings.ts';
import { createSplits } from './actions/splits.ts';
import { createStrangers } from './actions/strangers.ts';

/** LibraryDatabase without the waiting. */
export type LibraryStore = {
  readonly [Name in keyof LibraryDatabase]: (
    ...args: Parameters<LibraryDatabase[Name]>
  ) => Awaited<ReturnType<LibraryDatabase[Name]>>;
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
  const faces = createFaceStore(connection, people, locations);
  const photos = createPhotoStore(connection, { people, locations, memberships, decisions, packs });
  const images = createRowImages(connection, people, memberships);
  const journal = createJournalStore(connection, { people, memberships, decisions, images });
  const laterWords = createLaterWords({ people, memberships, decisions });
  const departures = createFaceDepartures(connection, { people, memberships, laterWords });
  const peopleActions = createPeopleActions(connection, { people, faces, memberships, journal, laterWords });
  const faceActions = createFaceActions(connection, { people, faces, memberships, journal, laterWords, departures });
  const splits = createSplits(connection, { people, faces, memberships, decisions, journal, laterWords, departures });
  const birthDates = createBirthDates(connection, { people, journal, departures });
  const strangers = createStrangers(connection, { people, journal }, (photoId) => photos.resolve(photoId).key);
  const answers = createReviewAnswers({ people, memberships, journal, laterWords }, peopleActions.merge);
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
      canUndo: journal.canUndo(),
      canRedo: journal.canRedo(),
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
    interruptStaleJobs: compute(jobs.interruptStale),

    listPeople: compute(people.list),
    getPerson: compute(people.get),
    searchPeople: compute(people.search),
    namePerson: settle(peopleActions.name),
    mergePeople: settle(peopleActions.merge),
    chooseCover: settle(peopleActions.chooseCover),
    ignorePerson: settle(peopleActions.ignore),
    restorePerson: settle(peopleActions.restore),
    setBorn: settle(birthDates.set),
    splitPerson: settle(splits.split),
    reclusterPerson: settle(splits.recluster),
    countStrangers: compute(strangers.count),
    ignoreStrangers: settle(strangers.ignore),
    ignoreStrangersInPhoto: settle(strangers.ignoreInPhoto),
    listDoubles: compute(doubles.list),
    answerReview: settle(answers.answer),
    listPeopleByIds: compute(people.listByIds),
    listFacesByIds: compute(faces.listByIds),

    listFaces: compute(faces.list),
    exportFaces: compute(faces.export),
    moveFaces: settle(faceActions.move),
    confirmFaces: settle(faceActions.confirm),
    rejectFaces: settle(faceActions.reject),
    ignoreFaces: settle(faceActions.ignore),
    restoreFaces: settle(faceActions.restore),

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
