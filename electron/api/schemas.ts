/** The records that cross the API, as zod schemas: types and run-time validation in one. */

import { z } from 'zod';
import { errorCodes } from '../base/errors.ts';
import type { ClusterId, FaceId, JobId, JournalEntryId, PersonId, PhotoId } from '../base/ids.ts';
import { pathLength } from './limits.ts';

function idOf<Id extends string>() {
  return z.uuid().transform((value) => value as Id);
}

export const photoIdSchema = idOf<PhotoId>();
export const faceIdSchema = idOf<FaceId>();
export const personIdSchema = idOf<PersonId>();
export const clusterIdSchema = idOf<ClusterId>();
export const jobIdSchema = idOf<JobId>();
export const journalEntryIdSchema = idOf<JournalEntryId>();

/** Of a file or folder of this machine, as a caller names it; whether it is there, the engine finds out. */
export const pathSchema = z
  .string()
  .min(1)
  .max(pathLength)
  .refine((path) => !path.includes('\0'), 'a path holds no NUL character');

/** Upright photo pixels. */
export const boxSchema = z.object({
  x: z.number(),
  y: z.number(),
  width: z.number().nonnegative(),
  height: z.number().nonnegative(),
});

export const captureTimeSchema = z.object({
  /** YYYY-MM-DDTHH:MM:SS as the camera's clock showed it. */
  local: z.string(),
  offsetMinutes: z.number().int().nullable(),
  source: z.enum(['exif', 'name', 'file']),
});
export type CaptureTime = z.output<typeof captureTimeSchema>;

/** A calendar date as far as it is known: YYYY, YYYY-MM or YYYY-MM-DD. */
export const partialDateSchema = z.string().regex(/^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/);

export const personSummarySchema = z.object({
  id: personIdSchema,
  name: z.string().nullable(),
  /** Birth date, as far as the user has told. */
  born: partialDateSchema.nullable(),
  faceCount: z.number().int(),
  photoCount: z.number().int(),
  confirmedCount: z.number().int(),
  coverFaceId: faceIdSchema.nullable(),
  /** As pictureNumber of a face. */
  coverPictureNumber: z.number().int().nullable(),
  isCoverChosen: z.boolean(),
  isIgnored: z.boolean(),
});
export type PersonSummary = z.output<typeof personSummarySchema>;

/** Who is listed; whoever is ignored is in none but the last. */
export const peopleFilters = ['all', 'named', 'unnamed', 'ignored'] as const;
export const peopleFilterSchema = z.enum(peopleFilters);
export type PeopleFilter = z.output<typeof peopleFilterSchema>;

export const faceSummarySchema = z.object({
  id: faceIdSchema,
  photoId: photoIdSchema,
  /** Null for a person in a photo without a box. */
  box: boxSchema.nullable(),
  score: z.number().nullable(),
  quality: z.number().nullable(),
  personId: personIdSchema.nullable(),
  personName: z.string().nullable(),
  isConfirmed: z.boolean(),
  isIgnored: z.boolean(),
  /** Goes into the addresses of the face's pictures, and is another one once they may look otherwise. */
  pictureNumber: z.number().int(),
});
export type FaceSummary = z.output<typeof faceSummarySchema>;

/** How the user answers "Are these one person?". */
export const reviewAnswerSchema = z.enum(['yes', 'no', 'not-sure']);
export type ReviewAnswer = z.output<typeof reviewAnswerSchema>;

/** "Are these one person?" */
export const reviewQuestionSchema = z.object({
  /** The named or larger one: a yes merges the second into it. */
  first: personSummarySchema,
  second: personSummarySchema,
  /** Faces that show best who is meant, the most telling first. */
  firstFaces: z.array(faceSummarySchema).min(1),
  secondFaces: z.array(faceSummarySchema).min(1),
  /** That they are one person, 0 to 1. */
  probability: z.number(),
  /** Faces whose place the answer is expected to settle. */
  settles: z.number(),
});
export type ReviewQuestion = z.output<typeof reviewQuestionSchema>;

/** Faces that seem to show one person each, found among the faces of one. */
export const splitProposalSchema = z.object({
  /** The first is whom the person would stay: the confirmed faces, else the most. All faces of the person, each in one. */
  groups: z.array(z.object({ faceIds: z.array(faceIdSchema).min(1), confirmedCount: z.number().int() })),
  /** That more than one person is among them, 0 to 1. */
  probability: z.number(),
});
export type SplitProposal = z.output<typeof splitProposalSchema>;

/** What comparing a person's faces anew would change; nothing of it is done. */
export const reclusterPreviewSchema = z.object({
  stayingCount: z.number().int(),
  /** Faces that would go out, in groups that seem to be one person each; never confirmed ones. */
  leaving: z.array(z.object({ faceIds: z.array(faceIdSchema).min(1) })),
  /** Faces of unsettled people that would come in. */
  joining: z.array(z.object({ faceIds: z.array(faceIdSchema).min(1) })),
});
export type ReclusterPreview = z.output<typeof reclusterPreviewSchema>;

