/**
 * How well packs know faces of group photos again in photos derived from these: shrunk, blurred, compressed. One face in its
 * versions is one person; the faces of a photo are strangers.
 *
 *   npx tsx test/studies/derived-faces.ts [<pack> ...]
 */

import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { analysisDefaults } from '../../electron/engine/config.ts';
import { intersectionOverUnion, placeBox } from '../../electron/geometry/boxes.ts';
import { squaredDistance } from '../../electron/geometry/vectors.ts';
import { analyzePhoto } from '../../electron/pipeline/analyze-photo.ts';
import { loadNetworks } from '../../electron/pipeline/networks.ts';
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

const falseAcceptRates = [0.03, 0.01, 0.003];

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
  const genuine: number[] = [];
  const impostors: number[] = [];
  faces.forEach((one, index) => {
    for (const other of faces.slice(0, index)) {
      // Who is on two of the photos is not known, so only faces of one photo are strangers beyond doubt.
      if (one.photo !== other.photo) continue;
      (one.identity === other.identity ? genuine : impostors).push(Math.sqrt(squaredDistance(one.embedding, other.embedding)));
    }
  });
  impostors.sort((one, other) => one - other);
  const rates = falseAcceptRates.map((far) => {
    const limit = impostors[Math.floor(far * impostors.length)]!;
    return `VAL at FAR ${far}: ${((100 * genuine.filter((distance) => distance < limit).length) / genuine.length).toFixed(1)} %`;
  });
  const originals = faces.filter(({ version }) => version === 'as it is');
  const byVersion = versions.slice(1).map(({ name }) => {
    const pairs = originals.flatMap((original) =>
      faces
        .filter(({ version, identity }) => version === name && identity === original.identity)
        .map((other) => squaredDistance(original.embedding, other.embedding) <= sameDistance ** 2),
    );
    return `${name} ${pairs.filter(Boolean).length} of ${pairs.length}`;
  });
  console.log(`${pack}: ${faces.length} faces, ${genuine.length} pairs of one and ${impostors.length} of two; ${rates.join(', ')}`);
  const taken = impostors.filter((distance) => distance <= sameDistance).length;
  console.log(`  one person's by the pack's own distance: ${byVersion.join(', ')}; of the pairs of strangers ${taken}`);
}

async function study(packs: readonly string[]): Promise<void> {
  for (const pack of packs) {
    const { faces, sameDistance } = await findFaces(pack);
    report(pack, faces, sameDistance);
  }
}

if (existsSync(folder)) await study(process.argv.length > 2 ? process.argv.slice(2) : ['standard', 'classic']);
else console.log('skipped: no ../shared');
