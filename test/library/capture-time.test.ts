import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readExifCaptureTime, readNameCaptureTime, resolveCaptureTime } from '../../electron/library/capture-time.ts';

async function createExif(tags: Record<string, string>): Promise<Uint8Array> {
  const photo = sharp({ create: { width: 8, height: 8, channels: 3, background: '#888' } });
  const metadata = await sharp(await photo.withExif({ IFD2: tags }).jpeg().toBuffer()).metadata();
  return metadata.exif!;
}
const modifiedNs = BigInt(Date.UTC(2020, 0, 2, 3, 4, 5)) * 1_000_000n;

describe('the time in EXIF', () => {
  it('is the camera clock with its offset', async () => {
    const exif = await createExif({ DateTimeOriginal: '2019:07:04 15:30:12', OffsetTimeOriginal: '+09:00' });
    expect(readExifCaptureTime(exif)).toEqual({ local: '2019-07-04T15:30:12', offsetMinutes: 540, source: 'exif' });
  });

  it('has no offset where the camera wrote none, and one west of Greenwich', async () => {
    expect(readExifCaptureTime(await createExif({ DateTimeOriginal: '2019:07:04 15:30:12' }))?.offsetMinutes).toBeNull();
    const west = await createExif({ DateTimeOriginal: '2019:07:04 15:30:12', OffsetTimeOriginal: '-03:30' });
    expect(readExifCaptureTime(west)?.offsetMinutes).toBe(-210);
  });

  it('is none where the camera had no clock or the block is damaged', async () => {
    expect(readExifCaptureTime(await createExif({ DateTimeOriginal: '0000:00:00 00:00:00' }))).toBeNull();
    expect(readExifCaptureTime(Buffer.from('Exif\0\0MM\0*garbage'))).toBeNull();
    expect(readExifCaptureTime(Buffer.from('nonsense'))).toBeNull();
    expect(readExifCaptureTime(new Uint8Array())).toBeNull();
  });
});

describe('the time in a file name', () => {
  it.each([
    ['IMG_20190704_153012.jpg', '2019-07-04T15:30:12'],
    ['PXL_20210101_123456789.jpg', '2021-01-01T12:34:56'],
    ['20190704_153012.jpg', '2019-07-04T15:30:12'],
    ['2019-07-04 15.30.12.jpg', '2019-07-04T15:30:12'],
    ['Screenshot_2019-07-04-15-30-12.png', '2019-07-04T15:30:12'],
    ['signal-2019-07-04-153012.jpg', '2019-07-04T15:30:12'],
    ['WhatsApp Image 2019-07-04 at 15.30.12.jpeg', '2019-07-04T15:30:12'],
    ['IMG-20190704-WA0001.jpg', '2019-07-04T00:00:00'],
    ['2019-07-04.jpg', '2019-07-04T00:00:00'],
    ['20190704153012.jpg', '2019-07-04T15:30:12'],
  ])('is read from %s', (name, local) => {
    expect(readNameCaptureTime(name)).toEqual({ local, offsetMinutes: null, source: 'name' });
  });

  it.each(['DSC01234.jpg', 'IMG_1234.jpg', '20191331.jpg', '2019-02-31.jpg', 'holiday 2019.jpg', '120190704555.jpg', '1200x800.png'])(
    'is none in %s',
    (name) => {
      expect(readNameCaptureTime(name)).toBeNull();
    },
  );
});

describe('the time of a photo', () => {
  it('comes from EXIF before the name, and from the name before the file', async () => {
    const exif = await createExif({ DateTimeOriginal: '2018:01:01 10:00:00' });
    const fileName = 'IMG_20190704_153012.jpg';
    expect(resolveCaptureTime({ exif, fileName, modifiedNs })).toMatchObject({ source: 'exif', local: '2018-01-01T10:00:00' });
    expect(resolveCaptureTime({ exif: null, fileName, modifiedNs }).source).toBe('name');
    const fromFile = resolveCaptureTime({ exif: null, fileName: 'DSC1.jpg', modifiedNs, offsetMinutesAt: () => 540 });
    expect(fromFile).toEqual({ local: '2020-01-02T12:04:05', offsetMinutes: 540, source: 'file' });
  });
});
