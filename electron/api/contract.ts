/** KindredApi: every method and event that a renderer, a web page or the command line may use. */

import { z } from 'zod';
import { foldersLength, foldersOfImport, listLength, textLength } from './limits.ts';
import {
  comparisonSchema,
  detectionEffortSchema,
  doubleSchema,
  faceIdSchema,
  faceRecordSchema,
  faceSummarySchema,
  folderListingSchema,
  importFailureSchema,
  jobIdSchema,
  jobSnapshotSchema,
  journalEntryIdSchema,
  journalEntrySchema,
  learningSchema,
  packSchema,
  partialDateSchema,
  pathSchema,
  peopleFilterSchema,
  personIdSchema,
  personSummarySchema,
  photoDetailSchema,
  photoIdSchema,
  reclusterPreviewSchema,
  recognitionSettingsSchema,
  reviewAnswerSchema,
  reviewQuestionSchema,
  splitProposalSchema,
  statusSchema,
  trustReportSchema,
} from './schemas.ts';

const nothing = z.object({});
const page = {
  offset: z.number().int().nonnegative().default(0),
  limit: z.number().int().positive().max(1000).default(200),
};
const faceIds = z.array(faceIdSchema).min(1).max(listLength);
const personIds = z.array(personIdSchema).min(1).max(listLength);
const packName = z.string().min(1).max(textLength);
/** Kept in the import's job, and sent with every list of jobs. */
const folderList = z
  .array(pathSchema)
  .min(1)
  .max(foldersOfImport)
  .refine((folders) => folders.reduce((length, folder) => length + folder.length, 0) <= foldersLength, 'the folders of one import are too long');
const personName = z.string().trim().min(1).max(textLength);

function method<Params extends z.ZodType, Result extends z.ZodType>(params: Params, result: Result) {
  return { params, result };
}

/** A method that changes what the user has said of the library: it answers with the journal entry that it left, null
 *  where nothing changed, beside what else is told of it. Nothing but journal.undo takes it back. */
function action<Params extends z.ZodType, Told extends z.ZodRawShape>(params: Params, told: Told) {
  return { params, result: z.object({ entry: journalEntrySchema.nullable(), ...told }), isAction: true as const };
}

/** Takes one entry of the journal back, or does it again, and nothing else unless it is told to. */
function journalStep() {
  return method(
    z.object({
      entryId: journalEntryIdSchema,
      /** Whether whatever stands in the way goes along, all in one transaction. */
      withDependents: z.boolean().default(false),
    }),
    z.object({
      /** What was taken back or done again, in that order; empty where something stands in the way. */
      entries: z.array(journalEntrySchema),
      /** What stands in the way, newest first; nothing has been changed then. */
      dependents: z.array(journalEntrySchema),
    }),
  );
}

