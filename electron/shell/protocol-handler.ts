/** Answers kindred://app: the built renderer and thumbnails. */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createSecurityHeaders } from '../api/content-security-policy.ts';
import { parseMediaPath } from '../api/media-path.ts';
import { isAppError } from '../base/errors.ts';
import type { MediaSource } from '../engine/media.ts';
import { isAppUrl } from './app-address.ts';

export interface ProtocolHandlerOptions {
  readonly media: MediaSource;
  /** With index.html. */
  readonly rendererFolder: string;
  readonly onBug?: (error: unknown) => void;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

export function createProtocolHandler(options: ProtocolHandlerOptions): (request: Request) => Promise<Response> {
  const rendererFolder = path.resolve(options.rendererFolder);

  return async (request) => {
    try {
      if (!isAppUrl(request.url)) return answer(404);
      if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405);
      const url = new URL(request.url);
      const wanted = parseMediaPath(url);
      if (wanted === null) return await answerFile(url);
      const picture = await options.media.get(wanted.kind, wanted.id, wanted.sizePx, wanted.version);
      return answer(200, picture.body, {
        'content-type': picture.contentType,
        'cache-control': picture.cacheControl,
        etag: picture.etag,
      });
    } catch (error) {
      if (isAppError(error, 'bad-argument')) return answer(400);
      if (isAppError(error, 'not-found') || isAppError(error, 'file-vanished')) return answer(404);
      options.onBug?.(error);
      return answer(500);
    }
  };

  async function answerFile(url: URL): Promise<Response> {
    const name = decodePath(url.pathname);
    if (name === null) return answer(400);
    // Addresses of views are the app's to interpret.
    const file = path.join(rendererFolder, path.extname(name) === '' ? 'index.html' : name);
    if (!file.startsWith(rendererFolder + path.sep)) return answer(404);
    try {
      const body = await readFile(file);
      const contentType = contentTypes[path.extname(file).toLowerCase()] ?? 'application/octet-stream';
      return answer(200, body, { 'content-type': contentType, 'cache-control': 'no-cache' });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'EISDIR') return answer(404);
      throw error;
    }
  }
}

function decodePath(pathname: string): string | null {
  try {
    const name = decodeURIComponent(pathname);
    return name.includes('\0') ? null : name;
  } catch {
    // Broken percent signs name nothing.
    return null;
  }
}

function answer(status: number, body: Uint8Array | null = null, headers: Record<string, string> = {}): Response {
  const content = body === null ? null : new Uint8Array(body);
  return new Response(content, { status, headers: { ...createSecurityHeaders([]), ...headers } });
}
