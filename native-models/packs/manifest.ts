/** What a model pack says of itself: its files, how its networks are fed and read, and the thresholds that fit them. */

import { z } from 'zod';
import { AppError } from '../../electron/base/errors.ts';
import { calibrationSchema } from './calibration.ts';

const fileName = z.string().regex(/^[\w.-]+$/, 'Expected a plain file name');
const positive = z.number().positive();
const count = z.number().int().positive();
const share = z.number().min(0).max(1);
const tensorName = z.string().min(1);
const tensorNames = z.array(tensorName).min(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'Expected 64 lower-case hexadecimal digits');

/** One number for all channels, or one a channel in the order of the input. */
const perChannel = z.union([z.number(), z.array(z.number()).min(1)]);

/** How pixels become the input tensor: (value - mean) / scale for values of 0 to 255, channels in the order named. */
const imageInputSchema = z
  .strictObject({
    name: tensorName,
    /** [1, channels, height, width]; the first dimension may be a batch. Whatever `layout` says, in this order. */
    shape: z.tuple([z.literal(1), count, count, count]),
    /** nchw: a plane a channel, one after the other. nhwc: the channels of a pixel side by side. */
    layout: z.enum(['nchw', 'nhwc']).default('nchw'),
    channelOrder: z.enum(['rgb', 'bgr', 'grey']),
    mean: perChannel,
    scale: z.union([positive, z.array(positive).min(1)]),
  })
  .superRefine(({ shape, channelOrder, mean, scale }, context) => {
    const channels = channelOrder === 'grey' ? 1 : 3;
    if (shape[1] !== channels) {
      context.addIssue({ code: 'custom', path: ['shape'], message: `Expected ${channels} channels for ${channelOrder} but received ${shape[1]}` });
    }
    for (const [field, value] of Object.entries({ mean, scale })) {
      if (Array.isArray(value) && value.length !== channels) {
        context.addIssue({ code: 'custom', path: [field], message: `Expected ${channels} numbers but received ${value.length}` });
      }
    }
  });

/** Encrypted on the way; a server on this machine itself need not be. */
const webAddress = z.union([
  z.url({ protocol: /^https$/ }),
  z.url({ protocol: /^http$/, hostname: /^(127\.0\.0\.1|localhost|\[::1\])$/ }),
]);

/** Where files come from. Their sha256 decides what they are, not where they were found. */
const packSourceSchema = z.discriminatedUnion('kind', [
  /** A package of the npm registry and its exact version; a file's path lies inside its tarball. */
  z.strictObject({ kind: z.literal('npm'), package: z.string().min(1), integrity: z.string().startsWith('sha512-') }),
  /** Web addresses of folders, to try in turn; a file's path is appended. Fetched only when the user asks for it. */
  z.strictObject({ kind: z.literal('web'), addresses: z.array(webAddress).min(1) }),
  /** Files that the user brings; a file's path is where it lay when the pack was added. */
  z.strictObject({ kind: z.literal('local') }),
  /** Made on this machine, bit for bit the same everywhere, from the named weights of a package that Kindred ships with. */
  z.strictObject({ kind: z.literal('converted'), package: z.string().min(1), converter: z.enum(['face-api-recognition']) }),
]);

const packFileSchema = z.strictObject({
  name: fileName,
  /** A key of `sources`. */
  source: z.string().min(1),
  /** Where the file lies inside its source. */
  path: z.string().min(1),
  bytes: count,
  sha256,
});

/** Boxes that a detector's answers are relative to: one square of each size at the centre of each cell of each stride. */
const priorsSchema = z.strictObject({
  /** Input pixels between neighbouring cells, as the tensors list them. */
  strides: z.array(count).min(1),
  /** Sides in input pixels, by stride. */
  sizesPx: z.array(z.array(positive).min(1)).min(1),
  /** How far offsets move: of the centre, in sides; of the logarithm of the side. */
  variances: z.tuple([positive, positive]),
});

/** How sure a detector's scores are, where they run otherwise than the standard pack's, for which config.ts is made: there
 *  the meaning of each stands. Scores of 0 to 1. */
const certaintySchema = z.strictObject({
  sureWholeScore: share,
  sureFineScore: share,
  minSecondLookScore: share,
  minUprightScore: share,
  minTurnedScore: share,
  minOddScore: share,
  /** The data, and what came out, that chose the numbers. */
  measurement: z.string().min(1),
});