/** Methods by name; a call's arguments are validated against `params` before the engine sees them. */
export const contract = {
  'library.status': method(nothing, statusSchema),
  'library.giveConsent': method(nothing, nothing),
  /** How well the active pack tells apart the faces that the user has confirmed; takes seconds in a large library. */
  'library.measureTrust': method(nothing, trustReportSchema),

  'folders.browse': method(z.object({ path: pathSchema.nullable() }), folderListingSchema),

  'import.start': method(
    z.object({
      folders: folderList,
      /** For this import alone; null for that of the settings. */
      effort: detectionEffortSchema.nullable().default(null),
    }),
    z.object({ jobId: jobIdSchema }),
  ),
  'import.startSamples': method(nothing, z.object({ jobId: jobIdSchema })),
  'jobs.list': method(nothing, z.object({ jobs: z.array(jobSnapshotSchema) })),
  'jobs.pause': method(z.object({ jobId: jobIdSchema }), nothing),
  'jobs.resume': method(z.object({ jobId: jobIdSchema }), nothing),
  'jobs.cancel': method(z.object({ jobId: jobIdSchema }), nothing),
  /** What an import or a switch could not read, in the order in which it was found. */
  'jobs.failures': method(
    z.object({ ...page, jobId: jobIdSchema }),
    z.object({ total: z.number().int(), failures: z.array(importFailureSchema) }),
  ),
  'failures.list': method(
    z.object(page),
    z.object({ total: z.number().int(), failures: z.array(importFailureSchema) }),
  ),

  /** Those that Kindred brings first. */
  'packs.list': method(nothing, z.object({ packs: z.array(packSchema) })),
  /** From a manifest with its files beside it, or a single file that a known pack lacks. */
  'packs.add': method(z.object({ path: pathSchema }), packSchema),
  'packs.download': method(z.object({ name: packName }), z.object({ jobId: jobIdSchema })),
  /** Looks at every photo that the pack has not seen, and compares faces by it from then on; a job, or null where
   *  there is nothing to do. Names, confirmations and rejections stay. */
  'packs.use': method(z.object({ name: packName }), z.object({ jobId: jobIdSchema.nullable() })),
  /** Reads every byte of its files. */
  'packs.verify': method(z.object({ name: packName }), packSchema),

  'settings.get': method(nothing, recognitionSettingsSchema),
  /** For whatever is looked at from now on; a job under way keeps what it began with. */
  'settings.change': method(
    z.object({ runtime: z.string().max(textLength).optional(), effort: detectionEffortSchema.optional() }),
    recognitionSettingsSchema,
  ),

  /** What was learnt from the user for the active pack. */
  'learning.get': method(nothing, learningSchema),
  /** Learns from the named people as they are now; a job, which adopts what helps. */
  'learning.start': method(nothing, z.object({ jobId: jobIdSchema })),
  /** Compares faces by an earlier version, or with null as the pack does; what the user has settled stays. */
  'learning.use': method(z.object({ version: z.number().int().nullable() }), learningSchema),
  'learning.change': method(z.object({ isAutomatic: z.boolean() }), learningSchema),

  /** Largest first; people without a face are left out unless they have a name. */
  'people.list': method(
    z.object({
      ...page,
      /** all, named and unnamed leave out whoever is ignored. */
      filter: peopleFilterSchema.default('all'),
      /** Only people whose name, or a word of it, starts with it. */
      text: z.string().max(200).default(''),
    }),
    z.object({
      total: z.number().int(),
      people: z.array(personSummarySchema),
      /** How many each filter would list, with the same text; all are named and unnamed together. */
      counts: z.object({ named: z.number().int(), unnamed: z.number().int(), ignored: z.number().int() }),
    }),
  ),
  /** Follows the forwarding of merged people: the answer may carry another id than was asked for. */
  'people.get': method(z.object({ personId: personIdSchema }), personSummarySchema),
  /** Completion of known names: people whose name, or a word of it, starts with `query`. */
  'people.search': method(
    z.object({ query: z.string().max(textLength), limit: z.number().int().positive().max(50).default(8) }),
    z.object({ people: z.array(personSummarySchema) }),
  ),
  /** A null name takes the name away. */
  'people.name': action(z.object({ personId: personIdSchema, name: personName.nullable() }), { person: personSummarySchema }),
  /** All faces of `sources` go to `target`; the ids of `sources` forward to it from then on. */
  'people.merge': action(z.object({ target: personIdSchema, sources: personIds }), { person: personSummarySchema }),
  'people.chooseCover': action(z.object({ personId: personIdSchema, faceId: faceIdSchema }), { person: personSummarySchema }),
  /** Faces photographed before it are not that person: unconfirmed ones go out. A null date takes it away. */
  'people.setBorn': action(z.object({ personId: personIdSchema, born: partialDateSchema.nullable() }), {
    person: personSummarySchema,
    /** Unconfirmed faces from before the birth, which went out. */
    facesOut: z.number().int(),
    /** Confirmed faces from before the birth, which stay: one of the two must be wrong. */
    contradictions: z.array(faceIdSchema),
  }),
  'people.ignore': action(z.object({ personIds }), {}),
  'people.restore': action(z.object({ personIds }), {}),
  /** Confirms every face that these people show. */
  'people.confirm': action(z.object({ personIds }), {}),

  /** What a person's faces seem to fall into; one group where they seem to be one person. */
  'people.proposeSplit': method(z.object({ personId: personIdSchema }), splitProposalSchema),
  /** Each group goes out of the person into a new one, and no clustering brings it back. */
  'people.split': action(z.object({ personId: personIdSchema, groups: z.array(faceIds).min(1).max(1000) }), {
    people: z.array(personSummarySchema),
  }),
  /** A person's faces, those that fit the others least first; confirmed ones after all others. */
  'people.listOutliers': method(
    z.object({ ...page, personId: personIdSchema }),
    z.object({
      total: z.number().int(),
      /** `fit`: probability that the face is of one person with the others. */
      faces: z.array(z.object({ face: faceSummarySchema, fit: z.number() })),
    }),
  ),
  /** People among whose faces there seems to be more than one person, the surest first. */
  'people.listMixed': method(
    z.object(page),
    z.object({ total: z.number().int(), people: z.array(z.object({ person: personSummarySchema, probability: z.number() })) }),
  ),
  'people.previewRecluster': method(z.object({ personId: personIdSchema }), reclusterPreviewSchema),
  /** Does what the user kept of a preview, as one action. */
  'people.recluster': action(
    z.object({
      personId: personIdSchema,
      leaving: z.array(faceIds).max(1000),
      joining: z.array(faceIdSchema).max(listLength),
    }),
    { person: personSummarySchema },
  ),
  /** Unnamed people with no more than `maxFaces` faces, none of them confirmed. */
  'people.countStrangers': method(
    z.object({ maxFaces: z.number().int().positive() }),
    z.object({ people: z.number().int(), faces: z.number().int() }),
  ),
  /** Sets aside all unnamed people with no more than `maxFaces` faces, as one action. */
  'people.ignoreStrangers': action(z.object({ maxFaces: z.number().int().positive() }), {
    people: z.number().int(),
    faces: z.number().int(),
  }),
  /** Compares all faces anew; what the user has settled stays. */
  'people.reclusterAll': method(nothing, nothing),

  /** Questions whose answers settle most, the best first. */
  'review.list': method(
    z.object({
      limit: z.number().int().positive().max(100).default(20),
      /** About this person alone; null for the whole library. */
      personId: personIdSchema.nullable().default(null),
      /** Pairs that wait until later, in either order. */
      skipped: z.array(z.tuple([personIdSchema, personIdSchema])).max(10_000).default([]),
      /** Whether to ask again what the user could not say. */
      includeOpen: z.boolean().default(false),
    }),
    z.object({
      questions: z.array(reviewQuestionSchema),
      /** How many answers finish the library, as far as can be told now. */
      questionsLeft: z.number().int(),
      /** Faces of the people in question. */
      facesLeft: z.number().int(),
    }),
  ),
  /** yes: one person, merged into the first. no: never joined and never asked again. not-sure: not asked again, and
   *  a clustering may still join them. The person is who both or the first now are. */
  'review.answer': action(z.object({ first: personIdSchema, second: personIdSchema, answer: reviewAnswerSchema }), {
    person: personSummarySchema,
  }),

  'faces.list': method(
    z.object({ ...page, personId: personIdSchema.nullable().default(null) }),
    z.object({ total: z.number().int(), faces: z.array(faceSummarySchema) }),
  ),
  /** The whole record of every face, in a stable order, page by page. */
  'faces.export': method(
    z.object({
      personId: personIdSchema.nullable().default(null),
      includeEmbeddings: z.boolean().default(false),
      /** From the previous page; null for the first. */
      cursor: z.string().max(textLength).nullable().default(null),
      limit: z.number().int().positive().max(1000).default(200),
    }),
    z.object({ faces: z.array(faceRecordSchema), nextCursor: z.string().nullable() }),
  ),
  /** Which way the head is turned, as the landmarks tell it; null where there are none, or none of a head. */
  'faces.pose': method(
    z.object({ faceId: faceIdSchema }),
    z.object({
      /** Degrees: the nose points to the right of the picture, up, and the head leans clockwise. */
      pose: z.object({ yaw: z.number(), pitch: z.number(), roll: z.number() }).nullable(),
    }),
  ),
  /** To a person, or with null to a new one. Moved faces are confirmed there and rejected where they were. */
  'faces.move': action(
    z.object({
      faceIds,
      personId: personIdSchema.nullable(),
      /** What a new person is called. */
      name: personName.nullable().default(null),
    }),
    { person: personSummarySchema },
  ),
  'faces.confirm': action(z.object({ faceIds }), {}),
  /** "Not this person": takes each face out of its person into a person of its own, for good. */
  'faces.reject': action(z.object({ faceIds }), {}),
  'faces.ignore': action(z.object({ faceIds }), {}),
  'faces.restore': action(z.object({ faceIds }), {}),

  'photos.get': method(z.object({ photoId: photoIdSchema }), photoDetailSchema),
  /** In order of capture time: what prev and next walk through. */
  'photos.list': method(
    z.object({ ...page, personId: personIdSchema.nullable().default(null) }),
    z.object({ total: z.number().int(), photoIds: z.array(photoIdSchema) }),
  ),
  /** Photos in which one name stands at two faces. */
  'photos.listDoubles': method(z.object(page), z.object({ total: z.number().int(), doubles: z.array(doubleSchema) })),
  /** "Nobody else in this photo matters": sets aside its faces whose people have no name, as one action. A person with
   *  no other faces is set aside whole. */
  'photos.ignoreStrangers': action(z.object({ photoId: photoIdSchema }), {
    people: z.number().int(),
    faces: z.number().int(),
  }),
  /** Every pair of faces of two image files, which need not be in the library. */
  'photos.compare': method(z.object({ firstPath: pathSchema, secondPath: pathSchema }), comparisonSchema),

  /** Newest first. */
  'journal.list': method(z.object(page), z.object({ total: z.number().int(), entries: z.array(journalEntrySchema) })),
  /** Takes back what one entry did. Where later entries build on it, nothing changes and they are named: with
   *  `withDependents` they are taken back first, newest first.
   *  @throws AppError "not-found", "nothing-to-undo" for an entry that is taken back already */
  'journal.undo': journalStep(),
  /** Does again what was taken back, if all that it is about is as it was before it. Else nothing changes and what
   *  stands in the way is named: with `withDependents`, done entries among it are taken back and undone ones done again.
   *  @throws AppError "not-found", "nothing-to-redo" for an entry that is done */
  'journal.redo': journalStep(),
} as const;

