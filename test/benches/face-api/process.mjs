/**
 * Runs face-api's whole own pipeline, as its demos use it, on photos that the parent sends: a process of the baseline.
 * Plain JavaScript: it starts and holds no more than face-api itself needs.
 *
 *   node process.mjs <wasm | tensorflow> <longest edge in pixels | whole> <least score>
 */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import nodeUtil from 'node:util';
import sharp from 'sharp';
import { readPeakMemory } from '../measures/peak-memory.mjs';

/**
 * @typedef {{ x: number, y: number, width: number, height: number }} Box
 * @typedef {{ shape: number[], dispose(): void }} Tensor
 * @typedef {{ detection: { box: Box, score: number }, descriptor: Float32Array }} Result
 * @typedef {{ withFaceLandmarks(): { withFaceDescriptors(): Promise<Result[]> } }} DetectionTask
 * @typedef {{ loadFromDisk(folder: string): Promise<void> }} FaceApiNetwork
 * @typedef {{
 *   version: string,
 *   nets: Record<'ssdMobilenetv1' | 'faceLandmark68Net' | 'faceRecognitionNet', FaceApiNetwork>,
 *   SsdMobilenetv1Options: new (options: { minConfidence: number }) => object,
 *   detectAllFaces(input: Tensor, options: object): DetectionTask,
 * }} FaceApi
 * @typedef {{
 *   version_core?: string,
 *   version: Record<string, string>,
 *   enableProdMode(): void,
 *   env(): { getAsync(flag: string): Promise<unknown> },
 *   setBackend(name: string): Promise<boolean>,
 *   backend(): { binding?: { TF_Version?: string } },
 *   tensor3d(data: Uint8Array, shape: [number, number, number], type: 'int32'): Tensor,
 *   node?: { decodeImage(bytes: Uint8Array, channels: 3): Tensor },
 * }} TensorFlow
 * @typedef {import('./baseline.ts').BaselineRequest} Request
 * @typedef {import('./baseline.ts').BaselineReply} Reply
 */

const require = createRequire(import.meta.url);
const packageFolder = path.dirname(require.resolve('@vladmandic/face-api/package.json'));

