/**
 * How well packs know faces of group photos again in photos derived from these: shrunk, blurred, compressed. One face in its
 * versions is one person; the faces of a photo, and those of different photos, are strangers.
 *
 *   npx tsx test/studies/derived-faces.ts [<pack> ...]
 */

import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { analysisDefaults } from '../../electron/config.ts';
import { intersectionOverUnion, placeBox } from '../../electron/geometry/boxes.ts';
import { squaredDistance } from '../../electron/geometry/vectors.ts';
import { analyzePhoto } from '../../electron/pipeline/analyze-photo.ts';
import { loadNetworks } from '../../electron/pipeline/networks.ts';
import { measureVerification } from '../../native-models/evaluation/verification.ts';
import { readSameDistance } from '../../native-models/packs/manifest.ts';
import { createRuntime } from '../../native-models/runtime/create-runtime.ts';
import { openPackStore } from '../support/packs.ts';

const folder = fileURLToPath(new URL('../../../shared/faces/group-photos', import.meta.url));

interface Version {
  readonly name: string;
  /** Of width and height. */
  readonly scale: number;
  readonly derive: (photo: Buffer, width: number) => Promise<Buffer>;
}

const versions: readonly Version[] = [
  { name: 'as it is', scale: 1, derive: async (photo) => photo },
  { name: 'half the size', scale: 0.5, derive: (photo, width) => sharp(photo).resize(Math.round(width / 2)).png().toBuffer() },
  { name: 'a third of the size', scale: 1 / 3, derive: (photo, width) => sharp(photo).resize(Math.round(width / 3)).png().toBuffer() },
  { name: 'blurred', scale: 1, derive: (photo) => sharp(photo).blur(2).png().toBuffer() },
  { name: 'JPEG of quality 15', scale: 1, derive: (photo) => sharp(photo).jpeg({ quality: 15 }).toBuffer() },
];

interface SeenFace {
  readonly identity: string;
  readonly photo: string;
  readonly version: string;
  readonly embedding: Float32Array;
}

async function findFaces(pack: string): Promise<{ faces: SeenFace[]; sameDistance: number }> {
  const runtime = await createRuntime('onnx');
  const loaded = await openPackStore().load(pack);
  const networks = await loadNetworks(runtime, loaded);
  const faces: SeenFace[] = [];
  for (const photo of (await readdir(folder)).filter((name) => name.endsWith('.jpg')).sort()) {
    const bytes = await readFile(path.join(folder, photo));
    const { width } = await sharp(bytes).metadata();
    const originals = (await analyzePhoto(networks, bytes, analysisDefaults)).faces;
    for (const { name, scale, derive } of versions) {
      const found = (await analyzePhoto(networks, await derive(bytes, width), analysisDefaults)).faces;
      for (const { box, embedding } of found) {
        const placed = placeBox(box, { originX: 0, originY: 0, scaleX: 1 / scale, scaleY: 1 / scale });
        const index = originals.findIndex((original) => intersectionOverUnion(original.box, placed) > 0.4);
        if (index >= 0) faces.push({ identity: `${photo} ${index}`, photo, version: name, embedding });
      }
    }
  }
  await networks.dispose();
  await runtime.dispose();
  return { faces, sameDistance: readSameDistance(loaded.manifest) };
}

function report(pack: string, faces: readonly SeenFace[], sameDistance: number): void {
  const length = faces[0]!.embedding.length;
  const embeddings = new Float32Array(faces.length * length);
  faces.forEach(({ embedding }, index) => embeddings.set(embedding, index * length));
  const scores = measureVerification(
    { embeddings, length, people: faces.map(({ identity }) => identity) },
    { metric: 'cosine', falseAcceptRates: [1e-2, 1e-3], bootstrapRounds: 200, seed: 1 },
  );
  const isSame = (one: SeenFace, other: SeenFace): boolean => squaredDistance(one.embedding, other.embedding) <= sameDistance ** 2;
  const originals = faces.filter(({ version }) => version === 'as it is');
  const byVersion = versions.slice(1).map(({ name }) => {
    const pairs = originals.flatMap((original) => faces.filter(({ version, identity }) => version === name && identity === original.identity).map((other) => isSame(original, other)));
    return [name, `${pairs.filter(Boolean).length} of ${pairs.length}`] as const;
  });
  let strangers = 0;
  let taken = 0;
  faces.forEach((one, index) => {
    for (const other of faces.slice(0, index)) {
      if (one.identity === other.identity) continue;
      strangers += 1;
      if (isSame(one, other)) taken += 1;
    }
  });
  const rates = scores.rates.map(({ far, val, standardError }) => `VAL at FAR ${far}: ${(100 * val).toFixed(2)} ± ${(100 * (standardError ?? 0)).toFixed(2)} %`);
  console.log(`${pack}: ${scores.people} faces in ${faces.length} versions; ${rates.join(', ')}, EER ${(100 * scores.equalError.rate).toFixed(2)} %`);
  console.log(`  as one person's, by the pack's own distance: ${byVersion.map((entry) => entry.join(' ')).join(', ')}; of ${strangers} pairs of strangers ${taken}`);
}

async function study(packs: readonly string[]): Promise<void> {
  for (const pack of packs) {
    const { faces, sameDistance } = await findFaces(pack);
    report(pack, faces, sameDistance);
  }
}

if (existsSync(folder)) await study(process.argv.length > 2 ? process.argv.slice(2) : ['standard', 'classic']);
else console.log('skipped: no ../shared');