export type Contract = typeof contract;
export type Method = keyof Contract;
/** Methods that leave a journal entry. */
export type ActionMethod = { [M in Method]: Contract[M] extends { isAction: true } ? M : never }[Method];
/** What a caller passes: defaults may be left out. */
export type Params<M extends Method> = z.input<Contract[M]['params']>;
/** What the engine gets: validated, defaults filled in. */
export type ValidParams<M extends Method> = z.output<Contract[M]['params']>;
export type Result<M extends Method> = z.output<Contract[M]['result']>;

export const actionMethods = (Object.keys(contract) as Method[]).filter((name): name is ActionMethod => 'isAction' in contract[name]);

export const changeTopics = ['people', 'faces', 'photos', 'failures', 'journal', 'status', 'packs', 'settings', 'learning'] as const;
export type ChangeTopic = (typeof changeTopics)[number];

/** What has changed, each list null where that is too much or not known; empty where it is not among the topics. */
const changedIdFields = {
  /** Whose summaries are others now, or who are gone. */
  people: z.array(personIdSchema).nullable(),
  /** Faces that went elsewhere, were confirmed or came in or out of sight. Faces of `people` may show another name. */
  faces: z.array(faceIdSchema).nullable(),
  /** Photos with such faces, and photos that changed themselves. */
  photos: z.array(photoIdSchema).nullable(),
};
export const changedIdsSchema = z.object(changedIdFields);
export type ChangedIds = z.output<typeof changedIdsSchema>;

export const events = {
  /** A job's state or progress, at most a few times a second. */
  job: jobSnapshotSchema,
  /** Something that views show has changed; fetch again what is on screen. */
  changed: z.object({ topics: z.array(z.enum(changeTopics)), ...changedIdFields }),
} as const;
export type EventName = keyof typeof events;
export type EventPayload<E extends EventName> = z.output<(typeof events)[E]>;

/** The one interface of the engine, the same over every transport. */
export interface KindredApi {
  /** @throws AppError "bad-argument" where `params` do not fit the contract, "cancelled" after an abort */
  call<M extends Method>(method: M, params: Params<M>, options?: { signal?: AbortSignal }): Promise<Result<M>>;
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void;
}

/** What the engine implements: one function a method, with arguments already validated. */
export type MethodHandlers = {
  readonly [M in Method]: (params: ValidParams<M>, context: { signal: AbortSignal }) => Promise<Result<M>>;
};