/** @returns {Promise<{ tf: TensorFlow, faceApi: FaceApi, description: string }>} */
async function openWasm() {
  /** @type {TensorFlow} */
  const tf = require('@tensorflow/tfjs');
  const backend = require('@tensorflow/tfjs-backend-wasm');
  backend.setWasmPaths(path.join(path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm')), path.sep));
  tf.enableProdMode();
  if (!(await tf.setBackend('wasm'))) throw new Error('the WASM backend did not start');
  const hasSimd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  const faceApi = require('@vladmandic/face-api/dist/face-api.node-wasm.js');
  return { tf, faceApi, description: `TensorFlow.js ${tf.version_core} (${hasSimd ? 'WASM with SIMD' : 'WASM without SIMD'})` };
}

/** @returns {Promise<{ tf: TensorFlow, faceApi: FaceApi, description: string }>} */
async function openTensorFlow() {
  // As native-models/runtime/tensorflow.ts: what tfjs-node 4.22 calls and Node 23 no longer has.
  Object.assign(nodeUtil, {
    isArray: Array.isArray,
    isNullOrUndefined: (/** @type {unknown} */ value) => value === null || value === undefined,
  });
  /** @type {TensorFlow} */
  const tf = require('@tensorflow/tfjs-node');
  tf.enableProdMode();
  if (!(await tf.setBackend('tensorflow'))) throw new Error('the TensorFlow backend did not start');
  const faceApi = require('@vladmandic/face-api/dist/face-api.node.js');
  const version = tf.backend().binding?.TF_Version ?? 'of unknown version';
  return { tf, faceApi, description: `TensorFlow.js ${tf.version_core ?? tf.version['tfjs-core']} (TensorFlow ${version})` };
}

/**
 * @typedef {{ tensor: Tensor, scale: number, width: number, height: number }} ReadPhoto the whole photo's size, and how many
 *   of its pixels one of the tensor's is
 */

/**
 * @param {TensorFlow} tf
 * @param {string} file
 * @param {number | null} longestEdgePx larger photos are shrunk while decoding
 * @returns {Promise<ReadPhoto>}
 */
async function readPhoto(tf, file, longestEdgePx) {
  if (longestEdgePx === null && tf.node !== undefined) {
    const tensor = tf.node.decodeImage(await readFile(file), 3);
    const [height = 0, width = 0] = tensor.shape;
    return { tensor, scale: 1, width, height };
  }
  const image = sharp(file, { failOn: 'error' });
  const { autoOrient } = await image.metadata();
  const upright = image.autoOrient();
  if (longestEdgePx !== null) upright.resize(longestEdgePx, longestEdgePx, { fit: 'inside', withoutEnlargement: true });
  const { data, info } = await upright.toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const tensor = tf.tensor3d(data, [info.height, info.width, 3], 'int32');
  return { tensor, scale: autoOrient.width / info.width, width: autoOrient.width, height: autoOrient.height };
}

/**
 * @param {{ tf: TensorFlow, faceApi: FaceApi }} opened
 * @param {string} file
 * @param {{ longestEdgePx: number | null, minScore: number }} options
 * @returns {Promise<import('./baseline.ts').BaselinePhoto>}
 */
async function analyze({ tf, faceApi }, file, { longestEdgePx, minScore }) {
  const { tensor, scale, width, height } = await readPhoto(tf, file, longestEdgePx);
  try {
    const detector = new faceApi.SsdMobilenetv1Options({ minConfidence: minScore });
    const results = await faceApi.detectAllFaces(tensor, detector).withFaceLandmarks().withFaceDescriptors();
    return {
      width,
      height,
      faces: results.map(({ detection: { box, score }, descriptor }) => ({
        box: { x: box.x * scale, y: box.y * scale, width: box.width * scale, height: box.height * scale },
        score,
        descriptor: Array.from(descriptor),
      })),
    };
  } finally {
    tensor.dispose();
  }
}

/** @param {Reply} reply */
function send(reply) {
  process.send?.(reply);
}

/** @param {unknown} error */
function describe(error) {
  // What cannot be loaded brings a list of who asked for it.
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

/**
 * @param {string | undefined} backendName
 * @param {{ longestEdgePx: number | null, minScore: number }} options
 */
async function open(backendName, options) {
  const opened = backendName === 'wasm' ? await openWasm() : await openTensorFlow();
  const { nets } = opened.faceApi;
  for (const network of [nets.ssdMobilenetv1, nets.faceLandmark68Net, nets.faceRecognitionNet]) {
    await network.loadFromDisk(path.join(packageFolder, 'model'));
  }
  // A photo with faces, so that every network has run.
  await analyze(opened, path.join(packageFolder, 'demo', 'sample1.jpg'), options);
  return opened;
}

// One thread a process: there are as many processes as cores.
sharp.concurrency(1);
sharp.cache(false);
const [backendName, edge, score] = process.argv.slice(2);
const options = { longestEdgePx: edge === 'whole' ? null : Number(edge), minScore: Number(score) };
try {
  const opened = await open(backendName, options);
  const usageBefore = process.cpuUsage();
  process.on('message', async (/** @type {Request} */ request) => {
    if (request.kind === 'end') {
      const { user, system } = process.cpuUsage(usageBefore);
      const usage = { peakMemoryBytes: readPeakMemory(), processorSeconds: (user + system) / 1e6 };
      process.send?.({ kind: 'end', ...usage }, () => process.exit(0));
      return;
    }
    try {
      send({ kind: 'photo', photo: await analyze(opened, request.file, options) });
    } catch (error) {
      send({ kind: 'failed', reason: describe(error) });
    }
  });
  const { version } = require('@vladmandic/face-api/package.json');
  send({ kind: 'ready', description: `face-api ${version}, ${opened.description}` });
} catch (error) {
  process.send?.({ kind: 'failed', reason: describe(error) }, () => process.exit(1));
}