/** Two faces of one person, or of two people of one name, in one photo. */
export const doubleSchema = z.object({
  photoId: photoIdSchema,
  name: z.string(),
  faces: z.array(faceSummarySchema).min(2),
});
export type Double = z.output<typeof doubleSchema>;

/** How far recognition can be trusted on the faces that the user has confirmed. Distances are Euclidean, of unit vectors. */
export const trustScoresSchema = z.object({
  /** What was measured: all confirmed faces, or a draw of them where there are very many. */
  faces: z.number().int(),
  people: z.number().int(),
  /** Distance up to which two faces are taken for one person's. */
  threshold: z.number(),
  /** Faces whose person has others: nearest to one of its own, nearest to somebody else's, near nobody. */
  toldApart: z.object({ right: z.number().int(), mistaken: z.number().int(), unsure: z.number().int() }),
  /** Pairs of one person, and those of them within the threshold: VAL is their share. */
  genuinePairs: z.number().int(),
  genuineWithin: z.number().int(),
  /** Pairs of two people likewise: FAR. */
  impostorPairs: z.number().int(),
  impostorsWithin: z.number().int(),
  /** VAL at those FARs that there are pairs enough for. */
  rates: z.array(
    z.object({
      far: z.number(),
      val: z.number(),
      standardError: z.number().nullable(),
      threshold: z.number(),
      impostorsAccepted: z.number().int(),
    }),
  ),
  roc: z.array(z.object({ far: z.number(), val: z.number(), threshold: z.number() })),
  equalError: z.object({ rate: z.number(), threshold: z.number() }),
  /** Counts of pairs in bins that cut 0 to `highest` into equal parts. */
  distances: z.object({ highest: z.number(), genuine: z.array(z.number()), impostors: z.array(z.number()) }),
  /** Pairs of people whose faces come nearest to each other, the nearest first. */
  nearest: z.array(
    z.object({
      first: personSummarySchema,
      second: personSummarySchema,
      firstFaceId: faceIdSchema,
      secondFaceId: faceIdSchema,
      distance: z.number(),
      pairs: z.number().int(),
      pairsWithin: z.number().int(),
    }),
  ),
});
export type TrustScores = z.output<typeof trustScoresSchema>;

export const trustReportSchema = z.object({
  pack: z.string(),
  /** Of people who are not set aside. */
  confirmedFaces: z.number().int(),
  confirmedPeople: z.number().int(),
  /** Null where fewer than two people have two confirmed faces. */
  scores: trustScoresSchema.nullable(),
});
export type TrustReport = z.output<typeof trustReportSchema>;

export const faceRecordSchema = faceSummarySchema.extend({
  /** Absolute path of one place where the photo lies. */
  photoPath: z.string(),
  landmarks: z.array(z.tuple([z.number(), z.number()])).nullable(),
  clusterId: clusterIdSchema.nullable(),
  pack: z.string(),
  embedding: z.array(z.number()).optional(),
});
export type FaceRecord = z.output<typeof faceRecordSchema>;

export const photoDetailSchema = z.object({
  id: photoIdSchema,
  fileName: z.string(),
  paths: z.array(z.string()),
  /** Upright pixels. */
  width: z.number().int(),
  height: z.number().int(),
  captureTime: captureTimeSchema.nullable(),
  faces: z.array(faceSummarySchema),
});
export type PhotoDetail = z.output<typeof photoDetailSchema>;

/** How much is done to find faces that are small, blurred or lying on their side; the least first. */
export const detectionEfforts = ['fast', 'balanced', 'thorough'] as const;
export const detectionEffortSchema = z.enum(detectionEfforts);
export type DetectionEffort = z.output<typeof detectionEffortSchema>;

export const packSchema = z.object({
  name: z.string(),
  version: z.string(),
  origin: z.enum(['built-in', 'added']),
  /** incomplete: files are missing; damaged: a file has other bytes than the manifest's. */
  state: z.enum(['ready', 'incomplete', 'damaged']),
  /** Of all files. */
  bytes: z.number().int(),
  /** Of files that are missing or wrong. */
  lackingBytes: z.number().int(),
  /** Files that are missing or wrong. */
  lackingFiles: z.array(z.string()),
  /** Whether what is lacking comes from the web, which the user has to ask for. */
  needsDownload: z.boolean(),
  /** Hosts that a download may ask. */
  hosts: z.array(z.string()),
  licence: z.object({ name: z.string(), statement: z.string() }),
  /** Where the networks come from, as the pack says. */
  source: z.string(),
  trainingData: z.string(),
  embeddingLength: z.number().int(),
  /** Whether the library's faces are compared by it. */
  isActive: z.boolean(),
  /** Photos of the library that it has not looked at, with the effort of the settings or a greater one. */
  photosToAnalyze: z.number().int(),
});
export type Pack = z.output<typeof packSchema>;

