import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../../electron/base/errors.ts';
import { hasAnnotations, readAnnotatedFolder, readAnnotations } from '../../../../native-models/lab/evaluation/annotated-photos.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-annotated-'));
  for (const name of ['a.jpg', 'b.jpg', 'z.png']) await writeFile(path.join(folder, name), '');
});

afterEach(() => rm(folder, { recursive: true }));

const wrap = (images: string) => `<?xml version='1.0' encoding='ISO-8859-1'?><dataset><name>x</name>${images}</dataset>`;

async function write(text: string | Uint8Array, name = 'faces.xml'): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

async function catchError(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

describe('readAnnotations', () => {
  it('reads boxes, parts by their names, and faces to leave aside', async () => {
    const file = await write(
      wrap(`<images>
        <image file='a.jpg' width='500' height='332'>
          <box top='181' left='-4' width='52' height='53'>
            <part name='02' x='9' y='8'/><part name='10' x='1' y='2'/><part name='00' x='277' y='194'/>
          </box>
          <box top='1' left='2' width='3' height='4' ignore='1'><label>blurred</label></box>
        </image>
        <image file='b.jpg'/>
      </images>`),
    );
    const [first, second] = await readAnnotations(file);
    expect(first!.path).toBe(path.join(folder, 'a.jpg'));
    expect(first!.faces).toEqual([
      { box: { x: -4, y: 181, width: 52, height: 53 }, isOptional: false, landmarks: Float32Array.of(277, 194, 9, 8, 1, 2) },
      { box: { x: 2, y: 1, width: 3, height: 4 }, isOptional: true, landmarks: null },
    ]);
    expect(second!.faces).toEqual([]);
  });

  it('reads names in the encoding that the file names', async () => {
    await writeFile(path.join(folder, 'Zoë & co.jpg'), '');
    const text = wrap(`<images><image file='Zoë &amp; co.jpg'/></images>`);
    const [photo] = await readAnnotations(await write(Buffer.from(text, 'latin1')));
    expect(photo!.path).toBe(path.join(folder, 'Zoë & co.jpg'));
  });

  it('reads a list of no photos', async () => {
    expect(await readAnnotations(await write(wrap('<images></images>')))).toEqual([]);
  });

  it.each([
    ['XML that ends early', `<dataset><images><image file='a.jpg'>`, /line 1/],
    ['something else', '<html><body/></html>', /dataset/],
    ['text', 'no XML at all', /faces\.xml/],
    ['a photo without a file', wrap('<images><image><box/></image></images>'), /dataset\.images/],
    ['a box without an edge', wrap(`<images><image file='a.jpg'><box top='1' left='2' width='3'/></image></images>`), /dataset/],
    [
      'a box without extent',
      wrap(`<images><image file='a.jpg'><box top='1' left='2' width='0' height='3'/></image></images>`),
      /dataset/,
    ],
    [
      'a place that is no number',
      wrap(`<images><image file='a.jpg'><box top='1e3' left='2' width='1' height='3'/></image></images>`),
      /dataset/,
    ],
    ['an encoding that is none', `<?xml version='1.0' encoding='klingon'?><dataset/>`, /klingon/],
  ])('refuses %s and names the file', async (_, text, cause) => {
    const file = await write(text);
    const error = await catchError(readAnnotations(file));
    expect(error.code).toBe('bad-argument');
    expect(error.message).toContain(file);
    expect(error.message).toMatch(cause);
  });

  it('refuses bytes that are no text in the encoding', async () => {
    const file = await write(Buffer.from(`<?xml version='1.0'?><dataset>\xff</dataset>`, 'latin1'));
    expect((await catchError(readAnnotations(file))).message).toContain('not text in utf-8');
  });

  it('names photo and file where a photo is missing', async () => {
    const file = await write(wrap(`<images><image file='gone.jpg'/></images>`));
    const error = await catchError(readAnnotations(file));
    expect(error.code).toBe('not-found');
    expect(error.message).toContain(path.join(folder, 'gone.jpg'));
    expect(error.message).toContain(file);
  });
});

describe('readAnnotatedFolder', () => {
  it('puts the files of a folder together and lists photos that none of them speaks of', async () => {
    await write(wrap(`<images><image file='b.jpg'/></images>`), 'one.xml');
    await write(wrap(`<images><image file='a.jpg'/></images>`), 'two.XML');
    const { annotated, unannotated } = await readAnnotatedFolder(folder);
    expect(annotated.map((photo) => path.basename(photo.path))).toEqual(['b.jpg', 'a.jpg']);
    expect(unannotated).toEqual([path.join(folder, 'z.png')]);
  });

  it('refuses a photo that is annotated twice', async () => {
    await write(wrap(`<images><image file='a.jpg'/></images>`), 'one.xml');
    await write(wrap(`<images><image file='./a.jpg'/></images>`), 'two.xml');
    const error = await catchError(readAnnotatedFolder(folder));
    expect(error.code).toBe('bad-argument');
    expect(error.message).toContain(path.join(folder, 'a.jpg'));
  });

  it('says that there are no annotations where there are none', async () => {
    expect(await hasAnnotations(folder)).toBe(false);
    expect((await catchError(readAnnotatedFolder(folder))).code).toBe('not-found');
    await write(wrap('<images/>'));
    expect(await hasAnnotations(folder)).toBe(true);
  });
});
