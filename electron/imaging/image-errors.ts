/** Turns what the decoder complains about into the reason a user is told. */

import { AppError } from '../base/errors.ts';

/** First bytes of image types that Kindred does not read, whatever the file is called. */
const unsupportedSignatures: readonly { readonly format: string; readonly offset: number; readonly bytes: string }[] = [
  { format: 'heic', offset: 4, bytes: 'ftyphei' },
  { format: 'heic', offset: 4, bytes: 'ftyphev' },
  { format: 'heic', offset: 4, bytes: 'ftypmif1' },
  { format: 'heic', offset: 4, bytes: 'ftypmsf1' },
  { format: 'cr3', offset: 4, bytes: 'ftypcrx' },
  { format: 'jxl', offset: 0, bytes: '\xff\x0a' },
  { format: 'jxl', offset: 4, bytes: 'JXL \r\n' },
  { format: 'jp2', offset: 4, bytes: 'jP  \r\n' },
  { format: 'bmp', offset: 0, bytes: 'BM' },
  { format: 'psd', offset: 0, bytes: '8BPS' },
  { format: 'exr', offset: 0, bytes: '\x76\x2f\x31\x01' },
  { format: 'raf', offset: 0, bytes: 'FUJIFILMCCD-RAW' },
  { format: 'rw2', offset: 0, bytes: 'IIU\0' },
  { format: 'orf', offset: 0, bytes: 'IIRO' },
  { format: 'svg', offset: 0, bytes: '<svg' },
];

const supportedSignatures: readonly { readonly offset: number; readonly bytes: string }[] = [
  { offset: 0, bytes: '\xff\xd8\xff' },
  { offset: 0, bytes: '\x89PNG' },
  { offset: 0, bytes: 'GIF8' },
  { offset: 8, bytes: 'WEBP' },
  { offset: 0, bytes: 'II*\0' },
  { offset: 0, bytes: 'MM\0*' },
  { offset: 0, bytes: 'II+\0' },
  { offset: 0, bytes: 'MM\0+' },
  { offset: 4, bytes: 'ftypavif' },
  { offset: 4, bytes: 'ftypavis' },
];

/** @param error as sharp threw it
 *  @param bytes the file
 *  @returns "unsupported-format", "corrupt-image" or "not-an-image" */
export function toImageError(error: unknown, bytes: Uint8Array): AppError {
  if (error instanceof AppError) return error;
  const detail = firstLine(error);
  const unsupported = unsupportedSignatures.find((signature) => startsWith(bytes, signature));
  if (unsupported !== undefined) return unsupportedFormat(unsupported.format, error);
  if (supportedSignatures.some((signature) => startsWith(bytes, signature))) {
    return new AppError('corrupt-image', `Expected a whole image but decoding failed: ${detail}`, {
      cause: error,
      parameters: { detail },
    });
  }
  return new AppError('not-an-image', `Expected an image but received something else: ${detail}`, {
    cause: error,
    parameters: { detail },
  });
}

export function unsupportedFormat(format: string, cause?: unknown): AppError {
  return new AppError('unsupported-format', `Expected JPEG, PNG, WebP, AVIF, TIFF or GIF but received ${format}`, {
    cause,
    parameters: { format },
  });
}

function startsWith(bytes: Uint8Array, signature: { offset: number; bytes: string }): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 32))
    .toString('latin1')
    .startsWith(signature.bytes, signature.offset);
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0]!.trim().slice(0, 200);
}
