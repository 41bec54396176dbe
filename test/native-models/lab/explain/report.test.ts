import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fitAnalysisTo } from '../../../../electron/engine/config.ts';
import { loadNetworks, type AnalysisNetworks } from '../../../../electron/pipeline/networks.ts';
import { drawLandmarks, drawPose } from '../../../../native-models/lab/explain/draw-faces.ts';
import { drawReport } from '../../../../native-models/lab/explain/draw-report.ts';
import { explainPhoto, type ExplainedPhoto } from '../../../../native-models/lab/explain/explain-photo.ts';
import type { Report } from '../../../../native-models/lab/explain/report.ts';
import { loadFaceHog } from '../../../../native-models/lab/hog/face-model.ts';
import { createHogFinder } from '../../../../native-models/lab/hog/hog-finder.ts';
import { createRuntime } from '../../../../native-models/runtime/create-runtime.ts';
import type { Runtime } from '../../../../native-models/runtime/runtime.ts';
import { readSample } from '../../../support/photos.ts';
import { loadStandardPack } from '../../../support/standard-pack.ts';

let runtime: Runtime;
let networks: AnalysisNetworks;
let explained: ExplainedPhoto;
const analysis = fitAnalysisTo('fast');

beforeAll(async () => {
  runtime = await createRuntime('onnx');
  networks = await loadNetworks(runtime, await loadStandardPack());
  explained = await explainPhoto(networks, await readSample(1), analysis);
});

afterAll(async () => {
  await networks.dispose();
  await runtime.dispose();
});

function reportOf(changes: Partial<Report> = {}): Report {
  const library = { kind: 'left-out', reason: 'No library.' } as const;
  return { fileName: 'sample1.jpg', explained, pack: 'standard', detector: 'network', sameDistance: 1.02, library, ...changes };
}

function titlesOf(page: string): string[] {
  return [...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, title]) => title!);
}

describe('an explained photo', () => {
  it('has a picture of every step, and the largest face first', () => {
    expect([explained.width, explained.height, explained.photo.width, explained.photo.height]).toEqual([1920, 1280, 800, 533]);
    for (const { url } of [explained.photo, explained.grey, explained.gradients, explained.closeUp]) expect(url).toMatch(/^data:image\/webp;base64,/);
    for (const svg of [explained.hog, explained.closeUpHog, explained.closeUpArrows]) expect(svg).toContain('<path d="M');
    expect(explained.faces.map(({ number }) => number)).toEqual([1, 2, 3]);
    const areas = explained.faces.map(({ box }) => box.width * box.height);
    expect(areas).toEqual(areas.toSorted((one, other) => other - one));
  });

  it('places landmarks inside the picture of the head, and tells how it is turned', () => {
    for (const { landmarks, head, pose, chip, frontal } of explained.shown) {
      expect(landmarks.every((coordinate) => coordinate > 0 && coordinate < head.width)).toBe(true);
      expect(Math.abs(pose!.yaw)).toBeLessThan(45);
      expect([chip.width, frontal!.width]).toEqual([112, 112]);
    }
    // The women in the middle and on the right lean their heads, to the left and to the right of the picture.
    const rolls = explained.shown.toSorted((one, other) => one.box.x - other.box.x).map(({ pose }) => pose!.roll);
    expect(rolls[1]).toBeLessThan(-20);
    expect(rolls[2]).toBeGreaterThan(30);
  });

  it('compares all faces that it shows, the nearest first', () => {
    expect(explained.pairs).toHaveLength(3);
    expect(explained.pairs.every(({ distance }) => distance > 1.02 && distance < 2)).toBe(true);
    expect(explained.pairs.map(({ distance }) => distance)).toEqual(explained.pairs.map(({ distance }) => distance).toSorted((a, b) => a - b));
  });

  it('comes without faces where there are none, and still has a HOG picture', async () => {
    const noise = { type: 'gaussian', mean: 128, sigma: 8 } as const;
    const empty = await sharp({ create: { width: 320, height: 200, channels: 3, background: '#888', noise } }).png().toBuffer();
    const nobody = await explainPhoto({ ...networks, finder: createHogFinder(loadFaceHog()) }, empty, analysis);
    expect(nobody).toMatchObject({ faces: [], shown: [], pairs: [] });
    const page = drawReport(reportOf({ explained: nobody, detector: 'hog' }));
    expect(titlesOf(page)).toEqual([
      'The photo',
      'Without colour',
      'Where it grows darker',
      'Only the main directions',
      'No face was found',
      'The seminar’s two faces',
    ]);
    expect(page).toContain('HOG picture of the photo');
    expect(page).toContain('--detector network');
  });
});

