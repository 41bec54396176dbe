import { describe, expect, test } from 'vitest';
import { formatMediaPath, mediaKinds, parseMediaPath } from '../../electron/api/media-path.ts';
import { createFakeId } from '../support/fake-engine.ts';

const id = createFakeId<string>('x');
const parse = (path: string) => parseMediaPath(new URL(path, 'http://127.0.0.1:1'));

describe('addresses of pictures', () => {
  test.each(mediaKinds)('are read as they are written: %s', (kind) => {
    expect(parse(formatMediaPath(kind, id, 960))).toEqual({ kind, id, sizePx: 960 });
  });

  test('have a size even where none is asked for', () => {
    expect(parse(`/media/face/${id}`)).toMatchObject({ sizePx: 256 });
  });

  test('are told from other addresses', () => {
    expect(parse('/index.html')).toBeNull();
  });

  test.each([
    `/media/person/${id}`,
    '/media/face/',
    '/media/face/../../etc/passwd',
    '/media/face/%2e%2e%2fetc%2fpasswd',
    `/media/face/${id}/more`,
    `/media/face/${id}?size=0`,
    `/media/face/${id}?size=100000`,
    `/media/face/${id}?size=big`,
    `/media/face/${id}?size=`,
  ])('are refused as %s', (path) => {
    const result = (): unknown => parse(path);
    if (new URL(path, 'http://x').pathname.startsWith('/media/')) {
      expect(result).toThrow(expect.objectContaining({ code: 'bad-argument' }));
    } else {
      expect(result()).toBeNull();
    }
  });
});
