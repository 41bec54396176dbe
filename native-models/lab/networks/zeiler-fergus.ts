/** NN1: Zeiler and Fergus' network with 1x1 convolutions between its own, as the seminar's table gives it. */

import type { LayerSpec } from './network-spec.ts';

/** The table's figures count biases: conv1 has 113.8M multiply-adds without and 114.6M with them, printed 115M. */
export function specifyZeilerFergus(): LayerSpec[] {
  return [
    convolve('conv1', 7, 64, 2),
    pool('pool1'),
    normalise('rnorm1'),
    convolve('conv2a', 1, 64),
    convolve('conv2', 3, 192),
    normalise('rnorm2'),
    pool('pool2'),
    convolve('conv3a', 1, 192),
    convolve('conv3', 3, 384),
    pool('pool3'),
    convolve('conv4a', 1, 384),
    convolve('conv4', 3, 256),
    convolve('conv5a', 1, 256),
    convolve('conv5', 3, 256),
    convolve('conv6a', 1, 256),
    convolve('conv6', 3, 256),
    pool('pool4'),
    { kind: 'pass-through', name: 'concat' },
    { kind: 'maxout', name: 'fc1', rows: 32, columns: 128, pieces: 2 },
    { kind: 'maxout', name: 'fc2', rows: 32, columns: 128, pieces: 2 },
    { kind: 'embedding', name: 'fc7128' },
    { kind: 'l2-normalisation', name: 'L2' },
  ];
}

function convolve(name: string, size: number, channels: number, stride = 1): LayerSpec {
  return { kind: 'convolution', name, size, channels, stride };
}

function pool(name: string): LayerSpec {
  return { kind: 'max-pooling', name, size: 3, stride: 2 };
}

function normalise(name: string): LayerSpec {
  return { kind: 'local-response-normalisation', name };
}
