/** The packs of the fake engine. */

import type { Pack } from '../../electron/api/schemas.ts';

export type FakePack = Omit<Pack, 'isActive' | 'photosToAnalyze'>;

export const fakeRuntimes = ['auto', 'onnx', 'tensorflow', 'wasm'];

const readyPack: Pick<FakePack, 'version' | 'origin' | 'state' | 'lackingBytes' | 'lackingFiles' | 'needsDownload' | 'hosts'> = {
  version: '1.0.0',
  origin: 'built-in',
  state: 'ready',
  lackingBytes: 0,
  lackingFiles: [],
  needsDownload: false,
  hosts: [],
};

export const fakePacks: readonly FakePack[] = [
  {
    ...readyPack,
    name: 'standard',
    bytes: 7_265_769,
    licence: { name: 'MIT', statement: 'As the npm package states.' },
    source: 'npm package faceplugin-face-recognition-js 0.0.1',
    trainingData: 'Not documented.',
    embeddingLength: 512,
  },
  {
    ...readyPack,
    name: 'classic',
    bytes: 24_000_000,
    licence: { name: 'MIT', statement: 'As the npm package states.' },
    source: 'Detector and landmarks of standard, embedder of npm package @vladmandic/face-api',
    trainingData: 'About three million faces from several sources, as its author says.',
    embeddingLength: 128,
  },
  {
    ...readyPack,
    name: 'opencv-zoo',
    state: 'incomplete',
    bytes: 38_928_942,
    lackingBytes: 38_928_942,
    lackingFiles: ['face_detection_yunet_2023mar.onnx', 'face_recognition_sface_2021dec.onnx'],
    needsDownload: true,
    hosts: ['media.example.org', 'mirror.example.org'],
    licence: { name: 'MIT and Apache-2.0', statement: 'YuNet under MIT, SFace under Apache-2.0.' },
    source: 'OpenCV Zoo: YuNet and SFace',
    trainingData: 'WIDER FACE; CASIA-WebFace, VGGFace2 and MS-Celeb-1M.',
    embeddingLength: 128,
  },
];

export function completePack(pack: FakePack): FakePack {
  return { ...pack, state: 'ready', lackingBytes: 0, lackingFiles: [], needsDownload: false };
}