export const recognitionSettingsSchema = z.object({
  /** auto, or a runtime's name. */
  runtime: z.string(),
  /** What `runtime` may be. */
  runtimeChoices: z.array(z.string()),
  /** Whether this start was told which runtime to take: the setting waits until the next. */
  isRuntimeOverridden: z.boolean(),
  effort: detectionEffortSchema,
});
export type RecognitionSettings = z.output<typeof recognitionSettingsSchema>;

export const jobStates = [
  'queued',
  'running',
  /** To be paused, and not standing still yet. */
  'pausing',
  'paused',
  /** To be cancelled, and not stopped yet. */
  'cancelling',
  'done',
  'failed',
  'cancelled',
  /** The process ended under it; it can be continued. */
  'interrupted',
] as const;
export const jobStateSchema = z.enum(jobStates);
export type JobState = z.output<typeof jobStateSchema>;

export const jobProgressSchema = z.object({
  stage: z.enum(['preparing', 'walking', 'downloading', 'analyzing', 'learning', 'clustering', 'finished']),
  /** Photos, bytes of a download, or thousandths of what learning takes. */
  done: z.number().int(),
  /** Null while the walk still counts. */
  total: z.number().int().nullable(),
  faces: z.number().int(),
  failed: z.number().int(),
  photosPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
});
export type JobProgress = z.output<typeof jobProgressSchema>;

export const importFailureSchema = z.object({
  path: z.string(),
  reason: z.enum(errorCodes),
  detail: z.string(),
});
export type ImportFailure = z.output<typeof importFailureSchema>;

export const importSummarySchema = z.object({
  /** Image files found by the walk. */
  photos: z.number().int(),
  /** Photos new to the library. */
  added: z.number().int(),
  /** Faces in the library after the import. */
  faces: z.number().int(),
  /** People with at least one face after the import. */
  people: z.number().int(),
  /** The first hundred: jobs.failures has them all. */
  failed: z.array(importFailureSchema).max(100),
  failedCount: z.number().int(),
  /** Files already known and unchanged. */
  skipped: z.number().int(),
  /** Images of types not supported yet, by extension. */
  unsupported: z.record(z.string(), z.number().int()),
  seconds: z.number(),
  runtime: z.string(),
});
export type ImportSummary = z.output<typeof importSummarySchema>;

export const switchSummarySchema = z.object({
  /** Photos that the pack had not looked at. */
  photos: z.number().int(),
  analyzed: z.number().int(),
  /** Photos whose file lies nowhere any more: they keep their faces, people and names. */
  missing: z.number().int(),
  /** The first hundred: jobs.failures has them all. */
  failed: z.array(importFailureSchema).max(100),
  failedCount: z.number().int(),
  /** Faces in the library afterwards. */
  faces: z.number().int(),
  /** People with at least one face afterwards. */
  people: z.number().int(),
  seconds: z.number(),
  runtime: z.string(),
});
export type SwitchSummary = z.output<typeof switchSummarySchema>;

export const serializedErrorSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

/** VAL before and after something was learnt, at one FAR, on faces that it was not learnt from. */
export const learningGainSchema = z.object({
  far: z.number(),
  /** 0 to 1. */
  valBefore: z.number(),
  valAfter: z.number(),
  /** Of their difference. */
  standardError: z.number(),
});
export type LearningGain = z.output<typeof learningGainSchema>;

const learningReportFields = {
  /** Why it is not used: too few named people or faces, no gain beyond its error, or people that it was not learnt from
   *  are told apart worse. Null where it helps. */
  refusal: z.enum(['too-few', 'no-gain', 'spoils-others']).nullable(),
  /** What it was learnt from. */
  people: z.number().int(),
  faces: z.number().int(),
  /** Faces of named people at that time. */
  labelledFaces: z.number().int(),
  /** Of the people that it was learnt from, faces that it was not. */
  heldOut: learningGainSchema.nullable(),
  /** Of people that it was not learnt from. */
  others: learningGainSchema.nullable(),
  /** Pairs of people of whom fewer faces are confused, the largest change first. */
  toldApart: z.array(z.object({ names: z.tuple([z.string(), z.string()]), before: z.number().int(), after: z.number().int() })),
  /** Questions that were left in review; null where nothing changed. */
  questionsBefore: z.number().int().nullable(),
  questionsAfter: z.number().int().nullable(),
};