/** What all detectors have in common. */
const detectorFields = {
  file: fileName,
  input: imageInputSchema,
  /** Detections below this score, 0 to 1, are dropped. */
  scoreThreshold: share,
  /** Of two boxes whose intersection over union exceeds this, the one with the lower score is dropped. */
  nmsThreshold: share,
  /** Longer side, input pixels, from which on faces are found reliably. */
  reliableFacePx: positive,
  /** What the input's height and width must be multiples of where they are open; null for a fixed size. */
  sizeMultiplePx: count.nullable(),
  certainty: certaintySchema.nullable().default(null),
} as const;

/** Whether the file's declared input size is dropped, as its graph follows pictures of any size. */
const isOpened = z.boolean().default(false);

/** How a detector's tensors are read, see electron/pipeline/decode-detections.ts. */
const detectorSchema = z.discriminatedUnion('kind', [
  /**
   * Ultra-Light RFB: scores [n, priors, 2] with column 1 for face, offsets [n, priors, 4] from the priors. `isCut` says
   * that the file decodes its offsets for one input size itself: they are taken out of the graph before that.
   */
  z.strictObject({
    kind: z.literal('rfb'),
    ...detectorFields,
    outputs: z.strictObject({ scores: tensorName, offsets: tensorName }),
    isCut: z.boolean().default(false),
    priors: priorsSchema,
  }),
  /** RetinaFace: as rfb, and landmarks [n, priors, 10] as offsets of five points. */
  z.strictObject({
    kind: z.literal('retinaface'),
    ...detectorFields,
    outputs: z.strictObject({ scores: tensorName, offsets: tensorName, landmarks: tensorName }),
    isOpened,
    priors: priorsSchema,
  }),
  /** YuNet, one tensor a stride: classes and objectness [n, cells, 1], boxes [n, cells, 4], landmarks [n, cells, 10]. */
  z.strictObject({
    kind: z.literal('yunet'),
    ...detectorFields,
    strides: z.array(count).min(1),
    outputs: z.strictObject({ classes: tensorNames, objectness: tensorNames, boxes: tensorNames, landmarks: tensorNames }),
    isOpened,
  }),
  /** SCRFD, one tensor a stride: scores [n, priors, 1], distances to the edges [n, priors, 4], landmarks [n, priors, 10]. */
  z.strictObject({
    kind: z.literal('scrfd'),
    ...detectorFields,
    strides: z.array(count).min(1),
    priorsPerCell: count,
    outputs: z.strictObject({ scores: tensorNames, distances: tensorNames, landmarks: tensorNames.nullable() }),
    isOpened,
  }),
]);

const fivePoints = z.array(z.tuple([z.number(), z.number()])).length(5);

const landmarkerSchema = z.strictObject({
  file: fileName,
  /** points-68: x, y of the 68 points in the crop, 0 to 1. */
  kind: z.literal('points-68'),
  input: imageInputSchema,
  outputs: z.strictObject({ points: tensorName }),
  /** square-box: the detector's box, made square about its centre, is the crop. */
  crop: z.literal('square-box'),
  /** Where the five points usually lie in the crop, 0 to 1: the face is turned and scaled to there and seen once more. */
  secondPass: z.strictObject({ points: fivePoints, measurement: z.string().min(1) }).nullable().default(null),
});

/** Landmarks that a face is aligned by, and where they lie in the chip. */
const templateSchema = z.strictObject({
  /**
   * arcface-5: centre of the eye on the left of the picture, of the other, nose tip, left and right mouth corner.
   * dlib-5: outer and inner corner of the eye on the right of the picture, of the other, base of the nose; 68 landmarks.
   */
  kind: z.enum(['arcface-5', 'dlib-5']),
  chipSizePx: count,
  /** Chip pixels. */
  points: fivePoints,
});

const embedderSchema = z.strictObject({
  file: fileName,
  input: imageInputSchema,
  outputs: z.strictObject({ embedding: tensorName }),
  template: templateSchema,
  length: count,
  /** Whether embeddings are made unit vectors before they are stored or compared. */
  normalised: z.boolean(),
  /** Whether the embedding of the chip and of its mirror image are added before that. */
  isMirrored: z.boolean().default(false),
});

const thresholdsSchema = z.strictObject({
  /** Embeddings, as unit vectors, are one person's at a Euclidean distance of at most `same`, or at a cosine similarity of
   *  at least `same`. */
  metric: z.enum(['euclidean', 'cosine']),
  same: z.number(),
  /** The data, and what came out, that chose the number. */
  measurement: z.string().min(1),
});

/** What the network answers to the input that createKnownInput makes. */
const knownAnswerSchema = z.strictObject({
  file: fileName,
  output: tensorName,
  /** Euclidean norm of the whole output. */
  norm: positive,
  first: z.array(z.number()).min(1),
});

