import { describe, expect, test } from 'vitest';
import { formatMediaPath, formatPictureVersion, parseMediaPath } from '../../electron/api/media-path.ts';
import { mediaKinds, pictureStyles } from '../../electron/api/picture-kinds.ts';
import { createFakeId } from '../support/fake-engine.ts';

const id = createFakeId<string>('x');
const parse = (path: string) => parseMediaPath(new URL(path, 'http://127.0.0.1:1'));

describe('addresses of pictures', () => {
  test.each(mediaKinds)('are read as they are written: %s', (kind) => {
    expect(parse(formatMediaPath(kind, id, 960, 7))).toEqual({ kind, id, sizePx: 960, version: formatPictureVersion(kind, 7) });
  });

  test('of a face are others once its picture may be another', () => {
    for (const kind of ['face', 'chip', 'frontal'] as const) {
      expect(formatMediaPath(kind, id, 192, 8)).not.toBe(formatMediaPath(kind, id, 192, 7));
      expect(formatMediaPath(kind, id, 192, 7)).toBe(`/media/${kind}/${id}?size=192&v=${pictureStyles[kind]}.7`);
    }
  });

  test('promise nothing where only the id of the face is known', () => {
    expect(parse(formatMediaPath('face', id, 192))).toMatchObject({ version: null });
    expect(parse(formatMediaPath('photo', id, 192))).toMatchObject({ version: `${pictureStyles.photo}` });
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
    `/media/face/${id}?v=`,
    `/media/face/${id}?v=newest`,
    `/media/face/${id}?v=2.1.1`,
  ])('are refused as %s', (path) => {
    const result = (): unknown => parse(path);
    if (new URL(path, 'http://x').pathname.startsWith('/media/')) {
      expect(result).toThrow(expect.objectContaining({ code: 'bad-argument' }));
    } else {
      expect(result()).toBeNull();
    }
  });
});
