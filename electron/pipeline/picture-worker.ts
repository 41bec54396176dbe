/** The thread that makes pictures: several at a time, as decoding waits for nobody in it. */

import { parentPort, workerData } from 'node:worker_threads';
import { AppError } from '../base/errors.ts';
import { packError } from '../base/thread-errors.ts';
import { limitDecoder } from '../imaging/decode.ts';
import { KeptPictures } from '../imaging/kept-pictures.ts';
import type { PictureAnswer, PictureCall, PictureWorkerSetup } from './picture-protocol.ts';
import { createPictureRenderer, type PictureRenderer } from './picture-renderer.ts';

if (parentPort === null) throw new Error('Expected to run in a worker thread');
const port = parentPort;
const { picturesFolder, ...options } = workerData as PictureWorkerSetup;
limitDecoder();
const renderer = createPictureRenderer(new KeptPictures(picturesFolder), options);

port.on('message', ({ id, method, args }: PictureCall) => {
  call(method, args).then(
    (value) => port.postMessage({ id, value } satisfies PictureAnswer),
    (error: unknown) => port.postMessage({ id, error: packError(error) } satisfies PictureAnswer),
  );
});

async function call(method: string, args: readonly unknown[]): Promise<unknown> {
  if (!Object.hasOwn(renderer, method)) throw new AppError('internal', `Expected a method of the renderer but received ${method}`);
  return await (renderer[method as keyof PictureRenderer] as (...args: readonly unknown[]) => Promise<unknown>)(...args);
}