export const packManifestSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Expected lower-case letters, digits and hyphens'),
    version: z.string().min(1),
    licence: z.strictObject({ name: z.string().min(1), statement: z.string() }),
    origin: z.string().min(1),
    trainingData: z.string().min(1),
    sources: z.record(z.string(), packSourceSchema),
    files: z.array(packFileSchema).min(1),
    detector: detectorSchema,
    /** Null where the detector's own five points are good enough. */
    landmarker: landmarkerSchema.nullable().default(null),
    embedder: embedderSchema,
    thresholds: thresholdsSchema,
    /** Turns distances into probabilities; null where nobody has fitted it. */
    calibration: calibrationSchema.nullable().default(null),
    /** Answers that every runtime must give; without any, runtimes are held to each other's. */
    knownAnswers: z
      .strictObject({ input: z.string(), measurement: z.string(), networks: z.array(knownAnswerSchema) })
      .default({ input: '', measurement: '', networks: [] }),
  })
  .superRefine((manifest, context) => {
    const complain = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message });
    const { detector, landmarker, embedder, files, sources, knownAnswers, thresholds } = manifest;
    const names = new Set(files.map((file) => file.name));
    if (names.size < files.length) complain(['files'], 'Expected every file once');
    for (const [index, file] of files.entries()) {
      if (!Object.hasOwn(sources, file.source)) complain(['files', `${index}`, 'source'], `Expected a key of sources but received ${file.source}`);
    }
    const uses: [string, string][] = [
      ['detector', detector.file],
      ...(landmarker === null ? [] : [['landmarker', landmarker.file] satisfies [string, string]]),
      ['embedder', embedder.file],
      ...knownAnswers.networks.map((answer): [string, string] => ['knownAnswers', answer.file]),
    ];
    for (const [where, file] of uses) if (!names.has(file)) complain([where], `Expected a listed file but received ${file}`);
    if (landmarker === null && !givesLandmarks(detector)) {
      complain(['landmarker'], `Expected a landmarker, as a detector of kind ${detector.kind} gives no landmarks`);
    }
    if (embedder.template.kind === 'dlib-5' && landmarker?.kind !== 'points-68') {
      complain(['embedder', 'template'], 'Expected a landmarker of 68 points for the template dlib-5');
    }
    if ('priors' in detector && detector.priors.strides.length !== detector.priors.sizesPx.length) {
      complain(['detector', 'priors'], 'Expected sizes for every stride');
    }
    const isSimilarity = thresholds.metric === 'cosine';
    if (isSimilarity ? Math.abs(thresholds.same) >= 1 : thresholds.same <= 0) {
      complain(['thresholds', 'same'], `Expected ${isSimilarity ? 'a similarity between -1 and 1' : 'a distance above 0'}`);
    }
  });

export type PackManifest = z.output<typeof packManifestSchema>;
export type PackSource = PackManifest['sources'][string];
export type PackFile = PackManifest['files'][number];
export type ImageInput = PackManifest['detector']['input'];
export type Detector = PackManifest['detector'];
export type Landmarker = NonNullable<PackManifest['landmarker']>;
export type Embedder = PackManifest['embedder'];
export type Template = Embedder['template'];
export type KnownAnswer = PackManifest['knownAnswers']['networks'][number];

/** Whether a detector places landmarks itself. */
export function givesLandmarks(detector: Pick<Detector, 'kind'> & { readonly outputs: object }): boolean {
  if (detector.kind === 'rfb') return false;
  return 'landmarks' in detector.outputs && detector.outputs.landmarks !== null;
}

/** @returns names of the tensors that are read from the network */
export function listOutputs({ outputs }: { readonly outputs: Readonly<Record<string, string | readonly string[] | null>> }): string[] {
  return Object.values(outputs).flatMap((names) => names ?? []);
}

/** @returns the Euclidean distance up to which two unit embeddings are taken for one person's: sqrt(2 - 2 s) for a cosine
 *  similarity of s */
export function readSameDistance({ thresholds: { metric, same } }: Pick<PackManifest, 'thresholds'>): number {
  return metric === 'cosine' ? Math.sqrt(2 - 2 * same) : same;
}

/**
 * @param value a manifest as parsed from JSON
 * @throws AppError "bad-argument" naming the first field that does not fit
 */
export function parseManifest(value: unknown): PackManifest {
  const parsed = packManifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? 'the manifest' : issue.path.join('.');
  throw new AppError('bad-argument', `Expected a model pack manifest but ${where} is wrong: ${issue?.message}`, {
    cause: parsed.error,
    parameters: { field: where },
  });
}
