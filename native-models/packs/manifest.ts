/** What a model pack says of itself: its files, how its networks are fed, and the thresholds that fit them. */

import { z } from 'zod';
import { AppError } from '../../electron/base/errors.ts';

const fileName = z.string().regex(/^[\w.-]+$/, 'Expected a plain file name');
const positive = z.number().positive();

/** How pixels become the input tensor: (value - mean) / scale for values of 0 to 255, channels in the order named. */
const imageInputSchema = z.strictObject({
  name: z.string().min(1),
  /** [1, channels, height, width]; the first dimension may be a batch. */
  shape: z.tuple([z.literal(1), z.number().int().positive(), z.number().int().positive(), z.number().int().positive()]),
  channelOrder: z.enum(['rgb', 'bgr', 'grey']),
  mean: z.number(),
  scale: positive,
});

const packFileSchema = z.strictObject({
  name: fileName,
  /** Where the file lies inside its source. */
  path: z.string().min(1),
  bytes: z.number().int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'Expected 64 lower-case hexadecimal digits'),
});

const detectorSchema = z.strictObject({
  file: fileName,
  /** rfb-320: scores [n, priors, 2] with column 1 for face, boxes [n, priors, 4] as corners from 0 to 1. */
  kind: z.literal('rfb-320'),
  input: imageInputSchema,
  outputs: z.strictObject({ scores: z.string().min(1), boxes: z.string().min(1) }),
  /** Detections below this score, 0 to 1, are dropped. */
  scoreThreshold: z.number().min(0).max(1),
  /** Of two boxes whose intersection over union exceeds this, the one with the lower score is dropped. */
  nmsThreshold: z.number().min(0).max(1),
});

const landmarkerSchema = z.strictObject({
  file: fileName,
  /** points-68: x, y of the 68 points in the crop, 0 to 1. */
  kind: z.literal('points-68'),
  input: imageInputSchema,
  outputs: z.strictObject({ points: z.string().min(1) }),
  pointCount: z.literal(68),
  /** square-box: the detector's box, made square about its centre, is the crop. */
  crop: z.literal('square-box'),
});

const embedderSchema = z.strictObject({
  file: fileName,
  input: imageInputSchema,
  outputs: z.strictObject({ embedding: z.string().min(1) }),
  template: z.strictObject({
    /** arcface-5: centre of the eye on the left of the picture, of the other, nose tip, left and right mouth corner. */
    kind: z.literal('arcface-5'),
    chipSizePx: z.number().int().positive(),
    /** Chip pixels. */
    points: z.array(z.tuple([z.number(), z.number()])).length(5),
  }),
  length: z.number().int().positive(),
  /** Whether embeddings are made unit vectors before they are stored or compared. */
  normalised: z.boolean(),
});

/** What the network answers to the input that createKnownInput makes. */
const knownAnswerSchema = z.strictObject({
  file: fileName,
  output: z.string().min(1),
  /** Euclidean norm of the whole output. */
  norm: positive,
  first: z.array(z.number()).min(1),
});

export const packManifestSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9-]+$/),
    version: z.string().min(1),
    licence: z.strictObject({ name: z.string().min(1), statement: z.string() }),
    origin: z.string().min(1),
    trainingData: z.string().min(1),
    /** `npm` names a package and its exact version. */
    source: z.strictObject({ npm: z.string().min(1), integrity: z.string().startsWith('sha512-') }),
    files: z.array(packFileSchema).min(1),
    detector: detectorSchema,
    landmarker: landmarkerSchema,
    embedder: embedderSchema,
    thresholds: z.strictObject({
      /** Embeddings at most this far apart (Euclidean) are taken for the same person. */
      sameDistance: positive,
      measurement: z.string().min(1),
    }),
    knownAnswers: z.strictObject({
      input: z.string(),
      measurement: z.string(),
      networks: z.array(knownAnswerSchema),
    }),
  })
  .superRefine((manifest, context) => {
    const names = new Set(manifest.files.map((file) => file.name));
    const uses: [string, string][] = [
      ['detector', manifest.detector.file],
      ['landmarker', manifest.landmarker.file],
      ['embedder', manifest.embedder.file],
      ...manifest.knownAnswers.networks.map((answer): [string, string] => ['knownAnswers', answer.file]),
    ];
    for (const [where, file] of uses) {
      if (!names.has(file)) {
        context.addIssue({ code: 'custom', path: [where], message: `Expected a listed file but received ${file}` });
      }
    }
  });

export type PackManifest = z.output<typeof packManifestSchema>;
export type PackFile = PackManifest['files'][number];
export type ImageInput = PackManifest['detector']['input'];
export type KnownAnswer = PackManifest['knownAnswers']['networks'][number];

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
