/** Serves thumbnails by id, with headers that let the browser keep them. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MediaRequest } from '../api/media-path.ts';
import { isAppError } from '../base/errors.ts';
import type { MediaSource } from '../engine/media.ts';

/** @throws whatever the media source throws that is not the wish for something that is not there */
export async function answerMedia(
  media: MediaSource,
  wanted: MediaRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let picture;
  try {
    picture = await media.get(wanted.kind, wanted.id, wanted.sizePx, wanted.version);
  } catch (error) {
    // What is missing now may be there later: a drive that is plugged in, an import that goes on.
    response.setHeader('cache-control', 'no-store');
    if (isAppError(error, 'not-found') || isAppError(error, 'file-vanished')) return endWith(response, 404);
    throw error;
  }
  response.setHeader('cache-control', picture.cacheControl);
  response.setHeader('etag', picture.etag);
  if (matchesEtag(request.headers['if-none-match'], picture.etag)) return endWith(response, 304);
  response.setHeader('content-type', picture.contentType);
  response.setHeader('content-length', picture.body.byteLength);
  response.writeHead(200);
  response.end(request.method === 'HEAD' ? undefined : picture.body);
}

function endWith(response: ServerResponse, status: number): void {
  response.writeHead(status);
  response.end();
}

/** RFC 9110, 13.1.2: a list of tags or *, compared weakly. */
function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