describe('the page of a photo', () => {
  it('tells the story in order', () => {
    const page = drawReport(reportOf());
    expect(titlesOf(page)).toEqual([
      'The photo',
      'Without colour',
      'Where it grows darker',
      'Only the main directions',
      '3 faces',
      '68 points',
      'Which way the heads are turned',
      'Every face alike',
      'A face in 512 numbers',
      'Who resembles whom',
      'The seminar’s two faces',
    ]);
    expect(page).toContain('their distance is 0.190');
    expect(page).toContain('No library.');
  });

  it('runs nothing, fetches nothing and is of modest size', () => {
    const page = drawReport(reportOf());
    expect(page).toContain(`content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/<script|javascript:|\son\w+=/i);
    const addresses = [...page.matchAll(/(?:src|href)="([^"]{0,20})/g)].map(([, address]) => address!);
    expect(addresses.length).toBeGreaterThan(10);
    expect(addresses.every((address) => address.startsWith('data:image/webp'))).toBe(true);
    expect(page.length).toBeLessThan(1_500_000);
  });

  it('shows names of files and people as text', () => {
    const nearest = [
      { name: '<img src=x>', fileName: '"&.jpg', distance: 0.7, pictureUrl: null },
      { name: null, fileName: 'b.jpg', distance: 1.2, pictureUrl: 'data:image/webp;base64,AA==' },
    ];
    const library = { kind: 'compared', faces: 1234, byFace: [{ number: 1, nearest }] } as const;
    const page = drawReport(reportOf({ fileName: '<b>&"\'.jpg', pack: '<i>', library }));
    expect(page).toContain('<title>How Kindred sees &lt;b&gt;&amp;&quot;');
    expect(page).not.toContain('<b>&');
    expect(page).not.toContain('<img src=x>');
    expect(page).toContain('Face 1 and &lt;img src=x&gt; <span>in &quot;&amp;.jpg</span>');
    expect(page).toContain('distance 0.700: passes for one person');
    expect(page).toContain('distance 1.200: too far apart for one person');
    expect(page).toContain('Nearest of 1,234 faces');
  });

  it('says which face is the only one', () => {
    const one = { ...explained, faces: explained.faces.slice(0, 1), shown: explained.shown.slice(0, 1), pairs: [] };
    const page = drawReport(reportOf({ explained: one }));
    expect(page).toContain('There is only one face in this photo');
    expect(titlesOf(page)).toContain('One face');
  });
});

describe('what is drawn over a head', () => {
  const head = { url: 'data:image/webp;base64,AA==', width: 240, height: 240 };
  const landmarks = Float32Array.from({ length: 136 }, (_, at) => (at % 2 === 0 ? at / 2 : 100));

  it('is a dot for each landmark, and lines where there are 68', () => {
    const all = drawLandmarks({ head, landmarks, number: 1 });
    expect(all.match(/<circle/g)).toHaveLength(68);
    expect(all.match(/M\d/g)).toHaveLength(9);
    const five = drawLandmarks({ head, landmarks: landmarks.slice(0, 10), number: 1 });
    expect(five.match(/<circle/g)).toHaveLength(5);
    expect(five).toContain('d=""');
  });

  it('is an arrow from the nose to the right where the head is turned to the right', () => {
    const svg = drawPose({ head, landmarks, number: 1 }, { yaw: 90, pitch: 0, roll: 0, scale: 20, residual: 0 });
    // From the tip of the nose, landmark 30, by one and a half distances between the eyes.
    expect(svg).toContain('class="nose" d="M30 100L60 100');
  });
});
