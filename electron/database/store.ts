/** All of a library's tables behind one set of methods, run in the thread that has the file open. */

import { closeConnection, runTransaction, type Connection } from './connection.ts';
import { createClusteringStore } from './clustering.ts';
import { createClusterStore } from './clusters.ts';
import { createDecisionStore } from './decisions.ts';
import { createFaceActions } from './face-actions.ts';
import { createFaceStore } from './faces.ts';
import { createJobStore } from './jobs.ts';
import { createJournalStore } from './journal.ts';
import type { LibraryDatabase } from './library-database.ts';
import { createLocationStore } from './locations.ts';
import { createMembershipStore } from './memberships.ts';
import { createPackStore } from './packs.ts';
import { createPeopleActions } from './people-actions.ts';
import { createPeopleStore } from './people.ts';
import { createPhotoStore } from './photos.ts';
import { createRowImages } from './row-images.ts';
import { createSettingStore } from './settings.ts';

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
  const jobs = createJobStore(connection);
  const faces = createFaceStore(connection, people, locations);
  const photos = createPhotoStore(connection, { people, locations, memberships, decisions, packs });
  const images = createRowImages(connection, people, memberships);
  const journal = createJournalStore(connection, { people, memberships, decisions, images });
  const peopleActions = createPeopleActions(connection, { people, faces, memberships, decisions, journal });
  const faceActions = createFaceActions(connection, { people, faces, memberships, decisions, journal });
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
    markUnseen: compute(locations.markUnseen),

    readClusteringInput: compute(clustering.readInput),
    saveClustering: compute(clustering.save),

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
    readClusters: compute(faces.readClusters),
  };
}