export const learntVersionSchema = z.object({
  version: z.number().int(),
  state: z.enum(['adopted', 'set-aside', 'refused']),
  createdAt: z.string(),
  ...learningReportFields,
});
export type LearntVersion = z.output<typeof learntVersionSchema>;

/** What was learnt from the user for the active pack. */
export const learningSchema = z.object({
  /** Whether it is done again by itself as labels grow. */
  isAutomatic: z.boolean(),
  isRunning: z.boolean(),
  pack: z.string(),
  /** Named people who are not set aside, and their faces: what can be learnt from. */
  people: z.number().int(),
  faces: z.number().int(),
  /** The version that faces are compared by; null for the pack's own way. */
  current: z.number().int().nullable(),
  /** Newest first. */
  versions: z.array(learntVersionSchema),
});
export type Learning = z.output<typeof learningSchema>;

export const learnSummarySchema = z.object({ version: z.number().int(), isAdopted: z.boolean(), ...learningReportFields });
export type LearnSummary = z.output<typeof learnSummarySchema>;

const jobFields = {
  id: jobIdSchema,
  state: jobStateSchema,
  progress: jobProgressSchema,
  error: serializedErrorSchema.nullable(),
  createdAt: z.string(),
};
export const jobSnapshotSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('import'),
    folders: z.array(z.string()),
    /** Null for that of the settings. */
    effort: detectionEffortSchema.nullable(),
    ...jobFields,
    summary: importSummarySchema.nullable(),
  }),
  /** Looks at the library's photos again, with another pack or more thoroughly. */
  z.object({
    kind: z.literal('switch-pack'),
    pack: z.string(),
    ...jobFields,
    summary: switchSummarySchema.nullable(),
  }),
  z.object({ kind: z.literal('download-pack'), pack: z.string(), ...jobFields, summary: z.null() }),
  /** Learns from the people whom the user has named how to compare faces of the pack. */
  z.object({ kind: z.literal('learn'), pack: z.string(), ...jobFields, summary: learnSummarySchema.nullable() }),
]);
export type JobSnapshot = z.output<typeof jobSnapshotSchema>;
export type JobKind = JobSnapshot['kind'];
export type JobOf<Kind extends JobKind> = Extract<JobSnapshot, { kind: Kind }>;

export const journalKinds = [
  'name-person',
  'merge-people',
  'move-faces',
  'confirm-faces',
  'reject-faces',
  'ignore-faces',
  'ignore-person',
  'restore-faces',
  'restore-person',
  'choose-cover',
  'set-born',
  /** The user said that two people are not one. */
  'tell-apart',
  /** The user could not say whether two people are one. */
  'leave-open',
  'split-person',
  'recluster-person',
  'ignore-strangers',
] as const;
export const journalEntrySchema = z.object({
  id: journalEntryIdSchema,
  kind: z.enum(journalKinds),
  /** UTC, ISO 8601. */
  at: z.string(),
  /** What a sentence about the entry needs: names, counts. */
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  isUndone: z.boolean(),
});
export type JournalEntry = z.output<typeof journalEntrySchema>;

export const statusSchema = z.object({
  libraryFolder: z.string(),
  photos: z.number().int(),
  faces: z.number().int(),
  people: z.number().int(),
  namedPeople: z.number().int(),
  failedFiles: z.number().int(),
  pack: z.string(),
  /** Why the active pack cannot look at photos, such as the file that is missing; null where it can. */
  packProblem: serializedErrorSchema.nullable(),
  runtime: z.string().nullable(),
  /** Whether the user has read that faces are biometric data and where they are kept. */
  isConsentGiven: z.boolean(),
  /** The newest entry of the journal that is done: what an undo without more takes back. */
  lastDone: journalEntrySchema.nullable(),
  /** The entry that was taken back last: what a redo without more does again. */
  lastUndone: journalEntrySchema.nullable(),
  jobs: z.array(jobSnapshotSchema),
});
export type Status = z.output<typeof statusSchema>;

export const comparisonSchema = z.object({
  threshold: z.number(),
  pairs: z.array(
    z.object({
      firstBox: boxSchema,
      secondBox: boxSchema,
      /** Euclidean distance of the unit embeddings, 0 to 2. */
      distance: z.number(),
      isSamePerson: z.boolean(),
    }),
  ),
});
export type Comparison = z.output<typeof comparisonSchema>;

export const folderListingSchema = z.object({
  path: z.string(),
  parent: z.string().nullable(),
  folders: z.array(z.object({ name: z.string(), path: z.string() })),
  /** Image files that lie directly in the folder. */
  imageCount: z.number().int(),
  /** Places to start from: home, pictures, drives. */
  shortcuts: z.array(z.object({ kind: z.enum(['home', 'pictures', 'root', 'drive']), path: z.string() })),
});
export type FolderListing = z.output<typeof folderListingSchema>;
